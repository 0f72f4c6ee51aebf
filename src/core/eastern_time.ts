/**
 * US Eastern wall time, which Kalshi's tickers are written in, by the rule that has held since 2007: daylight time from
 * the second Sunday of March to the first Sunday of November, changing at 2:00. Own rule instead of `Intl`, so that a
 * replay does not depend on the machine's time zone data.
 * @module
 */

import { type Micros, micros, MICROS_PER_MILLISECOND } from "./units.ts";

const MILLIS_PER_HOUR = 3_600_000;
const DAYLIGHT_HOURS = -4;
const STANDARD_HOURS = -5;

/** A minute on the wall clock. Month 1 to 12. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** Milliseconds of midnight UTC on the n-th Sunday of a month. */
function nthSunday(year: number, month: number, nth: number): number {
  const weekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  return Date.UTC(year, month - 1, 1 + (7 - weekday) % 7 + 7 * (nth - 1));
}

function offsetHours(milliseconds: number): number {
  const year = new Date(milliseconds).getUTCFullYear();
  const begin = nthSunday(year, 3, 2) + (2 - STANDARD_HOURS) * MILLIS_PER_HOUR;
  const end = nthSunday(year, 11, 1) + (2 - DAYLIGHT_HOURS) * MILLIS_PER_HOUR;
  return milliseconds >= begin && milliseconds < end ? DAYLIGHT_HOURS : STANDARD_HOURS;
}

/** Microseconds to add to a UTC time to get the Eastern wall clock: minus four or minus five hours. */
export function easternOffset(at: Micros): number {
  return offsetHours(Math.floor(at / MICROS_PER_MILLISECOND)) * MILLIS_PER_HOUR * MICROS_PER_MILLISECOND;
}

/** What an Eastern clock shows at this time. */
export function easternWallTime(at: Micros): WallTime {
  const shifted = new Date(Math.floor((at + easternOffset(at)) / MICROS_PER_MILLISECOND));
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
  };
}

/** False for the 30th of February, hour 24 and the like. */
export function isWallTime({ year, month, day, hour, minute }: WallTime): boolean {
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || day < 1) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/**
 * The moments at which an Eastern clock shows this: one, none in the hour that spring skips, two in the hour that
 * autumn repeats (daylight time first).
 */
export function easternMoments(wall: WallTime): readonly Micros[] {
  if (!isWallTime(wall)) return [];
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  const moments: Micros[] = [];
  for (const hours of [DAYLIGHT_HOURS, STANDARD_HOURS]) {
    const moment = asUtc - hours * MILLIS_PER_HOUR;
    if (offsetHours(moment) === hours) moments.push(micros(moment * MICROS_PER_MILLISECOND));
  }
  return moments;
}
