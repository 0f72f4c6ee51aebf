import assert from "node:assert/strict";
import fc from "fast-check";
import { EventReader } from "./sse.ts";

Deno.test("events survive any cutting of the stream", () => {
  const text =
    ': hello\n\nid: a.1\ndata: {"x":1}\n\ndata: two\ndata: lines\n\nretry: 5\n\nid: a.2\r\ndata:tight\r\n\r\n';
  const wanted = [
    { id: "a.1", data: '{"x":1}' },
    { id: "a.1", data: "two\nlines" },
    { id: "a.2", data: "tight" },
  ];
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (cuts) => {
      const reader = new EventReader();
      const ends = [...cuts, text.length].sort((a, b) => a - b);
      const events = ends.flatMap((end, k) => reader.push(text.slice(k === 0 ? 0 : ends[k - 1], end)));
      assert.deepEqual(events, wanted);
    }),
    { seed: 5, numRuns: 200 },
  );
});

Deno.test("a line without an end is refused before it fills the memory", () => {
  const reader = new EventReader();
  const piece = "x".repeat(4_000_000);
  assert.throws(() => {
    for (let k = 0; k < 6; k++) reader.push(piece);
  }, RangeError);
});
