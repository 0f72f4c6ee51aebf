import assert from "node:assert/strict";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { TokenBucket } from "./pace.ts";

const START = 1_790_000_000_000_000 as Micros;
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const later = (seconds: number): Micros => (START + seconds * MICROS_PER_SECOND) as Micros;

Deno.test("requests leave as fast as the bucket refills, cancels before orders before reads", async () => {
  const clock = new SteppedClock(START);
  const bucket = new TokenBucket(clock, { refillPerSecond: 10, capacity: 10 });
  const left: string[] = [];
  const take = (name: string, cost: number, urgency: "cancel" | "order" | "read") =>
    void bucket.take(cost, urgency).then((admitted) => left.push(admitted ? name : `${name} turned away`));
  take("first", 10, "order");
  take("read", 10, "read");
  take("order", 10, "order");
  take("cancel", 2, "cancel");
  await settle();
  assert.deepEqual(left, ["first"]);
  for (const [seconds, expected] of [[0.3, 2], [1.3, 3], [2.3, 4]]) {
    clock.advanceTo(later(seconds));
    await settle();
    assert.equal(left.length, expected, `after ${seconds} s: ${left}`);
  }
  assert.deepEqual(left, ["first", "cancel", "order", "read"]);
});

Deno.test("after 'too many requests' nothing leaves until the pause is over", async () => {
  const clock = new SteppedClock(START);
  const bucket = new TokenBucket(clock, { refillPerSecond: 100, capacity: 100 });
  bucket.pause(MICROS_PER_SECOND);
  let left = false;
  void bucket.take(1, "read").then(() => left = true);
  clock.advanceTo(later(0.9));
  await settle();
  assert.equal(left, false);
  clock.advanceTo(later(1.1));
  await settle();
  assert.equal(left, true);
});

Deno.test("a request that costs more than the bucket holds leaves once the bucket is full", async () => {
  const clock = new SteppedClock(START);
  const bucket = new TokenBucket(clock, { refillPerSecond: 10, capacity: 10 });
  assert.equal(await bucket.take(50, "read"), true);
  assert.equal(bucket.wouldWait(1), true);
});

Deno.test("no more than a thousand wait; those who would, and those who wait at the end, are turned away", async () => {
  const clock = new SteppedClock(START);
  const bucket = new TokenBucket(clock, { refillPerSecond: 1, capacity: 1 });
  await bucket.take(1, "read");
  const waiting = Array.from({ length: 1_000 }, () => bucket.take(1, "read"));
  assert.equal(await bucket.take(1, "cancel"), false);
  bucket.clear();
  assert.ok((await Promise.all(waiting)).every((admitted) => !admitted));
});
