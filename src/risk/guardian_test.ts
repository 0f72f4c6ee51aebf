import assert from "node:assert/strict";
import fc from "fast-check";
import { count, money, price } from "../core/units.ts";
import { checkOrder, RULES } from "./guardian.ts";
import { HARD_ORDER_LIMIT, headroom, type Proposal, type RiskLimits, type Stakes } from "./limits.ts";
import { type Ask, type Circumstances, CLEAR, formatMeasure } from "./rule.ts";

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
/** 100 contracts at 50 cents, worth 55: $51.75 at risk. */
const PROPOSAL: Proposal = {
  ticker: "M",
  side: "bid",
  price: price(5_000),
  count: count(10_000),
  opening: count(10_000),
  ownOpening: count(10_000),
  worstFee: money(1_750_000),
  fairProbability: 0.55,
  kelly: 0.01,
  isTaker: true,
  depth: count(20_000),
  reduceOnly: false,
  exit: false,
};

/** What differs from the ordinary order. */
interface Changes {
  readonly proposal?: Partial<Proposal>;
  readonly stakes?: Partial<Stakes>;
  readonly limits?: Partial<RiskLimits>;
  readonly circumstances?: Partial<Circumstances>;
}

const ask = ({ proposal, stakes, limits, circumstances }: Changes): Ask => ({
  proposal: { ...PROPOSAL, ...proposal },
  stakes: { ...STAKES, ...stakes },
  limits: { ...LIMITS, ...limits },
  circumstances: { ...CLEAR, ...circumstances },
});
const refused = (changes: Changes) => checkOrder(ask(changes));
const code = (
  proposal: Partial<Proposal>,
  stakes: Partial<Stakes> = {},
  limits: Partial<RiskLimits> = {},
  circumstances: Partial<Circumstances> = {},
) => refused({ proposal, stakes, limits, circumstances })?.code ?? null;

const RISK = 51_750_000;
const sized = (contracts: number): Partial<Proposal> => ({
  count: count(contracts),
  opening: count(contracts),
  depth: count(contracts),
  worstFee: money(0),
});
const CANARY = { exposure: money(100_000_000), order: money(RISK), until: null };
const used = (limit: number) => ({ at: money(limit - RISK), over: money(limit - RISK + 1) });

