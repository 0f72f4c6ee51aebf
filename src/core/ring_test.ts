import assert from "node:assert/strict";
import fc from "fast-check";
import { SecondRing } from "./ring.ts";

Deno.test("an empty ring has nothing to say", () => {
  const ring = new SecondRing();
  assert.deepEqual(
    [ring.newestSecond, ring.newestValue, ring.rollingMean, ring.rollingCount, ring.valueAt(0)],
    [null, null, null, 0, null],
  );
  assert.deepEqual(ring.meanOf(0, 100), { mean: null, count: 0 });
});

Deno.test("a missing second stays missing and is not counted", () => {
  const ring = new SecondRing();
  ring.push(1_000, 10);
  ring.push(1_003, 40);
  assert.equal(ring.valueAt(1_001), null);
  assert.deepEqual(ring.meanOf(1_000, 1_003), { mean: 25, count: 2 });
  ring.push(1_001, 22);
  assert.deepEqual(ring.meanOf(1_000, 1_003), { mean: 24, count: 3 });
  assert.deepEqual([ring.rollingMean, ring.rollingCount], [24, 3]);
});

Deno.test("a value for a second that has left the ring is refused and changes nothing", () => {
  const ring = new SecondRing(300);
  ring.push(1_000, 1);
  ring.push(1_300, 2);
  assert.equal(ring.push(1_000, 99), false);
  assert.equal(ring.push(1_001, 3), true);
  assert.equal(ring.valueAt(1_000), null);
  assert.deepEqual(ring.meanOf(0, 5_000), { mean: 2.5, count: 2 });
});

Deno.test("a wrong second, value or capacity is a bug and throws", () => {
  const ring = new SecondRing();
  for (const second of [0.5, -1, NaN, Infinity]) assert.throws(() => ring.push(second, 1), /whole second/);
  for (const value of [NaN, Infinity]) assert.throws(() => ring.push(1, value), /finite/);
  for (const capacity of [299, 300.5, 0]) assert.throws(() => new SecondRing(capacity), /at least 300/);
});

Deno.test("whatever comes in whatever order, the ring equals a plain map of the last seconds", () => {
  const moves = fc.array(
    fc.record({ step: fc.integer({ min: -400, max: 90 }), value: fc.integer({ min: 1, max: 100_000 }) }),
    { maxLength: 400 },
  );
  fc.assert(fc.property(moves, (steps) => {
    const ring = new SecondRing(300);
    const plain = new Map<number, number>();
    let newest = 100_000;
    for (const { step, value } of steps) {
      const second = newest + step;
      const taken = ring.push(second, value);
      if (plain.size === 0) newest = second;
      assert.equal(taken, second > newest - 300);
      if (!taken) continue;
      plain.set(second, value);
      newest = Math.max(newest, second);
      for (const old of plain.keys()) if (old <= newest - 300) plain.delete(old);
      const rolling = [...plain].filter(([at]) => at > newest - 60);
      assert.equal(ring.rollingCount, rolling.length);
      // Whole numbers: sums are exact however they are made.
      assert.equal(ring.rollingMean, rolling.reduce((sum, [, each]) => sum + each, 0) / rolling.length);
      assert.equal(ring.meanOf(newest - 1_000, newest).count, plain.size);
      assert.equal(ring.valueAt(second), value);
    }
  }));
});

Deno.test("the rolling sum does not drift over a million seconds", () => {
  const ring = new SecondRing();
  let value = 84_000.01;
  for (let second = 0; second < 1_000_000; second++) {
    value = 84_000 + ((second * 7_919) % 10_007) / 100 + (second % 50 === 0 ? 1e9 : 0);
    ring.push(second, value);
  }
  const { mean } = ring.meanOf(999_940, 999_999);
  assert.ok(mean !== null && ring.rollingMean !== null);
  assert.ok(Math.abs(ring.rollingMean - mean) < 1e-6, `${ring.rollingMean} against ${mean}`);
});
