import assert from "node:assert/strict";
import { RecursiveLeastSquares } from "./recursive_least_squares.ts";
import { normals } from "./volatility_fixture.ts";

Deno.test("without forgetting the answer is that of ridge regression, solved at once", () => {
  // Origin: numpy.linalg.solve(X.T @ X + I / 4, X.T @ y + b0 / 4) with the rows below and b0 = (1, -1).
  const rows = [[1, 0.5], [1, -1], [1, 2], [1, 0.25], [1, -0.75]];
  const values = [2, -1, 4.5, 1.25, 0];
  const regression = new RecursiveLeastSquares({ coefficients: [1, -1], priorVariance: 4, forgetting: 1 });
  rows.forEach((row, k) => regression.learn(row, values[k]));
  const [intercept, slope] = regression.coefficients;
  assert.ok(Math.abs(intercept - 1.0210631895687061) < 1e-12, `${intercept}`);
  assert.ok(Math.abs(slope - 1.6394182547642928) < 1e-12, `${slope}`);
});

Deno.test("coefficients that change are followed", () => {
  const normal = normals(3);
  const regression = new RecursiveLeastSquares({ coefficients: [0, 0], priorVariance: 10, forgetting: 0.99 });
  for (let k = 0; k < 4_000; k++) {
    const x = normal();
    const slope = k < 2_000 ? 1 : -0.5;
    regression.learn([1, x], 0.3 + slope * x + 0.1 * normal());
  }
  const [intercept, slope] = regression.coefficients;
  assert.ok(Math.abs(intercept - 0.3) < 0.05 && Math.abs(slope + 0.5) < 0.05, `${intercept}, ${slope}`);
});

Deno.test("a million observations that say nothing new leave the state sound", () => {
  const regression = new RecursiveLeastSquares({ coefficients: [0, 0], priorVariance: 10, forgetting: 0.9 });
  for (let k = 0; k < 1_000_000; k++) regression.learn([1, 1], 2);
  assert.ok(Math.abs(regression.predict([1, 1]) - 2) < 1e-6);
  for (let k = 0; k < 200; k++) regression.learn([1, k % 7], 1 + (k % 7));
  assert.ok(Math.abs(regression.predict([1, 3]) - 4) < 0.01, `${regression.predict([1, 3])}`);
});

Deno.test("what is not finite teaches nothing", () => {
  const regression = new RecursiveLeastSquares({ coefficients: [1], priorVariance: 1, forgetting: 0.99 });
  for (const value of [NaN, Infinity, -Infinity]) regression.learn([1], value);
  regression.learn([NaN], 1);
  assert.deepEqual([regression.count, regression.coefficients], [0, [1]]);
});

Deno.test("settings out of range are refused", () => {
  const settings = { coefficients: [0], priorVariance: 1, forgetting: 1 };
  assert.throws(() => new RecursiveLeastSquares({ ...settings, forgetting: 0 }), /Forgetting must be above 0/);
  assert.throws(() => new RecursiveLeastSquares({ ...settings, forgetting: NaN }), /Forgetting must be above 0/);
  assert.throws(() => new RecursiveLeastSquares({ ...settings, priorVariance: 0 }), /prior variance must be above 0/);
});
