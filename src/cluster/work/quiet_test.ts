import assert from "node:assert/strict";
import fc from "fast-check";
import { Quiet } from "./quiet.ts";

/** Lets everything run that can. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("who must be alone waits for the others, and they for him; all come to their end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), fc.infiniteStream(fc.nat(3)), async (kinds, turns) => {
      const quiet = new Quiet();
      const running = new Map<number, () => void>();
      const all = kinds.map((alone, k) =>
        quiet.run(alone, async () => {
          const { promise, resolve } = Promise.withResolvers<void>();
          running.set(k, resolve);
          await promise;
          running.delete(k);
        })
      );
      for (let step = 0; step < 3 * kinds.length; step++) {
        await settle();
        const inside = [...running.keys()];
        assert.ok(inside.length <= 1 || inside.every((k) => !kinds[k]), `${inside} of ${kinds} run side by side`);
        const [turn] = turns.take(1);
        inside.length > 0 && running.get(inside[turn % inside.length])?.();
      }
      await Promise.all(all);
    }),
    { seed: 13, numRuns: 50 },
  );
});

Deno.test("work that throws lets the next one in", async () => {
  const quiet = new Quiet();
  await assert.rejects(() => quiet.run(true, () => Promise.reject(new Error("planted"))), /planted/);
  assert.equal(await quiet.run(false, () => Promise.resolve(3)), 3);
});
