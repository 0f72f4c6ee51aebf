import assert from "node:assert/strict";
import fc from "fast-check";
import { Ladder } from "./ladder.ts";
import { count, price } from "./units.ts";

Deno.test("a ladder that was cleared is as a new one, however many levels it had and however fine they were", () => {
  const level = fc.tuple(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 1, max: 10_000 }));
  const coarse = fc.tuple(fc.integer({ min: 1, max: 999 }).map((at) => at * 10), fc.integer({ min: 1, max: 10_000 }));
  const levels = fc.oneof(fc.array(level, { maxLength: 200 }), fc.array(coarse, { maxLength: 200 }));
  fc.assert(fc.property(levels, levels, (before, after) => {
    const used = new Ladder();
    for (const [at, size] of before) used.add(price(at), count(size));
    used.clear();
    assert.deepEqual([used.best, used.levels, used.total, used.top(10)], [0, 0, 0, []]);
    const fresh = new Ladder();
    for (const ladder of [used, fresh]) for (const [at, size] of after) ladder.add(price(at), count(size));
    assert.deepEqual([used.best, used.levels, used.total], [fresh.best, fresh.levels, fresh.total]);
    assert.deepEqual(used.top(1_000), fresh.top(1_000));
  }));
});
