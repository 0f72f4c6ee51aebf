import assert from "node:assert/strict";
import { boundedMinimum } from "./bounded_minimum.ts";

const BOUNDS = { low: [-2, -2], high: [2, 2] };

Deno.test("the bottom of Rosenbrock's valley is found", () => {
  const valley = ([x, y]: readonly number[]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
  const { at, value, evaluations } = boundedMinimum(valley, [-1.2, 1], BOUNDS, 500, 1e-12);
  assert.ok(value < 1e-9 && Math.abs(at[0] - 1) < 1e-4 && Math.abs(at[1] - 1) < 1e-4, `${at}`);
  assert.ok(evaluations <= 500);
});

Deno.test("a minimum beyond the bounds is found on them, and nothing outside is ever asked for", () => {
  const { at } = boundedMinimum(
    ([x, y]) => {
      assert.ok(Math.abs(x) <= 2 && Math.abs(y) <= 2);
      return (x - 5) ** 2 + (y + 0.5) ** 2;
    },
    [0, 2],
    BOUNDS,
    300,
    1e-12,
  );
  assert.ok(at[0] === 2 && Math.abs(at[1] + 0.5) < 1e-3, `${at}`);
});

Deno.test("the search ends after its evaluations, whatever the function says", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    let asked = 0;
    boundedMinimum(() => (asked++, value), [0, 0], BOUNDS, 50, 0);
    assert.ok(asked <= 50, `${asked}`);
  }
  let asked = 0;
  // Falls without end towards a corner that is never reached exactly.
  boundedMinimum(([x, y]) => (asked++, -1 / (1e-9 + (2 - x) ** 2 + (2 - y) ** 2)), [0, 0], BOUNDS, 60, 0);
  assert.ok(asked <= 60, `${asked}`);
});
