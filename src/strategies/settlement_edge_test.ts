import assert from "node:assert/strict";
import fc from "fast-check";
import { complement, count, money, type Price, price } from "../core/units.ts";
import { settlementEdge, type SettlementEdgeParameters, settlementEdgeParameters } from "./settlement_edge.ts";
import type { Opinion, StrategyView } from "./strategy.ts";
import { after, onlyTarget, type Scene, viewOf } from "./view_fixture.ts";

const DEFAULTS = settlementEdgeParameters.parse({});

const decide = (scene: Scene = {}, parameters: Partial<SettlementEdgeParameters> = {}): Opinion =>
  settlementEdge.decide(viewOf(scene), { ...DEFAULTS, ...parameters });

/** Worth buying at the ask, if nothing speaks against it. */
const CHEAP: Scene = { view: { probability: 0.6 } };
const withView = (change: Partial<StrategyView>): Scene => ({ view: { ...CHEAP.view, ...change } });

const REFUSALS: readonly (readonly [
  code: string,
  when: string,
  scene: Scene,
  parameters?: Partial<SettlementEdgeParameters>,
])[] = [
  ["not_active", "paused", { ...CHEAP, market: { status: "inactive" } }],
  ["fee_unknown", "flat fees", { ...CHEAP, market: { fees: { type: "flat", multiplierMillionths: 1_000_000 } } }],
  ["no_strike", "no strike type", { ...CHEAP, market: { strikeType: null } }],
  ["no_strike", "no strike", { ...CHEAP, market: { floorStrike: null } }],
  ["book_not_in_sync", "stale data", { ...CHEAP, prepare: (book) => book.markStale("Gap") }],
  ["book_crossed", "locked book", { ...CHEAP, yes: [[5_100, 10_000]] }],
  ["no_index", "no index", { ...CHEAP, index: null }],
  ["index_stale", "old index", { ...CHEAP, index: { age: 3_000_001 } }],
  ["no_volatility", "too few index values", { ...CHEAP, index: { volatility: null } }],
  ["volatility_out_of_range", "too calm", { ...CHEAP, index: { volatility: 1.9e-6 } }],
  ["volatility_out_of_range", "too wild", { ...CHEAP, index: { volatility: 2.1e-3 } }],
  ["too_near_settlement", "2 s left", withView({ secondsToClose: 2 })],
  ["too_far_from_settlement", "871 s left", withView({ secondsToClose: 871 })],
  ["one_sided", "no ask", { ...CHEAP, no: [] }],
  ["spread_wide", "11 cents", { ...CHEAP, yes: [[4_000, 10_000]] }],
  ["thin_book", "4.99 contracts", { ...CHEAP, yes: [[4_900, 499]] }],
  ["cooldown", "an order 0.4 s ago", withView({ lastOrderAt: after(599.6) })],
  ["no_model", "no probability", { view: { probability: null } }],
  ["no_edge", "fairly priced", {}],
  ["no_edge", "fairly priced, resting switched off", { view: { probability: 0.54 } }, { rest: false }],
  ["price_out_of_range", "3 cents", {
    yes: [[200, 10_000]],
    no: [[9_700, 10_000]],
    view: { probability: 0.2 },
  }],
  ["price_out_of_range", "97 cents", {
    yes: [[9_690, 10_000]],
    no: [[290, 10_000]],
    view: { probability: 0.9999 },
  }, { min_edge: 0.001, baseline_extra_edge: 0 }],
  ["size_too_small", "risk leaves nothing", withView({ headroom: money(500_000) })],
  ["size_too_small", "the position is full", withView({ position: count(30_000) })],
  ["size_too_small", "a cap has been passed", withView({ headroom: money(-5_000_000) })],
];

for (const [code, when, scene, parameters] of REFUSALS) {
  Deno.test(`settlement edge keeps still: ${code}, ${when}`, () => {
    const opinion = decide(scene, parameters);
    assert.deepEqual(opinion.targets, []);
    assert.equal(opinion.refusal?.code, code, opinion.refusal?.text);
  });
}

