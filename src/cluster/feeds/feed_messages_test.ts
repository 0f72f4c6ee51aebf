import assert from "node:assert/strict";
import fc from "fast-check";
import { micros } from "../../core/units.ts";
import { encodeMessage } from "../../store/tape_lines.ts";
import { anyText } from "../../ops/terminal/text_fixture.ts";
import { packedBytes } from "../packed.ts";
import { decodeBatch, decodeClock, decodeKeyframe, encodeBatch, encodeClock, encodeKeyframe } from "./feed_messages.ts";

const RUNS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
const plain = { noNullPrototype: true };
const time = fc.nat().map(micros);

Deno.test("lines arrive word for word, whatever is in them, with the times at which they were heard", () => {
  const line = fc.record({ source: fc.string(), raw: anyText(10), at: time }, plain);
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.nat(), time, fc.array(line), (epoch, first, sent, lines) => {
      const encoded = lines.map(({ source, raw, at }) => encodeMessage(source, raw.toWellFormed(), at));
      const read = decodeBatch(encodeBatch({ epoch, first, sent, lines: encoded }));
      const wanted = lines.map(({ source, raw, at }) => ({ kind: "message", source, raw: raw.toWellFormed(), at }));
      assert.deepEqual(read, { ok: true, value: { epoch, first, sent, lines: wanted } });
    }),
    { seed: 5, numRuns: 300 },
  );
});

Deno.test("a keyframe and a clock arrive as they were given", () => {
  const inputs = [
    { type: "link" as const, at: micros(5), link: "Kalshi", up: true, detail: "Connection 1" },
    { type: "book_stale" as const, at: micros(6), tickers: "all" as const, reason: "r" },
  ];
  const keyframe = { epoch: "e", next: 7, at: micros(8), inputs };
  assert.deepEqual(decodeKeyframe(encodeKeyframe(keyframe)), { ok: true, value: keyframe });
  const clock = { epoch: "e", now: micros(9), venue: "Kalshi", simulated: false, speed: 1 };
  assert.deepEqual(decodeClock(encodeClock(clock)), { ok: true, value: clock });
});

Deno.test("what is no message of a feed is refused with words, whatever it is", () => {
  const text = (words: string) => new TextEncoder().encode(words);
  const head = JSON.stringify({ kbot_feed: 1, epoch: "e", first: 0, sent: 1 });
  const lines = fc.array(
    fc.oneof(fc.json(), fc.string(), fc.constant(head), fc.constant(encodeMessage("a", "b", micros(1)))),
  );
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.json().map(text),
    lines.map((each) => packedBytes(text(each.join("\n")))),
    lines.map((each) => packedBytes(text([head, ...each].join("\n")))),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      for (const decode of [decodeBatch, decodeKeyframe, decodeClock]) {
        const read = decode(given);
        if (!read.ok) assert.match(read.reason, /^[A-Z]/);
      }
    }),
    { seed: 6, numRuns: RUNS },
  );
});
