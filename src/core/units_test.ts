import assert from "node:assert/strict";
import { formatTime, parseTime } from "./units.ts";

const TIMES: readonly (readonly [text: string, micros: number | null])[] = [
  ["1970-01-01T00:00:00Z", 0],
  ["2026-09-25T19:00:00.584868Z", 1_790_362_800_584_868],
  ["2026-09-25T19:00:00.5Z", 1_790_362_800_500_000],
  ["2026-09-25T19:00:00.123456789Z", 1_790_362_800_123_456],
  ["2255-06-05T23:47:34.740991Z", Number.MAX_SAFE_INTEGER],
  // Beyond what counts exactly.
  ["2255-06-05T23:47:34.740992Z", null],
  ["9999-12-31T23:59:59Z", null],
  ["2026-02-29T00:00:00Z", null],
  ["2026-13-01T00:00:00Z", null],
  ["2026-09-25T24:00:00Z", null],
  ["2026-09-25T19:00:00+00:00", null],
  ["2026-09-25", null],
  ["", null],
];

for (const [text, expected] of TIMES) {
  Deno.test(`the time ${JSON.stringify(text)} is ${expected === null ? "refused" : "read to the microsecond"}`, () => {
    const time = parseTime(text);
    assert.equal(time, expected);
    if (time !== null) assert.equal(parseTime(formatTime(time)), time);
  });
}
