import assert from "node:assert/strict";
import fc from "fast-check";
import type { Market } from "../core/market.ts";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import { complement, count, money, type Price, price } from "../core/units.ts";
import { marketMaker, type MarketMakerParameters, marketMakerParameters } from "./market_maker.ts";
import type { Opinion, Target } from "./strategy.ts";
import { after, type Scene, viewOf } from "./view_fixture.ts";

const DEFAULTS = marketMakerParameters.parse({});

/** Others bid 0.46 and ask 0.54, 100 contracts each; the model says one half. */
const wide = (change: Scene = {}): Scene => ({ yes: [[4_600, 10_000]], no: [[4_600, 10_000]], ...change });

const decide = (change: Scene = {}, parameters: Partial<MarketMakerParameters> = {}): Opinion =>
  marketMaker.decide(viewOf(wide(change)), { ...DEFAULTS, ...parameters });

/** `bid 0.461 x 10, ask ...`: what it wants, in a line. */
const quotes = (change: Scene = {}, parameters: Partial<MarketMakerParameters> = {}): string => {
  const { targets, refusal } = decide(change, parameters);
  if (refusal !== null) return refusal.code;
  return targets.map(({ side, price: at, count: size }) => `${side} ${at / 10_000} x ${size / 100}`).join(", ");
};

const RATES: Partial<Market> = {
  ticker: "KXFED-26DEC-T3.50",
  event: "KXFED-26DEC",
  series: "KXFED",
  strikeType: "greater",
  floorStrike: 3.5,
  priceRanges: NAMED_PRICE_RANGES.linear_cent,
  fees: { type: "quadratic_with_maker_fees", multiplierMillionths: 1_000_000 },
};
const UNMODELLED: Scene = { market: RATES, index: null, view: { probability: null, secondsToClose: 86_400 } };

const REFUSALS: readonly (readonly [string, string, Scene, Partial<MarketMakerParameters>?])[] = [
  ["not_active", "paused", { market: { status: "inactive" } }],
  ["fee_unknown", "flat fees", { market: { fees: { type: "flat", multiplierMillionths: 1_000_000 } } }],
  ["book_not_in_sync", "a gap", { prepare: (book) => book.markStale("Gap") }],
  ["book_crossed", "locked book", { no: [[5_400, 10_000]] }],
  ["too_near_settlement", "59 s left", { view: { secondsToClose: 59 } }],
  ["too_far_from_settlement", "301 s left", { view: { secondsToClose: 301 } }, { max_seconds: 300 }],
  ["no_index", "no index", { index: null }],
  ["index_stale", "old index", { index: { age: 3_000_001 } }],
  ["index_of_one_exchange", "one exchange for the index", { index: { source: "exchange" } }],
  ["no_volatility", "too few index values", { index: { volatility: null } }],
  ["volatility_out_of_range", "too wild", { index: { volatility: 2.1e-3 } }],
  ["volatility_out_of_range", "too calm", { index: { volatility: 1.9e-6 } }],
  ["one_sided", "no ask", { no: [] }],
  ["one_sided", "no bid", { yes: [] }],
  ["one_sided", "nothing", { yes: [], no: [] }],
  ["one_sided", "the only ask is our own", { view: { rivalAsk: null } }],
  ["spread_narrow", "4.9 cents", { yes: [[4_910, 10_000]] }],
  ["no_model", "no probability", { view: { probability: null } }],
  ["no_model", "no probability, though guesses are allowed where no index settles", { view: { probability: null } }, {
    quote_unmodelled: true,
  }],
  ["no_model", "a series that settles on no index", UNMODELLED],
  ["no_edge", "the least edge is too large", {}, { min_edge: 0.05 }],
  ["no_edge", "the maker's fee takes it", { market: RATES, yes: [[4_700, 10_000]], no: [[4_700, 10_000]] }, {
    min_edge: 0.016,
  }],
  ["price_out_of_range", "both sides", {}, { min_price: 0.47, max_price: 0.4 }],
  ["cooldown", "an order 0.4 s ago, and nothing rests", { view: { lastOrderAt: after(599.6) } }],
  ["size_too_small", "risk leaves nothing", { view: { headroom: money(500_000) } }],
  ["size_too_small", "a cap has been passed", { view: { headroom: money(-5_000_000) } }],
  ["position_full", "what rests on both sides could exceed it", {
    view: {
      restingBid: price(4_610),
      restingAsk: price(5_390),
      restingBidLeft: count(600),
      restingAskLeft: count(600),
    },
  }, { max_position: 5 }],
  ["renewing", "more rests than is wanted", {
    view: {
      restingBid: price(4_610),
      restingAsk: price(5_390),
      restingBidLeft: count(1_100),
      restingAskLeft: count(1_100),
      lastOrderAt: after(594.9),
    },
  }],
  ["no_room", "a spread of one tick", { yes: [[4_990, 10_000]], no: [[5_000, 10_000]] }, { min_spread: 0 }],
];

