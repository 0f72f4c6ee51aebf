import assert from "node:assert/strict";
import { FadingMean } from "./fading_mean.ts";
import { normals } from "./volatility_fixture.ts";

const near = (found: number | null, wanted: number) =>
  assert.ok(found !== null && Math.abs(found - wanted) < 1e-12, `${found}, wanted ${wanted}`);

Deno.test("nothing has no mean, and one number no error", () => {
  const mean = new FadingMean();
  assert.deepEqual([mean.count, mean.mean, mean.variance, mean.standardError], [0, null, null, null]);
  mean.add(3, 0.5);
  assert.deepEqual([mean.count, mean.mean, mean.variance, mean.standardError], [1, 3, 0, null]);
});

Deno.test("without fading it is the mean, its variance and the usual error", () => {
  const mean = new FadingMean();
  for (const value of [1, 2, 3, 6]) mean.add(value, 1);
  near(mean.mean, 3);
  near(mean.variance, (4 + 1 + 0 + 9) / 4);
  near(mean.standardError, Math.sqrt(3.5 / 4));
});

Deno.test("with fading it is the weighted sums written out", () => {
  const normal = normals(3);
  const values = Array.from({ length: 200 }, normal);
  const mean = new FadingMean();
  values.forEach((value) => mean.add(value, 0.97));
  const weights = values.map((_, k) => 0.97 ** (values.length - 1 - k));
  const sum = (of: (k: number) => number) => values.reduce((total, _, k) => total + of(k), 0);
  const weight = sum((k) => weights[k]);
  const centre = sum((k) => weights[k] * values[k]) / weight;
  const variance = sum((k) => weights[k] * (values[k] - centre) ** 2) / weight;
  near(mean.mean, centre);
  near(mean.variance, variance);
  near(mean.standardError, Math.sqrt(variance * sum((k) => weights[k] ** 2)) / weight);
});
