import assert from "node:assert/strict";
import { type Micros, micros, MICROS_PER_MINUTE } from "../core/units.ts";
import { SteppedClock } from "../ops/clock.ts";
import { startRetention } from "./retention.ts";

const START = micros(1_791_295_080_000_000);

interface Stage {
  readonly clock: SteppedClock;
  /** Minutes from the start at which the store was compacted. */
  readonly compacted: number[];
  readonly told: string[];
  readonly stop: () => void;
  /** Moves time to this minute and lets what that set off come to its end. */
  until(minute: number): Promise<void>;
}

function stage(compact: () => Promise<void> = () => Promise.resolve()): Stage {
  const clock = new SteppedClock(START);
  const compacted: number[] = [];
  const told: string[] = [];
  const store = {
    async compact(now: Micros) {
      compacted.push((now - START) / MICROS_PER_MINUTE);
      await compact();
      return { removed: 0 };
    },
  };
  const stop = startRetention(store, clock, (text) => told.push(text));
  const until = async (minute: number): Promise<void> => {
    clock.advanceTo(micros(START + minute * MICROS_PER_MINUTE));
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { clock, compacted, told, stop, until };
}

Deno.test("the store is compacted a minute after the start and hourly from then on, until the end", async () => {
  const { compacted, told, stop, until } = stage();
  for (const minute of [0.9, 1, 60, 61, 121]) await until(minute);
  assert.deepEqual(compacted, [1, 61, 121]);
  stop();
  stop();
  await until(500);
  assert.deepEqual(compacted, [1, 61, 121]);
  assert.deepEqual(told, []);
});

Deno.test("a compaction that takes longer than an hour is not joined by a second one", async () => {
  let finish = () => {};
  const { clock, compacted, until } = stage(() => new Promise((resolve) => finish = resolve));
  await until(1);
  await until(200);
  assert.deepEqual(compacted, [1]);
  finish();
  await until(201);
  clock.advanceTo(micros(clock.now() + 60 * MICROS_PER_MINUTE));
  assert.deepEqual(compacted, [1, 261]);
});

Deno.test("compactions that fail are told once, go on, and are told again after one that worked", async () => {
  let works = false;
  const { compacted, told, until } = stage(() => works ? Promise.resolve() : Promise.reject(new Error("Disk is full")));
  for (const minute of [1, 61, 121]) await until(minute);
  assert.deepEqual(told, ["What is too old could not be deleted from the store: Disk is full"]);
  works = true;
  await until(181);
  works = false;
  await until(241);
  assert.equal(told.length, 2);
  assert.deepEqual(compacted, [1, 61, 121, 181, 241]);
});

Deno.test("a compaction that the end of the run cuts off is not told", async () => {
  let fail = () => {};
  const { compacted, told, stop, until } = stage(() =>
    new Promise((_, reject) => fail = () => reject(new Error("Closed")))
  );
  await until(1);
  stop();
  fail();
  await until(500);
  assert.deepEqual([compacted, told], [[1], []]);
});
