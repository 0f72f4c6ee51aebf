import assert from "node:assert/strict";
import type { IndexInput } from "../core/input.ts";
import { after } from "../execution/order_fixture.ts";
import { Rig, stateOf, TICKER } from "./engine_fixture.ts";
import type { MarketSettlementView } from "./view.ts";
import { ViewBuilder } from "./view_builder.ts";

/** Seconds of the market's close, counted like all seconds here. */
const CLOSE = 900;

interface Minute {
  /** By seconds to the close, 60 down to 0. */
  readonly value?: (left: number) => number;
  /** Seconds to the close that never come. */
  readonly lost?: readonly number[];
  /** Of the exchange at so many seconds to the close; absent: the true one. */
  readonly venue?: (left: number, mean: number, count: number) => IndexInput["venueAverage"];
}

/** A market with strike 84,000 whose final minute is heard up to so many seconds before its close. */
function heard(until: number, { value = () => 84_100, lost = [], venue }: Minute = {}): Rig {
  const rig = new Rig();
  rig.market(700, { floorStrike: 84_000 });
  let sum = 0;
  let count = 0;
  for (let left = 90; left >= until; left--) {
    if (left < 60) {
      sum += value(left);
      count++;
    }
    if (lost.includes(left)) continue;
    const truth = left < 60 ? { value: sum / count, count } : null;
    rig.step({
      type: "index",
      at: after(CLOSE - left),
      index: "BRTI",
      value: value(left),
      sourceTime: after(CLOSE - left),
      source: "official",
      venueAverage: truth === null || venue === undefined ? truth : venue(left, truth.value, truth.count),
    });
  }
  return rig;
}

function shown(rig: Rig): MarketSettlementView | null {
  const market = new ViewBuilder(rig.engine).build().markets.find(({ ticker }) => ticker === TICKER);
  assert.ok(market !== undefined);
  return market.settlement;
}

const warnings = (rig: Rig): string[] =>
  rig.all("log").filter(({ level, text }) => level === "warn" && text.startsWith("Settlement average"))
    .map(({ text }) => text);

Deno.test("before its final minute a market has no settlement to show", () => {
  assert.equal(shown(heard(61)), null);
  assert.notEqual(shown(heard(60)), null);
});

Deno.test("both conventions stand side by side: A counts the second 60 before the close, B the close itself", () => {
  const value = (left: number) => left === 60 ? 84_600 : left === 0 ? 83_400 : 84_000;
  assert.deepEqual(shown(heard(60, { value })), {
    a: { mean: 84_600, count: 1 },
    b: { mean: null, count: 0 },
    missing: 0,
    estimated: 0,
    venue: null,
    number: null,
    expected: null,
    expectedBy: null,
  });
  const whole = shown(heard(0, { value }));
  assert.deepEqual([whole?.a, whole?.b], [{ mean: 84_010, count: 60 }, { mean: 83_990, count: 60 }]);
  assert.deepEqual([whole?.number, whole?.expected, whole?.expectedBy], [83_990, "no", "seconds"]);
});

Deno.test("a tie at the rounded number is what the strike makes of a tie", () => {
  const value = (left: number) => left % 2 === 0 ? 84_000.01 : 83_999.98;
  assert.deepEqual([shown(heard(0, { value }))?.number, shown(heard(0, { value }))?.expected], [84_000, "yes"]);
});

Deno.test("the exchange's own average is compared second by second, and agrees", () => {
  const rig = heard(0, { value: (left) => 84_000 + left * 0.37 });
  const { counts } = rig.engine.settlements;
  assert.deepEqual([counts.venueCompared, counts.venueDiffering, counts.venueIncomplete], [60, 0, 0]);
  assert.ok(Math.abs(shown(rig)?.venue?.difference ?? 1) < 1e-8);
  assert.deepEqual(warnings(rig), []);
});

