import assert from "node:assert/strict";
import fc from "fast-check";
import { clientFrame, closePayload, FrameReader, isAscii, mayBeSent, ProtocolError } from "./websocket_frames.ts";

/** One byte per character. */
const raw = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

/** A frame as a server sends it; `first` is the whole first byte. */
function frame(first: number, payload: readonly number[] | string): number[] {
  const bytes = typeof payload === "string" ? utf8(payload) : payload;
  const { length } = bytes;
  const extended = length < 126
    ? [length]
    : length < 0x10000
    ? [126, length >> 8, length & 0xff]
    : [127, 0, 0, 0, 0, (length >>> 24) & 0xff, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff];
  return [first, ...extended, ...bytes];
}

const MAX = 70_000;

/** What a reader reports of bytes that come in these pieces, the error last. */
function report(pieces: readonly (readonly number[] | Uint8Array)[], payloadMax = MAX): string[] {
  const said: string[] = [];
  const text = (bytes: Uint8Array) => {
    const decoded = new TextDecoder().decode(bytes);
    return decoded.length > 40 ? `${decoded.length} characters, ${decoded.slice(0, 8)}` : decoded;
  };
  const reader = new FrameReader({
    message: (bytes, isText) => said.push(isText ? `text ${text(bytes)}` : `binary ${[...bytes].slice(0, 8)}`),
    ping: (bytes) => said.push(`ping ${text(bytes)}`),
    pong: (bytes) => said.push(`pong ${text(bytes)}`),
    close: (code, reason) => said.push(`close ${code} ${reason}`),
  }, payloadMax);
  try {
    for (const piece of pieces) reader.put(Uint8Array.from(piece));
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error));
    said.push(`error ${error.code}: ${error.message}`);
  }
  return said;
}

