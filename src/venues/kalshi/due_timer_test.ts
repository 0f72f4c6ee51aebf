import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { DueTimer } from "./due_timer.ts";

const START = 1_790_000_000_000_000 as Micros;
const after = (seconds: number) => START + seconds * MICROS_PER_SECOND as Micros;

function rig() {
  const clock = new SteppedClock(START);
  const ranAt: number[] = [];
  const timer = new DueTimer(clock, () => ranAt.push((clock.now() - START) / MICROS_PER_SECOND));
  return { clock, ranAt, timer };
}

const CASES: readonly (readonly [claim: string, scheduled: readonly number[], runs: readonly number[]])[] = [
  ["one moment", [5], [5]],
  ["a later one adds nothing", [5, 8], [5]],
  ["the same again adds nothing", [5, 5], [5]],
  ["a sooner one takes its place", [8, 5], [5]],
  ["a moment long past is now", [8, -60], [0]],
  ["the beginning of time is now", [-Infinity], [0]],
  ["never", [Infinity], []],
];

for (const [claim, scheduled, runs] of CASES) {
  Deno.test(`the soonest moment counts: ${claim}`, () => {
    const { clock, ranAt, timer } = rig();
    for (const seconds of scheduled) timer.schedule(after(seconds));
    clock.advanceTo(after(100));
    assert.deepEqual(ranAt, runs);
  });
}

Deno.test("once it has run, a later moment can be scheduled, by the task itself too", () => {
  const clock = new SteppedClock(START);
  const ranAt: number[] = [];
  const timer = new DueTimer(clock, () => {
    ranAt.push((clock.now() - START) / MICROS_PER_SECOND);
    if (ranAt.length < 3) timer.schedule(clock.now() + 10 * MICROS_PER_SECOND);
  });
  timer.schedule(after(5));
  clock.advanceTo(after(60));
  assert.deepEqual(ranAt, [5, 15, 25]);
  timer.schedule(after(70));
  clock.advanceTo(after(100));
  assert.deepEqual(ranAt, [5, 15, 25, 70]);
});

Deno.test("stopped, it runs nothing, whenever that was scheduled", () => {
  const { clock, ranAt, timer } = rig();
  timer.schedule(after(5));
  timer.stop();
  timer.schedule(after(3));
  clock.advanceTo(after(100));
  assert.deepEqual(ranAt, []);
});
