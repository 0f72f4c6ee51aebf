import assert from "node:assert/strict";
import fc from "fast-check";
import { StepTimes } from "./step_times.ts";

Deno.test("quantiles are right to 8 % of what was added, and begin anew when taken", () =>
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.2, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 300 }), (all) => {
      const times = new StepTimes();
      for (const us of all) times.add(us);
      const { timed, p50Us, p99Us, maxUs } = times.take();
      const sorted = all.toSorted((a, b) => a - b);
      const exact = (part: number) => sorted[Math.ceil(part * sorted.length) - 1];
      for (const [got, wanted] of [[p50Us, exact(0.5)], [p99Us, exact(0.99)]]) {
        assert.ok(got !== null && wanted !== null && got >= wanted * 0.999 && got <= wanted * 1.08, `${got} ${wanted}`);
      }
      assert.deepEqual([timed, maxUs], [all.length, sorted.at(-1)]);
      assert.deepEqual(times.take(), { timed: 0, p50Us: null, p99Us: null, maxUs: null });
    }),
    { seed: 4 },
  ));

Deno.test("one of 64 inputs is timed", () => {
  const times = new StepTimes();
  assert.equal(Array.from({ length: 6_400 }, () => times.due()).filter(Boolean).length, 100);
});
