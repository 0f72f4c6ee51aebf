import assert from "node:assert/strict";
import { normals, randomPrices } from "./volatility_fixture.ts";
import { GARCH_DEFAULTS, garchLogLikelihood, GarchVolatility } from "./volatility_garch.ts";

const TRUE = { omega: 2e-9, alpha: 0.1, beta: 0.85 };

function garchPath(seed: number, steps: number): Float64Array {
  const normal = normals(seed);
  const { omega, alpha, beta } = TRUE;
  const returns = new Float64Array(steps);
  let variance = omega / (1 - alpha - beta);
  for (let k = 0; k < steps; k++) {
    returns[k] = Math.sqrt(variance) * normal();
    variance = omega + alpha * returns[k] ** 2 + beta * variance;
  }
  return returns;
}

/** A price at the end of each step of ten seconds, with the given log returns. */
function feed(forecaster: GarchVolatility, returns: ArrayLike<number>, from = 0): void {
  let logPrice = 0;
  forecaster.push(from, 1);
  for (let k = 0; k < returns.length; k++) {
    logPrice += returns[k];
    forecaster.push(from + (k + 1) * 10, Math.exp(logPrice));
  }
}

const meanSquare = (returns: Float64Array) => returns.reduce((sum, each) => sum + each * each, 0) / returns.length;

Deno.test("the GARCH likelihood is that of NumPy", () => {
  // Origin: NumPy 2.4, -0.5 * sum(log(2 pi) + log(h) + r^2 / h) with h[0] = mean(r^2), of the same 1,440 returns.
  const returns = garchPath(7, 1_440);
  const cases: [typeof TRUE, number][] = [
    [TRUE, 10284.381261063052],
    [{ omega: 4e-9, alpha: 0.05, beta: 0.9 }, 10212.739360963438],
    [{ omega: 1e-8, alpha: 0.3, beta: 0.4 }, 10254.239484923623],
  ];
  for (const [parameters, expected] of cases) {
    const found = garchLogLikelihood(returns, parameters, meanSquare(returns), 0);
    assert.ok(Math.abs(found - expected) < 1e-7, `${found}, wanted ${expected}`);
  }
});

Deno.test("a fit is as likely as the best that SciPy finds", () => {
  // Origin: scipy.optimize.minimize 1.17, Nelder-Mead from nine starts to 1e-9: 10285.057377 at alpha 0.0778, beta 0.8774.
  const returns = garchPath(7, 1_440);
  const forecaster = new GarchVolatility({ refitEvery: 1_440 - 119 - 1 });
  feed(forecaster, returns);
  const { parameters } = forecaster.describe();
  const { omega, alpha, beta } = parameters;
  assert.equal(parameters.fits, 2);
  assert.ok(Math.abs(alpha - 0.0778) < 0.01 && Math.abs(beta - 0.8774) < 0.02, JSON.stringify(parameters));
  const likelihood = garchLogLikelihood(returns, { omega, alpha, beta }, meanSquare(returns), 0);
  assert.ok(likelihood > 10285.057377 - 0.01, `${likelihood}`);
});

Deno.test("known parameters are recovered from a long path", () => {
  const forecaster = new GarchVolatility({ windowSteps: 12_000, refitEvery: 4_000 });
  feed(forecaster, garchPath(21, 12_200));
  const { alpha, beta } = forecaster.describe().parameters;
  // Standard errors at this length are about 0.008 and 0.015.
  assert.ok(Math.abs(alpha - TRUE.alpha) < 0.03 && Math.abs(beta - TRUE.beta) < 0.05, `${alpha}, ${beta}`);
});

Deno.test("after a shock a near forecast stands high, a far one near the long run", () => {
  const forecaster = new GarchVolatility();
  const returns = garchPath(7, 1_440);
  feed(forecaster, [...returns, 0.002]);
  const near = forecaster.forecast(10) ?? NaN;
  const middle = forecaster.forecast(300) ?? NaN;
  const far = forecaster.forecast(86_400) ?? NaN;
  assert.ok(near > middle && middle > far, `${near}, ${middle}, ${far}`);
  const longRun = Math.sqrt(meanSquare(returns) / 10);
  assert.ok(Math.abs(far / longRun - 1) < 0.2, `${far}, ${longRun}`);
});

Deno.test("the volatility of a Brownian motion is found for every horizon", () => {
  const forecaster = new GarchVolatility();
  for (const [second, price] of randomPrices(5, 0, 14_400, () => 1e-4)) forecaster.push(second, price);
  for (const horizon of [30, 300, 3_600]) {
    const sigma = forecaster.forecast(horizon) ?? NaN;
    assert.ok(Math.abs(sigma / 1e-4 - 1) < 0.15, `${horizon}: ${sigma}`);
  }
});

Deno.test("through a silence the variance returns to its mean, and a silence of the whole window forgets all", () => {
  const forecaster = new GarchVolatility();
  feed(forecaster, [...garchPath(7, 1_440), 0.002]);
  const shocked = forecaster.forecast(10) ?? NaN;
  forecaster.push(14_410 + 3_600, 1);
  const rested = forecaster.forecast(10) ?? NaN;
  assert.ok(rested < shocked, `${rested}, ${shocked}`);
  forecaster.push(14_410 + 3_600 + 14_500, 1);
  assert.equal(forecaster.forecast(10), null);
});

Deno.test("the work of a fit and the memory are bounded", () => {
  const forecaster = new GarchVolatility();
  for (const [second, price] of randomPrices(9, 0, 40_000, (second) => second < 20_000 ? 5e-5 : 3e-4)) {
    forecaster.push(second, price);
    const { observations, parameters } = forecaster.describe();
    assert.ok(observations <= GARCH_DEFAULTS.windowSteps && parameters.evaluations <= 300);
  }
  assert.ok(forecaster.describe().parameters.fits >= 40_000 / 900 - 2);
});

Deno.test("the same prices give the same forecasts, bit for bit", () => {
  const run = () => {
    const forecaster = new GarchVolatility();
    for (const [second, price] of randomPrices(4, 1_000, 8_000, () => 1e-4)) forecaster.push(second, price);
    return [forecaster.forecast(60), forecaster.describe()];
  };
  assert.deepEqual(run(), run());
});

Deno.test("settings out of range are refused", () => {
  assert.throws(() => new GarchVolatility({ stepSeconds: 0 }), /stepSeconds must be a whole number from 1 to 3600/);
  assert.throws(() => new GarchVolatility({ windowSteps: 10 }), /windowSteps .* not 10/);
  assert.throws(() => new GarchVolatility({ refitEvery: 1.5 }), /refitEvery .* not 1.5/);
});
