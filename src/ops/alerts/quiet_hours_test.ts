import assert from "node:assert/strict";
import { isZone, parseQuietSpan, parseTimeOfDay, QuietHours } from "./quiet_hours.ts";

const hours = (span: string, zone: string): QuietHours => {
  const parsed = parseQuietSpan(span);
  assert.ok(parsed !== null);
  return new QuietHours(parsed, zone);
};

const NEW_YORK = "America/New_York";

/** Span, zone, moment, quiet. */
const CASES: readonly [string, string, string, boolean][] = [
  ["22:00-07:00", "UTC", "2026-11-20T21:59:59Z", false],
  ["22:00-07:00", "UTC", "2026-11-20T22:00:00Z", true],
  ["22:00-07:00", "UTC", "2026-11-20T06:59:59Z", true],
  ["22:00-07:00", "UTC", "2026-11-20T07:00:00Z", false],
  ["09:00-17:00", "UTC", "2026-11-20T12:00:00Z", true],
  ["09:00-17:00", "UTC", "2026-11-20T17:00:00Z", false],
  // Summer: 22:00 there is 2:00 UTC, 7:00 is 11:00 UTC. Winter: an hour later.
  ["22:00-07:00", NEW_YORK, "2026-07-01T02:00:00Z", true],
  ["22:00-07:00", NEW_YORK, "2026-07-01T01:59:00Z", false],
  ["22:00-07:00", NEW_YORK, "2026-07-01T11:00:00Z", false],
  ["22:00-07:00", NEW_YORK, "2026-12-01T02:00:00Z", false],
  ["22:00-07:00", NEW_YORK, "2026-12-01T11:59:00Z", true],
  // 2026-03-08: 2:00 to 3:00 does not exist. Both sides of the gap are quiet, and so is the clock's leap.
  ["01:30-02:30", NEW_YORK, "2026-03-08T06:59:00Z", true],
  ["01:30-02:30", NEW_YORK, "2026-03-08T07:00:00Z", false],
  ["02:15-02:45", NEW_YORK, "2026-03-08T07:00:00Z", false],
  // 2026-11-01: 1:00 to 2:00 happens twice, and is quiet twice.
  ["01:00-02:00", NEW_YORK, "2026-11-01T05:30:00Z", true],
  ["01:00-02:00", NEW_YORK, "2026-11-01T06:30:00Z", true],
  ["01:00-02:00", NEW_YORK, "2026-11-01T07:00:00Z", false],
  // Half an hour's daylight time, and a zone that is 45 minutes off.
  ["08:00-09:00", "Australia/Lord_Howe", "2026-07-01T21:45:00Z", true],
  ["17:45-18:00", "Asia/Kathmandu", "2026-07-01T12:05:00Z", true],
];

for (const [span, zone, moment, quiet] of CASES) {
  Deno.test(`${span} in ${zone} is ${quiet ? "" : "not "}at ${moment}`, () => {
    assert.equal(hours(span, zone).holds(Date.parse(moment)), quiet);
  });
}

Deno.test("only spans and times of the day are read", () => {
  assert.deepEqual(parseQuietSpan("22:00-07:00"), { from: 1_320, to: 420 });
  for (const wrong of ["", "22-07", "24:00-07:00", "22:60-07:00", "07:00-07:00", "22:00 - 07:00", "22:00-07:00x"]) {
    assert.equal(parseQuietSpan(wrong), null, wrong);
  }
  assert.equal(parseTimeOfDay("00:00"), 0);
  for (const wrong of ["", "7:00", "23:60", "-1:00", "07:00:00"]) assert.equal(parseTimeOfDay(wrong), null, wrong);
});

Deno.test("a zone is one that the machine knows", () => {
  assert.ok(isZone("UTC") && isZone(NEW_YORK));
  assert.ok(!isZone("New York") && !isZone("") && !isZone("America/Nowhere"));
});
