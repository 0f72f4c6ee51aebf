import assert from "node:assert/strict";
import fc from "fast-check";
import { count, micros, MICROS_PER_SECOND } from "../core/units.ts";
import { type Pace, sliceNow } from "./slicing.ts";

const at = (seconds: number) => micros(Math.round(seconds * MICROS_PER_SECOND));
const twap: Pace = { kind: "twap", seconds: 100, slices: 4, depthShare: 1 };
const vwap: Pace = { kind: "vwap", volumeShare: 0.1, depthShare: 1 };
const parent = { since: at(0), total: count(1_000), traded: 5_000, held: count(0) };

/** [pace, second, traded since, done, wanted, depth, what goes out]; counts in contracts. */
const CASES: readonly (readonly [string, Pace, number, number, number, number, number, number])[] = [
  ["the first part goes at once, rounded up to a whole contract", twap, 0, 0, 0, 10, 100, 3],
  ["nothing more before the second part begins", twap, 24.9, 0, 3, 7, 100, 0],
  ["the second part begins after a quarter of the time", twap, 25, 0, 3, 7, 100, 2],
  ["what the first part could not get is wanted again with the second", twap, 25, 0, 1, 9, 100, 4],
  ["with the last part everything goes", twap, 75, 0, 5, 5, 100, 5],
  ["later than that, too", twap, 1_000, 0, 5, 5.5, 100, 5.5],
  ["what is wanted may have become less", twap, 75, 0, 5, 1, 100, 1],
  ["a slice takes its share of the depth", { ...twap, depthShare: 0.25 }, 75, 0, 0, 10, 13, 3],
  ["nothing is displayed", twap, 75, 0, 0, 10, 0, 0],
  ["nobody has traded since", vwap, 50, 0, 0, 10, 100, 0],
  ["a tenth of what others traded", vwap, 50, 40, 0, 10, 100, 4],
  ["less what was done already", vwap, 50, 40, 3, 7, 100, 1],
  ["a part of a contract is not worth an order", vwap, 50, 9, 0, 10, 100, 0],
  ["unless it is all that is wanted", vwap, 50, 90, 8, 0.5, 100, 0.5],
];

for (const [name, pace, second, traded, done, wanted, depth, expected] of CASES) {
  Deno.test(`${pace.kind}: ${name}`, () => {
    const slice = sliceNow(pace, parent, {
      at: at(second),
      traded: parent.traded + traded * 100,
      done: count(done * 100),
      wanted: count(wanted * 100),
      depth: count(depth * 100),
    });
    assert.equal(slice / 100, expected);
  });
}

Deno.test("slices never come to more than is wanted, keep to the time, and with depth enough everything is done", () => {
  const pace = fc.record({
    kind: fc.constant("twap" as const),
    seconds: fc.integer({ min: 0, max: 3_600 }),
    slices: fc.integer({ min: 1, max: 50 }),
    depthShare: fc.double({ min: 0.01, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(
      pace,
      fc.integer({ min: 1, max: 100_000 }),
      fc.array(fc.nat(5_000), { maxLength: 60 }),
      (pace, total, fills) => {
        const parent = { since: at(0), total: count(total), traded: 0, held: count(0) };
        const run = (second: number, done: number, depth: number) =>
          sliceNow(pace, parent, {
            at: at(second),
            traded: 0,
            done: count(done),
            wanted: count(total - done),
            depth: count(depth),
          });
        let done = 0;
        for (const [step, depth] of fills.entries()) {
          const second = step * pace.seconds / 60;
          const slice = run(second, done, depth);
          assert.ok(slice >= 0 && done + slice <= total && slice <= Math.floor(depth * pace.depthShare));
          // In the microseconds that the engine counts in: half a part in seconds may be a hair less.
          const every = pace.seconds * MICROS_PER_SECOND / pace.slices;
          const begun = every === 0 ? pace.slices : Math.floor(at(second) / every) + 1;
          assert.ok(
            begun >= pace.slices || done + slice <= Math.ceil(total * begun / pace.slices / 100) * 100 || slice === 0,
          );
          done += slice;
        }
        assert.equal(done + run(pace.seconds, done, 1e9), total);
      },
    ),
  );
});
