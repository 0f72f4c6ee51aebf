import assert from "node:assert/strict";
import fc from "fast-check";
import { StepReturns } from "./step_returns.ts";

/** [end, return] of every step, with returns to 9 digits. */
function stepsOf(step: number, missingMax: number, prices: readonly (readonly [number, number])[]): [number, string][] {
  const found: [number, string][] = [];
  const steps = new StepReturns(step, missingMax, (logReturn, end) => found.push([end, logReturn.toFixed(9)]));
  for (const [second, price] of prices) steps.push(second, price);
  return found;
}

const CASES: [name: string, prices: [number, number][], steps: [number, number][]][] = [
  ["a price on the boundary closes the step at once", [[60, 100], [120, 101]], [[120, Math.log(1.01)]]],
  ["the last price before the boundary closes it", [[60, 100], [110, 101], [121, 150]], [[120, Math.log(1.01)]]],
  ["a price older than 20 seconds closes nothing", [[60, 100], [90, 101], [121, 150]], [[120, NaN]]],
  ["a step after an unknown one is unknown", [[60, 100], [90, 101], [121, 150], [180, 1]], [[120, NaN], [180, NaN]]],
  ["no step ends before the first whole one began", [[70, 100], [119, 100], [120, 101]], []],
  ["a silence gives as many unknown steps as are wanted, the last ones", [[60, 1], [601, 1]], [
    [420, NaN],
    [480, NaN],
    [540, NaN],
    [600, NaN],
  ]],
];

for (const [name, prices, steps] of CASES) {
  Deno.test(`steps: ${name}`, () => {
    assert.deepEqual(stepsOf(60, 4, prices), steps.map(([end, value]) => [end, value.toFixed(9)]));
  });
}

Deno.test("steps of every length end on their multiples, one after the other, and add up to the whole", () => {
  const parameters = fc.record({
    step: fc.integer({ min: 1, max: 90 }),
    moves: fc.array(fc.double({ min: -0.01, max: 0.01, noNaN: true }), { minLength: 1, maxLength: 300 }),
    start: fc.integer({ min: 0, max: 1e9 }),
  });
  fc.assert(
    fc.property(parameters, ({ step, moves, start }) => {
      let price = 100;
      const prices = moves.map((move, k): [number, number] => [start + k, price *= 1 + move]);
      const ends: number[] = [];
      let sum = 0;
      const steps = new StepReturns(step, 10, (logReturn, end) => {
        ends.push(end);
        sum += logReturn;
      });
      for (const [second, each] of prices) steps.push(second, each);
      const first = Math.ceil(start / step) * step;
      const last = Math.floor((start + moves.length - 1) / step) * step;
      assert.equal(ends.length, Math.max(0, (last - first) / step));
      ends.forEach((end, k) => assert.equal(end, first + (k + 1) * step));
      if (ends.length > 0) {
        const whole = Math.log(prices[last - start][1] / prices[first - start][1]);
        assert.ok(Math.abs(sum - whole) < 1e-9, `${sum}, wanted ${whole}`);
      }
    }),
    { seed: 11, numRuns: 300 },
  );
});