Deno.test("YES is bought at the ask: edge 0.60 - 0.51 - (0.0175 + 0.002 + 0.002 + 0.01 x 0.5 s)", () => {
  const opinion = decide({ ...CHEAP, index: { lag: 500_000 } });
  const target = onlyTarget(opinion);
  assert.deepEqual([target.side, target.price, target.timeInForce, target.postOnly], [
    "bid",
    5_100,
    "immediate_or_cancel",
    false,
  ]);
  // Fee of one contract: 0.07 x 0.51 x 0.49 = 0.017493, up to 0.0175.
  assert.equal(opinion.edge?.toFixed(6), "0.063500");
  assert.equal(opinion.edgeSide, "yes");
  assert.equal(target.evidence.edge, opinion.edge);
  assert.equal(target.evidence.modelProbability, 0.6);
  assert.equal(target.evidence.marketProbability, 0.5);
});

Deno.test("NO is bought at the bid: edge (1 - 0.30) - (1 - 0.40) - (0.0168 + 0.002 + 0.002)", () => {
  const opinion = decide({ yes: [[4_000, 10_000]], no: [[5_800, 10_000]], view: { probability: 0.3 } });
  const target = onlyTarget(opinion);
  assert.deepEqual([target.side, target.price], ["ask", 4_000]);
  assert.equal(opinion.edge?.toFixed(6), "0.079200");
  assert.equal(opinion.edgeSide, "no");
  assert.equal(target.depth, 10_000, "what is displayed at that bid");
});

/** Log-odds of one half and this are those of 0.55. */
const FLOW = { shift: Math.log(0.55 / 0.45), imbalance: 1, why: "" };

Deno.test("order flow shifts what a contract is worth, where it may and is proven", () => {
  const cases: [proven: boolean, order_flow: SettlementEdgeParameters["order_flow"], probability: number][] = [
    [true, "off", 0.6],
    [false, "when_proven", 0.6],
    [true, "when_proven", 0.6 * 0.55 / (0.6 * 0.55 + 0.4 * 0.45)],
    [false, "on", 0.6 * 0.55 / (0.6 * 0.55 + 0.4 * 0.45)],
  ];
  for (const [proven, order_flow, probability] of cases) {
    const opinion = decide(withView({ flow: { ...FLOW, proven } }), { order_flow });
    assert.equal(onlyTarget(opinion).evidence.modelProbability?.toFixed(9), probability.toFixed(9));
    assert.equal(opinion.edge?.toFixed(9), (probability - 0.51 - 0.0175 - 0.004).toFixed(9));
  }
});

Deno.test("delay_capture: the index moved our way and the quote has not changed since", () => {
  assert.equal(onlyTarget(decide({ ...CHEAP, moves: { 3: 1 } })).signal, "delay_capture");
  assert.equal(onlyTarget(decide({ moves: { 3: -1 }, view: { probability: 0.4 } })).signal, "delay_capture");
  const quoted = withView({ quotedAt: after(599.6) });
  assert.equal(onlyTarget(decide({ ...quoted, moves: { 3: 1 } })).signal, "baseline_gap", "the quote has answered");
  assert.equal(onlyTarget(decide({ ...CHEAP, moves: { 3: -5 } })).signal, "baseline_gap", "it moved the other way");
});

Deno.test("momentum_confirmation: the index has been drifting our way", () => {
  assert.equal(onlyTarget(decide({ ...CHEAP, moves: { 3: 0.5, 30: 2 } })).signal, "momentum_confirmation");
  assert.equal(
    onlyTarget(decide({ moves: { 30: -2 }, view: { probability: 0.4 } })).signal,
    "momentum_confirmation",
  );
});

Deno.test("baseline_gap: neither, and more edge is asked for", () => {
  // 0.5625 - 0.51 - 0.0215 = 0.031: enough with the extra cent, 0.0295 is not.
  assert.equal(onlyTarget(decide({ view: { probability: 0.5625 } })).signal, "baseline_gap");
  const short = { view: { probability: 0.561 } };
  assert.equal(decide(short, { rest: false }).refusal?.code, "no_edge");
  assert.equal(onlyTarget(decide({ ...short, moves: { 30: 2 } })).signal, "momentum_confirmation");
});

