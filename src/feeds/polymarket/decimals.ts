/**
 * Polymarket's prices and sizes as the integers that everything here counts in. They come as decimal texts and are read
 * digit by digit: no float, no rounding error.
 * @module
 */

import { type Count, parseCount, parsePrice, type Price } from "../../core/units.ts";

const ONE = 10_000;
/** Shares have six decimals; contracts here have two. */
const SIZE = /^(\d{1,12})(?:\.(\d{1,18}))?$/;

/** `"0.505"` -> 5050; from 0 to 1, `null` for anything else and for what is finer than $0.0001. */
export function readPrice(value: unknown): Price | null {
  const price = typeof value === "string" ? parsePrice(value) : null;
  return price !== null && price >= 0 && price <= ONE ? price : null;
}

export interface Size {
  /** Rounded down to 0.01: what is surely there. */
  readonly count: Count;
  /** Exactly none: the level is gone. Less than 0.01 is still a level. */
  readonly none: boolean;
}

/** `"150.009999"` -> 150.00 contracts; `null` for what is no size. */
export function readSize(value: unknown): Size | null {
  const match = typeof value === "string" ? SIZE.exec(value) : null;
  if (match === null) return null;
  const [, whole, fraction = ""] = match;
  const count = parseCount(`${whole}.${fraction.padEnd(2, "0").slice(0, 2)}`);
  return count === null ? null : { count, none: !/[1-9]/.test(whole + fraction) };
}
