import assert from "node:assert/strict";
import { MICROS_PER_SECOND } from "../core/units.ts";
import { Backoff, BACKOFF_MAX, BACKOFF_MIN } from "./backoff.ts";

Deno.test("waits double from one second to a minute, spread by half of themselves", () => {
  const slow = new Backoff(() => 0.999999);
  const waits = Array.from({ length: 9 }, () => Math.round(slow.next() / MICROS_PER_SECOND));
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  slow.reset();
  assert.equal(Math.round(slow.next() / MICROS_PER_SECOND), 1);
  const fast = new Backoff(() => 0);
  for (let round = 0; round < 50; round++) {
    const wait = fast.next();
    assert.ok(wait >= BACKOFF_MIN && wait <= BACKOFF_MAX);
  }
});
