import assert from "node:assert/strict";
import fc from "fast-check";
import { axis } from "./scatter_axis.ts";

Deno.test("an axis goes from label to label, in steps that fit, and holds every point", () => {
  const anyShare = fc.double({ min: -20, max: 20, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.record({ x: anyShare, y: anyShare })), fc.constantFrom(0.05, 0.25), (points, step) => {
      const { low, high, ticks } = axis(points, { least: [0, 1], step });
      assert.ok(ticks.length >= 2 && ticks.length <= 7, String(ticks));
      assert.deepEqual([ticks[0], ticks[ticks.length - 1]], [low, high]);
      for (const { x, y } of points) for (const value of [x, y]) assert.ok(low - 1e-6 <= value && value <= high + 1e-6);
    }),
    { seed: 24 },
  );
});

Deno.test("an axis of shares has quarters", () => {
  assert.deepEqual(axis([], { least: [0, 1], step: 0.25 }), { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1] });
});
