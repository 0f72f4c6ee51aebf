/**
 * Values as exchanges write them: numbers as strings or numbers, times as texts or counts, all of them possibly wrong.
 * What cannot be read becomes NaN, which whoever takes it in refuses.
 * @module
 */

import { type Micros, parseTime } from "../../core/units.ts";

export type WireObject = Readonly<Record<string, unknown>>;

/** A JSON object, or `null` for anything else. */
export function objectOf(value: unknown): WireObject | null {
  return isObject(value) ? value : null;
}

const isObject = (value: unknown): value is WireObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const NONE: readonly unknown[] = [];

/** A JSON array; anything else has no elements. */
export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NONE;
}

const DECIMAL = /^-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/;

/** `"84000.10"` or `84000.1`; NaN for anything else, the empty text and `null` among it. */
export function decimalOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && DECIMAL.test(value) ? Number(value) : NaN;
}

/** Texts of times before this one compare as less; later ones leave the safe integers in the end. */
const LATEST = "2200";

/** `2023-03-04T03:37:20.799258Z` to the microsecond; NaN for anything else, and for times of other centuries. */
export function isoTimeOf(value: unknown): Micros {
  return (typeof value === "string" && value < LATEST ? parseTime(value) ?? NaN : NaN) as Micros;
}

/** A count of milliseconds since 1970, as a number or a text; NaN for anything else. */
export const millisOf = (value: unknown): Micros => Math.round(decimalOf(value) * 1_000) as Micros;

/** A count of microseconds since 1970, as a number or a text; NaN for anything else. */
export const microsOf = (value: unknown): Micros => Math.round(decimalOf(value)) as Micros;

/** Whole numbers that count up, such as the ids of trades; NaN for anything else. */
export function idOf(value: unknown): number {
  const id = decimalOf(value);
  return Number.isSafeInteger(id) ? id : NaN;
}
