import assert from "node:assert/strict";
import { probabilityError, volatilityError } from "./probability_error.ts";
import { settlementGreeks } from "./settlement_greeks.ts";
import { EwmaVolatility } from "./volatility.ts";
import { normals } from "./volatility_fixture.ts";

const RULE = { strikeType: "greater_or_equal", floorStrike: 84_100, capStrike: null, roundDigits: 2 } as const;
const SIGMA = 2e-4;
const HALF_LIFE = 60;
const ESTIMATES = 600;

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

Deno.test("probabilities by estimated volatilities scatter as far as the standard error says", () => {
  const normal = normals(20_261_120);
  const state = { spot: 84_000, secondsToClose: 600 };
  const sigmas = Array.from({ length: ESTIMATES }, () => {
    const estimator = new EwmaVolatility(HALF_LIFE);
    let price = 84_000;
    for (let second = 0; second < 8 * HALF_LIFE; second++) {
      estimator.push(second, price);
      price *= Math.exp(SIGMA * normal());
    }
    return estimator.perSqrtSecond ?? NaN;
  });
  const shares = deviation(sigmas) / SIGMA;
  assert.ok(Math.abs(shares / volatilityError(HALF_LIFE) - 1) < 0.1, `${shares}`);
  const probabilities = sigmas.map((sigma) => {
    const result = settlementGreeks({ ...state, sigma }, RULE);
    return result.ok ? result.greeks.probability : NaN;
  });
  const expected = probabilityError({ ...state, sigma: SIGMA }, RULE, volatilityError(HALF_LIFE)) ?? NaN;
  const found = deviation(probabilities);
  assert.ok(Math.abs(found / expected - 1) < 0.12, `${found} is not near ${expected}`);
});

Deno.test("what is certain has no error, and what is no probability none to tell", () => {
  const relative = volatilityError(300);
  assert.equal(probabilityError({ spot: 84_000, sigma: 0, secondsToClose: 600 }, RULE, relative), 0);
  assert.equal(probabilityError({ spot: NaN, sigma: SIGMA, secondsToClose: 600 }, RULE, relative), null);
  assert.equal(
    probabilityError({ spot: 84_000, sigma: SIGMA, secondsToClose: 600 }, { ...RULE, strikeType: null }, relative),
    null,
  );
});
