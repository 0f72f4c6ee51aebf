/**
 * The scheduled meetings of the Federal Open Market Committee, as data. Each is named by its second day, on which the
 * statement comes at 2:00 PM Eastern time.
 *
 * Sources: the press releases of the Federal Reserve Board "Federal Open Market Committee announces its tentative meeting
 * schedule for 2025 and 2026" (9 August 2024) and "... for 2027" (5 September 2025; it also names January 2028), as
 * relayed word for word by news agencies. A meeting that the Committee moves or adds is a change of this list.
 * @module
 */

import { easternMoments } from "../core/eastern_time.ts";
import type { Micros } from "../core/units.ts";

export interface FomcMeeting {
  /** The day of the decision: `2026-12-09`. */
  readonly day: string;
  /** `2026-12`, as futures and tickers name it. */
  readonly month: string;
  /** When the statement comes. */
  readonly decidedAt: Micros;
}

const DAYS = [
  "2026-01-28",
  "2026-03-18",
  "2026-04-29",
  "2026-06-17",
  "2026-07-29",
  "2026-09-16",
  "2026-10-28",
  "2026-12-09",
  "2027-01-27",
  "2027-03-17",
  "2027-04-28",
  "2027-06-09",
  "2027-07-28",
  "2027-09-15",
  "2027-10-27",
  "2027-12-08",
  "2028-01-26",
] as const;

const STATEMENT_HOUR = 14;

/** A meeting by the day of its decision; for calendars other than the published one. */
export function fomcMeeting(day: string): FomcMeeting {
  const [year, month, date] = day.split("-").map(Number);
  const [decidedAt] = easternMoments({ year, month, day: date, hour: STATEMENT_HOUR, minute: 0 });
  if (decidedAt === undefined) throw new RangeError(`Not a day: ${day}`);
  return { day, month: day.slice(0, 7), decidedAt };
}

/** In order of time. */
export const FOMC_MEETINGS: readonly FomcMeeting[] = DAYS.map(fomcMeeting);
