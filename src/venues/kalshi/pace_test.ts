import assert from "node:assert/strict";
import fc from "fast-check";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { SteppedClock } from "../../ops/clock.ts";
import { type OrderWait, TokenBucket, type Urgency } from "./pace.ts";

const START = 1_790_000_000_000_000 as Micros;
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const later = (seconds: number): Micros => (START + Math.round(seconds * MICROS_PER_SECOND)) as Micros;

/** A bucket on a clock that the test moves, and the order in which things left it. */
function rig(refillPerSecond: number, capacity = refillPerSecond) {
  const clock = new SteppedClock(START);
  const bucket = new TokenBucket(clock, { refillPerSecond, capacity });
  const left: string[] = [];
  return {
    clock,
    bucket,
    left,
    take(name: string, cost: number, urgency: Urgency, wait?: OrderWait): void {
      void bucket.take(cost, urgency, wait).then((admission) =>
        left.push(admission === "admitted" ? name : `${name} ${admission}`)
      );
    },
    async at(seconds: number): Promise<string[]> {
      clock.advanceTo(later(seconds));
      await settle();
      return left;
    },
  };
}

Deno.test("requests leave as fast as the bucket refills, cancels before orders before reads", async () => {
  const { take, at } = rig(10);
  take("first", 10, "order");
  take("background", 10, "background");
  take("read", 10, "read");
  take("order", 10, "order");
  take("cancel", 2, "cancel");
  assert.deepEqual(await at(0), ["first"]);
  for (const [seconds, expected] of [[0.3, 2], [1.3, 3], [2.3, 4], [3.3, 5]]) {
    assert.equal((await at(seconds)).length, expected, `after ${seconds} s`);
  }
  assert.deepEqual(await at(3.3), ["first", "cancel", "order", "read", "background"]);
});

Deno.test("of the orders that wait, those with the least edge are left over, and dropped when their time is up", async () => {
  const { take, at } = rig(10);
  const waitMax = 2.5 * MICROS_PER_SECOND;
  take("first", 10, "order");
  take("cent", 10, "order", { edge: 0.01, waitMax });
  take("nickel", 10, "order", { edge: 0.05, waitMax });
  take("unknown", 10, "order", { edge: null, waitMax });
  take("penny", 10, "order", { edge: 0.01, waitMax });
  assert.deepEqual(await at(2.4), ["first", "unknown", "nickel"]);
  assert.deepEqual(await at(2.6), ["first", "unknown", "nickel", "cent dropped", "penny dropped"]);
});

Deno.test("a hundred orders may wait; one more pushes out the one with the least edge", async () => {
  const { take, at } = rig(1);
  take("first", 1, "order");
  for (let edge = 1; edge <= 100; edge++) take(`edge ${edge}`, 1, "order", { edge, waitMax: Infinity });
  take("worse", 1, "order", { edge: 0.5, waitMax: Infinity });
  take("better", 1, "order", { edge: 50.5, waitMax: Infinity });
  assert.deepEqual(await at(0), ["first", "worse dropped", "edge 1 dropped"]);
});

Deno.test("a cancel does not wait behind orders that cost more than there is", async () => {
  const { take, at } = rig(10);
  take("first", 8, "order");
  take("order", 10, "order");
  take("cancel", 2, "cancel");
  assert.deepEqual(await at(0), ["first", "cancel"]);
});

Deno.test("after 'too many requests' nothing leaves until the pause is over, but cancels", async () => {
  const { bucket, take, at } = rig(100);
  bucket.refused(MICROS_PER_SECOND);
  take("read", 1, "read");
  take("cancel", 2, "cancel");
  assert.deepEqual(await at(0.1), ["cancel"]);
  assert.deepEqual(await at(0.9), ["cancel"]);
  assert.deepEqual(await at(1.1), ["cancel", "read"]);
});

Deno.test("after 'too many requests' half the refill is counted on for a minute, and never less than an eighth", async () => {
  const { bucket, at } = rig(800);
  const believed = async (seconds: number) => {
    await at(seconds);
    bucket.wouldWait(1, "read");
    return bucket.refillPerSecond;
  };
  for (const expected of [400, 200, 100, 100]) {
    bucket.refused(1);
    assert.equal(bucket.refillPerSecond, expected);
  }
  assert.equal(await believed(59), 100);
  assert.equal(await believed(61), 800);
});

Deno.test("what costs more than the bucket holds is refused, but for a cancel, which leaves once the bucket is full", async () => {
  const { bucket } = rig(10);
  for (const urgency of ["order", "read", "background"] as const) {
    assert.equal(await bucket.take(11, urgency), "oversized");
  }
  assert.equal(bucket.wouldWait(10, "read"), false, "nothing was spent");
  assert.equal(await bucket.take(50, "cancel"), "admitted");
  assert.equal(bucket.wouldWait(1, "read"), true);
});

Deno.test("no more than a thousand wait; those who would, and those who wait at the end, are turned away", async () => {
  const { bucket } = rig(1);
  await bucket.take(1, "read");
  const waiting = Array.from({ length: 1_000 }, () => bucket.take(1, "read"));
  assert.equal(await bucket.take(1, "cancel"), "full");
  bucket.clear();
  assert.ok((await Promise.all(waiting)).every((admission) => admission === "closed"));
});

Deno.test("whatever is asked when, no more leaves than the bucket held and was refilled, and everything is answered", async () => {
  const asks = fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: 400 }),
      cost: fc.constantFrom(2, 10, 50),
      urgency: fc.constantFrom<Urgency>("cancel", "order", "read", "background"),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(asks, async (list) => {
      const clock = new SteppedClock(START);
      const bucket = new TokenBucket(clock, { refillPerSecond: 100, capacity: 200 });
      let spent = 0;
      let answered = 0;
      for (const { wait, cost, urgency } of list) {
        clock.advanceTo((clock.now() + wait * 1_000) as Micros);
        const order = urgency === "order" ? { edge: null, waitMax: MICROS_PER_SECOND } : undefined;
        void bucket.take(cost, urgency, order).then((admission) => {
          answered++;
          if (admission === "admitted") spent += cost;
        });
        await Promise.resolve();
        await Promise.resolve();
        assert.ok(spent <= 200 + (clock.now() - START) / MICROS_PER_SECOND * 100, `${spent} tokens spent`);
      }
      clock.advanceTo((clock.now() + 60 * MICROS_PER_SECOND) as Micros);
      await settle();
      assert.equal(answered, list.length);
    }),
    { numRuns: 100, seed: 1 },
  );
});