const long = "x".repeat(125);
const CASES: readonly (readonly [name: string, bytes: readonly number[], said: readonly string[]])[] = [
  // The kinds of message (Autobahn 1).
  ["an empty text", frame(0x81, ""), ["text "]],
  ["a text", frame(0x81, '{"a":1}'), ['text {"a":1}']],
  ["a text of 125", frame(0x81, long), ["text 125 characters, xxxxxxxx"]],
  ["a text of 126", frame(0x81, long + "x"), ["text 126 characters, xxxxxxxx"]],
  ["a text of 65,535", frame(0x81, "y".repeat(65_535)), ["text 65535 characters, yyyyyyyy"]],
  ["a text of 65,536", frame(0x81, "z".repeat(65_536)), ["text 65536 characters, zzzzzzzz"]],
  ["binary", frame(0x82, [0, 255, 128]), ["binary 0,255,128"]],
  ["several at once", [...frame(0x81, "a"), ...frame(0x81, ""), ...frame(0x82, [1])], ["text a", "text ", "binary 1"]],
  // Control frames (2, 5).
  ["a ping without body", frame(0x89, ""), ["ping "]],
  ["a ping of 125", frame(0x89, long), ["ping 125 characters, xxxxxxxx"]],
  ["a ping of 126", frame(0x89, long + "x"), ["error 1002: Control frame is long or in parts"]],
  ["a ping in parts", frame(0x09, "a"), ["error 1002: Control frame is long or in parts"]],
  ["an unasked pong", frame(0x8a, "p"), ["pong p"]],
  // Reserved bits and kinds (3, 4).
  ["a compressed text", frame(0xc1, "a"), ["error 1002: Frame has a reserved bit set"]],
  ["a reserved bit on a ping", frame(0x99, ""), ["error 1002: Frame has a reserved bit set"]],
  ["kind 3", frame(0x83, ""), ["error 1002: Frame of unknown kind 3"]],
  ["kind 7", frame(0x87, "a"), ["error 1002: Frame of unknown kind 7"]],
  ["kind 11", frame(0x8b, ""), ["error 1002: Frame of unknown kind 11"]],
  ["kind 15", frame(0x8f, "a"), ["error 1002: Frame of unknown kind 15"]],
  ["good ones before a bad one", [...frame(0x81, "a"), ...frame(0x83, "")], [
    "text a",
    "error 1002: Frame of unknown kind 3",
  ]],
  // Fragments (5).
  ["a text in parts", [...frame(0x01, "ab"), ...frame(0x00, ""), ...frame(0x80, "c")], ["text abc"]],
  ["binary in parts", [...frame(0x02, [1]), ...frame(0x80, [2])], ["binary 1,2"]],
  ["empty parts", [...frame(0x01, ""), ...frame(0x00, ""), ...frame(0x80, "")], ["text "]],
  [
    "control frames between parts",
    [...frame(0x01, "a"), ...frame(0x89, "1"), ...frame(0x00, "b"), ...frame(0x8a, "2"), ...frame(0x80, "c")],
    ["ping 1", "pong 2", "text abc"],
  ],
  ["a continuation of nothing", frame(0x80, "a"), ["error 1002: A continuation continues nothing"]],
  ["a continuation after the end", [...frame(0x81, "a"), ...frame(0x00, "b")], [
    "text a",
    "error 1002: A continuation continues nothing",
  ]],
  ["a message inside another", [...frame(0x01, "a"), ...frame(0x81, "b")], [
    "error 1002: A message begins inside another one",
  ]],
  // UTF-8 (6).
  ["text beyond ASCII", frame(0x81, "κόσμε 𝄞"), ["text κόσμε 𝄞"]],
  ["a letter torn between parts", [...frame(0x01, [0xce]), ...frame(0x80, [0xba])], ["text κ"]],
  ["no UTF-8", frame(0x81, [0xce, 0xba, 0xed, 0xa0, 0x80]), ["error 1007: Text is not UTF-8"]],
  ["half a letter", frame(0x81, [0x61, 0xce]), ["error 1007: Text is not UTF-8"]],
  ["an overlong letter", frame(0x81, [0xc0, 0xaf]), ["error 1007: Text is not UTF-8"]],
  ["no UTF-8 across parts", [...frame(0x01, [0xce]), ...frame(0x80, [0x61])], ["error 1007: Text is not UTF-8"]],
  ["binary that is no UTF-8", frame(0x82, [0xff]), ["binary 255"]],
  // Closing (7).
  ["a close without code", frame(0x88, ""), ["close 1005 "]],
  ["a close with a code", frame(0x88, [0x03, 0xe8]), ["close 1000 "]],
  ["a close with words", frame(0x88, [0x03, 0xf4, ...utf8("später")]), ["close 1012 später"]],
  ["nothing counts after a close", [...frame(0x88, ""), ...frame(0x81, "a"), ...frame(0x83, "")], ["close 1005 "]],
  ["half a close code", frame(0x88, [0x03]), ["error 1002: Close frame holds half a code"]],
  ["close code 999", frame(0x88, [0x03, 0xe7]), ["error 1002: Close code 999 is not sent"]],
  ["close code 1005", frame(0x88, [0x03, 0xed]), ["error 1002: Close code 1005 is not sent"]],
  ["close code 4999", frame(0x88, [0x13, 0x87]), ["close 4999 "]],
  ["a close whose words are no UTF-8", frame(0x88, [0x03, 0xe8, 0xff]), [
    "error 1007: Reason for closing is not UTF-8",
  ]],
  // What a server must not do, and lengths.
  ["a masked frame", [0x81, 0x81, 1, 2, 3, 4, 0x60], ["error 1002: Frame of the server is masked"]],
  ["a length written too long", [0x81, 126, 0, 5, ...raw("hello")], [
    "error 1002: Length is written longer than it need be",
  ]],
  ["a length of eight bytes for few", [0x81, 127, 0, 0, 0, 0, 0, 0, 0, 200], [
    "error 1002: Length is written longer than it need be",
  ]],
  ["a length with its highest bit", [0x81, 127, 0x80, 0, 0, 0, 0, 1, 0, 0], [
    "error 1002: Length has its highest bit set",
  ]],
  ["a message beyond the bound, announced", [0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x71], [
    "error 1009: Message is longer than 70000 bytes",
  ]],
  ["parts beyond the bound", [...frame(0x01, "x".repeat(40_000)), ...frame(0x80, "x".repeat(30_001))], [
    "error 1009: Message is longer than 70000 bytes",
  ]],
  ["a message up to the bound", frame(0x81, "x".repeat(70_000)), ["text 70000 characters, xxxxxxxx"]],
  ["half a frame", frame(0x81, "hello").slice(0, 4), []],
  ["half a header", [0x81, 126, 1], []],
];

for (const [name, bytes, said] of CASES) {
  Deno.test(`frames: ${name}`, () => assert.deepEqual(report([bytes]), said));
}

Deno.test("frames are reported the same wherever their bytes are split", () => {
  for (const [name, bytes, said] of CASES) {
    const splits = bytes.length <= 600 ? bytes.map((_, at) => at) : [1, 2, 3, 9, 10, 11, bytes.length - 1];
    for (const split of splits) {
      assert.deepEqual(report([bytes.slice(0, split), bytes.slice(split)]), said, `${name}, split at ${split}`);
    }
    if (bytes.length <= 600) assert.deepEqual(report(bytes.map((byte) => [byte])), said, `${name}, byte by byte`);
  }
});

