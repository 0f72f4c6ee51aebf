import assert from "node:assert/strict";
import { randomPrices } from "./volatility_fixture.ts";
import type { VolatilityForecaster } from "./volatility_forecaster.ts";
import { ForecastSelection } from "./volatility_selection.ts";

/** Always says the same. */
const constant = (name: string, sigma: number | null, from = 0): VolatilityForecaster => {
  let second = -1;
  return {
    name,
    push: (at) => (second = at, null),
    forecast: () => second >= from ? sigma : null,
    describe: () => ({ name, method: "A constant", observations: 0, parameters: {} }),
  };
};

Deno.test("the forecaster whose density was greatest is chosen, and the choice is explained", () => {
  const candidates = [constant("half", 5e-5), constant("double", 2e-4), constant("right", 1e-4)];
  const selection = new ForecastSelection(candidates);
  for (const [second, price] of randomPrices(41, 0, 60 * 600, () => 1e-4)) selection.push(second, price);
  const { chosen, since, why, scores } = selection.explain();
  assert.equal(chosen, "right");
  assert.ok(since !== null && since < 60 * 600);
  assert.match(why, /^Its mean log density of 60-second returns is 0\.\d{4} above that of half, over \d+ returns$/);
  assert.deepEqual(scores.map(({ name, n }) => [name, n]), [["half", 600], ["double", 600], ["right", 600]]);
  // Expected log density less that of the truth, for sigma' = k sigma: -ln k - 1/2 (1/k^2 - 1).
  const lost = (name: string) =>
    (scores.find((each) => each.name === name)?.advantage ?? NaN) - (scores[2].advantage ?? NaN);
  assert.ok(Math.abs(lost("half") - (Math.log(2) - 1.5)) < 0.2, `${lost("half")}`);
  assert.ok(Math.abs(lost("double") - (-Math.log(2) + 0.375)) < 0.06, `${lost("double")}`);
  assert.equal(selection.forecast(60), 1e-4);
});

Deno.test("between equals nothing flaps: the first one stays", () => {
  const selection = new ForecastSelection([constant("first", 1e-4), constant("second", 1.02e-4)]);
  for (const [second, price] of randomPrices(43, 0, 60 * 1_000, () => 1.01e-4)) {
    selection.push(second, price);
    assert.equal(selection.chosen.name, "first");
  }
  assert.match(selection.explain().why, /first candidate/);
});

Deno.test("when the market changes the choice follows, and seldom", () => {
  const selection = new ForecastSelection([constant("calm", 5e-5), constant("wild", 2e-4)], { halfLifeReturns: 120 });
  const switches: string[] = [];
  const sigmaAt = (second: number) => second > 60_000 && second <= 120_000 ? 2e-4 : 5e-5;
  for (const [second, price] of randomPrices(44, 0, 180_000, sigmaAt)) {
    selection.push(second, price);
    if (selection.chosen.name !== switches.at(-1)) switches.push(selection.chosen.name);
  }
  assert.deepEqual(switches, ["calm", "wild", "calm"]);
});

Deno.test("a candidate is judged only on what it had forecast, and against the first on the same returns", () => {
  // For half an hour the market is wild; the late one is silent then, and equal to the first one afterwards.
  const selection = new ForecastSelection([constant("first", 1e-4), constant("late", 1e-4, 1_800)]);
  const sigmaAt = (second: number) => second <= 1_800 ? 1e-3 : 1e-4;
  for (const [second, price] of randomPrices(45, 0, 7_200, sigmaAt)) selection.push(second, price);
  const [first, late] = selection.explain().scores;
  assert.deepEqual([first.n, late.n], [120, 90]);
  assert.ok((late.logLikelihood ?? NaN) > (first.logLikelihood ?? NaN) + 1);
  assert.equal(late.advantage, 0);
  assert.equal(selection.chosen.name, "first");
});

Deno.test("while the chosen one is silent, another one answers", () => {
  const selection = new ForecastSelection([constant("silent", null), constant("speaks", 1e-4)]);
  selection.push(60, 100);
  assert.equal(selection.forecast(60), 1e-4);
  assert.equal(new ForecastSelection([constant("silent", null)]).forecast(60), null);
});

Deno.test("one jump does not decide", () => {
  const selection = new ForecastSelection([constant("right", 1e-4), constant("wild", 5e-4)]);
  const sigmaAt = (second: number) => second === 30_000 ? 0.5 : 1e-4;
  for (const [second, price] of randomPrices(46, 0, 60_000, sigmaAt)) selection.push(second, price);
  assert.equal(selection.chosen.name, "right");
});

Deno.test("what makes no selection is refused", () => {
  const one = constant("one", 1e-4);
  assert.throws(() => new ForecastSelection([]), /1 to 32 candidates of different names/);
  assert.throws(() => new ForecastSelection([one, one]), /different names/);
  assert.throws(() => new ForecastSelection([one], { horizonSeconds: 0 }), /horizonSeconds must be whole/);
  assert.throws(() => new ForecastSelection([one], { halfLifeReturns: NaN }), /halfLifeReturns must be from 1/);
  assert.throws(() => new ForecastSelection([one], { returnsMin: 1 }), /returnsMin must be a whole number from 2/);
  assert.throws(() => new ForecastSelection([one], { margin: -1 }), /margin must be from 0/);
});
