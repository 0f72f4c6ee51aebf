/**
 * Times as recordings write them.
 * @module
 */

import { easternOffset } from "../../core/eastern_time.ts";
import { type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND, parseTime } from "../../core/units.ts";

const ZONED = /^(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const PACIFIC_BEHIND_EASTERN = 180 * MICROS_PER_MINUTE;
const EASTERN_STANDARD_BEHIND = 300 * MICROS_PER_MINUTE;

/** A time and the offset from UTC that it was written with, in minutes. */
export interface ZonedTime {
  readonly at: Micros;
  readonly offsetMinutes: number;
}

/**
 * Reads an ISO 8601 time with its zone: `2026-05-11T05:15:00Z`, `2026-05-11 01:15:00.25-04:00`. `null` otherwise, also where
 * the zone is missing: nobody can tell which one was meant.
 *
 * @example
 * ```ts
 * import { parseZonedTime } from "./recorded_time.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseZonedTime("2026-05-11T01:15:00-04:00")?.at, parseZonedTime("2026-05-11T05:15:00Z")?.at);
 * assert.equal(parseZonedTime("2026-05-11T05:15:00"), null);
 * ```
 */
export function parseZonedTime(text: string): ZonedTime | null {
  const match = ZONED.exec(text);
  if (match === null) return null;
  const [, day, hour, minute, second, fraction = "", zone] = match;
  const midnight = midnightOf(day);
  if (midnight === null || +hour > 23 || +minute > 59 || +second > 59) return null;
  const seconds = (+hour * 60 + +minute) * 60 + +second;
  const wall = micros(midnight + seconds * MICROS_PER_SECOND + +fraction.padEnd(6, "0").slice(0, 6));
  if (zone === "Z") return { at: wall, offsetMinutes: 0 };
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  if (hours > 14 || minutes > 59) return null;
  const offsetMinutes = (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
  return { at: micros(wall - offsetMinutes * MICROS_PER_MINUTE), offsetMinutes };
}

/** Rows that follow on each other are mostly of one day. */
let known: { readonly day: string; readonly midnight: Micros | null } = { day: "", midnight: null };

/** By UTC; `null` for a day that no calendar has. */
function midnightOf(day: string): Micros | null {
  if (day !== known.day) known = { day, midnight: parseTime(`${day}T00:00:00Z`) };
  return known.midnight;
}

/** Reads a time that a US Pacific wall clock showed; in the hour that autumn repeats it is taken to be the second. */
export function parsePacificTime(text: string): Micros | null {
  const wall = parseTime(`${text}Z`);
  if (wall === null) return null;
  // Eastern clocks show the same three hours earlier, and change at the same reading.
  const standard = micros(wall + EASTERN_STANDARD_BEHIND);
  return micros(wall - easternOffset(standard) + PACIFIC_BEHIND_EASTERN);
}
