import assert from "node:assert/strict";
import fc from "fast-check";
import { SettlementAverage } from "./settlement_average.ts";
import { type SettlementGreeks, settlementGreeks, type SettlementState } from "./settlement_greeks.ts";
import type { SettlementRule } from "./settlement_interval.ts";

const rule = (
  strikeType: SettlementRule["strikeType"],
  floorStrike: number | null,
  capStrike: number | null = null,
): SettlementRule => ({ strikeType, floorStrike, capStrike, roundDigits: 2 });

function greeks(state: SettlementState, terms: SettlementRule): SettlementGreeks {
  const result = settlementGreeks(state, terms);
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result.greeks;
}

function probability(state: SettlementState, terms: SettlementRule): number {
  const { spot, sigma, secondsToClose, seenSum, seenCount } = state;
  return new SettlementAverage().prepare(spot, sigma, secondsToClose, seenSum, seenCount).probabilityOfYes(terms) ??
    NaN;
}

/** The derivative by five points; its own error is of the order of step^4 and of 1e-16 / step. */
function slope(at: (x: number) => number, x: number, step: number): number {
  return (at(x - 2 * step) - 8 * at(x - step) + 8 * at(x + step) - at(x + 2 * step)) / (12 * step);
}

const TYPES = ["greater", "greater_or_equal", "less", "less_or_equal", "between"] as const;

const cases = fc.record({
  spot: fc.double({ min: 1_000, max: 100_000, noNaN: true }),
  sigma: fc.double({ min: 5e-5, max: 1e-3, noNaN: true }),
  // Away from whole seconds, where a value more comes and the derivative by time has a kink.
  seconds: fc.tuple(fc.integer({ min: 0, max: 1800 }), fc.double({ min: 0.1, max: 0.9, noNaN: true })),
  seen: fc.integer({ min: 0, max: 58 }),
  // In standard deviations, where there is something to differentiate.
  distance: fc.double({ min: -2.5, max: 2.5, noNaN: true }),
  width: fc.double({ min: 0.2, max: 2, noNaN: true }),
  strikeType: fc.constantFrom(...TYPES),
});

Deno.test("all derivatives are those of finite differences, for every strike type", () => {
  fc.assert(
    fc.property(cases, ({ spot, sigma, seconds: [whole, part], seen, distance, width, strikeType }) => {
      const secondsToClose = whole + part;
      const seenCount = Math.min(seen, Math.max(0, 60 - Math.ceil(secondsToClose)));
      const coming = Math.min(60 - seenCount, Math.ceil(secondsToClose));
      const deviation = spot * sigma * Math.sqrt(Math.max(0.1, secondsToClose - coming * 0.6)) * coming / 60;
      const state: SettlementState = { spot, sigma, secondsToClose, seenSum: seenCount * spot * 1.0001, seenCount };
      const middle = spot + seenCount * spot * 0.0001 / 60 + distance * deviation;
      const low = Number(middle.toFixed(2));
      const high = Number((middle + width * deviation).toFixed(2));
      const terms = strikeType.startsWith("less") ? rule(strikeType, null, high) : rule(strikeType, low, high);
      const found = greeks(state, terms);
      assert.equal(found.probability, probability(state, terms));
      const close = (name: string, actual: number, wanted: number, unit: number): void =>
        assert.ok(
          Math.abs(actual - wanted) * unit < 1e-6,
          `${name} ${actual}, by differences ${wanted}; ${JSON.stringify({ state, terms })}`,
        );
      const step = deviation / 100;
      close("delta", found.delta, slope((x) => probability({ ...state, spot: x }, terms), spot, step), deviation);
      const deltaAt = (x: number): number => greeks({ ...state, spot: x }, terms).delta;
      close("gamma", found.gamma, slope(deltaAt, spot, step), deviation * deviation);
      close("vega", found.vega, slope((x) => probability({ ...state, sigma: x }, terms), sigma, sigma / 100), sigma);
      const byTime = slope((x) => probability({ ...state, secondsToClose: x }, terms), secondsToClose, part * 0.002);
      close("theta", found.theta, -byTime, part);
    }),
    { seed: 21, numRuns: 1500 },
  );
});

Deno.test("the derivatives of two opposite markets cancel", () => {
  const state = { spot: 84_000, sigma: 0.0002, secondsToClose: 45.5, seenSum: 84_010 * 14, seenCount: 14 };
  const above = greeks(state, rule("greater_or_equal", 84_005));
  const below = greeks(state, rule("less", null, 84_005));
  for (const name of ["delta", "gamma", "vega", "theta"] as const) {
    assert.ok(above[name] !== 0);
    assert.equal(above[name] + below[name], 0);
  }
});

Deno.test("at large volatilities, where moments are summed, derivatives still are those of finite differences", () => {
  for (const sigma of [0.02, 0.03, 0.05]) {
    const state = { spot: 100, sigma, secondsToClose: 120.5 };
    const terms = rule("greater", 104.99);
    const vega = slope((x) => probability({ ...state, sigma: x }, terms), sigma, sigma / 200);
    assert.ok(Math.abs(greeks(state, terms).vega - vega) < 1e-5, `${sigma}`);
  }
});

Deno.test("nothing random has no derivative", () => {
  const over = { spot: 100, sigma: 0.001, secondsToClose: 0, seenSum: 6000, seenCount: 60 };
  const still = { spot: 100, sigma: 0, secondsToClose: 600 };
  const derivatives = { delta: 0, gamma: 0, vega: 0, theta: 0 };
  for (const state of [over, still]) {
    assert.deepEqual(greeks(state, rule("greater_or_equal", 100)), { probability: 1, ...derivatives });
    assert.deepEqual(greeks(state, rule("greater", 100)), { probability: 0, ...derivatives });
  }
  const wild = { spot: 100, sigma: 50, secondsToClose: 600 };
  assert.deepEqual(greeks(wild, rule("greater", 1)), { probability: 0, ...derivatives });
  assert.deepEqual(greeks(wild, rule("between", 5, 4)), { probability: 0, ...derivatives });
});

Deno.test("bad states are refused by name", () => {
  const good = { spot: 100, sigma: 0.001, secondsToClose: 60 };
  const bad: readonly (readonly [Partial<SettlementState>, RegExp])[] = [
    [{ spot: 0 }, /Spot .* not 0/],
    [{ spot: NaN }, /Spot .* not NaN/],
    [{ sigma: -1 }, /Sigma .* not -1/],
    [{ sigma: Infinity }, /Sigma .* not Infinity/],
    [{ secondsToClose: NaN }, /Seconds .* not NaN/],
    [{ seenCount: 61 }, /from 0 to 60, not 61/],
    [{ seenCount: 1.5 }, /not 1.5/],
    [{ seenSum: NaN }, /sum .* not NaN/],
  ];
  for (const [change, wanted] of bad) {
    const result = settlementGreeks({ ...good, ...change }, rule("greater", 100));
    assert.ok(!result.ok);
    assert.match(result.reason, wanted);
  }
  const result = settlementGreeks(good, rule(null, 100));
  assert.ok(!result.ok);
  assert.match(result.reason, /does not decide a number/);
});
