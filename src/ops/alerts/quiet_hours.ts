/**
 * Hours of the day at which only what is critical is told, on the wall clock of a time zone: they move with daylight time.
 * @module
 */

/** A time of day, as minutes since midnight. */
export type MinuteOfDay = number;

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
const SPAN = /^(\S{5})-(\S{5})$/;

/** `"07:30"` as 450; `null` for what is no time of day. */
export function parseTimeOfDay(text: string): MinuteOfDay | null {
  const match = TIME.exec(text);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}

export interface QuietSpan {
  readonly from: MinuteOfDay;
  /** Not quiet any more; before `from` where the span goes over midnight. */
  readonly to: MinuteOfDay;
}

/** `"22:00-07:00"`; `null` for what is no span. From a time to the same time is none. */
export function parseQuietSpan(text: string): QuietSpan | null {
  const match = SPAN.exec(text);
  if (match === null) return null;
  const from = parseTimeOfDay(match[1]);
  const to = parseTimeOfDay(match[2]);
  return from === null || to === null || from === to ? null : { from, to };
}

/** Whether the machine knows a time zone of this name. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The date and the time of day of a moment in a time zone. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat("en", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
  }

  /** @param ms since 1970 UTC */
  at(ms: number): { readonly day: string; readonly minute: MinuteOfDay } {
    const parts = new Map(this.#format.formatToParts(ms).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
    return {
      day: `${part("year")}-${part("month")}-${part("day")}`,
      minute: Number(part("hour")) * 60 + Number(part("minute")),
    };
  }
}

/**
 * @example
 * ```ts
 * import { QuietHours } from "./quiet_hours.ts";
 * import assert from "node:assert/strict";
 * const night = new QuietHours({ from: 22 * 60, to: 7 * 60 }, "America/New_York");
 * assert.ok(night.holds(Date.UTC(2026, 6, 1, 2, 0)));
 * assert.ok(!night.holds(Date.UTC(2026, 6, 1, 11, 0)));
 * ```
 */
export class QuietHours {
  readonly #span: QuietSpan;
  readonly #clock: ZoneClock;

  constructor(span: QuietSpan, zone: string) {
    this.#span = span;
    this.#clock = new ZoneClock(zone);
  }

  /** @param ms since 1970 UTC */
  holds(ms: number): boolean {
    const { minute } = this.#clock.at(ms);
    const { from, to } = this.#span;
    return from < to ? minute >= from && minute < to : minute >= from || minute < to;
  }
}
