import assert from "node:assert/strict";
import fc from "fast-check";
import { Timeline, withEarlier } from "./timeline.ts";

Deno.test("a timeline is bounded, rises in time, and ends with the newest value, whatever comes", () => {
  const anyPoint = fc.record({
    at: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.constant(NaN)),
    value: fc.oneof(fc.double(), fc.constant(null)),
  });
  fc.assert(
    fc.property(fc.array(anyPoint, { maxLength: 60 }), (points) => {
      const timeline = new Timeline({ pointsMax: 8, spacingMs: 100 });
      let newest: { at: number; value: number } | null = null;
      for (const { at, value } of points) {
        timeline.add("k", at, value);
        const readable = value !== null && Number.isFinite(value) && Number.isFinite(at);
        if (readable && (newest === null || at >= newest.at)) newest = { at, value };
      }
      const line = timeline.of("k");
      assert.ok(line.length <= 8);
      assert.deepEqual(line.at(-1) ?? null, newest);
      line.forEach(({ at }, k) => assert.ok(k === 0 || at >= line[k - 1].at));
    }),
    { seed: 25 },
  );
});

Deno.test("points that follow closely are thinned to the spacing", () => {
  const timeline = new Timeline({ pointsMax: 100, spacingMs: 1_000 });
  for (let at = 0; at <= 10_000; at += 100) timeline.add("k", at, at);
  const line = timeline.of("k");
  assert.equal(line.length, 11);
  assert.deepEqual(line.map(({ at }) => at), [
    0,
    1_000,
    2_000,
    3_000,
    4_000,
    5_000,
    6_000,
    7_000,
    8_000,
    9_000,
    10_000,
  ]);
});

Deno.test("what was before is put in front, once and in order", () => {
  const timeline = new Timeline({ pointsMax: 3, spacingMs: 0 });
  timeline.add("k", 10, 1);
  timeline.prepend("k", [{ at: 5, value: 5 }, { at: 1, value: 1 }, { at: 10, value: 9 }, { at: 3, value: NaN }]);
  assert.deepEqual(timeline.of("k"), [{ at: 1, value: 1 }, { at: 5, value: 5 }, { at: 10, value: 1 }]);
  timeline.prepend("k", [{ at: 0, value: 0 }]);
  assert.deepEqual(timeline.of("k")[0], { at: 1, value: 1 }, "there is no room for more");
});

Deno.test("what has gone is forgotten", () => {
  const timeline = new Timeline({ pointsMax: 3, spacingMs: 0 });
  timeline.add("a", 1, 1);
  timeline.add("b", 1, 1);
  timeline.keep(new Set(["b"]));
  assert.equal(timeline.of("a").length, 0);
  assert.equal(timeline.of("b").length, 1);
});

Deno.test("what was before stands in front of a line, and nothing of it twice", () => {
  const earlier = [{ at: 1, value: 1 }, { at: 2, value: 2 }, { at: 3, value: 3 }];
  const line = [{ at: 3, value: 30 }, { at: 4, value: 40 }];
  assert.deepEqual(withEarlier(earlier, line).map(({ at }) => at), [1, 2, 3, 4]);
  assert.deepEqual(withEarlier(earlier, line)[2].value, 30);
  assert.deepEqual(withEarlier(earlier, []), earlier);
  assert.equal(withEarlier([], line), line);
});