Deno.test("any messages in any parts, with pings between, come out as they went in", () => {
  const part = fc.string({ unit: "binary", maxLength: 300 });
  const message = fc.record({ parts: fc.array(part, { minLength: 1, maxLength: 4 }), pings: fc.boolean() });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(5_000), { maxLength: 8 }), (messages, cuts) => {
      const bytes: number[] = [];
      const expected: string[] = [];
      for (const { parts, pings } of messages) {
        parts.forEach((text, k) => {
          bytes.push(...frame((k === parts.length - 1 ? 0x80 : 0) | (k === 0 ? 1 : 0), text));
          if (!pings || k === parts.length - 1) return;
          bytes.push(...frame(0x89, "p"));
          expected.push("ping");
        });
        expected.push(parts.join(""));
      }
      const said: string[] = [];
      const reader = new FrameReader({
        message: (payload) => said.push(new TextDecoder("utf-8", { ignoreBOM: true }).decode(payload)),
        ping: () => said.push("ping"),
        pong: () => {},
        close: () => {},
      }, 1_000_000);
      const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      for (let k = 1; k < at.length; k++) reader.put(Uint8Array.from(bytes.slice(at[k - 1], at[k])));
      assert.deepEqual(said, expected);
      assert.ok(reader.idle);
    }),
    { seed: 3, numRuns: 500 },
  );
});

Deno.test("garbage is an error of the protocol or waited for, the same in any pieces", () => {
  const near = fc.tuple(fc.constantFrom(...CASES.filter(([, bytes]) => bytes.length < 600)), fc.nat(599), fc.nat(255))
    .map(([[, bytes], at, value]) => bytes.map((byte, k) => k === at ? value : byte));
  const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => [...bytes]);
  fc.assert(
    fc.property(fc.oneof(near, any), fc.nat(600), (bytes, cut) => {
      assert.deepEqual(report([bytes.slice(0, cut), bytes.slice(cut)]), report([bytes]));
    }),
    { seed: 5, numRuns: Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000 },
  );
});

Deno.test("memory that one long message needed is given back, and later frames are read all the same", () => {
  const said: number[] = [];
  const handler = { message: (bytes: Uint8Array) => said.push(bytes.length), ping() {}, pong() {}, close() {} };
  const reader = new FrameReader(handler, 10_000_000);
  reader.put(Uint8Array.from(frame(0x81, "x".repeat(3_000_000))));
  assert.ok(reader.room().length <= 1024 * 1024);
  reader.put(Uint8Array.from(frame(0x81, "y")));
  assert.deepEqual(said, [3_000_000, 1]);
});

Deno.test("a client's frame is masked and reads back", () => {
  for (const length of [0, 1, 5, 125, 126, 65_535, 65_536]) {
    const payload = Uint8Array.from({ length }, (_, k) => k * 7 & 0xff);
    const bytes = clientFrame(0x1, payload, Uint8Array.from([1, 200, 3, 255]));
    assert.equal(bytes[0], 0x81);
    assert.equal(bytes[1] & 0x80, 0x80);
    const start = bytes.length - length;
    assert.equal(start, length < 126 ? 6 : length < 65_536 ? 8 : 14);
    const mask = bytes.subarray(start - 4, start);
    assert.deepEqual(mask, Uint8Array.from([1, 200, 3, 255]));
    assert.deepEqual(bytes.subarray(start).map((byte, k) => byte ^ mask[k & 3]), payload);
  }
});

Deno.test("every length of bytes is known to be ASCII or not", () => {
  for (let length = 0; length < 40; length++) {
    const holder = new Uint8Array(length + 3).fill(0x7f);
    const bytes = holder.subarray(3);
    assert.equal(isAscii(bytes), true);
    for (let at = 0; at < length; at++) {
      bytes[at] = 0x80;
      assert.equal(isAscii(bytes), false, `${at} of ${length}`);
      bytes[at] = 0x7f;
    }
  }
});

Deno.test("close codes that may be sent are those of the standard and of applications", () => {
  const codes = Array.from({ length: 6_000 }, (_, code) => code).filter(mayBeSent);
  const standard = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
  assert.deepEqual(codes, [...standard, ...Array.from({ length: 2_000 }, (_, k) => 3_000 + k)]);
  assert.deepEqual([...closePayload(1000, "ok")], [3, 232, 111, 107]);
  assert.equal(closePayload(1000, "x".repeat(500)).length, 125);
});
