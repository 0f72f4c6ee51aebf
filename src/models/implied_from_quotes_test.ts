import assert from "node:assert/strict";
import fc from "fast-check";
import { type AverageState, impliedFromQuotes, type MarketQuote } from "./implied_from_quotes.ts";
import { SettlementAverage, type SettlementRule } from "./settlement_average.ts";

const atLeast = (floorStrike: number): SettlementRule => ({
  strikeType: "greater_or_equal",
  floorStrike,
  capStrike: null,
  roundDigits: 2,
});
const between = (floorStrike: number, capStrike: number): SettlementRule => ({
  strikeType: "between",
  floorStrike,
  capStrike,
  roundDigits: 2,
});

const STATE: AverageState = { spot: 84_000, secondsToClose: 600, seenSum: 0, seenCount: 0 };

/** The quote that a market has whose mid is the model's probability at this volatility. */
function quoteAt(state: AverageState, rule: SettlementRule, sigma: number, halfSpread = 0.005): MarketQuote {
  const { spot, secondsToClose, seenSum, seenCount } = state;
  const mid = new SettlementAverage().prepare(spot, sigma, secondsToClose, seenSum, seenCount).probabilityOfYes(rule);
  assert.ok(mid !== null);
  return { rule, bid: mid - halfSpread, ask: mid + halfSpread };
}

Deno.test("the volatility that made a quote is found again, or it is said why not", () => {
  const parameters = fc.record({
    sigma: fc.double({ min: 2e-5, max: 8e-4, noNaN: true }),
    distance: fc.double({ min: -400, max: 400, noNaN: true }),
    secondsToClose: fc.integer({ min: 1, max: 3_600 }),
    seen: fc.double({ min: -50, max: 50, noNaN: true }),
  });
  let found = 0;
  fc.assert(
    fc.property(parameters, ({ sigma, distance, secondsToClose, seen }) => {
      const seenCount = Math.max(0, 60 - secondsToClose);
      const state = { spot: 84_000, secondsToClose, seenSum: seenCount * (84_000 + seen), seenCount };
      const quote = quoteAt(state, atLeast(84_000 + distance), sigma, 0.002);
      const implied = impliedFromQuotes(state, [quote]);
      if (!implied.ok) return assert.ok(implied.reason.length > 10);
      found++;
      assert.ok(Math.abs(implied.perSqrtSecond / sigma - 1) < 1e-6, `${implied.perSqrtSecond}, wanted ${sigma}`);
      assert.ok(implied.low <= implied.perSqrtSecond && implied.perSqrtSecond <= implied.high);
    }),
    { seed: 13, numRuns: 1_000 },
  );
  assert.ok(found > 100, `only ${found} of 1000 quotes said something`);
});

Deno.test("quotes that say nothing of volatility are told apart", () => {
  const rule = atLeast(84_100);
  const cases: [name: string, quote: MarketQuote, reason: RegExp][] = [
    [
      "at the money",
      { rule: atLeast(84_000), bid: 0.49, ask: 0.51 },
      /No single volatility|leave the volatility open|allow volatilities/,
    ],
    [
      "above one half, out of the money",
      { rule, bid: 0.6, ask: 0.61 },
      /No single volatility gives these quotes: the best one agrees with 0 of 1/,
    ],
    ["wide", { rule, bid: 0.05, ask: 0.45 }, /allow volatilities from .* to /],
    ["wider than any volatility", { rule, bid: 0.3, ask: 0.7 }, /leave the volatility open|No single volatility/],
    ["no bid", { rule, bid: 0, ask: 0.3 }, /no two-sided quote/],
    ["no ask", { rule, bid: 0.3, ask: 1 }, /no two-sided quote/],
    ["crossed", { rule, bid: 0.4, ask: 0.39 }, /no two-sided quote/],
    ["NaN", { rule, bid: NaN, ask: 0.39 }, /no two-sided quote/],
    ["no strike yet", { rule: { ...rule, floorStrike: null }, bid: 0.3, ask: 0.31 }, /rule says nothing/],
    ["off the money, a bucket rises and falls with volatility", {
      rule: between(84_100, 84_300),
      bid: 0.2,
      ask: 0.21,
    }, /No single volatility|leave the volatility open|allow volatilities/],
  ];
  for (const [name, quote, reason] of cases) {
    const implied = impliedFromQuotes(STATE, [quote]);
    assert.ok(!implied.ok, name);
    assert.match(implied.reason, reason, name);
  }
});

Deno.test("a bucket around the spot tells the volatility too", () => {
  const implied = impliedFromQuotes(STATE, [quoteAt(STATE, between(83_900, 84_099.99), 1e-4)]);
  assert.ok(implied.ok && Math.abs(implied.perSqrtSecond / 1e-4 - 1) < 1e-6, JSON.stringify(implied));
});

Deno.test("of a ladder the crazy quotes are outvoted", () => {
  const strikes = [83_700, 83_800, 83_900, 84_000, 84_100, 84_200, 84_300];
  const quotes = strikes.map((strike) => quoteAt(STATE, atLeast(strike), 1.2e-4));
  quotes[0] = { rule: atLeast(83_700), bid: 0.6, ask: 0.61 };
  quotes[6] = { rule: atLeast(84_300), bid: 0.4, ask: 0.41 };
  const implied = impliedFromQuotes(STATE, quotes);
  assert.ok(implied.ok && implied.used >= 4, JSON.stringify(implied));
  assert.ok(Math.abs(implied.perSqrtSecond / 1.2e-4 - 1) < 1e-6, `${implied.perSqrtSecond}`);
});

Deno.test("a state that is none is refused in words", () => {
  const quote = quoteAt(STATE, atLeast(84_100), 1e-4);
  const cases: [Partial<AverageState>, RegExp][] = [
    [{ spot: 0 }, /spot must be above 0, not 0/],
    [{ spot: NaN }, /spot must be above 0, not NaN/],
    [{ secondsToClose: 0 }, /some time to the close, not 0/],
    [{ secondsToClose: Infinity }, /some time to the close/],
    [{ seenCount: 60 }, /No part of an average: a sum of 0 over 60 values/],
    [{ seenCount: 1.5 }, /No part of an average/],
    [{ seenSum: NaN }, /No part of an average/],
  ];
  for (const [wrong, reason] of cases) {
    const implied = impliedFromQuotes({ ...STATE, ...wrong }, [quote]);
    assert.ok(!implied.ok && reason.test(implied.reason), JSON.stringify([wrong, implied]));
  }
  const none = impliedFromQuotes(STATE, []);
  assert.ok(!none.ok && none.reason === "There is no quote");
  const many = impliedFromQuotes(STATE, new Array(1_001).fill(quote));
  assert.ok(!many.ok && /At most 1000 quotes/.test(many.reason));
});
