import assert from "node:assert/strict";
import fc from "fast-check";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import { complement, count, money, type Price, price } from "../core/units.ts";
import { withBasisDoubt } from "../models/basis_doubt.ts";
import { SettlementAverage } from "../models/settlement_average.ts";
import { latency, type LatencyParameters, latencyParameters } from "./latency.ts";
import type { Opinion, StrategyView } from "./strategy.ts";
import { after, onlyTarget, type Scene, viewOf } from "./view_fixture.ts";

const DEFAULTS = latencyParameters.parse({});

const decide = (scene: Scene = {}, parameters: Partial<LatencyParameters> = {}): Opinion =>
  latency.decide(viewOf(scene), { ...DEFAULTS, ...parameters });

/** Five exchanges trade at this price. The strike is 84,000, and the market is quoted around one half. */
const at = (spot: number, change: Partial<Scene> = {}): Scene => ({
  ...change,
  spot: { vwap: spot, last: spot, ...change.spot },
});
const HIGH = at(84_030);
const withView = (view: Partial<StrategyView>): Scene => ({ ...HIGH, view });
const withSpot = (spot: Scene["spot"]): Scene => at(84_030, { spot });

const REFUSALS: readonly (readonly [string, string, Scene, Partial<LatencyParameters>?])[] = [
  ["not_active", "paused", { ...HIGH, market: { status: "inactive" } }],
  ["fee_unknown", "flat fees", { ...HIGH, market: { fees: { type: "flat", multiplierMillionths: 1_000_000 } } }],
  ["no_strike", "before the strike is named", { ...HIGH, market: { floorStrike: null } }],
  ["no_strike", "before the kind of strike is named", { ...HIGH, market: { strikeType: null } }],
  ["book_not_in_sync", "a gap", { ...HIGH, prepare: (book) => book.markStale("Gap") }],
  ["book_crossed", "locked book", { ...HIGH, yes: [[5_100, 10_000]] }],
  ["no_index", "no index", { ...HIGH, index: null }],
  ["index_stale", "old index", { ...HIGH, index: { age: 3_000_001 } }],
  ["index_of_one_exchange", "one exchange for the index", { ...HIGH, index: { source: "exchange" } }],
  ["no_volatility", "too few index values", { ...HIGH, index: { volatility: null } }],
  ["volatility_out_of_range", "too calm", { ...HIGH, index: { volatility: 1.9e-6 } }],
  ["volatility_out_of_range", "too wild", { ...HIGH, index: { volatility: 2.1e-3 } }],
  ["too_near_settlement", "74 s left", withView({ secondsToClose: 74 })],
  ["too_far_from_settlement", "841 s left", withView({ secondsToClose: 841 })],
  ["no_spot", "no exchange", { ...HIGH, spot: null }],
  ["few_exchanges", "two exchanges", withSpot({ exchanges: 2 })],
  ["spot_stale", "2.1 s old", withSpot({ age: 2_100_000 })],
  ["no_spot_trades", "nobody traded in the window", withSpot({ vwap: null })],
  ["no_spot_trades", "no trade at all", withSpot({ last: null })],
  ["spot_disagrees", "6 bp apart", withSpot({ last: 84_080.5 })],
  ["spot_off_index", "11 bp off", at(84_092.5)],
  ["low_confidence", "three exchanges, 1.1 s old", withSpot({ exchanges: 3, age: 1_100_000 })],
  ["one_sided", "no ask", { ...HIGH, no: [] }],
  ["one_sided", "no bid", { ...HIGH, yes: [] }],
  ["one_sided", "nothing", { ...HIGH, yes: [], no: [] }],
  ["spread_wide", "7 cents", { ...HIGH, yes: [[4_400, 10_000]] }],
  ["thin_book", "4.99 contracts", { ...HIGH, no: [[4_900, 499]] }],
  ["no_model", "a structured strike", { ...HIGH, market: { strikeType: "structured" } }],
  ["no_edge", "fairly priced", at(84_000)],
  ["price_out_of_range", "4.9 cents", { ...at(84_000), yes: [[470, 10_000]], no: [[9_510, 10_000]] }],
  ["price_out_of_range", "95.1 cents for NO", { ...at(83_000), yes: [[490, 10_000]], no: [[9_490, 10_000]] }, {
    min_edge: 0.001,
    max_basis: 1_000,
  }],
  ["cooldown", "an order 0.9 s ago", withView({ lastOrderAt: after(599.1) })],
  ["size_too_small", "risk leaves nothing", withView({ headroom: money(400_000) })],
  ["size_too_small", "a cap has been passed", withView({ headroom: money(-1) })],
  ["size_too_small", "the position is full", withView({ position: count(10_000) })],
  ["size_too_small", "99.50 contracts are held", withView({ position: count(9_950) })],
];

