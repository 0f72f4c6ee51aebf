import assert from "node:assert/strict";
import { randomPrices } from "./volatility_fixture.ts";
import { ewmaForecaster } from "./volatility_forecaster.ts";
import { IntradaySeasonality, SeasonalVolatility } from "./volatility_seasonality.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;

Deno.test("known factors of the hours are found, drawn towards 1 while little was seen", () => {
  const seasonality = new IntradaySeasonality();
  const variance = (hour: number) => hour >= 13 && hour < 17 ? 4 : 1;
  const learn = (days: number) => {
    for (let minute = 1; minute <= days * 1_440; minute++) {
      seasonality.push(minute * 60, variance(Math.floor((minute - 1) / 60) % 24));
    }
  };
  learn(1);
  // The mean is 1.5: at noon 60 minutes stand against the prior's 240.
  assert.ok(Math.abs(seasonality.factor(14) - (60 * 4 / 1.5 + 240) / 300) < 0.05, `${seasonality.factor(14)}`);
  learn(60);
  assert.ok(Math.abs(seasonality.factor(14) - (869 * 4 / 1.5 + 240) / 1_109) < 0.1, `${seasonality.factor(14)}`);
  assert.ok(seasonality.factor(3) > 0.66 && seasonality.factor(3) < 0.8, `${seasonality.factor(3)}`);
});

Deno.test("one crash is no time of day", () => {
  const seasonality = new IntradaySeasonality();
  for (let minute = 1; minute <= 1_440; minute++) seasonality.push(minute * 60, minute === 130 ? 1e6 : 1);
  assert.ok(seasonality.factor(2) < 1.2, `${seasonality.factor(2)}`);
});

Deno.test("a time across hours has the mean of their factors, across midnight too", () => {
  const seasonality = new IntradaySeasonality();
  for (let minute = 1; minute <= 14_400; minute++) {
    seasonality.push(minute * 60, Math.floor((minute - 1) / 60) % 24 === 23 ? 3 : 1);
  }
  const [late, early] = [seasonality.factor(23), seasonality.factor(0)];
  const mean = seasonality.between(23.5 * HOUR, DAY + 0.25 * HOUR);
  assert.ok(Math.abs(mean - (2 * late + early) / 3) < 1e-12, `${mean}`);
  assert.equal(seasonality.between(10 * HOUR, 10 * HOUR), seasonality.factor(10));
  const whole = seasonality.factors.reduce((sum, each) => sum + each, 0) / 24;
  assert.ok(Math.abs(seasonality.between(5.5 * HOUR, 5.5 * HOUR + DAY) - whole) < 1e-12);
});

Deno.test("before a wild hour the forecast is higher than what was just seen", () => {
  const forecaster = new SeasonalVolatility(ewmaForecaster(600), 1_200);
  const sigmaAt = (second: number) => Math.floor(second / HOUR) % 24 === 14 ? 2e-4 : 5e-5;
  for (const [second, price] of randomPrices(31, 0, 8 * DAY + 14 * HOUR - 1, sigmaAt)) forecaster.push(second, price);
  const calm = ewmaForecaster(600);
  for (const [second, price] of randomPrices(31, 0, 8 * DAY + 14 * HOUR - 1, sigmaAt)) calm.push(second, price);
  const ahead = forecaster.forecast(1_800) ?? NaN;
  assert.ok(ahead > 1.5 * (calm.forecast(1_800) ?? NaN), `${ahead}`);
});

Deno.test("what says nothing changes nothing", () => {
  const seasonality = new IntradaySeasonality();
  for (const square of [NaN, -1, Infinity]) seasonality.push(3_600, square);
  for (const end of [NaN, 0, -60, 60.5]) seasonality.push(end, 1);
  assert.equal(seasonality.minutes, 0);
  assert.deepEqual(seasonality.factors, new Array(24).fill(1));
  for (const hour of [-1, 24, 0.5, NaN]) assert.equal(seasonality.factor(hour), 1);
  assert.throws(() => new SeasonalVolatility(ewmaForecaster(60), 0), /A memory must last some seconds, not 0/);
});