Deno.test("where taking does not pay, it rests one tick better than the best", () => {
  // At the ask 0.545 - 0.51 - 0.0215 = 0.0135; resting at 0.491 without a fee 0.545 - 0.491 - 0.002 = 0.052.
  const target = onlyTarget(decide({ view: { probability: 0.545 } }));
  assert.deepEqual([target.side, target.price, target.timeInForce, target.postOnly], [
    "bid",
    4_910,
    "good_till_canceled",
    true,
  ]);
  const mirrored = onlyTarget(decide({ view: { probability: 0.455 } }));
  assert.deepEqual([mirrored.side, mirrored.price], ["ask", 5_090]);
});

Deno.test("a resting order stays where it is the best itself, and moves when someone betters it", () => {
  const best = { yes: [[4_910, 5_000]] as const, view: { probability: 0.545, restingBid: price(4_910) } };
  assert.equal(onlyTarget(decide(best)).price, 4_910);
  const bettered = { ...best, yes: [[4_920, 5_000], [4_910, 5_000]] as const };
  assert.equal(onlyTarget(decide(bettered)).price, 4_930);
  const ask = { no: [[4_910, 5_000]] as const, view: { probability: 0.455, restingAsk: price(5_090) } };
  assert.equal(onlyTarget(decide(ask)).price, 5_090);
});

Deno.test("the cooldown holds new orders back and leaves the one that rests", () => {
  const scene = {
    yes: [[4_910, 5_000]] as const,
    view: { probability: 0.545, restingBid: price(4_910), lastOrderAt: after(599.9) },
  };
  assert.equal(onlyTarget(decide(scene)).price, 4_910);
  const bettered = { ...scene, yes: [[4_950, 5_000]] as const };
  assert.equal(onlyTarget(decide(bettered)).price, 4_910, "it stays where it is for the moment");
  const later = { ...bettered, view: { ...scene.view, lastOrderAt: after(500) } };
  assert.equal(onlyTarget(decide(later)).price, 4_960);
  const none = { ...bettered, view: { ...scene.view, restingBid: null } };
  assert.equal(decide(none).refusal?.code, "cooldown");
});

Deno.test("a resting order never reaches the other side", () => {
  const tight = { yes: [[5_000, 10_000]] as const, no: [[4_990, 10_000]] as const };
  assert.equal(decide({ ...tight, view: { probability: 0.52 } }, { rest_edge: 0.001 }).refusal?.code, "no_edge");
});

/** 0.62 - 0.51 - 0.0215 = 0.0885 of edge: the whole Kelly fraction. Full Kelly (b p - q) / b with b = 0.4725 / 0.5275. */
const STRONG: Scene = { view: { probability: 0.62 } };
const FULL_KELLY = ((0.4725 / 0.5275) * 0.62 - 0.38) / (0.4725 / 0.5275);

const sizeOf = (change: Partial<StrategyView>, parameters: Partial<SettlementEdgeParameters> = {}, scene: Scene = {}) =>
  onlyTarget(decide({ ...STRONG, no: [[4_900, 1_000_000]], ...scene, view: { ...STRONG.view, ...change } }, {
    max_contracts: 100_000,
    ...parameters,
  })).count / 100;

Deno.test("the size is bounded by Kelly", () => {
  const nav = money(1_000_000_000);
  assert.equal(sizeOf({ nav }), Math.floor(1_000 * 0.25 * FULL_KELLY / 0.5275));
  assert.equal(sizeOf({ nav }, { kelly_fraction: 0.1 }), Math.floor(1_000 * 0.1 * FULL_KELLY / 0.5275));
  const kelly = onlyTarget(decide({ ...STRONG, view: { ...STRONG.view, nav } })).kelly;
  assert.equal(kelly.toFixed(9), (0.25 * FULL_KELLY).toFixed(9));
});

Deno.test("Kelly counts what is held on the same side already, and lets the other side be closed", () => {
  const nav = money(1_000_000_000);
  const flat = sizeOf({ nav });
  assert.equal(sizeOf({ nav, position: count(2_000) }), flat - 20);
  assert.equal(sizeOf({ nav, position: count(-2_000) }), flat + 20);
  assert.equal(
    decide({ view: { ...STRONG.view, nav, position: count(flat * 100) } }).refusal?.code,
    "size_too_small",
  );
});

