import assert from "node:assert/strict";
import fc from "fast-check";
import type { Market } from "../core/market.ts";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import { complement, count, money, type Price } from "../core/units.ts";
import { normalCdf } from "../models/normal.ts";
import { hourlyNo, type HourlyNoParameters, hourlyNoParameters } from "./hourly_no.ts";
import type { Opinion, StrategyView } from "./strategy.ts";
import { after, onlyTarget, type Scene, viewOf } from "./view_fixture.ts";

const DEFAULTS = hourlyNoParameters.parse({});

const LADDER: Partial<Market> = {
  ticker: "KXBTCD-26NOV2008-T84199.99",
  event: "KXBTCD-26NOV2008",
  series: "KXBTCD",
  strikeType: "greater",
  floorStrike: 84_199.99,
  closeTime: after(3_600),
  priceRanges: NAMED_PRICE_RANGES.linear_cent,
};

/** Five seconds after minute 45; index 84,000, strike 23.8 bp above it, one sibling 11.9 bp above; YES bid 0.31, ask 0.33. */
const run = (change: Scene = {}): Scene => ({
  yes: [[3_100, 10_000]],
  no: [[6_700, 10_000]],
  ...change,
  market: { ...LADDER, ...change.market },
  event: { strikeBelow: 84_099.99, ...change.event },
  view: { at: after(2_705), secondsToClose: 895, ...change.view },
});

const decide = (change: Scene = {}, parameters: Partial<HourlyNoParameters> = {}): Opinion =>
  hourlyNo.decide(viewOf(run(change)), { ...DEFAULTS, ...parameters });

const REFUSALS: readonly (readonly [string, string, Scene, Partial<HourlyNoParameters>?])[] = [
  ["not_active", "paused", { market: { status: "inactive" } }],
  ["fee_unknown", "flat fees", { market: { fees: { type: "flat", multiplierMillionths: 1_000_000 } } }],
  ["no_strike", "no strike", { market: { floorStrike: null } }],
  ["no_strike", "no kind of strike", { market: { strikeType: null } }],
  ["not_a_threshold", "a range", { market: { strikeType: "between", capStrike: 84_299.99 } }],
  ["not_on_the_hour", "closes at half past", { market: { closeTime: after(1_800) } }],
  ["before_minute_45", "a second early", { view: { secondsToClose: 900.5 } }],
  ["after_minute_45", "21 s late", { view: { secondsToClose: 879 } }],
  ["book_not_in_sync", "a gap", { prepare: (book) => book.markStale("Gap") }],
  ["book_crossed", "locked book", { no: [[6_900, 10_000]] }],
  ["no_index", "no index", { index: null }],
  ["index_stale", "old index", { index: { age: 3_000_001 } }],
  ["index_of_one_exchange", "one exchange for the index", { index: { source: "exchange" } }],
  ["no_volatility", "too few index values", { index: { volatility: null } }],
  ["volatility_out_of_range", "too calm", { index: { volatility: 1e-6 } }],
  ["volatility_out_of_range", "too wild", { index: { volatility: 3e-3 } }],
  ["strike_too_near", "19.99 bp above", { market: { floorStrike: 84_167.99 } }],
  ["strike_too_near", "below the index", { market: { floorStrike: 83_900 } }],
  ["not_first_strike", "the one below is far enough, too", { event: { strikeBelow: 84_168.01 } }],
  ["decided_already", "an order in a sibling", { event: { lastOrderAt: after(2_701) } }],
  ["held_already", "a sibling held after a restart", { event: { held: true } }],
  ["one_sided", "no YES bid", { yes: [] }],
  ["one_sided", "an empty book", { yes: [], no: [] }],
  ["thin_book", "99 hundredths of a contract", { yes: [[3_100, 99]] }],
  ["no_edge", "the bid is too low", { yes: [[2_500, 10_000]] }],
  ["price_out_of_range", "NO at 98 cents", { yes: [[200, 10_000]], index: { volatility: 3e-6 } }, { min_edge: 0 }],
  ["over_budget", "70 cents for a contract of 71", {}, { run_budget: 0.7 }],
  ["size_too_small", "risk leaves nothing", { view: { headroom: money(500_000) } }],
  ["size_too_small", "five are held", { view: { position: count(-500) } }],
  ["size_too_small", "4.50 are held", { view: { position: count(-450) } }],
  ["size_too_small", "next to no money", { view: { nav: money(1_000_000) } }],
];

for (const [code, when, scene, parameters] of REFUSALS) {
  Deno.test(`hourly NO keeps still: ${code}, ${when}`, () => {
    const opinion = decide(scene, parameters);
    assert.deepEqual(opinion.targets, []);
    assert.equal(opinion.refusal?.code, code, opinion.refusal?.text);
    assert.notEqual(opinion.refusal?.text, "");
  });
}

