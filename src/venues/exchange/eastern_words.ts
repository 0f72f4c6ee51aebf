/**
 * Times as the exchange writes them for people: by an Eastern clock.
 * @module
 */

import { easternOffset } from "../../core/ticker.ts";
import { type Micros, MICROS_PER_MINUTE } from "../../core/units.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export interface EasternWords {
  /** `3:15 PM EDT`. */
  readonly time: string;
  /** `3 PM EDT`. */
  readonly hour: string;
  /** `Sep 25, 2026`. */
  readonly day: string;
  /** `Sep 2026`. */
  readonly month: string;
}

export function easternWords(at: Micros): EasternWords {
  const offset = easternOffset(at);
  const wall = new Date((at + offset) / 1_000);
  const zone = offset === -4 * 60 * MICROS_PER_MINUTE ? "EDT" : "EST";
  const hour = wall.getUTCHours() % 12 || 12;
  const minute = wall.getUTCMinutes().toString().padStart(2, "0");
  const half = wall.getUTCHours() < 12 ? "AM" : "PM";
  const month = MONTHS[wall.getUTCMonth()];
  return {
    time: `${hour}:${minute} ${half} ${zone}`,
    hour: `${hour} ${half} ${zone}`,
    day: `${month} ${wall.getUTCDate()}, ${wall.getUTCFullYear()}`,
    month: `${month} ${wall.getUTCFullYear()}`,
  };
}

/** A calendar day such as `2026-09-16`, as `Sep 16, 2026`. */
export function dayWords(day: string): string {
  const [year, month, date] = day.split("-").map(Number);
  return `${MONTHS[month - 1]} ${date}, ${year}`;
}
