import assert from "node:assert/strict";
import fc from "fast-check";
import { count, money, price } from "../core/units.ts";
import { checkOrder, HARD_ORDER_LIMIT, headroom, type Proposal, type RiskLimits, type Stakes } from "./limits.ts";

const LIMITS: RiskLimits = {
  order: money(200_000_000),
  trade: money(250_000_000),
  market: money(300_000_000),
  openExposure: money(1_000_000_000),
  categoryPercent: 20,
  correlatedPercent: 25,
  dailyLoss: money(500_000_000),
  dailyLossPercent: 10,
  priceCeiling: price(9_900),
  fairValueBound: price(0),
};
const STAKES: Stakes = {
  nav: money(10_000_000_000),
  cash: money(9_000_000_000),
  trade: money(0),
  market: money(0),
  total: money(0),
  category: money(0),
  correlated: money(0),
  strategy: money(0),
  budget: null,
};
/** 100 contracts at 50 cents, worth 55. */
const PROPOSAL: Proposal = {
  ticker: "M",
  side: "bid",
  price: price(5_000),
  count: count(10_000),
  opening: count(10_000),
  worstFee: money(1_750_000),
  fairProbability: 0.55,
  kelly: 0.01,
  isTaker: true,
  depth: count(20_000),
};

const code = (proposal: Partial<Proposal>, stakes: Partial<Stakes> = {}, limits: Partial<RiskLimits> = {}) =>
  checkOrder({ ...PROPOSAL, ...proposal }, { ...STAKES, ...stakes }, { ...LIMITS, ...limits })?.code ?? null;

Deno.test("an ordinary order may go", () => assert.equal(code({}), null));

const REFUSALS: readonly (readonly [
  refusal: string,
  proposal: Partial<Proposal>,
  stakes?: Partial<Stakes>,
  limits?: Partial<RiskLimits>,
])[] = [
  ["no_size", { count: count(0), opening: count(0) }],
  ["no_size", { count: count(-100), opening: count(0) }],
  ["price_off_grid", { price: price(0) }],
  ["price_off_grid", { price: price(10_000) }],
  ["no_fair_value", { fairProbability: NaN }],
  ["no_fair_value", { fairProbability: 1.01 }],
  ["kelly_not_positive", { kelly: 0 }],
  ["kelly_not_positive", { kelly: NaN }],
  ["price_ceiling", { price: price(9_900), fairProbability: 1 }],
  ["price_ceiling", { side: "ask", price: price(100), fairProbability: 0 }],
  ["beyond_fair_value", { fairProbability: 0.4999 }],
  ["beyond_fair_value", { side: "ask", fairProbability: 0.5001 }],
  ["fee_inversion", { price: price(9_800), fairProbability: 1, worstFee: money(200 * 10_000) }],
  ["beyond_depth", { depth: count(9_999) }],
  ["order_cap", { opening: count(40_000), count: count(40_000), depth: count(40_000) }],
  ["trade_cap", {}, { trade: money(198_250_001) }],
  ["market_cap", {}, { market: money(248_250_001) }],
  ["exposure_cap", {}, { total: money(948_250_001) }],
  ["category_cap", {}, { category: money(1_948_250_001) }],
  ["correlated_cap", {}, { correlated: money(2_448_250_001) }],
  ["cash", {}, { cash: money(51_749_999) }],
];

for (const [refusal, proposal, stakes, limits] of REFUSALS) {
  Deno.test(`risk refuses with ${refusal}: ${JSON.stringify({ ...proposal, ...stakes, ...limits })}`, () => {
    assert.equal(code(proposal, stakes, limits), refusal);
  });
}

Deno.test("each cap lets an order through that reaches it to the micro-dollar", () => {
  assert.equal(code({}, { trade: money(198_250_000) }), null);
  assert.equal(code({}, { correlated: money(2_448_250_000) }), null);
  assert.equal(code({}, { market: money(248_250_000) }), null);
  assert.equal(code({}, { total: money(948_250_000) }), null);
  assert.equal(code({}, { category: money(1_948_250_000) }), null);
  assert.equal(code({}, { cash: money(51_750_000) }), null);
});

Deno.test("no setting lifts the cap of one order above the hard limit", () => {
  const large = { order: money(5_000_000_000), trade: money(5_000_000_000), market: money(5_000_000_000) };
  const most = HARD_ORDER_LIMIT / 5_000;
  const sized = (contracts: number) => ({
    count: count(contracts),
    opening: count(contracts),
    depth: count(contracts),
    worstFee: money(0),
  });
  assert.equal(code(sized(most), {}, large), null);
  assert.equal(code(sized(most + 1), {}, large), "order_cap");
});

Deno.test("an order that only closes is refused by no cap, no Kelly and no fair value", () => {
  const closing = { opening: count(0), kelly: -1, fairProbability: 0.1, depth: count(0) };
  const exhausted = {
    cash: money(0),
    market: money(9_000_000_000),
    total: money(9_000_000_000),
    category: money(9_000_000_000),
    correlated: money(9_000_000_000),
    trade: money(9_000_000_000),
    nav: money(1),
  };
  assert.equal(code(closing, exhausted), null);
  assert.equal(code({ ...closing, count: count(0) }, exhausted), "no_size");
});

Deno.test("only what an order opens counts against the caps", () => {
  assert.equal(code({ opening: count(2_000), worstFee: money(0) }, { market: money(290_000_000) }), null);
});

Deno.test("a resting order needs no depth to take", () => {
  assert.equal(code({ isTaker: false, depth: count(0) }), null);
});

Deno.test("headroom is exactly what the caps would let through", () => {
  const amount = fc.integer({ min: -50_000_000, max: 2_500_000_000 }).map(money);
  fc.assert(
    fc.property(
      fc.record({
        nav: amount,
        cash: amount,
        trade: amount,
        market: amount,
        total: amount,
        category: amount,
        correlated: amount,
        strategy: amount,
        budget: fc.option(amount),
      }),
      fc.integer({ min: 1, max: 100_000 }),
      (stakes, contracts) => {
        const proposal = { ...PROPOSAL, count: count(contracts), opening: count(contracts), isTaker: false };
        const cost = contracts * PROPOSAL.price + PROPOSAL.worstFee;
        const fits = cost <= headroom(stakes, LIMITS);
        const refusal = checkOrder({ ...proposal, worstFee: money(Math.min(cost, 1_750_000)) }, stakes, LIMITS);
        if (refusal?.code === "fee_inversion") return;
        assert.equal(refusal === null, fits, JSON.stringify(refusal));
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});

const CANARY = { exposure: money(100_000_000), order: money(20_000_000), until: null };

Deno.test("a canary bounds each order and all that is at risk, below whatever the limits allow", () => {
  const small = { count: count(1_000), opening: count(1_000), worstFee: money(175_000) };
  assert.equal(code(small, { canary: CANARY }), null);
  assert.equal(code({}, { canary: CANARY }), "canary_order_cap");
  assert.equal(code(small, { canary: CANARY, total: money(95_000_000) }), "canary_cap");
  assert.equal(
    code({ ...small, opening: count(0) }, { canary: CANARY, total: money(95_000_000) }),
    null,
    "closing may go",
  );
  assert.equal(headroom({ ...STAKES, canary: CANARY }, LIMITS), 20_000_000);
  assert.equal(headroom({ ...STAKES, canary: CANARY, total: money(95_000_000) }, LIMITS), 5_000_000);
});