for (const [code, when, scene, parameters] of REFUSALS) {
  Deno.test(`latency keeps still: ${code}, ${when}`, () => {
    const opinion = decide(scene, parameters);
    assert.deepEqual(opinion.targets, []);
    assert.equal(opinion.refusal?.code, code, opinion.refusal?.text);
    assert.notEqual(opinion.refusal?.text, "");
  });
}

Deno.test("every reason that it can have is in the table above", async () => {
  const source = await Deno.readTextFile(new URL("latency.ts", import.meta.url));
  const own = [...source.matchAll(/\bno\("([a-z_]+)"/g)].map(([, code]) => code);
  const shown = new Set(REFUSALS.map(([code]) => code));
  assert.deepEqual(own.filter((code) => !shown.has(code)), []);
});

/** P(YES) with the spot there, by the closed form alone. */
function fair(spot: number, secondsToClose = 300): number {
  const sigma = withBasisDoubt(1e-4, 1e-4, secondsToClose);
  return new SettlementAverage().prepare(spot, sigma, secondsToClose).atLeast(83_999.995);
}

Deno.test("YES is bought at the ask where the spot is above the strike", () => {
  const opinion = decide(HIGH);
  const target = onlyTarget(opinion);
  assert.deepEqual([target.side, target.price, target.timeInForce, target.postOnly, target.signal], [
    "bid",
    5_100,
    "immediate_or_cancel",
    false,
    "spot_vwap",
  ]);
  assert.equal(opinion.edgeSide, "yes");
  assert.equal(opinion.edge?.toFixed(9), (fair(84_030) - 0.51 - (0.0175 + 0.002 + 0.002)).toFixed(9));
  assert.equal(target.depth, 10_000);
  assert.deepEqual(
    [target.evidence.modelProbability, target.evidence.marketProbability, target.evidence.edge, target.evidence.spot],
    [fair(84_030), 0.5, opinion.edge, 84_030],
  );
  assert.equal(target.evidence.kellyFraction, target.kelly);
  assert.equal(target.evidence.expectedValue, (opinion.edge ?? NaN) * target.count / 100);
});

Deno.test("order flow shifts the fair value, where it may and is proven", () => {
  const odds = fair(84_030) / (1 - fair(84_030)) * Math.exp(0.1);
  for (const proven of [false, true]) {
    const view = { flow: { shift: 0.1, proven, imbalance: 0.5, why: "" } };
    const wanted = { off: false, when_proven: proven, on: true };
    for (const order_flow of ["off", "when_proven", "on"] as const) {
      const { evidence } = onlyTarget(decide(withView(view), { order_flow }));
      const probability = wanted[order_flow] ? odds / (1 + odds) : fair(84_030);
      assert.equal(evidence.modelProbability?.toFixed(9), probability.toFixed(9), `${order_flow}, proven ${proven}`);
    }
  }
});

Deno.test("NO is bought at the bid where the spot is below the strike, on a grid of tenths of a cent", () => {
  const opinion = decide({
    ...at(83_970),
    yes: [[4_913, 10_000]],
    no: [[4_877, 10_000]],
    market: { priceRanges: NAMED_PRICE_RANGES.center_centi_edge_centi_cent },
  });
  const target = onlyTarget(opinion);
  assert.deepEqual([target.side, target.price, opinion.edgeSide], ["ask", 4_913, "no"]);
  // 0.07 x 0.4913 x 0.5087 = 0.017494..., up to 0.0175.
  assert.equal(opinion.edge?.toFixed(9), (1 - fair(83_970) - 0.5087 - (0.0175 + 0.004)).toFixed(9));
  assert.ok(target.count >= 100 && target.count % 100 === 0);
});

Deno.test("the newest trades stand for the spot where that is set", () => {
  const scene = at(84_030, { spot: { vwap: 84_000, last: 84_030 } });
  assert.equal(decide(scene, { min_confidence: 0 }).refusal?.code, "no_edge");
  const target = onlyTarget(decide(scene, { min_confidence: 0, price: "last" }));
  assert.deepEqual([target.signal, target.evidence.spot], ["spot_last", 84_030]);
});

Deno.test("age and measured latency of the spot prices are taken off the edge", () => {
  const edge = (spot: Scene["spot"], parameters = {}) => decide(withSpot(spot), parameters).edge ?? NaN;
  const best = edge({});
  assert.equal((best - edge({ latency: 250_000 })).toFixed(9), "0.002500000");
  assert.equal((best - edge({ age: 200_000 })).toFixed(9), "0.002000000");
  assert.equal((best - edge({ latency: null })).toFixed(9), "0.005000000", "an unknown one counts as half a second");
  assert.equal((best - edge({ latency: -50_000 })).toFixed(9), "0.000000000", "a clock that runs ahead earns nothing");
});

Deno.test("the confidence scales the Kelly fraction: enough exchanges, fresh, agreed", () => {
  const kelly = (spot: Scene["spot"]) => onlyTarget(decide(withSpot(spot), { latency_buffer_per_second: 0 })).kelly;
  const full = kelly({});
  const cases = [
    [{ exchanges: 9 }, 1],
    [{ exchanges: 4 }, 0.8],
    [{ age: 500_000 }, 0.75],
    [{ vwap: 84_030, last: 84_030 * 1.0002 }, 0.6],
    [{ exchanges: 4, age: 500_000 }, 0.6],
  ] as const;
  for (const [spot, share] of cases) assert.ok(Math.abs(kelly(spot) / full - share) < 1e-6, JSON.stringify(spot));
});

Deno.test("the size is bounded by Kelly, depth, position and what risk leaves", () => {
  const size = (view: Partial<StrategyView>, scene: Partial<Scene> = {}, parameters: Partial<LatencyParameters> = {}) =>
    onlyTarget(decide({ ...HIGH, no: [[4_900, 1_000_000]], ...scene, view }, { max_contracts: 10_000, ...parameters }))
      .count / 100;
  const { kelly } = onlyTarget(decide(HIGH));
  assert.equal(size({ nav: money(500_000_000) }), Math.floor(500 * kelly / 0.5275));
  assert.equal(size({}, { no: [[4_900, 4_321]] }), 21, "half of 43.21 contracts, whole ones");
  assert.equal(size({}, {}, { max_contracts: 60.5 }), 60);
  assert.equal(size({ position: count(1_050) }, {}, { max_contracts: 60 }), 49);
  assert.equal(size({ position: count(-1_050) }, {}, { max_contracts: 60 }), 70);
  assert.equal(size({ headroom: money(10_552_100) }), 20);
});

Deno.test("whatever it sees, what it sends lies on the grid and pays by its own sum", () => {
  const scene = fc.record({
    bid: fc.oneof(fc.integer({ min: 1, max: 998 }), fc.integer({ min: 350, max: 650 })),
    spread: fc.integer({ min: 1, max: 65 }),
    sizes: fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 })),
    basis: fc.double({ min: -12, max: 12, noNaN: true }),
    gap: fc.double({ min: -6, max: 6, noNaN: true }),
    exchanges: fc.integer({ min: 2, max: 8 }),
    age: fc.integer({ min: 0, max: 2_100_000 }),
    left: fc.double({ min: 60, max: 900, noNaN: true }),
    position: fc.integer({ min: -12_000, max: 12_000 }),
    headroom: fc.integer({ min: -1_000_000, max: 500_000_000 }),
  });
  let acted = 0;
  fc.assert(
    fc.property(scene, ({ bid, spread, sizes, basis, gap, exchanges, age, left, position, headroom }) => {
      const ask = Math.min(999, bid + spread) * 10;
      const vwap = 84_000 * (1 + basis / 10_000);
      const opinion = decide({
        yes: [[bid * 10, sizes[0]]],
        no: [[complement(ask as Price), sizes[1]]],
        spot: { vwap, last: vwap * (1 + gap / 10_000), exchanges, age },
        view: { position: count(position), headroom: money(headroom), secondsToClose: left },
      });
      assert.equal(opinion.targets.length === 0, opinion.refusal !== null);
      for (const { side, price: found, count: size, kelly, depth, evidence } of opinion.targets) {
        acted++;
        const cost = (side === "bid" ? found : complement(found)) / 10_000;
        const yes = evidence.modelProbability ?? NaN;
        const worth = side === "bid" ? yes : 1 - yes;
        assert.ok(found === price(side === "bid" ? ask : bid * 10));
        assert.ok(worth - cost >= DEFAULTS.min_edge + 0.004 && (evidence.edge ?? NaN) >= DEFAULTS.min_edge);
        assert.ok(size >= 100 && size % 100 === 0 && size <= depth * DEFAULTS.depth_share);
        assert.ok(size * cost * 10_000 <= headroom);
        assert.ok((side === "bid" ? position : -position) + size <= DEFAULTS.max_contracts * 100);
        assert.ok(kelly > 0 && kelly <= DEFAULTS.kelly_fraction);
      }
    }),
    { seed: 3, numRuns: 4_000 },
  );
  assert.ok(acted > 200, `${acted} targets were looked at`);
});

Deno.test("it trades the 15-minute crypto series and no other", () => {
  for (const series of ["KXBTC15M", "KXSOL15M"]) assert.equal(latency.trades(series), true);
  for (const series of ["KXBTCD", "KXGOLD15M", "KXCRYPTOLEAD15M"]) assert.equal(latency.trades(series), false);
});
