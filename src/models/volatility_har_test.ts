import assert from "node:assert/strict";
import { normals, randomPrices } from "./volatility_fixture.ts";
import { HarVolatility } from "./volatility_har.ts";

/**
 * Feeds minutes whose one-second returns all have the same size, with signs by chance: then a minute's realised variance
 * is the square of that size, exactly.
 */
function feedMinutes(forecaster: HarVolatility, variances: readonly number[], seed: number): void {
  const normal = normals(seed);
  let logPrice = Math.log(80_000);
  forecaster.push(0, 80_000);
  variances.forEach((variance, minute) => {
    for (let k = 1; k <= 60; k++) {
      logPrice += normal() > 0 ? Math.sqrt(variance) : -Math.sqrt(variance);
      forecaster.push(minute * 60 + k, Math.exp(logPrice));
    }
  });
}

const TRUE = { minute: 0.4, five: 0.3, quarter: 0.1, hour: 0.1 };
const LEVEL = 2 * Math.log(8e-5);

/** Log variances that follow the model with the weights above, and an error of 0.4. */
function harPath(seed: number, minutes: number): number[] {
  const normal = normals(seed);
  const variances: number[] = new Array(60).fill(Math.exp(LEVEL));
  const log = (span: number) => Math.log(variances.slice(-span).reduce((sum, each) => sum + each, 0) / span) - LEVEL;
  for (let k = 0; k < minutes; k++) {
    const mean = TRUE.minute * log(1) + TRUE.five * log(5) + TRUE.quarter * log(15) + TRUE.hour * log(60);
    variances.push(Math.exp(LEVEL + mean + 0.4 * normal()));
  }
  return variances;
}

Deno.test("known weights are recovered from a long path", () => {
  const forecaster = new HarVolatility();
  feedMinutes(forecaster, harPath(17, 6_000), 18);
  const { parameters } = forecaster.describe();
  const { weight_1m, weight_5m, weight_15m, weight_60m } = parameters;
  // With half the weight forgotten after 1,400 minutes, one weight is known to about 0.03, that of long spans to 0.1;
  // their sum, on which forecasts rest, better.
  assert.ok(Math.abs(weight_1m - TRUE.minute) < 0.1, JSON.stringify(parameters));
  const sum = weight_1m + weight_5m + weight_15m + weight_60m;
  assert.ok(Math.abs(sum - 0.9) < 0.1, JSON.stringify(parameters));
  assert.ok(Math.abs(parameters.error_variance - 0.16) < 0.03, JSON.stringify(parameters));
});

Deno.test("its forecasts are nearer to what comes than the last minute, the last hour, or their mean", () => {
  const variances = harPath(23, 3_000);
  const forecaster = new HarVolatility();
  let errors = [0, 0, 0];
  const normal = normals(24);
  let logPrice = 0;
  forecaster.push(0, 1);
  variances.forEach((variance, minute) => {
    const forecast = forecaster.forecast(60);
    if (minute > 600 && forecast !== null) {
      const hour = variances.slice(minute - 60, minute).reduce((sum, each) => sum + each, 0) / 60;
      const guesses = [forecast ** 2, variances[minute - 1], hour];
      errors = errors.map((error, k) => error + Math.log(guesses[k]) + variance / guesses[k]);
    }
    for (let k = 1; k <= 60; k++) {
      logPrice += normal() > 0 ? Math.sqrt(variance) : -Math.sqrt(variance);
      forecaster.push(minute * 60 + k, Math.exp(logPrice));
    }
  });
  assert.ok(errors[0] < errors[1] && errors[0] < errors[2], `${errors}`);
});

Deno.test("the volatility of a Brownian motion is found for every horizon", () => {
  const forecaster = new HarVolatility();
  for (const [second, price] of randomPrices(5, 0, 86_400, () => 1e-4)) forecaster.push(second, price);
  for (const horizon of [30, 90, 300, 3_600, 86_400]) {
    const sigma = forecaster.forecast(horizon) ?? NaN;
    assert.ok(Math.abs(sigma / 1e-4 - 1) < 0.08, `${horizon}: ${sigma}`);
  }
});

Deno.test("where prices only bounce between bid and ask, the minutes correct what the seconds pretend", () => {
  const forecaster = new HarVolatility();
  const bounce = normals(7);
  for (const [second, price] of randomPrices(6, 0, 43_200, () => 5e-5)) {
    forecaster.push(second, price * (bounce() > 0 ? 1 + 4e-5 : 1 - 4e-5));
  }
  const sigma = forecaster.forecast(300) ?? NaN;
  // Seconds alone would say sqrt(5e-5^2 + 2 x 4e-5^2) = 7.5e-5.
  assert.ok(sigma > 4.4e-5 && sigma < 6e-5, `${sigma}`);
});

Deno.test("there is an answer after one whole minute, none before, and one again right after a silence", () => {
  const forecaster = new HarVolatility();
  const prices = [...randomPrices(5, 7, 300, () => 1e-4)];
  for (const [second, price] of prices) {
    forecaster.push(second, price);
    assert.equal(forecaster.forecast(60) === null, second < 120, `${second}`);
  }
  forecaster.push(1_500, 80_000);
  assert.notEqual(forecaster.forecast(60), null);
  forecaster.push(1_500 + 7_200, 80_000);
  assert.equal(forecaster.forecast(60), null, "an hour ago is all that it remembers");
});

Deno.test("the same prices give the same forecasts, bit for bit", () => {
  const run = () => {
    const forecaster = new HarVolatility();
    for (const [second, price] of randomPrices(4, 1_000, 8_000, () => 1e-4)) forecaster.push(second, price);
    return [forecaster.forecast(60), forecaster.forecast(600), forecaster.describe()];
  };
  assert.deepEqual(run(), run());
});
