import assert from "node:assert/strict";
import fc from "fast-check";
import { linePath, type Point, stepArea, stepPath, thin } from "./path.ts";

const seed = 20_261_120;
const points = fc.array(fc.record({ y: fc.option(fc.integer({ min: 0, max: 400 }), { freq: 8 }) }), {
  maxLength: 3_000,
})
  .map((made) => made.map(({ y }, x): Point => ({ x, y })));

/** The absolute places that a path goes to, in pixels. */
function placesOf(path: string): [number, number][] {
  let [x, y] = [0, 0];
  return [...path.matchAll(/([Mlhv])(-?\d+)(?: (-?\d+))?/g)].map(([, kind, first, second]) => {
    if (kind === "M") [x, y] = [Number(first), Number(second)];
    if (kind === "l") [x, y] = [x + Number(first), y + Number(second)];
    if (kind === "h") x += Number(first);
    if (kind === "v") y += Number(first);
    return [x / 10, y / 10];
  });
}

Deno.test("a path goes through every point and nowhere else", () => {
  fc.assert(
    fc.property(points, (line) => {
      const wanted = new Set(line.filter(({ y }) => y !== null).map(({ x, y }) => `${x},${y}`));
      const gone = new Set(placesOf(String(linePath(line))).map(([x, y]) => `${x},${y}`));
      assert.deepEqual(gone, wanted);
    }),
    { seed, numRuns: 50 },
  );
});

Deno.test("a line breaks where a value is not known", () => {
  const path = String(linePath([{ x: 0, y: 1 }, { x: 1, y: 2 }, { x: 2, y: null }, { x: 3, y: 4 }]));
  assert.equal(path, "M0 10h0l10 10M30 40h0");
});

Deno.test("a step holds its level until the next point, and ends where it is known no longer", () => {
  const line = [[0, 5], [4, 5], [6, 5], [8, 2], [9, 2], [10, null], [12, 7], [13, 7]].map(([x, y]) => ({
    x: x ?? 0,
    y,
  }));
  assert.equal(String(stepPath(line)), "M0 50h0h80v-30h10M120 70h0h10");
});

Deno.test("an area ends where it began, and of nothing there is none", () => {
  const area = String(stepArea([{ x: 0, y: 5 }, { x: 4, y: 3 }], 9));
  assert.ok(area.endsWith("z"));
  const places = placesOf(area);
  assert.deepEqual([places[0], places[places.length - 1]], [[0, 9], [4, 9]]);
  assert.equal(String(stepArea([{ x: 0, y: null }], 9)), "");
  assert.equal(String(linePath([])), "");
});

Deno.test("thinning keeps the order, the rims and every spike, and is bounded", () => {
  fc.assert(
    fc.property(points, fc.integer({ min: 1, max: 50 }), (line, columns) => {
      const kept = thin(line, columns);
      assert.ok(kept.length <= Math.max(columns * 4, 0) || line.length <= columns * 4);
      for (let k = 1; k < kept.length; k++) assert.ok(kept[k].x > kept[k - 1].x);
      const known = (all: readonly Point[]) => all.flatMap(({ y }) => y === null ? [] : [y]);
      assert.equal(Math.max(...known(kept), -1), Math.max(...known(line), -1));
      assert.equal(Math.min(...known(kept), 999), Math.min(...known(line), 999));
      if (line.length > 0) assert.deepEqual([kept[0], kept[kept.length - 1]], [line[0], line[line.length - 1]]);
    }),
    { seed, numRuns: 60 },
  );
});

Deno.test("many points at one place are thinned too", () => {
  assert.equal(thin(Array.from({ length: 1_000 }, (_, y) => ({ x: 7, y })), 10).length, 40);
});
