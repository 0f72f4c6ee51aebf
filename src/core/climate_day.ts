/**
 * The day that a daily climate report covers: midnight to midnight in local standard time, all year (KALSHI.md 9). Under
 * daylight time it therefore runs from 1 AM to 1 AM by the clocks on the wall, and no climate day is ever 23 or 25 hours
 * long: the two nights on which clocks change do not touch it.
 * @module
 */

import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MILLISECOND } from "./units.ts";

const MICROS_PER_HOUR = 3_600_000_000;

/** Hours that local standard time is behind UTC. Phoenix keeps Mountain standard time all year. */
export const STANDARD_HOURS_BEHIND = { eastern: 5, central: 6, mountain: 7, pacific: 8 } as const;

/** Names a standard time; says nothing on whether the place also keeps daylight time. */
export type StandardTime = keyof typeof STANDARD_HOURS_BEHIND;

/** From `start`, included, to `end`, excluded: always 24 hours. */
export interface ClimateDaySpan {
  readonly start: Micros;
  readonly end: Micros;
}

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;

const behind = (zone: StandardTime): number => STANDARD_HOURS_BEHIND[zone] * MICROS_PER_HOUR;

/** Writes a day as `2026-09-16`; `null` for one that no calendar has. */
export function calendarDay(year: number, month: number, day: number): string | null {
  const milliseconds = Date.UTC(year, month - 1, day);
  if (!Number.isFinite(milliseconds) || year < 1_900 || year > 2_199) return null;
  const date = new Date(milliseconds);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.toISOString().slice(0, 10);
}

/**
 * The climate day that a moment belongs to.
 *
 * @example
 * ```ts
 * import { climateDayOf } from "./climate_day.ts";
 * import { parseTime } from "./units.ts";
 * import assert from "node:assert/strict";
 * const halfPastMidnightDaylightTime = parseTime("2026-07-16T04:30:00Z");
 * assert.ok(halfPastMidnightDaylightTime !== null);
 * assert.equal(climateDayOf(halfPastMidnightDaylightTime, "eastern"), "2026-07-15");
 * ```
 */
export function climateDayOf(at: Micros, zone: StandardTime): string {
  return new Date(Math.floor((at - behind(zone)) / MICROS_PER_MILLISECOND)).toISOString().slice(0, 10);
}

/** When a climate day begins and ends; `null` where the text is no day. */
export function climateDaySpan(day: string, zone: StandardTime): ClimateDaySpan | null {
  const match = DAY.exec(day);
  if (match === null || calendarDay(+match[1], +match[2], +match[3]) === null) return null;
  const midnight = Date.UTC(+match[1], +match[2] - 1, +match[3]) * MICROS_PER_MILLISECOND;
  const start = micros(midnight + behind(zone));
  return { start, end: micros(start + MICROS_PER_DAY) };
}

/** Whole and broken hours since the climate day began: 0 up to but without 24. */
export function climateHourOf(at: Micros, zone: StandardTime): number {
  const since = (at - behind(zone)) % MICROS_PER_DAY;
  return (since < 0 ? since + MICROS_PER_DAY : since) / MICROS_PER_HOUR;
}
