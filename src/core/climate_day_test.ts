import assert from "node:assert/strict";
import fc from "fast-check";
import { calendarDay, climateDayOf, climateDaySpan, climateHourOf, type StandardTime } from "./climate_day.ts";
import { CLIMATE_STATIONS } from "./climate_station.ts";
import { formatTime, micros, MICROS_PER_DAY, MICROS_PER_SECOND, parseTime } from "./units.ts";

const HOUR = 3_600 * MICROS_PER_SECOND;

function at(text: string) {
  const time = parseTime(text);
  assert.ok(time !== null, text);
  return time;
}

function span(day: string, zone: StandardTime) {
  const found = climateDaySpan(day, zone);
  assert.ok(found !== null, day);
  return found;
}

/** What clocks on the wall of that place show, from the machine's own time zone data. */
function wallClock(time: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    dateStyle: "short",
    timeStyle: "short",
  });
  return parts.format(time / 1_000).replace(",", "");
}

/** Wall time at which the climate day begins and ends, on the nights that change the clocks and on plain days. */
const NIGHTS: readonly (readonly [timeZone: string, zone: StandardTime, day: string, begins: string, ends: string])[] =
  (
    [
      ["America/New_York", "eastern"],
      ["America/Chicago", "central"],
      ["America/Denver", "mountain"],
      ["America/Los_Angeles", "pacific"],
    ] as const
  ).flatMap(([timeZone, zone]) =>
    [
      ["2026-01-15", "2026-01-15 00:00", "2026-01-16 00:00"],
      ["2026-03-07", "2026-03-07 00:00", "2026-03-08 00:00"],
      // Clocks jump from 2 to 3 on this day: it still has 24 hours, and ends at 1 AM daylight time.
      ["2026-03-08", "2026-03-08 00:00", "2026-03-09 01:00"],
      ["2026-03-09", "2026-03-09 01:00", "2026-03-10 01:00"],
      ["2026-07-15", "2026-07-15 01:00", "2026-07-16 01:00"],
      ["2026-10-31", "2026-10-31 01:00", "2026-11-01 01:00"],
      // The hour from 1 to 2 comes twice: the day begins at the first 1 AM.
      ["2026-11-01", "2026-11-01 01:00", "2026-11-02 00:00"],
      ["2026-11-02", "2026-11-02 00:00", "2026-11-03 00:00"],
    ].map(([day, begins, ends]) => [timeZone, zone, day, begins, ends] as const)
  );

/** Phoenix keeps standard time: its climate day is the day on the wall. */
const PHOENIX = ["2026-03-07", "2026-03-08", "2026-03-09", "2026-07-15", "2026-10-31", "2026-11-01", "2026-11-02"].map(
  (day) => {
    const next = new Date(Date.parse(day) + MICROS_PER_DAY / 1_000).toISOString().slice(0, 10);
    return ["America/Phoenix", "mountain", day, `${day} 00:00`, `${next} 00:00`] as const;
  },
);

for (const [timeZone, zone, day, begins, ends] of [...NIGHTS, ...PHOENIX]) {
  Deno.test(`climate day ${day} in ${timeZone} runs from ${begins} to ${ends} by the wall clock`, () => {
    const { start, end } = span(day, zone);
    assert.equal(wallClock(start, timeZone), begins);
    assert.equal(wallClock(end, timeZone), ends);
    assert.equal(end - start, MICROS_PER_DAY);
    assert.equal(climateDayOf(start, zone), day);
    assert.equal(climateDayOf(micros(end - 1), zone), day);
    assert.equal(climateDayOf(micros(start + 2 * HOUR), zone), day);
    assert.notEqual(climateDayOf(end, zone), day);
    assert.notEqual(climateDayOf(micros(start - 1), zone), day);
  });
}

Deno.test("a climate day begins at 05, 06, 07 and 08 hours UTC, summer and winter", () => {
  for (const day of ["2026-01-15", "2026-07-15"]) {
    const hours = (["eastern", "central", "mountain", "pacific"] as const).map((zone) =>
      formatTime(span(day, zone).start)
    );
    assert.deepEqual(hours, ["05", "06", "07", "08"].map((hour) => `${day}T${hour}:00:00.000000Z`));
  }
});

Deno.test("every moment belongs to one climate day, which holds it", () => {
  const zones = fc.constantFrom<StandardTime>("eastern", "central", "mountain", "pacific");
  const moments = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2100, 0, 1) });
  fc.assert(fc.property(moments, fc.integer({ min: 0, max: 999 }), zones, (milliseconds, rest, zone) => {
    const time = micros(milliseconds * 1_000 + rest);
    const { start, end } = span(climateDayOf(time, zone), zone);
    assert.ok(start <= time && time < end);
    assert.equal(climateHourOf(time, zone), (time - start) / HOUR);
  }));
});

Deno.test("hours of a climate day count from its beginning", () => {
  assert.equal(climateHourOf(at("2026-07-15T05:00:00Z"), "eastern"), 0);
  assert.equal(climateHourOf(at("2026-07-15T04:30:00Z"), "eastern"), 23.5);
  assert.equal(climateHourOf(at("1969-12-31T23:00:00Z"), "pacific"), 15);
});

Deno.test("texts that are no day have no span", () => {
  for (
    const text of ["", "2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "2026-00-10", "2026-09-16T00", "0026-01-01"]
  ) {
    assert.equal(climateDaySpan(text, "eastern"), null, text);
  }
  assert.equal(calendarDay(2024, 2, 29), "2024-02-29");
  assert.equal(calendarDay(2026, 2, 29), null);
  assert.equal(calendarDay(NaN, 1, 1), null);
  assert.equal(calendarDay(2026, 1, 1.5), null);
});

Deno.test("each station's standard time is that of its time zone in January", () => {
  const january = at("2026-01-15T12:00:00Z");
  for (const { id, standardTime, timeZone } of CLIMATE_STATIONS) {
    const wall = wallClock(january, timeZone);
    assert.equal(wall.slice(-5), `${climateHourOf(january, standardTime).toString().padStart(2, "0")}:00`, id);
  }
});
