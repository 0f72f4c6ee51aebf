import assert from "node:assert/strict";
import { bootstrapMean, bootstrapSums } from "./bootstrap.ts";
import { normals } from "./volatility_fixture.ts";

Deno.test("an interval of 95 % holds the true mean in about 95 of 100 samples", () => {
  const normal = normals(51);
  let held = 0;
  for (let sample = 0; sample < 400; sample++) {
    const interval = bootstrapMean(Array.from({ length: 40 }, () => [normal()]), sample);
    if (interval !== null && interval.low <= 0 && interval.high >= 0) held++;
  }
  // Of 40 numbers it is known to be a little narrow: 93 % to 94 %.
  assert.ok(held >= 0.9 * 400 && held <= 0.975 * 400, `${held} of 400`);
});

Deno.test("numbers that repeat within their group make nothing surer", () => {
  const normal = normals(52);
  const once = Array.from({ length: 30 }, () => [normal()]);
  const often = once.map(([value]) => new Array<number>(10).fill(value));
  const [one, many] = [bootstrapMean(once, 1), bootstrapMean(often, 1)];
  assert.ok(one !== null && many !== null);
  assert.ok(Math.abs(one.low - many.low) < 1e-12 && Math.abs(one.high - many.high) < 1e-12);
});

Deno.test("the same seed draws the same, and below two groups there is no interval", () => {
  const groups = [[1, 2], [3], [5, 8, 13]];
  assert.deepEqual(bootstrapMean(groups, 9), bootstrapMean(groups, 9));
  assert.notDeepEqual(bootstrapMean(groups, 9), bootstrapMean([[1, 2], [3], [5, 8, 14]], 9));
  assert.equal(bootstrapMean([], 1), null);
  assert.equal(bootstrapMean([[1, 2, 3]], 1), null);
});

Deno.test("groups that were added up already give the same interval", () => {
  const groups = [[1, 2], [3], [5, 8, 13], [0.5]];
  const sums = groups.map((group) => ({ sum: group.reduce((sum, each) => sum + each, 0), count: group.length }));
  assert.deepEqual(bootstrapSums(sums, 9), bootstrapMean(groups, 9));
});
