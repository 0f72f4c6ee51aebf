/**
 * What reading an answer of the weather services comes to, and the few looks at untrusted JSON that all readers share.
 * @module
 */

import { type Micros, micros, parseTime } from "../../core/units.ts";

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** Reasons are few and short: refusals are counted by them. */
  | { readonly ok: false; readonly reason: string };

export const refused = (reason: string): Answer<never> => ({ ok: false, reason });

export type JsonObject = Readonly<Record<string, unknown>>;

/** True for what JSON calls an object, and false for arrays and `null`. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const OFFSET = /^(.{19})(\.\d{1,9})?([+-])(\d\d):(\d\d)$/;
const MICROS_PER_MINUTE = 60_000_000;
const OFFSET_MINUTES_MAX = 14 * 60;

/** Reads an RFC 3339 time in UTC (`Z`) or with an offset, as the weather service writes it; `null` otherwise. */
export function parseOffsetTime(text: unknown): Micros | null {
  if (typeof text !== "string") return null;
  const match = OFFSET.exec(text);
  if (match === null) return parseTime(text);
  const [, clock, fraction = "", sign, hours, minutes] = match;
  const time = parseTime(`${clock}${fraction}Z`);
  const offset = +hours * 60 + +minutes;
  if (time === null || offset > OFFSET_MINUTES_MAX || +minutes > 59) return null;
  return micros(sign === "+" ? time - offset * MICROS_PER_MINUTE : time + offset * MICROS_PER_MINUTE);
}

export const fahrenheit = (celsius: number): number => celsius * 9 / 5 + 32;

/** The earth's records are -128 and 134 degrees Fahrenheit; no station that settles a market comes near the cold one. */
const FAHRENHEIT_MIN = -80;
const FAHRENHEIT_MAX = 135;

export const isEarthly = (degreesF: number): boolean => degreesF >= FAHRENHEIT_MIN && degreesF <= FAHRENHEIT_MAX;