for (const [code, when, scene, parameters] of REFUSALS) {
  Deno.test(`market maker keeps still: ${code}, ${when}`, () => {
    const opinion = decide(scene, parameters);
    assert.deepEqual(opinion.targets, []);
    assert.equal(opinion.refusal?.code, code, opinion.refusal?.text);
    assert.notEqual(opinion.refusal?.text, "");
  });
}

Deno.test("every reason of its own is in the table above", async () => {
  const source = await Deno.readTextFile(new URL("market_maker.ts", import.meta.url));
  const own = new Set([...source.matchAll(/\bno\("([a-z_]+)"/g)].map(([, code]) => code));
  const shown = new Set(REFUSALS.map(([code]) => code));
  assert.deepEqual([...own].filter((code) => !shown.has(code)), []);
});

Deno.test("both sides are quoted one tick better than others, post-only", () => {
  const opinion = decide();
  assert.equal(quotes(), "bid 0.461 x 10, ask 0.539 x 10");
  for (const { timeInForce, postOnly, signal, kelly, evidence } of opinion.targets) {
    assert.deepEqual([timeInForce, postOnly, signal], ["good_till_canceled", true, "quote"]);
    // 0.5 - 0.461 - 0.002, and no maker's fee; Kelly on 0.539 the same from the other side.
    assert.equal(evidence.edge?.toFixed(9), "0.037000000");
    assert.ok(kelly > 0);
    assert.deepEqual([evidence.modelProbability, evidence.marketProbability, evidence.kellyFraction], [
      0.5,
      0.5,
      kelly,
    ]);
  }
  assert.equal(opinion.edge?.toFixed(9), "0.037000000");
});

Deno.test("order flow moves the fair value, by the model's or between others' prices, where it may and is proven", () => {
  const flow = (proven: boolean) => ({ shift: 0.2, proven, imbalance: 1, why: "" });
  const shifted = 1 / (1 + Math.exp(-0.2));
  const fairOf = (scene: Scene, parameters: Partial<MarketMakerParameters>) =>
    decide(scene, { quote_unmodelled: true, ...parameters }).targets[0].evidence.modelProbability?.toFixed(9);
  for (const scene of [{ view: {} }, { ...UNMODELLED, no: [[4_500, 10_000]], yes: [[4_500, 10_000]] }] as Scene[]) {
    const having = (proven: boolean): Scene => ({ ...scene, view: { ...scene.view, flow: flow(proven) } });
    assert.equal(fairOf(having(true), { order_flow: "off" }), "0.500000000");
    assert.equal(fairOf(having(false), { order_flow: "when_proven" }), "0.500000000");
    assert.equal(fairOf(having(true), { order_flow: "when_proven" }), shifted.toFixed(9));
    assert.equal(fairOf(having(false), { order_flow: "on" }), shifted.toFixed(9));
  }
  // Pressed towards YES, an ask would sell too cheaply: 0.539 - 0.5498 is no edge.
  assert.equal(quotes({ view: { flow: flow(true) } }, { order_flow: "on" }), "bid 0.461 x 10");
});

const grid = (name: string): Partial<Market> => ({ priceRanges: NAMED_PRICE_RANGES[name] });

const GRIDS: readonly (readonly [string, Scene, string])[] = [
  ["cents", { market: grid("linear_cent") }, "bid 0.47 x 10, ask 0.53 x 10"],
  ["tenths of a cent", { market: grid("deci_cent") }, "bid 0.461 x 10, ask 0.539 x 10"],
  ["hundredths of a cent", { market: grid("center_centi_edge_centi_cent") }, "bid 0.4601 x 10, ask 0.5399 x 10"],
  ["half cents", { market: grid("center_half_edge_half_cent") }, "bid 0.465 x 10, ask 0.535 x 10"],
  [
    "tapered, below ten cents and above",
    { market: grid("tapered_deci_cent"), yes: [[700, 10_000]], no: [[8_500, 10_000]], view: { probability: 0.11 } },
    "bid 0.071 x 10, ask 0.14 x 10",
  ],
  [
    "tapered, across the edge at ten cents",
    { market: grid("tapered_deci_cent"), yes: [[990, 10_000]], no: [[8_000, 10_000]], view: { probability: 0.15 } },
    "bid 0.1 x 10, ask 0.19 x 10",
  ],
];
for (const [name, scene, expected] of GRIDS) {
  Deno.test(`a tick is the market's own: ${name}`, () => assert.equal(quotes(scene), expected));
}

const SCENES: readonly (readonly [string, Scene, string, Partial<MarketMakerParameters>?])[] = [
  ["the side that would not earn is left out", { view: { probability: 0.465 } }, "ask 0.539 x 10"],
  ["so is the other one", { view: { probability: 0.535 } }, "bid 0.461 x 10"],
  [
    "a spread of exactly the least is wide enough",
    { no: [[4_900, 10_000]], view: { probability: 0.485 } },
    "bid 0.461 x 10, ask 0.509 x 10",
  ],
  [
    "a cheap contract is not bought",
    { yes: [[400, 10_000]], no: [[8_000, 10_000]], view: { probability: 0.1 } },
    "ask 0.199 x 10",
  ],
  [
    "a dear NO contract is not bought",
    { yes: [[300, 10_000]], no: [[9_000, 10_000]], view: { probability: 0.07 } },
    "ask 0.099 x 10",
  ],
  [
    "a maker's fee leaves less edge: 0.0045 of 0.0045 + 0.03 at 47 cents",
    { market: RATES },
    "bid 0.47 x 10, ask 0.53 x 10",
    { min_edge: 0.0235 },
  ],
  ["and none where it takes too much", { market: RATES }, "no_edge", { min_edge: 0.0237 }],
  ["without a model it quotes around the middle where that is allowed", UNMODELLED, "bid 0.47 x 10, ask 0.53 x 10", {
    quote_unmodelled: true,
  }],
  ["what rests at the right price stays", {
    view: {
      restingBid: price(4_610),
      restingBidLeft: count(1_000),
      restingAsk: price(5_390),
      restingAskLeft: count(563),
      lastOrderAt: after(500),
    },
  }, "bid 0.461 x 10, ask 0.539 x 10"],
  ["the book's touch is our own: others' counts", {
    yes: [[4_610, 1_000], [4_600, 10_000]],
    view: { rivalBid: price(4_600), restingBid: price(4_610), restingBidLeft: count(1_000) },
  }, "bid 0.461 x 10, ask 0.539 x 10"],
  ["others bettered it: it moves", {
    yes: [[4_650, 100]],
    view: { restingBid: price(4_610), restingBidLeft: count(1_000), lastOrderAt: after(599) },
  }, "bid 0.466 x 10, ask 0.539 x 10"],
  ["not within the cooldown: there it stays, and the new one waits", {
    yes: [[4_650, 100]],
    view: { restingBid: price(4_610), restingBidLeft: count(1_000), lastOrderAt: after(599.8) },
  }, "bid 0.461 x 10"],
  ["others went away: it goes back", {
    yes: [[4_500, 100]],
    view: { restingBid: price(4_610), restingBidLeft: count(1_000), lastOrderAt: after(599) },
  }, "bid 0.451 x 10, ask 0.539 x 10"],
  ["what would not earn any more goes at once", {
    yes: [[4_650, 100]],
    view: {
      probability: 0.47,
      restingBid: price(4_610),
      restingBidLeft: count(1_000),
      lastOrderAt: after(599.8),
      restingAsk: price(5_390),
      restingAskLeft: count(1_000),
    },
  }, "ask 0.539 x 10"],
  ["a quote that less than half is left of is renewed after a while", {
    view: {
      restingBid: price(4_610),
      restingBidLeft: count(499),
      restingAsk: price(5_390),
      restingAskLeft: count(1_000),
      lastOrderAt: after(594.9),
    },
  }, "ask 0.539 x 10"],
  ["not before", {
    view: {
      restingBid: price(4_610),
      restingBidLeft: count(499),
      restingAsk: price(5_390),
      restingAskLeft: count(1_000),
      lastOrderAt: after(595.1),
    },
  }, "bid 0.461 x 10, ask 0.539 x 10"],
  ["a long position makes bids smaller", { view: { position: count(2_500) } }, "bid 0.461 x 5, ask 0.539 x 10"],
  ["another strategy's position is not its to take back", {
    view: { position: count(5_000), ownPosition: count(0) },
  }, "bid 0.461 x 10, ask 0.539 x 10"],
  ["what closes its own part and adds to the whole needs what risk leaves", {
    view: { position: count(-700), ownPosition: count(700), headroom: money(-1_000_000) },
  }, "size_too_small"],
  ["a short one makes asks smaller", { view: { position: count(-2_500) } }, "bid 0.461 x 10, ask 0.539 x 5"],
  ["fractions of contracts round down", { view: { position: count(2_537) } }, "bid 0.461 x 4, ask 0.539 x 10"],
  ["a full position is only taken back", { view: { position: count(5_000) } }, "ask 0.539 x 10"],
  ["half a contract below full, too", { view: { position: count(-4_950) } }, "bid 0.461 x 10"],
  ["a position moves what a contract is worth: 0.484 - 0.015 is too little", {
    view: { probability: 0.484, position: count(2_500) },
  }, "ask 0.539 x 10"],
  ["flat, it is enough", { view: { probability: 0.484 } }, "bid 0.461 x 10, ask 0.539 x 10"],
  [
    "what only closes goes where risk leaves nothing",
    { view: { position: count(700), headroom: money(-1_000_000) } },
    "ask 0.539 x 7",
  ],
  [
    "each side may stake half of what risk leaves",
    { view: { headroom: money(7_000_000) } },
    "bid 0.461 x 7, ask 0.539 x 7",
  ],
  [
    "two quotes that would meet: the one with more edge",
    { yes: [[4_990, 10_000]], no: [[4_990, 10_000]], view: { probability: 0.52 } },
    "bid 0.5 x 10",
    { min_spread: 0, min_edge: 0, buffer: 0 },
  ],
];
for (const [name, scene, expected, parameters] of SCENES) {
  Deno.test(`market maker: ${name}`, () => assert.equal(quotes(scene, parameters), expected));
}

Deno.test("what takes a position back is called so", () => {
  const signals = decide({ view: { position: count(1_000) } }).targets.map(({ side, signal }) => `${side} ${signal}`);
  assert.deepEqual(signals, ["bid quote", "ask unwind"]);
});

Deno.test("the reason says why for both sides", () => {
  assert.match(
    decide({}, { min_edge: 0.05 }).refusal?.text ?? "",
    /^Bid: Best net edge 0\.0370, .*; ask: Best net edge/,
  );
});

Deno.test("whatever it sees, its quotes lie inside others', on the grid, never meet, and earn by their own sum", () => {
  const names = ["linear_cent", "deci_cent", "tapered_deci_cent", "center_centi_edge_centi_cent"];
  const scene = fc.record({
    structure: fc.constantFrom(...names),
    bid: fc.integer({ min: 1, max: 98 }),
    spread: fc.integer({ min: 1, max: 40 }),
    ownBid: fc.integer({ min: 0, max: 3 }),
    offset: fc.double({ min: -0.15, max: 0.15, noNaN: true }),
    position: fc.integer({ min: -6_000, max: 6_000 }),
    headroom: fc.integer({ min: -1_000_000, max: 500_000_000 }),
    left: fc.integer({ min: 1, max: 1_500 }),
    since: fc.double({ min: 0, max: 10, noNaN: true }),
    fees: fc.constantFrom("quadratic", "quadratic_with_maker_fees", "quadratic_with_combo_maker_fees"),
  });
  const sides = { both: 0, one: 0 };
  fc.assert(
    fc.property(scene, (drawn) => {
      const bid = drawn.bid * 100;
      const ask = Math.min(99, drawn.bid + drawn.spread) * 100;
      const probability = Math.min(1, Math.max(0, (bid + ask) / 20_000 + drawn.offset));
      const view = viewOf({
        yes: [[bid, 10_000]],
        no: [[complement(ask as Price), 10_000]],
        market: {
          ...grid(drawn.structure),
          fees: { type: drawn.fees as "quadratic", multiplierMillionths: 1_000_000 },
        },
        view: {
          probability,
          position: count(drawn.position),
          headroom: money(drawn.headroom),
          lastOrderAt: after(600 - drawn.since),
          ...(drawn.ownBid === 0
            ? {}
            : { restingBid: price(bid - drawn.ownBid * 100 + 100), restingBidLeft: count(drawn.left) }),
        },
      });
      const { targets, refusal } = marketMaker.decide(view, { ...DEFAULTS, min_spread: 0.02 });
      assert.equal(targets.length === 0, refusal !== null);
      if (targets.length > 0) sides[targets.length === 2 ? "both" : "one"]++;
      const of = (side: Target["side"]) => targets.find((target) => target.side === side);
      assert.ok((of("bid")?.price ?? 0) < (of("ask")?.price ?? 10_000), "they never meet");
      for (const { side, price: at, count: size, postOnly, kelly, evidence } of targets) {
        assert.ok(postOnly && view.grid.has(at));
        assert.ok(side === "bid" ? at < ask : at > bid, "it takes nothing");
        assert.ok(size >= 100 && size % 100 === 0 && size <= DEFAULTS.quote_contracts * 100);
        assert.ok(kelly > 0 && kelly <= DEFAULTS.kelly_fraction);
        const held = side === "bid" ? drawn.position : -drawn.position;
        assert.ok(held + size <= DEFAULTS.max_position * 100);
        const cost = (side === "bid" ? at : complement(at)) / 10_000;
        const opening = Math.max(0, size - Math.max(0, -held));
        assert.ok(opening * cost * 10_000 <= Math.max(0, drawn.headroom) / 2 + 1e6);
        const worth = side === "bid" ? probability : 1 - probability;
        if (held >= 0) {
          assert.ok(worth - cost >= DEFAULTS.min_edge && (evidence.edge ?? NaN) >= DEFAULTS.min_edge - 1e-9);
        }
      }
    }),
    { seed: 6, numRuns: 4_000 },
  );
  assert.ok(sides.both > 30 && sides.one > 500, JSON.stringify(sides));
});

Deno.test("it trades any series", () => {
  for (const series of ["KXBTC15M", "KXFED", "KXHIGHNY"]) assert.equal(marketMaker.trades(series), true);
});