/** By code of a rule: what still passes, just at the limit, and what is refused, just beyond it. */
const ROWS: Readonly<Record<string, readonly (readonly [passes: Changes, refused: Changes])[]>> = {
  no_size: [
    [{ proposal: { ...sized(1), isTaker: false } }, { proposal: sized(0) }],
    [{}, { proposal: { count: count(-100), opening: count(0) } }],
  ],
  halted: [[{}, { circumstances: { halt: "Too much was lost" } }]],
  reducing: [
    [{ circumstances: { reducing: "Told so" }, proposal: { ownOpening: count(0) } }, {
      circumstances: { reducing: "Told so" },
      proposal: { ownOpening: count(1) },
    }],
  ],
  paused: [[{}, { circumstances: { pause: "The exchange pauses trading" } }]],
  basket_twice: [[{}, { circumstances: { twice: true } }]],
  fee_unknown: [[{}, { circumstances: { unknownFee: "flat" } }]],
  price_off_grid: [
    [{}, { circumstances: { offGrid: true } }],
    [{ proposal: { price: price(1), worstFee: money(0) } }, { proposal: { price: price(0) } }],
    [{ proposal: { side: "ask", price: price(9_999), fairProbability: 0, worstFee: money(0) } }, {
      proposal: { side: "ask", price: price(10_000), fairProbability: 0, worstFee: money(0) },
    }],
  ],
  would_open: [
    [{ proposal: { reduceOnly: true, opening: count(0) } }, { proposal: { reduceOnly: true, opening: count(1) } }],
  ],
  no_fair_value: [
    [{ proposal: { fairProbability: 1 } }, { proposal: { fairProbability: 1.01 } }],
    [{ proposal: { side: "ask", fairProbability: 0 } }, { proposal: { side: "ask", fairProbability: -0.01 } }],
    [{ proposal: { exit: true, fairProbability: NaN } }, { proposal: { fairProbability: NaN } }],
  ],
  kelly_not_positive: [
    [{ proposal: { kelly: Number.MIN_VALUE } }, { proposal: { kelly: 0 } }],
    [{ proposal: { exit: true, kelly: 0 } }, { proposal: { kelly: NaN } }],
  ],
  price_ceiling: [
    [buying("bid", 9_899), buying("bid", 9_900)],
    [buying("ask", 9_899), buying("ask", 9_900)],
    [buying("ask", 9_899), { proposal: { ...buying("ask", 9_900).proposal, exit: true } }],
  ],
  beyond_fair_value: [
    [{ proposal: { fairProbability: 0.5 } }, { proposal: { fairProbability: 0.4999 } }],
    [{ proposal: { side: "ask", fairProbability: 0.5 } }, { proposal: { side: "ask", fairProbability: 0.5001 } }],
    [{ proposal: { fairProbability: 0.49 }, limits: { fairValueBound: price(100) } }, {
      proposal: { fairProbability: 0.49 },
      limits: { fairValueBound: price(99) },
    }],
    [{ proposal: { fairProbability: 0.1, exit: true } }, { proposal: { fairProbability: 0.1 } }],
  ],
  fee_inversion: [
    [{ proposal: { worstFee: money(49_999_999) } }, { proposal: { worstFee: money(50_000_000) } }],
  ],
  beyond_depth: [
    [{ proposal: { depth: count(10_000) } }, { proposal: { depth: count(9_999) } }],
    [{ proposal: { depth: count(0), isTaker: false } }, { proposal: { depth: count(0) } }],
  ],
  canary_order_cap: [
    [{ stakes: { canary: CANARY } }, { stakes: { canary: { ...CANARY, order: money(RISK - 1) } } }],
  ],
  order_cap: [
    [{ proposal: sized(40_000), limits: { trade: money(1e9) } }, { proposal: sized(40_001) }],
    [{ proposal: sized(HARD_ORDER_LIMIT / 5_000), limits: lifted() }, {
      proposal: sized(HARD_ORDER_LIMIT / 5_000 + 1),
      limits: lifted(),
    }],
  ],
  trade_cap: [[{ stakes: { trade: used(250_000_000).at } }, { stakes: { trade: used(250_000_000).over } }]],
  market_cap: [[{ stakes: { market: used(300_000_000).at } }, { stakes: { market: used(300_000_000).over } }]],
  position_limit: [
    [limited(RISK), limited(RISK - 1)],
    [{ stakes: { market: money(1), positionLimit: money(RISK + 1) } }, {
      stakes: { market: money(1), positionLimit: money(RISK) },
    }],
  ],
  canary_cap: [
    [{ stakes: { canary: CANARY, total: used(100_000_000).at } }, {
      stakes: { canary: CANARY, total: used(100_000_000).over },
    }],
  ],
  exposure_cap: [
    [{ stakes: { total: used(1e9).at } }, { stakes: { total: used(1e9).over } }],
    besideMoreNo({ total: money(1e9) }),
  ],
  category_cap: [
    [{ stakes: { category: used(2e9).at } }, { stakes: { category: used(2e9).over } }],
    besideMoreNo({ category: money(2e9) }),
  ],
  correlated_cap: [
    [{ stakes: { correlated: used(2.5e9).at } }, { stakes: { correlated: used(2.5e9).over } }],
    besideMoreNo({ correlated: money(2.5e9) }),
  ],
  group_cap: [
    [inGroups(used(1.5e9).at), inGroups(used(1.5e9).over)],
    besideMoreNo(inGroups(1.5e9).stakes ?? {}),
  ],
  budget_cap: [
    [{ stakes: { budget: money(60_000_000), strategy: used(60_000_000).at } }, {
      stakes: { budget: money(60_000_000), strategy: used(60_000_000).over },
    }],
    [
      { proposal: selling(), stakes: { budget: money(1e9), strategy: money(1e9), ownNoRoom: money(RISK) } },
      { proposal: selling(), stakes: { budget: money(1e9), strategy: money(1e9), noRoom: money(RISK) } },
    ],
  ],
  cash: [[{ stakes: { cash: money(RISK) } }, { stakes: { cash: money(RISK - 1) } }]],
};

function buying(side: "bid" | "ask", cost: number) {
  const at = side === "bid" ? price(cost) : price(10_000 - cost);
  return { proposal: { side, price: at, fairProbability: side === "bid" ? 1 : 0, worstFee: money(0) } } as const;
}
function lifted(): Partial<RiskLimits> {
  return { order: money(5e9), trade: money(5e9), market: money(5e9) };
}
function limited(positionLimit: number): Changes {
  return { stakes: { positionLimit: money(positionLimit) } };
}
function inGroups(inSecond: number): Changes {
  const first = { name: "weather", percent: 90, used: money(0) };
  return { stakes: { groups: [first, { name: "fed", percent: 15, used: money(inSecond) }] } };
}
function selling(): Partial<Proposal> {
  return { side: "ask", fairProbability: 0.4 };
}
/** NO that another market's NO covers adds nothing to a limit that is reached; one micro-dollar beyond it does. */
function besideMoreNo(stakes: Partial<Stakes>): readonly [Changes, Changes] {
  return [
    { proposal: selling(), stakes: { ...stakes, noRoom: money(RISK) } },
    { proposal: selling(), stakes: { ...stakes, noRoom: money(RISK - 1) } },
  ];
}

