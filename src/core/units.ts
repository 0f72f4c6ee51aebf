/**
 * The integer units that money, prices, counts and time are kept in, and their exact decimal strings.
 *
 * | quantity | unit of the integer |
 * | --- | --- |
 * | {@link Price} | $0.0001, always the YES side |
 * | {@link Count} | 0.01 contract |
 * | {@link Money} | $0.000001, so that price x count is exact |
 * | {@link Micros} | microseconds since 1970 UTC |
 *
 * The brands keep them apart at compile time; at run time they are plain numbers below 2^53.
 * @module
 */

declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** A contract's YES price in units of $0.0001: 0 to 10,000. */
export type Price = Branded<"price">;
/** Contracts in units of 0.01. */
export type Count = Branded<"count">;
/** Dollars in units of $0.000001. */
export type Money = Branded<"money">;
/** Microseconds since 1970 UTC. */
export type Micros = Branded<"micros">;

/** $1.00 as a price: what one winning contract pays. */
export const ONE_DOLLAR_PRICE: Price = 10_000 as Price;
/** One whole contract. */
export const ONE_CONTRACT: Count = 100 as Count;
/** $1.00 as money. */
export const ONE_DOLLAR: Money = 1_000_000 as Money;

const PRICE_DECIMALS = 4;
const COUNT_DECIMALS = 2;
const MONEY_DECIMALS = 6;

function brandInteger<T extends number>(value: number, name: string): T {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`Not a whole ${name} within 2^53: ${value}`);
  }
  return value as T;
}

/** Brands an integer number of $0.0001 as a price; throws on a fraction, because that is a bug and not an input. */
export const price = (tenThousandths: number): Price => brandInteger<Price>(tenThousandths, "price");
/** Brands an integer number of 0.01 contracts as a count. */
export const count = (hundredths: number): Count => brandInteger<Count>(hundredths, "count");
/** Brands an integer number of micro-dollars as money. */
export const money = (microDollars: number): Money => brandInteger<Money>(microDollars, "money");
/** Brands an integer number of microseconds since 1970 as a time. */
export const micros = (microseconds: number): Micros => brandInteger<Micros>(microseconds, "time");

const ZERO = 48;
const NINE = 57;
const POINT = 46;
const MINUS = 45;

/**
 * Reads a plain decimal string exactly as an integer of 10^-decimals.
 *
 * Digits beyond `decimals` are accepted only where they are zeros, so nothing is ever rounded away. No exponent,
 * no leading plus, no blanks.
 *
 * @returns the integer, or `null` where the text is not such a number or leaves the safe integers.
 * @example
 * ```ts
 * import { parseDecimal } from "./units.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseDecimal("0.5600", 4), 5600);
 * assert.equal(parseDecimal("-64.00", 2), -6400);
 * assert.equal(parseDecimal("0.12345", 4), null);
 * ```
 */
export function parseDecimal(text: string, decimals: number): number | null {
  const length = text.length;
  if (length > 32) return null;
  let at = 0;
  const negative = text.charCodeAt(0) === MINUS;
  if (negative) at = 1;
  let value = 0;
  let digits = 0;
  let fraction = -1;
  for (; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT) {
      if (fraction >= 0) return null;
      fraction = 0;
      continue;
    }
    if (code < ZERO || code > NINE) return null;
    digits++;
    if (fraction >= 0) {
      if (fraction === decimals) {
        if (code !== ZERO) return null;
        continue;
      }
      fraction++;
    }
    value = value * 10 + (code - ZERO);
  }
  if (digits === 0 || fraction === 0) return null;
  for (let k = Math.max(fraction, 0); k < decimals; k++) value *= 10;
  if (value > Number.MAX_SAFE_INTEGER) return null;
  return negative && value !== 0 ? -value : value;
}

/**
 * Writes an integer of 10^-decimals as an exact decimal string.
 *
 * @example
 * ```ts
 * import { formatDecimal } from "./units.ts";
 * import assert from "node:assert/strict";
 * assert.equal(formatDecimal(-60_000, 6), "-0.060000");
 * ```
 */
export function formatDecimal(value: number, decimals: number): string {
  const digits = Math.abs(value).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const sign = value < 0 ? "-" : "";
  return decimals === 0 ? sign + whole : `${sign}${whole}.${digits.slice(digits.length - decimals)}`;
}

/** `"0.5600"` -> 5600; `null` where it is not an exact multiple of $0.0001. */
export const parsePrice = (text: string): Price | null => parseDecimal(text, PRICE_DECIMALS) as Price | null;
/** `"-64.00"` -> -6400; `null` where it is not an exact multiple of 0.01 contract. */
export const parseCount = (text: string): Count | null => parseDecimal(text, COUNT_DECIMALS) as Count | null;
/** `"0.017500"` -> 17500; `null` where it is not an exact multiple of $0.000001. */
export const parseMoney = (text: string): Money | null => parseDecimal(text, MONEY_DECIMALS) as Money | null;
/** 5600 -> `"0.5600"`. */
export const formatPrice = (value: Price): string => formatDecimal(value, PRICE_DECIMALS);
/** 6400 -> `"64.00"`. */
export const formatCount = (value: Count): string => formatDecimal(value, COUNT_DECIMALS);
/** 17500 -> `"0.017500"`. */
export const formatMoney = (value: Money): string => formatDecimal(value, MONEY_DECIMALS);

/** Price times count, exact: $0.0001 x 0.01 contract = $0.000001. */
export const notional = (at: Price, contracts: Count): Money => money(at * contracts);

/** The NO price of a YES price, and the other way round. */
export const complement = (at: Price): Price => (ONE_DOLLAR_PRICE - at) as Price;

export const MICROS_PER_MILLISECOND = 1_000;
export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MINUTE = 60_000_000;
export const MICROS_PER_DAY = 86_400_000_000;

/** Milliseconds since 1970 (as on the wire) as {@link Micros}. */
export const microsFromMilliseconds = (milliseconds: number): Micros => micros(milliseconds * MICROS_PER_MILLISECOND);
/** Seconds since 1970 (as on the wire) as {@link Micros}. */
export const microsFromSeconds = (seconds: number): Micros => micros(seconds * MICROS_PER_SECOND);

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** Reads an RFC 3339 UTC time with up to nine fraction digits (below a microsecond they are cut); `null` otherwise. */
export function parseTime(text: string): Micros | null {
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction] = match;
  const milliseconds = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second);
  const normal = new Date(milliseconds).toISOString().slice(0, 19);
  if (normal !== text.slice(0, 19)) return null;
  const time = milliseconds * MICROS_PER_MILLISECOND + +(fraction ?? "").padEnd(6, "0").slice(0, 6);
  return Number.isSafeInteger(time) ? micros(time) : null;
}

/** Writes a time as RFC 3339 UTC with microseconds: `"2026-09-25T19:00:00.584868Z"`. */
export function formatTime(at: Micros): string {
  const milliseconds = Math.floor(at / MICROS_PER_MILLISECOND);
  const rest = at - milliseconds * MICROS_PER_MILLISECOND;
  return new Date(milliseconds).toISOString().slice(0, 23) + rest.toString().padStart(3, "0") + "Z";
}
