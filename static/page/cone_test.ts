import assert from "node:assert/strict";
import { cone } from "./cone.ts";

Deno.test("a cone starts at the price, ends at the end, and widens with the square root of time", () => {
  const points = cone(80_000, 0.0002, 1_000, 401_000);
  const [first, last] = [points[0], points[points.length - 1]];
  assert.deepEqual([first.at, first.outer, first.inner], [1_000, [80_000, 80_000], [80_000, 80_000]]);
  assert.equal(last.at, 401_000);
  // 400 s: 0.0002 x 20 = 0.4 % is one standard deviation.
  assert.ok(Math.abs(Math.log(last.outer[1] / 80_000) - 0.004 * 1.959_964) < 1e-12);
  const quarter = points.find(({ at }) => at === 101_000);
  assert.ok(quarter !== undefined);
  assert.ok(Math.abs(Math.log(last.outer[1] / 80_000) / Math.log(quarter.outer[1] / 80_000) - 2) < 1e-9);
  for (const { inner, outer } of points) assert.ok(outer[0] <= inner[0] && inner[1] <= outer[1]);
});

Deno.test("there is no cone without a price, a volatility, or time left", () => {
  for (
    const [price, volatility, now, end] of [
      [NaN, 0.1, 0, 1],
      [1, NaN, 0, 1],
      [0, 0.1, 0, 1],
      [1, -0.1, 0, 1],
      [1, 0.1, 1, 1],
      [1, 0.1, 0, NaN],
      [1, 0.1, 0, Infinity],
    ]
  ) assert.deepEqual(cone(price, volatility, now, end), []);
});
