import assert from "node:assert/strict";
import { SOBOL_DIMENSIONS_MAX, SobolPoints } from "./sobol.ts";

/** The first points without a shift: coordinates as whole multiples of 1 / count. */
function cells(dimensions: number, count: number): number[][] {
  const points = new SobolPoints(dimensions);
  points.start(new Uint32Array(dimensions));
  return Array.from({ length: count }, () => {
    points.next();
    return Array.from(points.coordinates, (x) => Math.floor(x * count));
  });
}

Deno.test("the first points are those that are published", () => {
  // In the Gray code's order: 0, 1/2, 3/4, 1/4, ... in the first dimension; the others from the direction numbers.
  const eighths = cells(4, 8);
  assert.deepEqual(eighths.map(([x]) => x), [0, 4, 6, 2, 3, 7, 5, 1]);
  assert.deepEqual(eighths.map(([, x]) => x), [0, 4, 2, 6, 3, 7, 1, 5]);
  assert.deepEqual(eighths.map(([, , x]) => x), [0, 4, 2, 6, 5, 1, 7, 3]);
});

Deno.test("in every dimension the first 2^k points hit every interval of 2^-k once", () => {
  for (const count of [2, 64, 1024]) {
    const seen = Array.from({ length: SOBOL_DIMENSIONS_MAX }, () => new Set<number>());
    for (const point of cells(SOBOL_DIMENSIONS_MAX, count)) point.forEach((cell, k) => seen[k].add(cell));
    seen.forEach((hit, k) => assert.equal(hit.size, count, `dimension ${k + 1}, ${count} points`));
  }
});

Deno.test("no two dimensions are the same, and the first ones are even in pairs", () => {
  const points = cells(SOBOL_DIMENSIONS_MAX, 256);
  for (let a = 0; a < SOBOL_DIMENSIONS_MAX; a++) {
    for (let b = 0; b < a; b++) assert.ok(points.some((point) => point[a] !== point[b]), `${a} and ${b}`);
  }
  // 256 points in 16 x 16 squares of the first two dimensions: one in each.
  assert.equal(new Set(points.map(([x, y]) => 16 * (x >> 4) + (y >> 4))).size, 256);
});

Deno.test("a shift moves the points and keeps them even and inside", () => {
  const points = new SobolPoints(3);
  points.start(Uint32Array.of(0xdeadbeef, 0xffffffff, 1));
  const seen = new Set<number>();
  for (let k = 0; k < 128; k++) {
    points.next();
    seen.add(Math.floor(points.coordinates[0] * 128));
    assert.ok(points.coordinates.every((x) => x > 0 && x < 1));
  }
  assert.equal(seen.size, 128);
});
