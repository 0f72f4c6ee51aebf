import assert from "node:assert/strict";
import fc from "fast-check";
import { shareLines } from "./stack.ts";

Deno.test("everyone gets the least in order of importance, and the rest goes by weight", () => {
  const wish = (least: number, most: number, weight: number) => ({ least, most, weight });
  for (
    const [available, wishes, shares] of [
      [20, [wish(2, 100, 3), wish(2, 100, 1)], [15, 5]],
      [20, [wish(2, 4, 3), wish(2, 100, 1)], [4, 16]],
      [5, [wish(2, 100, 1), wish(2, 100, 1), wish(2, 100, 1)], [3, 2, 0]],
      [3, [wish(2, 100, 1), wish(2, 100, 1), wish(1, 1, 1)], [2, 0, 1]],
      [1, [wish(2, 100, 1)], [0]],
      [0, [wish(1, 1, 1)], [0]],
      [10, [wish(1, 1, 1), wish(1, 2, 1)], [1, 2]],
      [10, [], []],
    ] as const
  ) assert.deepEqual(shareLines(available, wishes), shares);
});

Deno.test("no more is shared than there is, nobody gets more than it wants, and nothing is left where somebody wants", () => {
  const wish = fc.record({
    least: fc.integer({ min: 1, max: 5 }),
    most: fc.integer({ min: 1, max: 2_000 }),
    weight: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: -3, max: 200 }), fc.array(wish, { maxLength: 7 }), (available, wishes) => {
      const shares = shareLines(available, wishes);
      const sum = shares.reduce((total, share) => total + share, 0);
      assert.ok(sum <= Math.max(0, available));
      for (const [at, share] of shares.entries()) {
        assert.ok(share === 0 || (share >= Math.min(wishes[at].least, wishes[at].most) && share <= wishes[at].most));
      }
      const hungry = shares.some((share, at) => share > 0 && share < wishes[at].most);
      if (hungry) assert.equal(sum, available);
    }),
    { numRuns: 2_000, seed: 7 },
  );
});