Deno.test("the size shrinks in proportion between least and target edge", () => {
  const kelly = (probability: number) => onlyTarget(decide({ view: { probability }, moves: { 30: 2 } })).kelly;
  // 0.5715 - 0.51 - 0.0215 = 0.04 is half way from 0.02 to 0.06.
  const cost = 0.5275;
  const full = (0.5715 - cost) / (1 - cost);
  assert.equal(kelly(0.5715).toFixed(9), (full * 0.25 * 0.5).toFixed(9));
});

Deno.test("the size is bounded by the depth, the position and what risk leaves", () => {
  assert.equal(sizeOf({}, {}, { no: [[4_900, 10_100]] }), 50, "half of the touch, whole contracts");
  assert.equal(sizeOf({}, { max_contracts: 60 }), 60);
  assert.equal(sizeOf({ position: count(2_000) }, { max_contracts: 60 }), 40);
  assert.equal(sizeOf({ position: count(-2_000) }, { max_contracts: 60 }), 80);
  // 20 x (0.51 + 0.0175 + 0.0001) + 0.0001 = 10.5521 dollars.
  assert.equal(sizeOf({ headroom: money(10_552_100) }), 20);
  assert.equal(sizeOf({ headroom: money(10_552_099) }), 19);
});

Deno.test("whatever it sees, a target lies on the grid, within its prices, within its bounds and pays by its own sum", () => {
  const scene = fc.record({
    bid: fc.integer({ min: 1, max: 998 }),
    spread: fc.integer({ min: 1, max: 100 }),
    bidSize: fc.integer({ min: 500, max: 100_000 }),
    askSize: fc.integer({ min: 500, max: 100_000 }),
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
    position: fc.integer({ min: -30_000, max: 30_000 }),
    headroom: fc.integer({ min: -1_000_000, max: 500_000_000 }),
    drift: fc.integer({ min: -5, max: 5 }),
  });
  let acted = 0;
  fc.assert(
    fc.property(scene, ({ bid, spread, bidSize, askSize, probability, position, headroom, drift }) => {
      const ask = Math.min(999, bid + spread) * 10;
      const opinion = decide({
        yes: [[bid * 10, bidSize]],
        no: [[complement(ask as Price), askSize]],
        moves: { 30: drift },
        view: { probability, position: count(position), headroom: money(headroom) },
      });
      for (const { side, price: at, count: size, postOnly, kelly, depth, evidence } of opinion.targets) {
        acted++;
        const cost = (side === "bid" ? at : complement(at)) / 10_000;
        const worth = side === "bid" ? probability : 1 - probability;
        assert.ok(at % 10 === 0 && cost >= DEFAULTS.min_price && cost <= DEFAULTS.max_price);
        assert.ok(size >= 100 && size % 100 === 0);
        assert.ok(worth - cost >= DEFAULTS.min_edge && (evidence.edge ?? 0) <= worth - cost);
        assert.ok(kelly > 0 && kelly <= DEFAULTS.kelly_fraction);
        assert.ok(size * cost * 10_000 <= headroom);
        const held = side === "bid" ? position : -position;
        assert.ok(held + size <= DEFAULTS.max_contracts * 100);
        if (postOnly) assert.ok(side === "bid" ? at > bid * 10 && at < ask : at < ask && at > bid * 10);
        else assert.ok(size <= depth / 2);
      }
      assert.equal(opinion.targets.length === 0, opinion.refusal !== null);
    }),
    { seed: 9, numRuns: 2_000 },
  );
  assert.ok(acted > 200, `${acted} targets were looked at`);
});

Deno.test("it trades the 15-minute crypto series and no other", () => {
  for (const series of ["KXBTC15M", "KXETH15M", "KXZEC15M"]) assert.equal(settlementEdge.trades(series), true);
  for (const series of ["KXBTCD", "KXGOLD15M", "KXBTC15", "XKXBTC15M"]) {
    assert.equal(settlementEdge.trades(series), false);
  }
});
