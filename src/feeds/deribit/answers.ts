/**
 * Reads what Deribit's public methods answer: JSON-RPC 2.0 over HTTP, numbers as JSON numbers, times in milliseconds,
 * volatility in annualised percent.
 *
 * | method | what is read of it |
 * | --- | --- |
 * | `public/get_volatility_index_data` | the newest candle's close: DVOL, the volatility of the coming 30 days |
 * | `public/get_book_summary_by_currency`, `kind=option` | `mark_iv` of every strike of every expiry |
 * @module
 */

import { type Micros, microsFromMilliseconds } from "../../core/units.ts";
import type { SmilePoint } from "../../models/implied_volatility.ts";
import { parseOptionName } from "./instrument.ts";

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** Reasons are few and short: refusals are counted by them. */
  | { readonly ok: false; readonly reason: string };

/** Annualised percent. What lies outside is a mistake of somebody's, and not a market. */
const PERCENT_MIN = 1;
const PERCENT_MAX = 1_000;
/** The index answers up to 1,000 candles however long the span. */
const CANDLES_MAX = 1_000;
/** BTC has about 1,000 options listed at a time. */
const OPTIONS_MAX = 10_000;
const TIME_MS_MAX = 7_258_118_400_000;

const refused = (reason: string): Answer<never> => ({ ok: false, reason });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPositive = (value: unknown): value is number => typeof value === "number" && value > 0 && value < Infinity;

const isTimeMs = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 && value < TIME_MS_MAX;

const isPercent = (value: number): boolean => value >= PERCENT_MIN && value <= PERCENT_MAX;

function resultOf(body: unknown): Answer<unknown> {
  if (!isObject(body)) return refused("no JSON object");
  if (body.error !== undefined) return refused("error answer");
  return body.result === undefined ? refused("answer without a result") : { ok: true, value: body.result };
}

export interface IndexValue {
  /** Annualised. */
  readonly percent: number;
  /** Begin of the candle that it closes, so far. */
  readonly time: Micros;
}

/** Reads candles `[time, open, high, low, close]` and gives the newest one's close. */
export function readVolatilityIndex(body: unknown): Answer<IndexValue> {
  const result = resultOf(body);
  if (!result.ok) return result;
  if (!isObject(result.value) || !Array.isArray(result.value.data)) return refused("volatility index without data");
  const rows: readonly unknown[] = result.value.data;
  if (rows.length > CANDLES_MAX) return refused("too many candles");
  let newest: IndexValue | null = null;
  for (const row of rows) {
    const candle = readCandle(row);
    if (candle === null) return refused("volatility index candle");
    if (newest === null || candle.time > newest.time) newest = candle;
  }
  if (newest === null) return refused("no candle");
  return isPercent(newest.percent) ? { ok: true, value: newest } : refused("volatility out of range");
}

function readCandle(row: unknown): IndexValue | null {
  if (!Array.isArray(row) || row.length < 5) return null;
  const [time, open, high, low, close]: readonly unknown[] = row;
  if (!isTimeMs(time) || !isPositive(open) || !isPositive(high) || !isPositive(low) || !isPositive(close)) return null;
  if (low > Math.min(open, close) || high < Math.max(open, close)) return null;
  return { percent: close, time: microsFromMilliseconds(time) };
}

/** All strikes of one expiry. */
export interface ExpirySmile {
  readonly expiry: Micros;
  /** Price of the underlying for this expiry, in dollars. */
  readonly forward: number;
  /** Volatilities in annualised percent. */
  readonly points: readonly SmilePoint[];
  /** When the newest of its quotes was made. */
  readonly time: Micros;
}

export interface OptionChain {
  /** Soonest first. */
  readonly smiles: readonly ExpirySmile[];
  /** Why rows were left out, one entry for each. */
  readonly refused: readonly string[];
}

interface Quote extends SmilePoint {
  readonly expiry: Micros;
  readonly forward: number;
  readonly time: Micros;
}

/**
 * Reads the summary of all options of a currency. Rows that are wrong are left out and named; rows of other underlyings,
 * and those that Deribit has no volatility for, are left out silently.
 */
export function readOptionChain(body: unknown, currency: string): Answer<OptionChain> {
  const result = resultOf(body);
  if (!result.ok) return result;
  if (!Array.isArray(result.value)) return refused("book summary without a list");
  const rows: readonly unknown[] = result.value;
  if (rows.length > OPTIONS_MAX) return refused("too many options");
  const byExpiry = new Map<Micros, Quote[]>();
  const reasons: string[] = [];
  for (const row of rows) {
    const quote = readQuote(row, currency);
    if (quote === null) continue;
    if (typeof quote === "string") {
      reasons.push(quote);
      continue;
    }
    const known = byExpiry.get(quote.expiry);
    if (known === undefined) byExpiry.set(quote.expiry, [quote]);
    else known.push(quote);
  }
  const smiles = [...byExpiry].sort(([a], [b]) => a - b).map(([, quotes]) => smileOf(quotes));
  return { ok: true, value: { smiles, refused: reasons } };
}

/** A quote, the reason why the row is refused, or `null` for a row that is none of our business. */
function readQuote(row: unknown, currency: string): Quote | string | null {
  if (!isObject(row)) return "option that is no object";
  const { instrument_name: name, mark_iv: percent, underlying_price: forward, creation_timestamp: time } = row;
  if (typeof name !== "string") return "option without a name";
  const option = parseOptionName(name);
  if (option === null) return "option name";
  if (option.underlying !== currency || percent === null || percent === undefined) return null;
  if (!isPositive(percent) || !isPercent(percent)) return "option volatility";
  if (!isPositive(forward)) return "underlying price";
  if (!isTimeMs(time)) return "option time";
  const { expiry, strike } = option;
  return { expiry, strike, volatility: percent, forward, time: microsFromMilliseconds(time) };
}

/** The forward is the median of what the rows say, so that one wrong row moves nothing. */
function smileOf(quotes: readonly Quote[]): ExpirySmile {
  const forwards = quotes.map((quote) => quote.forward).sort((a, b) => a - b);
  const time = quotes.reduce((newest, quote) => quote.time > newest ? quote.time : newest, quotes[0].time);
  return {
    expiry: quotes[0].expiry,
    forward: forwards[Math.floor(forwards.length / 2)],
    points: quotes.map(({ strike, volatility }) => ({ strike, volatility })),
    time,
  };
}
