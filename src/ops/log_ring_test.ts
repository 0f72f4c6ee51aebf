import assert from "node:assert/strict";
import fc from "fast-check";
import { LogRing } from "./log_ring.ts";

Deno.test("the ring gives the newest lines after a number, oldest first, like a list that was never cut", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 20 }), fc.nat(60), fc.nat(60), (count, size, after, limit) => {
      const ring = new LogRing(size);
      const all = Array.from({ length: count }, (_, index) => index + 1);
      for (const number of all) ring.append("", "info", "kbot", `line ${number}`);
      const kept = limit === 0 ? [] : all.slice(-size).filter((number) => number > after).slice(-limit);
      const lines = ring.after(after, limit);
      assert.deepEqual(lines.map((line) => line.number), kept);
      assert.ok(lines.every((line) => line.text === `line ${line.number}`));
    }),
    { seed: 7 },
  );
});

Deno.test("a listener hears each line until it stops listening", () => {
  const ring = new LogRing();
  let heard = 0;
  const stop = ring.onLine(() => heard++);
  ring.append("", "info", "kbot", "one");
  stop();
  ring.append("", "info", "kbot", "two");
  assert.equal(heard, 1);
});
