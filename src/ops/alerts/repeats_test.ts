import assert from "node:assert/strict";
import fc from "fast-check";
import { MICROS_PER_SECOND } from "../../core/units.ts";
import { alertOf, TestTime } from "./alert_fixture.ts";
import type { Alert } from "./alert.ts";
import { Repeats } from "./repeats.ts";

function stage(seconds: number) {
  const time = new TestTime();
  const told: Alert[] = [];
  const repeats = new Repeats(time.clock, seconds * MICROS_PER_SECOND, (alert) => told.push(alert));
  return { time, told, repeats, said: () => told.map(({ text, count }) => `${text} x${count}`) };
}

const gap = (text: string) => alertOf({ event: "index_stale", subject: "halt feed_stale BRTI", text });
const over = (text: string) => alertOf({ event: "halt_over", subject: "halt feed_stale BRTI", text });

Deno.test("the same alert is said at once, counted within the window, and said once more with its count", async () => {
  const { time, repeats, said } = stage(600);
  for (let each = 0; each < 5; each++) {
    repeats.take(gap("stale"));
    await time.pass(1);
  }
  assert.deepEqual(said(), ["stale x1"]);
  await time.pass(600);
  assert.deepEqual(said(), ["stale x1", "stale x4"]);
});

Deno.test("a subject that breaks and works by turns is told in the order of what happened last", async () => {
  const { time, repeats, said } = stage(600);
  for (let each = 0; each < 3; each++) {
    repeats.take(gap("stale"));
    await time.pass(10);
    repeats.take(over("fresh"));
    await time.pass(10);
  }
  repeats.take(gap("stale"));
  await time.pass(600);
  assert.deepEqual(said(), ["stale x1", "fresh x1", "fresh x2", "stale x3"]);
});

Deno.test("after a quiet window the next one is said at once again", async () => {
  const { time, repeats, said } = stage(60);
  repeats.take(gap("stale"));
  await time.pass(61);
  repeats.take(gap("stale"));
  assert.deepEqual(said(), ["stale x1", "stale x1"]);
});

Deno.test("without a window everything is said", () => {
  const { repeats, said } = stage(0);
  repeats.take(gap("one"));
  repeats.take(gap("two"));
  assert.deepEqual(said(), ["one x1", "two x1"]);
});

Deno.test("what was counted is said at the end", () => {
  const { repeats, said } = stage(600);
  repeats.take(gap("one"));
  repeats.take(gap("two"));
  repeats.flush();
  assert.deepEqual(said(), ["one x1", "two x1"]);
});

Deno.test("no alert is lost in the counts, whatever subjects come how fast, and memory is bounded", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ subject: fc.integer({ min: 0, max: 600 }), wait: fc.integer({ min: 0, max: 5 }) }), {
        maxLength: 800,
      }),
      async (arrivals) => {
        const { time, told, repeats } = stage(60);
        for (const { subject, wait } of arrivals) {
          if (wait === 5) await time.pass(30);
          repeats.take(alertOf({ subject: `subject ${subject}` }));
        }
        repeats.flush();
        assert.equal(told.reduce((sum, { count }) => sum + count, 0), arrivals.length);
      },
    ),
    { seed: 3, numRuns: 20 },
  ));