Deno.test("an average of the exchange that is another than ours is shown, counted and warned about once", () => {
  const rig = heard(0, { venue: (_, mean, count) => ({ value: mean + 0.5, count }) });
  assert.equal(rig.engine.settlements.counts.venueDiffering, 60);
  assert.equal(shown(rig)?.venue?.difference, -0.5);
  assert.equal(warnings(rig).length, 1);
  assert.match(
    warnings(rig)[0],
    /BRTI for 2026-11-20T12:15:00.*the exchange says 84100\.5 for 1 seconds, which are 84100/,
  );
});

Deno.test("seconds that we lost are told, and the exchange's whole average decides in their stead", () => {
  const rig = heard(0, { lost: [30, 31] });
  const settlement = shown(rig);
  assert.deepEqual([settlement?.b.count, settlement?.missing, settlement?.number], [58, 2, null]);
  assert.deepEqual([settlement?.venue?.count, settlement?.venue?.difference], [60, null]);
  assert.deepEqual([settlement?.expected, settlement?.expectedBy], ["yes", "venue_average"]);
});

Deno.test("seconds that the exchange itself lacks resolve the market to no", () => {
  const rig = heard(0, {
    lost: [30],
    venue: (left, value, count) => ({ value, count: left < 30 ? count - 1 : count }),
  });
  assert.deepEqual([shown(rig)?.expected, shown(rig)?.expectedBy], ["no", "no_data"]);
  assert.equal(rig.engine.settlements.counts.venueIncomplete, 30);
  assert.match(warnings(rig)[0], /the exchange has 30 of 31 seconds/);
});

Deno.test("where nobody says who lost the seconds, no result is expected", () => {
  const rig = heard(0, { lost: [30], venue: () => null });
  assert.deepEqual([shown(rig)?.expected, shown(rig)?.missing], [null, 1]);
});

Deno.test("seconds of another source are counted as estimated, and decide nothing", () => {
  const rig = new Rig();
  rig.market(700, { floorStrike: 84_000 });
  for (let left = 70; left >= 0; left--) {
    rig.step({
      type: "index",
      at: after(CLOSE - left),
      index: "BRTI",
      value: 84_100,
      sourceTime: after(CLOSE - left),
      source: "composite",
      venueAverage: null,
    });
  }
  const settlement = shown(rig);
  assert.deepEqual([settlement?.b.count, settlement?.estimated, settlement?.number], [60, 60, 84_100]);
  assert.equal(settlement?.expected, null);
  rig.settled(908, "no");
  assert.equal(rig.engine.settlements.counts.results, 0);
});

Deno.test("the exchange's result is compared with both conventions, once", () => {
  // A: 84,000.00 and so yes; B: 83,999.99 and so no.
  const value = (left: number) => left === 0 ? 83_999.4 : 84_000;
  const rig = heard(0, { value });
  rig.settled(908, "no");
  rig.settled(909, "no");
  const { results, resultsAgreeA, resultsAgreeB } = rig.engine.settlements.counts;
  assert.deepEqual([results, resultsAgreeA, resultsAgreeB], [1, 0, 1]);
  assert.equal(rig.records("audit").filter(({ event }) => event === "settlement_differs").length, 0);
});

Deno.test("a result that the seconds do not bear out is logged as an error and audited", () => {
  const rig = heard(0);
  rig.settled(908, "no");
  const [audit] = rig.records("audit").filter(({ event }) => event === "settlement_differs");
  assert.equal(audit.ticker, TICKER);
  assert.match(audit.text, /ended no: by the seconds heard of BRTI it is yes, with an average of 84100/);
  assert.ok(rig.all("log").some(({ level, text }) => level === "error" && text === audit.text));
  assert.equal(rig.engine.settlements.counts.resultsAgreeB, 0);
});

Deno.test("a market that settles on no average has none to show", () => {
  const rig = new Rig();
  rig.market(800, { ticker: "KXHIGHNY-26NOV20-B51.5", series: "KXHIGHNY" });
  rig.clock(899);
  assert.equal(rig.engine.settlements.progress(stateOf(rig, "KXHIGHNY-26NOV20-B51.5")), null);
});
