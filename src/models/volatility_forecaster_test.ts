import assert from "node:assert/strict";
import fc from "fast-check";
import { EwmaVolatility } from "./volatility.ts";
import { randomPrices } from "./volatility_fixture.ts";
import {
  ewmaForecaster,
  MinuteWindowForecaster,
  realisedForecaster,
  SIGMA_MAX,
  SIGMA_MIN,
  type VolatilityForecaster,
} from "./volatility_forecaster.ts";
import { GarchVolatility } from "./volatility_garch.ts";
import { HarVolatility } from "./volatility_har.ts";
import { SeasonalVolatility } from "./volatility_seasonality.ts";
import { ForecastSelection } from "./volatility_selection.ts";

const all = (): VolatilityForecaster[] => [
  ewmaForecaster(120),
  realisedForecaster(900),
  new MinuteWindowForecaster(15),
  new HarVolatility(),
  new GarchVolatility(),
  new SeasonalVolatility(ewmaForecaster(120), 600),
];

Deno.test("the forecaster of the engine's estimator says what that says, to the last bit", () => {
  const forecaster = ewmaForecaster(120, { returnsMin: 30 });
  const estimator = new EwmaVolatility(120, { returnsMin: 30 });
  for (const [second, price] of randomPrices(3, 500, 2_000, () => 1e-4)) {
    forecaster.push(second, price);
    estimator.push(second, price);
    const sigma = estimator.perSqrtSecond;
    const expected = sigma === null ? null : Math.sqrt(sigma * sigma);
    assert.equal(forecaster.forecast(60), expected);
  }
});

Deno.test("a window of minutes is the root mean square of its one-minute returns", () => {
  const forecaster = new MinuteWindowForecaster(15);
  const closes = new Map<number, number>();
  for (const [second, price] of randomPrices(8, 0, 3_600, () => 1e-4)) {
    forecaster.push(second, price);
    closes.set(second, price);
    if (second % 60 !== 0 || second < 300) continue;
    const returns: number[] = [];
    for (let at = second; at >= 60 && at > second - 900; at -= 60) {
      returns.push(Math.log((closes.get(at) ?? NaN) / (closes.get(at - 60) ?? NaN)));
    }
    const expected = Math.sqrt(returns.reduce((sum, each) => sum + each * each, 0) / returns.length / 60);
    assert.ok(Math.abs((forecaster.forecast(60) ?? NaN) / expected - 1) < 1e-9, `${second}`);
  }
});

Deno.test("what is no price of a later second is refused in words, and changes nothing", () => {
  for (const forecaster of all()) {
    for (const [second, price] of randomPrices(3, 600, 1_500, () => 1e-4)) forecaster.push(second, price);
    const before = [forecaster.forecast(60), forecaster.describe()];
    const cases: [second: number, price: number, reason: RegExp][] = [
      [2_101, 0, /price is not above 0/],
      [2_101, -1, /price is not above 0/],
      [2_101, NaN, /price is not above 0/],
      [2_101, Infinity, /at most 1e12/],
      [2_101, 1e13, /at most 1e12/],
      [2_100, 80_000, /not after the last one/],
      [5, 80_000, /not after the last one/],
      [-5, 80_000, /no whole number from 0/],
      [2_101.5, 80_000, /no whole number from 0/],
      [NaN, 80_000, /no whole number from 0/],
      [Infinity, 80_000, /no whole number from 0/],
    ];
    for (const [second, price, reason] of cases) {
      assert.match(forecaster.push(second, price) ?? "taken", reason, `${forecaster.name}: ${second}, ${price}`);
    }
    assert.deepEqual([forecaster.forecast(60), forecaster.describe()], before, forecaster.name);
    assert.equal(forecaster.push(2_101, 80_000), null);
  }
});

Deno.test("a horizon that is no positive time up to a day has no forecast", () => {
  for (const forecaster of all()) {
    for (const [second, price] of randomPrices(3, 0, 1_500, () => 1e-4)) forecaster.push(second, price);
    for (const horizon of [0, -1, NaN, Infinity, 86_401]) assert.equal(forecaster.forecast(horizon), null);
    for (const horizon of [0.001, 1, 86_400]) {
      assert.ok((forecaster.forecast(horizon) ?? 0) > 0, `${forecaster.name}: ${horizon}`);
    }
  }
});

Deno.test("whatever comes, a forecast is null or within its bounds", () => {
  const steps = fc.array(
    fc.record({
      gap: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }) }, fc.integer({ min: 1, max: 1e7 })),
      price: fc.oneof(fc.double({ min: 1e-300, max: 1e12 }), fc.double({ min: 99, max: 101 }), fc.constant(100)),
    }),
    { minLength: 1, maxLength: 150 },
  );
  fc.assert(
    fc.property(steps, fc.double({ min: 0.01, max: 86_400, noNaN: true }), (steps, horizon) => {
      const forecasters = all();
      const selection = new ForecastSelection(all());
      let second = 0;
      for (const { gap, price } of steps) {
        second += gap;
        selection.push(second, price);
        for (const forecaster of forecasters) {
          forecaster.push(second, price);
          const sigma = forecaster.forecast(horizon);
          assert.ok(sigma === null || (sigma >= SIGMA_MIN && sigma <= SIGMA_MAX), `${forecaster.name}: ${sigma}`);
        }
      }
      for (const forecaster of forecasters) {
        const { parameters } = forecaster.describe();
        for (const [name, value] of Object.entries(parameters)) {
          assert.ok(Number.isFinite(value), `${forecaster.name}: ${name} ${value}`);
        }
      }
      JSON.parse(JSON.stringify(selection.explain()));
    }),
    { seed: 12, numRuns: 150 },
  );
});

Deno.test("a leap that no number holds is no return, and harms no forecast", () => {
  for (const forecaster of all()) {
    for (let second = 0; second <= 7_200; second++) forecaster.push(second, 100 + second % 2 / 100);
    for (const [k, price] of [1e-300, 1e12, 1e-300, 1e12].entries()) forecaster.push(7_260 + 60 * k, price);
    for (const [name, value] of Object.entries(forecaster.describe().parameters)) {
      assert.ok(Number.isFinite(value), `${forecaster.name}: ${name} ${value}`);
    }
    const sigma = forecaster.forecast(300);
    assert.ok(sigma !== null && sigma >= SIGMA_MIN && sigma <= SIGMA_MAX, `${forecaster.name}: ${sigma}`);
  }
});

Deno.test("a price that stands still is not certain", () => {
  for (const forecaster of all()) {
    for (let second = 0; second <= 7_200; second++) forecaster.push(second, 100);
    const sigma = forecaster.forecast(300);
    assert.ok(sigma !== null && sigma >= SIGMA_MIN && sigma < 2e-6, `${forecaster.name}: ${sigma}`);
  }
});

Deno.test("a window of no whole minutes is refused", () => {
  for (const minutes of [0, 4, 241, 15.5, NaN]) {
    assert.throws(() => new MinuteWindowForecaster(minutes), /A window must have 5 to 240 whole minutes/);
  }
});
