import assert from "node:assert/strict";
import fc from "fast-check";
import { count, money } from "../core/units.ts";
import { annualisedReturn, type FundedOpportunity, fundOpportunities, type Opportunity } from "./opportunity.ts";

const GOOD: Opportunity = {
  ticker: "T",
  capital: money(100_000_000),
  cost: money(500_000),
  edge: 0.03,
  secondsToPayout: 3_600,
  depth: count(10_000),
};

function funded(opportunities: readonly Opportunity[], free: number): readonly FundedOpportunity[] {
  const funding = fundOpportunities(opportunities, money(free));
  assert.ok(funding.ok, JSON.stringify(funding));
  return funding.funded;
}

Deno.test("a return is annualised over the time that the capital is bound", () => {
  assert.equal(annualisedReturn(0.05, 0.5, 31_557_600), 0.1);
  assert.equal(annualisedReturn(0.05, 0.5, 15_778_800), 0.2);
  assert.equal(annualisedReturn(0.05, 0.5, -3), annualisedReturn(0.05, 0.5, 1), "overdue is as good as at once");
});

Deno.test("the sooner payout, the better edge, the deeper book and the earlier ticker go first", () => {
  const cases: [string, Partial<Opportunity>, Partial<Opportunity>][] = [
    ["sooner", { secondsToPayout: 1_800 }, {}],
    ["better edge", { edge: 0.031 }, {}],
    ["cheaper for the same edge", { cost: money(400_000) }, {}],
    ["deeper", { depth: count(20_000) }, {}],
    ["something displayed", { edge: 0.02 }, { depth: count(0) }],
    ["alike: by ticker", {}, {}],
  ];
  for (const [name, first, second] of cases) {
    const a = { ...GOOD, ...first, ticker: "A" };
    const b = { ...GOOD, ...second, ticker: "B" };
    for (const order of [[a, b], [b, a]]) {
      assert.deepEqual(funded(order, 1e9).map(({ ticker }) => ticker), ["A", "B"], name);
    }
  }
});

Deno.test("without an edge there is no capital, with none left a place without capital", () => {
  const all = [{ ...GOOD, ticker: "A", edge: 0 }, { ...GOOD, ticker: "B", edge: -0.1 }, { ...GOOD, ticker: "C" }];
  assert.deepEqual(funded(all, 1e9).map(({ ticker }) => ticker), ["C"]);
  for (const free of [0, -5, 499_999]) assert.deepEqual(funded(all, free).map(({ capital }) => capital), [0]);
});

const opportunity: fc.Arbitrary<Omit<Opportunity, "ticker">> = fc.record({
  capital: fc.nat(50_000_000).map(money),
  cost: fc.integer({ min: 10_000, max: 1_000_000 }).map(money),
  edge: fc.oneof(fc.double({ min: -0.1, max: 0.3, noNaN: true }), fc.constant(0.03)),
  secondsToPayout: fc.oneof(fc.integer({ min: -10, max: 1_000_000 }), fc.constant(900)),
  depth: fc.oneof(fc.nat(1_000_000), fc.constant(100)).map(count),
});

const opportunities = fc.array(opportunity, { maxLength: 30 }).map((list) =>
  list.map((each, at): Opportunity => ({ ...each, ticker: `T${at}` }))
);

Deno.test("never more than there is, never a worse one before a better one, always alike", () => {
  fc.assert(
    fc.property(opportunities, fc.nat(300_000_000), (list, free) => {
      const answer = funded(list, free);
      const byTicker = new Map(list.map((each) => [each.ticker, each]));
      let left = free;
      for (const [at, { ticker, capital, score, aroc }] of answer.entries()) {
        const { capital: wanted, cost } = byTicker.get(ticker) ?? GOOD;
        assert.ok(aroc > 0 && capital >= 0 && capital <= wanted && capital % cost === 0);
        assert.ok(at === 0 || score <= answer[at - 1].score);
        // What comes after it gets only what this one could not use.
        assert.ok(wanted - capital < cost || left - capital < cost, `${ticker} was left short`);
        left -= capital;
      }
      assert.ok(left >= 0);
      assert.deepEqual(funded([...list].reverse(), free), answer);
    }),
  );
});

Deno.test("what cannot be ranked gives a reason", () => {
  const cases: [readonly Partial<Opportunity>[], RegExp][] = [
    [[{}, {}], /T is among the opportunities more than once/],
    [[{ cost: money(0) }], /Cost of T must be above 0, found 0/],
    [[{ capital: money(-1) }], /Capital of T must be 0 or more, found -1/],
    [[{ edge: NaN }], /Edge of T must be a number, found NaN/],
    [[{ secondsToPayout: Infinity }], /payout of T must be a number, found Infinity/],
    [[{ depth: count(-1) }], /Depth of T must be 0 or more, found -1/],
  ];
  for (const [wrong, expected] of cases) {
    const funding = fundOpportunities(wrong.map((each) => ({ ...GOOD, ...each })), money(1));
    assert.ok(!funding.ok);
    assert.match(funding.reason, expected);
  }
});