Deno.test("every reason of its own is in the table above", async () => {
  const source = await Deno.readTextFile(new URL("hourly_no.ts", import.meta.url));
  const own = [...source.matchAll(/\bno\("([a-z_]+)"/g)].map(([, code]) => code);
  const shown = new Set(REFUSALS.map(([code]) => code));
  // A model that is given a spot, a strike and a volatility has an answer: the reason stands for what cannot be.
  assert.deepEqual(own.filter((code) => !shown.has(code)), ["no_model"]);
});

/** z = 23.8 bp / (1e-4 x 30 x sqrt(895 / 900)). */
const P_NO = normalCdf((199.99 / 84_000) / (1e-4 * 30 * Math.sqrt(895 / 900)));

Deno.test("NO is bought at the YES bid: edge P(NO) - 0.69 - (0.0150 + 0.002 + 0.002)", () => {
  const opinion = decide();
  const target = onlyTarget(opinion);
  assert.deepEqual([target.side, target.price, target.timeInForce, target.postOnly, target.signal], [
    "ask",
    3_100,
    "immediate_or_cancel",
    false,
    "first_strike",
  ]);
  assert.equal(opinion.edge?.toFixed(9), (P_NO - 0.69 - 0.015 - 0.004).toFixed(9));
  assert.deepEqual([opinion.edgeSide, target.count], ["no", 500]);
  const { evidence } = target;
  assert.equal(evidence.modelProbability?.toFixed(9), (1 - P_NO).toFixed(9), "of YES, as all evidence is");
  assert.deepEqual([evidence.spot, evidence.strike, evidence.marketProbability], [84_000, 84_199.99, 0.32]);
  assert.deepEqual([evidence.edge, evidence.kellyFraction], [opinion.edge, target.kelly]);
});

Deno.test("a quarter of Kelly: (b p - q) / b with b = (1 - 0.705) / 0.705", () => {
  const odds = (1 - 0.705) / 0.705;
  const full = (odds * P_NO - (1 - P_NO)) / odds;
  assert.equal(onlyTarget(decide()).kelly.toFixed(9), (full / 4).toFixed(9));
  const small = money(60_000_000);
  assert.equal(onlyTarget(decide({ view: { nav: small } })).count, Math.floor(60 * full / 4 / 0.705) * 100);
});

Deno.test("the latency of the index is taken off the edge", () => {
  assert.equal(((decide().edge ?? NaN) - (decide({ index: { lag: 400_000 } }).edge ?? NaN)).toFixed(9), "0.004000000");
});

Deno.test("the size is bounded by five contracts, the budget, the depth and what risk leaves", () => {
  const size = (scene: Scene, parameters: Partial<HourlyNoParameters> = {}) =>
    onlyTarget(decide(scene, parameters)).count / 100;
  assert.equal(size({}), 5);
  assert.equal(size({ view: { position: count(-150) } }), 3);
  // 3 x (0.69 + 0.015) = 2.115 dollars, and the roundings that risk reckons with.
  assert.equal(size({}, { run_budget: 2.116 }), 3);
  assert.equal(size({}, { run_budget: 2.114 }), 2);
  assert.equal(size({ yes: [[3_100, 437]] }), 4, "fractions of a contract are left");
  assert.equal(size({ yes: [[3_100, 1_000]] }, { depth_share: 0.25 }), 2);
  assert.equal(size({ view: { headroom: money(2_116_000) } }), 3);
});

Deno.test("of a ladder exactly one strike is taken, and it is the first that is 20 bp above the index", () => {
  const ladder = fc.record({
    value: fc.double({ min: 83_000, max: 85_000, noNaN: true }),
    strikes: fc.uniqueArray(fc.integer({ min: 830, max: 860 }), { minLength: 1, maxLength: 31 }),
  });
  fc.assert(
    fc.property(ladder, ({ value, strikes }) => {
      const sorted = strikes.map((each) => each * 100 - 0.01).sort((a, b) => a - b);
      const passed = sorted.filter((floorStrike, at) => {
        const { refusal } = decide({
          market: { floorStrike },
          index: { value },
          event: { strikeBelow: at === 0 ? null : sorted[at - 1] },
        });
        return refusal?.code !== "strike_too_near" && refusal?.code !== "not_first_strike";
      });
      assert.deepEqual(passed, sorted.filter((strike) => strike >= value * 1.002).slice(0, 1));
    }),
    { seed: 4, numRuns: 500 },
  );
});

Deno.test("whatever it sees, it buys NO alone, within budget, position and what pays by its own sum", () => {
  const scene = fc.record({
    bid: fc.integer({ min: 1, max: 70 }),
    size: fc.integer({ min: 1, max: 100_000 }),
    value: fc.double({ min: 83_000, max: 84_050, noNaN: true }),
    volatility: fc.double({ min: 1e-6, max: 3e-4, noNaN: true }),
    position: fc.integer({ min: -600, max: 700 }),
    headroom: fc.integer({ min: -1_000_000, max: 10_000_000 }),
    budget: fc.double({ min: 0.5, max: 10, noNaN: true }),
  });
  let acted = 0;
  fc.assert(
    fc.property(scene, ({ bid, size, value, volatility, position, headroom, budget }) => {
      const view: Partial<StrategyView> = { position: count(position), headroom: money(headroom) };
      const { targets, refusal } = decide({
        yes: [[bid * 100, size]],
        no: [],
        index: { value, volatility },
        event: { strikeBelow: null },
        view,
      }, { run_budget: budget });
      assert.equal(targets.length === 0, refusal !== null);
      for (const { side, price: found, count: contracts, kelly, depth, evidence } of targets) {
        acted++;
        const cost = complement(found as Price) / 10_000;
        assert.deepEqual([side, found], ["ask", bid * 100]);
        assert.ok(1 - (evidence.modelProbability ?? NaN) - cost >= DEFAULTS.min_edge);
        assert.ok(contracts >= 100 && contracts % 100 === 0 && contracts <= depth);
        assert.ok(contracts * cost / 100 <= budget && contracts * cost * 10_000 <= headroom);
        assert.ok(-position + contracts <= 500 && kelly > 0 && kelly <= 0.25);
      }
    }),
    { seed: 5, numRuns: 3_000 },
  );
  assert.ok(acted > 200, `${acted} targets were looked at`);
});

Deno.test("it trades the hourly thresholds of bitcoin and ether, and no other series", () => {
  for (const series of ["KXBTCD", "KXETHD"]) assert.equal(hourlyNo.trades(series), true);
  for (const series of ["KXBTC", "KXETH", "KXBTC15M", "KXSOLD"]) assert.equal(hourlyNo.trades(series), false);
});
