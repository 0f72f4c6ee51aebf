import assert from "node:assert/strict";
import { parseTicker } from "../../core/ticker.ts";
import { formatTime, type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE, parseTime } from "../../core/units.ts";
import { decisionProbability, fedOutlook, upperBoundAbove } from "../../models/fed_funds.ts";
import { FOMC_MEETINGS } from "../../models/fomc_meetings.ts";
import { DEFAULT_START } from "./exchange.ts";
import { RatesMarket } from "./feeds/rates_market.ts";
import { type Listing, listingAt } from "./listing_fixture.ts";
import { RatesCycle } from "./rates_cycle.ts";
import { RatesEyes } from "./rates_sight.ts";
import { RATES_SERIES } from "./series.ts";

const SEED = 5;
const HOUR = 60 * MICROS_PER_MINUTE;

function cycleAt(startAt: Micros, seed = SEED): { readonly listing: Listing; readonly cycle: RatesCycle } {
  const listing = listingAt(startAt, seed);
  const cycle = new RatesCycle(listing.parts, new RatesMarket(seed), RATES_SERIES);
  cycle.begin(startAt);
  return { listing, cycle };
}

const at = (text: string): Micros => parseTime(text) ?? assert.fail(text);
const open = (cycle: RatesCycle) => RATES_SERIES.flatMap((series) => cycle.active(series));

Deno.test("the three coming meetings are open, each with thresholds and decisions, under tickers that can be read", () => {
  const { cycle } = cycleAt(DEFAULT_START);
  const markets = open(cycle);
  assert.deepEqual(
    [...new Set(markets.map(({ event }) => event))],
    ["OCT", "DEC", "JAN"].flatMap((month) => [`KXFED-${month === "JAN" ? 27 : 26}${month}`])
      .concat(["KXFEDDECISION-26OCT", "KXFEDDECISION-26DEC", "KXFEDDECISION-27JAN"]),
  );
  for (const market of markets) {
    const parsed = parseTicker(market.ticker);
    assert.equal(parsed?.event, market.event);
    if (parsed?.kind === "fed_rate") assert.equal(parsed.threshold, market.floorStrike);
    else assert.equal(parsed?.kind, "fed_decision", market.ticker);
    assert.equal(market.shard, 0);
  }
  const october = cycle.active(RATES_SERIES[1]).filter(({ event }) => event === "KXFEDDECISION-26OCT");
  assert.deepEqual(october.map(({ ticker, terms }) => [ticker.slice(20), terms.customStrike?.body]), [
    ["C26", { Cut: ">25" }],
    ["C25", { Cut: "25" }],
    ["H0", { Hike: "0" }],
    ["H25", { Hike: "25" }],
    ["H26", { Hike: ">25" }],
  ]);
  assert.equal(formatTime(october[0].closeTime), "2026-10-28T17:55:00.000000Z");
});

Deno.test("a meeting closes before its statement, settles on what was decided, and the next one is listed", () => {
  const rates = new RatesMarket(SEED);
  const { listing, cycle } = cycleAt(at("2026-10-27T12:00:00Z"));
  const decided = FOMC_MEETINGS.find(({ day }) => day === "2026-10-28")?.decidedAt ?? assert.fail();
  const status = () =>
    new Set([...listing.of("KXFED-26OCT"), ...listing.of("KXFEDDECISION-26OCT")].map((m) => m.status));
  for (
    const [minutes, wanted] of [[-6, "active"], [-5, "closed"], [4, "closed"], [6, "determined"], [
      66,
      "finalized",
    ]] as const
  ) {
    listing.advanceTo(micros(decided + minutes * MICROS_PER_MINUTE));
    assert.deepEqual([...status()], [wanted], `${minutes} minutes after the statement`);
  }
  const after = rates.upperOn("2026-10-29");
  const before = rates.upperOn("2026-10-28");
  for (const market of listing.of("KXFED-26OCT")) {
    assert.equal(market.expirationValue, after);
    assert.equal(market.result, after > (market.floorStrike ?? NaN) ? "yes" : "no");
  }
  const winners = listing.of("KXFEDDECISION-26OCT").filter(({ result }) => result === "yes");
  assert.deepEqual(winners.map(({ ticker }) => ticker.slice(20)), [after < before ? "C25" : "H0"]);
  assert.ok(open(cycle).some(({ event }) => event === "KXFED-27MAR"));
  assert.ok(listing.told.some((event) => event.type === "event_created" && event.market.event === "KXFED-27MAR"));
});

Deno.test("over all seeds cuts and holds both happen, and thresholds and decisions of a meeting agree", () => {
  const found = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const { listing } = cycleAt(DEFAULT_START, seed);
    listing.advanceTo(at("2026-12-10T00:00:00Z"));
    let upper = 3.75;
    for (const month of ["26OCT", "26DEC"]) {
      const [winner] = listing.of(`KXFEDDECISION-${month}`).filter(({ result }) => result === "yes");
      const name = winner.ticker.slice(20);
      found.add(name);
      if (name === "C25") upper -= 0.25;
      for (const { result, floorStrike } of listing.of(`KXFED-${month}`)) {
        assert.equal(result, upper > (floorStrike ?? NaN) ? "yes" : "no", `seed ${seed}, ${month}`);
      }
    }
  }
  assert.deepEqual([...found].sort(), ["C25", "H0"]);
});

Deno.test("the calendar's end ends the listing, and what is settled is dropped", () => {
  const { listing, cycle } = cycleAt(DEFAULT_START);
  for (let day = 0; day < 500; day += 10) {
    listing.advanceTo(micros(DEFAULT_START + day * MICROS_PER_DAY));
    assert.ok(listing.markets.size <= 2 * 8 * 7, `${listing.markets.size} markets on day ${day}`);
  }
  listing.advanceTo(at("2028-03-01T00:00:00Z"));
  assert.equal(open(cycle).length, 0);
});

Deno.test("its traders see what futures say, some minutes late and a little wrong", () => {
  const rates = new RatesMarket(SEED);
  const eyes = new RatesEyes(rates, SEED);
  const { cycle } = cycleAt(DEFAULT_START);
  let squares = 0;
  let looks = 0;
  let largest = 0;
  for (let hour = 0; hour < 24; hour += 3) {
    const now = micros(DEFAULT_START + hour * HOUR);
    const upper = rates.upperOn("2026-10-06");
    const outlook = fedOutlook(
      {
        effective: { day: rates.publishedDay(now), rate: rates.effectiveOn(rates.publishedDay(now)) },
        target: { lower: upper - 0.25, upper },
        futures: rates.futures(now),
        sourceTime: now,
      },
      now,
    );
    assert.ok(outlook.ok);
    for (const market of open(cycle)) {
      const parsed = parseTicker(market.ticker);
      const expected = parsed?.kind === "fed_rate"
        ? upperBoundAbove(outlook.value, parsed.year, parsed.month, parsed.threshold)
        : parsed?.kind === "fed_decision"
        ? decisionProbability(outlook.value, parsed.year, parsed.month, parsed.move, parsed.basisPoints)
        : null;
      assert.ok(expected !== null, market.ticker);
      const difference = Math.abs(eyes.judge(market, now) - expected);
      squares += difference * difference;
      largest = Math.max(largest, difference);
      looks++;
    }
  }
  const deviation = Math.sqrt(squares / looks);
  assert.ok(deviation > 0.005 && deviation < 0.06 && largest < 0.25, `${deviation}, at most ${largest}`);
});