for (const rule of RULES) {
  Deno.test(`${rule.code}: ${rule.name}`, () => {
    const rows = ROWS[rule.code] ?? [];
    assert.ok(rows.length > 0, `No case shows what ${rule.code} refuses`);
    for (const [passes, beyond] of rows) {
      assert.equal(refused(passes), null, `${JSON.stringify(passes)} just passes`);
      const refusal = refused(beyond);
      assert.deepEqual(
        [refusal?.code, refusal?.rule, refusal?.market],
        [rule.code, rule.name, "M"],
        `${JSON.stringify(beyond)} is refused`,
      );
      assert.ok(refusal !== null && refusal.text !== "");
      const measure = rule.measures(ask(beyond)).find(({ used, added, limit }) => used + added > limit);
      if (measure === undefined) continue;
      const { unit, limit } = measure;
      assert.equal(refusal.limit, `${formatMeasure(limit, unit)} ${unit}`);
      assert.equal(refusal.value, `${formatMeasure(measure.used + measure.added, unit)} ${unit}`);
    }
  });
}

Deno.test("every case belongs to a rule, and every rule has a code of its own", () => {
  const codes = RULES.map((rule) => rule.code);
  assert.equal(new Set(codes).size, codes.length);
  assert.deepEqual(Object.keys(ROWS).filter((each) => !codes.includes(each)), []);
});

Deno.test("an ordinary order may go", () => assert.equal(code({}), null));

Deno.test("an order that only closes is refused by no cap, no Kelly and no fair value", () => {
  const closing = { opening: count(0), kelly: -1, fairProbability: 0.1, depth: count(0), price: price(9_950) };
  const exhausted = {
    cash: money(0),
    market: money(9_000_000_000),
    positionLimit: money(1),
    total: money(9_000_000_000),
    category: money(9_000_000_000),
    correlated: money(9_000_000_000),
    groups: [{ name: "all", percent: 1, used: money(9_000_000_000) }],
    trade: money(9_000_000_000),
    canary: { ...CANARY, order: money(0), exposure: money(0) },
    budget: money(0),
    nav: money(1),
  };
  assert.equal(code(closing, exhausted), null);
  assert.equal(code({ ...closing, count: count(0) }, exhausted), "no_size");
  assert.equal(code(closing, exhausted, {}, { halt: "Stopped" }), "halted");
});

Deno.test("what a strategy closes of its own lies under every cap, though no model has to justify it", () => {
  const exit = { exit: true, kelly: -1, fairProbability: NaN };
  assert.equal(code(exit), null);
  assert.equal(code(exit, { market: money(290_000_000) }), "market_cap");
  assert.equal(code(exit, { cash: money(0) }), "cash");
});

Deno.test("only what an order opens counts against the caps", () => {
  assert.equal(code({ opening: count(2_000), worstFee: money(0) }, { market: money(290_000_000) }), null);
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
        positionLimit: fc.option(amount, { nil: undefined }),
        groups: fc.array(
          fc.record({ name: fc.constant("g"), percent: fc.integer({ min: 1, max: 50 }), used: amount }),
          {
            maxLength: 2,
          },
        ),
        canary: fc.option(fc.record({ exposure: amount, order: amount, until: fc.constant(null) })),
      }),
      fc.integer({ min: 1, max: 100_000 }),
      (stakes, contracts) => {
        const proposal = { ...PROPOSAL, count: count(contracts), opening: count(contracts), isTaker: false };
        const cost = contracts * PROPOSAL.price + PROPOSAL.worstFee;
        const fits = cost <= headroom(stakes, LIMITS);
        const refusal = refused({ proposal: { ...proposal, worstFee: money(Math.min(cost, 1_750_000)) }, stakes });
        if (refusal?.code === "fee_inversion") return;
        assert.equal(refusal === null, fits, JSON.stringify(refusal));
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});

Deno.test("NO never has less headroom than told, and more where another market of its event has more", () => {
  const stakes = { ...STAKES, total: money(990_000_000), noRoom: money(RISK) };
  assert.equal(headroom(stakes, LIMITS), 10_000_000);
  assert.equal(code({ ...selling() }, stakes), null);
  assert.equal(code({}, stakes), "exposure_cap");
});

Deno.test("a canary bounds each order and all that is at risk, below whatever the limits allow", () => {
  const canary = { exposure: money(100_000_000), order: money(20_000_000), until: null };
  const small = { count: count(1_000), opening: count(1_000), worstFee: money(175_000) };
  assert.equal(code(small, { canary }), null);
  assert.equal(code({}, { canary }), "canary_order_cap");
  assert.equal(code(small, { canary, total: money(95_000_000) }), "canary_cap");
  assert.equal(code({ ...small, opening: count(0) }, { canary, total: money(95_000_000) }), null, "closing may go");
  assert.equal(headroom({ ...STAKES, canary }, LIMITS), 20_000_000);
  assert.equal(headroom({ ...STAKES, canary, total: money(95_000_000) }, LIMITS), 5_000_000);
});
