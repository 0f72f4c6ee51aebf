import assert from "node:assert/strict";
import { after, aMarket } from "../core/market_fixture.ts";
import { CorrelatedSums, type CorrelationGroup, type CorrelationRules, Correlations } from "./correlation.ts";

const BITCOIN = aMarket({ ticker: "KXBTC15M-26NOV200715-15", series: "KXBTC15M", closeTime: after(900) });
const HOURLY = aMarket({ ticker: "KXBTCD-26NOV2008-T84000", series: "KXBTCD", closeTime: after(3_600) });
const SAME_CLOSE = aMarket({ ticker: "KXBTC-26NOV2008-B84000", series: "KXBTC", closeTime: after(3_600) });
const NEW_YORK = aMarket({ ticker: "KXHIGHNY-26NOV20-B61.5", event: "KXHIGHNY-26NOV20", series: "KXHIGHNY" });
const CHICAGO = aMarket({ ticker: "KXHIGHCHI-26NOV20-B51.5", event: "KXHIGHCHI-26NOV20", series: "KXHIGHCHI" });
const TOMORROW = aMarket({ ticker: "KXHIGHCHI-26NOV21-B51.5", event: "KXHIGHCHI-26NOV21", series: "KXHIGHCHI" });
const FED = aMarket({ ticker: "KXFED-26DEC-T3.50", event: "KXFED-26DEC", series: "KXFED" });
const DECISION = aMarket({ ticker: "KXFEDDECISION-26DEC-C25", event: "KXFEDDECISION-26DEC", series: "KXFEDDECISION" });
const ALL = [BITCOIN, HOURLY, SAME_CLOSE, NEW_YORK, CHICAGO, TOMORROW, FED, DECISION];

const group = (name: string, series: readonly string[], sameDay = false): CorrelationGroup => ({
  name,
  series,
  percent: 15,
  sameDay,
});

/** A dollar more in each market than in the one before, added up: what each of them counts with. */
function correlatedIn(rules?: CorrelationRules): number[] {
  const correlations = new Correlations(rules);
  const sums = new CorrelatedSums();
  ALL.forEach((market, k) => sums.add(correlations.of(market).correlated, 10 ** k));
  return ALL.map((market) => sums.of(correlations.of(market).correlated));
}

Deno.test("what settles on one index moves together, and every other series by itself", () => {
  assert.deepEqual(correlatedIn(), [111, 111, 111, 1_000, 110_000, 110_000, 1_000_000, 10_000_000]);
});

Deno.test("told so, only what closes at the same time moves together", () => {
  assert.deepEqual(
    correlatedIn({ by: "close", groups: [] }),
    [1, 110, 110, 1_000, 110_000, 110_000, 1_000_000, 10_000_000],
  );
});

Deno.test("a market whose close is not known counts with those of every close, and they with it", () => {
  const correlations = new Correlations({ by: "close", groups: [] });
  const sums = new CorrelatedSums();
  const untold = correlations.ofTicker("KXBTC15M-26NOV200730-30").correlated;
  sums.add(untold, 1);
  sums.add(correlations.of(BITCOIN).correlated, 10);
  sums.add(correlations.of(HOURLY).correlated, 100);
  assert.deepEqual(
    [untold, correlations.of(BITCOIN).correlated, correlations.of(HOURLY).correlated].map((each) => sums.of(each)),
    [101, 11, 101],
  );
  assert.equal(sums.largest, 101);
});

Deno.test("a group is of the series that its patterns fit, and of one day where it says so", () => {
  const groups = [group("fed", ["KXFED*"]), group("weather", ["KXHIGHNY", "KXHIGHC*"], true), group("none", ["KXFE"])];
  const correlations = new Correlations({ by: "index", groups });
  const named = ALL.map((market) => correlations.of(market).groups.map(({ whole, part }) => `${whole} ${part}`));
  const fed = ["fed null"];
  const today = ["weather 26NOV20"];
  assert.deepEqual(named, [[], [], [], today, today, ["weather 26NOV21"], fed, fed]);
  assert.deepEqual(correlations.ofTicker("KXHIGHNY-26NOV20-B63.5").groups.map(({ part }) => part), ["26NOV20"]);
});

Deno.test("markets exclude each other that say so, of one event, and that close together", () => {
  const correlations = new Correlations();
  const exclusive = { ...NEW_YORK, exclusive: true } as const;
  const keyOf = (change: object) => correlations.of({ ...exclusive, ...change }).exclusive;
  assert.equal(correlations.of(NEW_YORK).exclusive, null);
  assert.equal(keyOf({}), keyOf({ ticker: "KXHIGHNY-26NOV20-B63.5" }));
  assert.notEqual(keyOf({}), keyOf({ event: "KXHIGHNY-26NOV21" }));
  assert.notEqual(keyOf({}), keyOf({ closeTime: after(1) }));
});
