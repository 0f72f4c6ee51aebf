/**
 * Do our own rules of US Eastern time, which tickers are written in, agree with this machine's time zone data?
 * @module
 */

import { easternOffset } from "../../core/ticker.ts";
import { type Micros, MICROS_PER_MILLISECOND } from "../../core/units.ts";
import { type Check, fail, pass } from "./check.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEARS = 3;

/** Milliseconds to add to UTC for what a New York clock shows, as `Intl` has it. */
function intlOffset(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? NaN;
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown - atMs;
}

export const easternTime: Check = {
  name: "eastern time",
  run(context) {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: "America/New_York",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    // Every six hours, and every hour around the changes of March and November.
    const begin = Math.floor(context.wallNow() / MICROS_PER_MILLISECOND / HOUR_MS) * HOUR_MS;
    const end = begin + YEARS * 365 * DAY_MS;
    let compared = 0;
    for (let at = begin; at < end; at += isChangeMonth(at) ? HOUR_MS : 6 * HOUR_MS) {
      compared++;
      const ours = easternOffset(at * MICROS_PER_MILLISECOND as Micros) / MICROS_PER_MILLISECOND;
      if (ours === intlOffset(format, at)) continue;
      return Promise.resolve(fail(
        `At ${new Date(at).toISOString()} kbot says UTC${ours / HOUR_MS}, this machine's time zone data otherwise`,
        "Update Deno, which brings that data; if it still differs, the rules of daylight time have changed: update kbot",
      ));
    }
    // Where TZ names no zone there is none.
    const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return Promise.resolve(
      pass(`Agrees at ${compared} moments of ${YEARS} years; this machine runs on ${zone ?? "no zone"}`),
    );
  },
};

function isChangeMonth(atMs: number): boolean {
  const date = new Date(atMs);
  const month = date.getUTCMonth() + 1;
  return (month === 3 || month === 11) && date.getUTCDate() <= 15;
}
