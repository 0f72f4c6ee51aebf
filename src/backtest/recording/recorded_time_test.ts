import assert from "node:assert/strict";
import fc from "fast-check";
import { formatTime, micros } from "../../core/units.ts";
import { parsePacificTime, parseZonedTime } from "./recorded_time.ts";

Deno.test("a time counts as it is written, and one without a zone not at all", () => {
  const cases: [string, string | null][] = [
    ["2026-05-11T05:15:00Z", "2026-05-11T05:15:00.000000Z"],
    ["2026-05-11T01:15:00-04:00", "2026-05-11T05:15:00.000000Z"],
    ["2026-05-11 10:45:00.123456+05:30", "2026-05-11T05:15:00.123456Z"],
    ["2026-05-11T05:15:00", null],
    ["2026-05-11T05:15Z", null],
    ["2026-02-30T05:15:00Z", null],
    ["2026-02-28T24:00:00Z", null],
    ["2026-02-28T23:59:60Z", null],
    ["2026-02-28T23:59:59.9999999Z", "2026-02-28T23:59:59.999999Z"],
    ["2026-05-11T05:15:00+15:00", null],
    ["1778476500", null],
    ["", null],
  ];
  for (const [text, expected] of cases) {
    const time = parseZonedTime(text);
    assert.equal(time === null ? null : formatTime(time.at), expected, text);
  }
});

Deno.test("a time of any moment is read back as it was written, whatever its zone", () => {
  const moment = fc.integer({ min: 0, max: 4_000_000_000_000_000 });
  const offset = fc.integer({ min: -14 * 60 - 59, max: 14 * 60 + 59 });
  fc.assert(
    fc.property(moment, offset, (at, minutes) => {
      const wall = formatTime(micros(Math.max(0, at) + minutes * 60_000_000)).slice(0, -1);
      const two = (value: number): string => String(value).padStart(2, "0");
      const zone = `${minutes < 0 ? "-" : "+"}${two(Math.trunc(Math.abs(minutes) / 60))}:${
        two(Math.abs(minutes) % 60)
      }`;
      assert.deepEqual(parseZonedTime(wall + zone), { at, offsetMinutes: minutes });
    }),
    { numRuns: 10_000, seed: 20_261_120 },
  );
});

Deno.test("Pacific wall time is eight hours behind in winter and seven in summer, on the days of change, too", () => {
  const cases: [string, string][] = [
    ["2025-12-05T07:00:00", "2025-12-05T15:00:00.000000Z"],
    ["2026-07-05T07:00:00.5", "2026-07-05T14:00:00.500000Z"],
    ["2026-03-08T01:59:00", "2026-03-08T09:59:00.000000Z"],
    ["2026-03-08T03:00:00", "2026-03-08T10:00:00.000000Z"],
    ["2025-11-02T00:59:00", "2025-11-02T07:59:00.000000Z"],
    ["2025-11-02T02:00:00", "2025-11-02T10:00:00.000000Z"],
  ];
  for (const [text, expected] of cases) {
    const time = parsePacificTime(text);
    assert.equal(time === null ? null : formatTime(time), expected, text);
  }
  assert.equal(parsePacificTime("noon"), null);
});
