import assert from "node:assert/strict";
import fc from "fast-check";
import { NAMED_PRICE_RANGES, PriceGrid } from "./price_grid.ts";
import type { PriceRange } from "./market.ts";
import type { Price } from "./units.ts";

const at = (value: number) => value as Price;
const range = (start: number, end: number, step: number): PriceRange => ({
  start: at(start),
  end: at(end),
  step: at(step),
});

function gridNamed(name: string): PriceGrid {
  const grid = PriceGrid.from(NAMED_PRICE_RANGES[name]);
  assert.ok(grid instanceof PriceGrid, name);
  return grid;
}

Deno.test("the tapered grid has a tenth of a cent in the tails and whole cents between", () => {
  const grid = gridNamed("tapered_deci_cent");
  const cases: [number, boolean, number | null, number | null, number | null, number | null][] = [
    // price, has, floor, ceil, previous, next
    [0, false, null, 10, null, 10],
    [5, false, null, 10, null, 10],
    [10, true, 10, 10, null, 20],
    [995, false, 990, 1000, 990, 1000],
    [1000, true, 1000, 1000, 990, 1100],
    [1010, false, 1000, 1100, 1000, 1100],
    [5600, true, 5600, 5600, 5500, 5700],
    [9000, true, 9000, 9000, 8900, 9010],
    [9990, true, 9990, 9990, 9980, null],
    [9995, false, 9990, null, 9990, null],
    [10000, false, 9990, null, 9990, null],
  ];
  for (const [value, has, floor, ceil, previous, next] of cases) {
    assert.deepEqual(
      [
        grid.has(at(value)),
        grid.floor(at(value)),
        grid.ceil(at(value)),
        grid.previous(at(value)),
        grid.next(at(value)),
      ],
      [has, floor, ceil, previous, next],
      `price ${value}`,
    );
  }
  assert.deepEqual([grid.lowest, grid.highest], [10, 9990]);
});

Deno.test("whole cents are valid in every named structure that divides a cent, and each is a grid", () => {
  for (const name of Object.keys(NAMED_PRICE_RANGES)) {
    const grid = gridNamed(name);
    for (let cent = 1; cent <= 99; cent++) assert.ok(grid.has(at(cent * 100)), `${name} at ${cent}`);
    assert.ok(!grid.has(at(0)) && !grid.has(at(10_000)), name);
  }
});

Deno.test("ranges that are no grid are refused with what was found", () => {
  const cases: [PriceRange[], RegExp][] = [
    [[], /1 to 16 ranges, found 0/],
    [Array.from({ length: 17 }, (_, k) => range(k * 100, k * 100 + 100, 100)), /found 17/],
    [[range(100, 10_000, 100)], /expected a start of 0, found 100/],
    [[range(0, 1_000, 10), range(2_000, 10_000, 100)], /expected a start of 1000, found 2000/],
    [[range(0, 9_000, 100)], /they end at 9000/],
    [[range(0, 10_000, 30)], /whole number of its steps: found 0 to 10000 by 30/],
    [[range(0, 10_000, 0)], /by 0/],
    [[range(0, 11_000, 100)], /found 0 to 11000/],
    [[range(0, 0, 100)], /found 0 to 0/],
    [[range(0, 10_000, 10_000)], /without a price inside/],
  ];
  for (const [ranges, expected] of cases) {
    const grid = PriceGrid.from(ranges);
    assert.ok(!(grid instanceof PriceGrid), JSON.stringify(ranges));
    assert.match(grid.error, expected);
  }
});

Deno.test("floor and ceil bracket a price, next and previous undo each other", () => {
  fc.assert(fc.property(
    fc.constantFrom(...Object.keys(NAMED_PRICE_RANGES)),
    fc.integer({ min: 0, max: 10_000 }),
    (name, value) => {
      const grid = gridNamed(name);
      const [floor, ceil] = [grid.floor(at(value)), grid.ceil(at(value))];
      if (floor !== null) assert.ok(floor <= value && grid.has(floor));
      if (ceil !== null) assert.ok(ceil >= value && grid.has(ceil));
      assert.equal(grid.has(at(value)), floor === value && ceil === value);
      const next = floor === null ? null : grid.next(floor);
      if (next !== null) assert.equal(grid.previous(next), floor);
    },
  ));
});

Deno.test("grids of the same ranges are one and the same", () => {
  assert.equal(PriceGrid.from([range(0, 10_000, 100)]), PriceGrid.from([range(0, 10_000, 100)]));
});
