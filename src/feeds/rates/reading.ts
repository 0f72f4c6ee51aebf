/**
 * What reading rates comes to, and the few looks at untrusted values that their readers share.
 * @module
 */

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  /** Reasons are few and short: refusals are counted by them. */
  | { readonly ok: false; readonly reason: string };

export const refused = (reason: string): Reading<never> => ({ ok: false, reason });

export type JsonObject = Readonly<Record<string, unknown>>;

/** True for what JSON calls an object, and false for arrays and `null`. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The effective rate was never above 23 % nor below zero; a little room on both sides. */
const RATE_MIN = -1;
const RATE_MAX = 25;

/** Whether a number can be a rate, per cent a year. */
export const isRate = (value: unknown): value is number =>
  typeof value === "number" && value >= RATE_MIN && value <= RATE_MAX;

const DAY = /^\d{4}-\d\d-\d\d$/;

/** Whether a text is a day of the calendar, as `2026-11-19`. */
export function isDay(value: unknown): value is string {
  if (typeof value !== "string" || !DAY.test(value)) return false;
  const milliseconds = Date.parse(`${value}T00:00:00Z`);
  return Number.isFinite(milliseconds) && new Date(milliseconds).toISOString().slice(0, 10) === value;
}
