/**
 * One-minute candles of Coinbase Exchange (KALSHI.md 11.2): rows `[time_s, low, high, open, close, volume]`, newest first,
 * at most 300 in one answer. A minute without a trade has no row.
 * @module
 */

import { type PriceMinute, startOfMinute } from "../../core/price_history.ts";
import { formatTime } from "../../core/units.ts";

/** Answers without a key, up to 10 requests a second. */
export const COINBASE_REST = "https://api.exchange.coinbase.com";
/** What one answer holds at most. */
export const ROWS_MAX = 300;

const NAME = "coinbase";
const COLUMNS = 6;
const MINUTE_SECONDS = 60;

/** A candle, with what was traded in it. */
export interface SpotCandle extends PriceMinute {
  /** Coins. */
  readonly volume: number;
}

/** The candles of the minutes of these numbers, both included: at most {@link ROWS_MAX}. */
export function candlesUrl(rest: string, asset: string, first: number, last: number): string {
  const timeOf = (minute: number) => formatTime(startOfMinute(minute)).replace(".000000Z", "Z");
  const [start, end] = [first, last].map((minute) => encodeURIComponent(timeOf(minute)));
  return `${rest}/products/${encodeURIComponent(asset)}-USD/candles?granularity=60&start=${start}&end=${end}`;
}

export type CandleRows =
  | { readonly ok: true; readonly candles: readonly SpotCandle[]; readonly refused: readonly string[] }
  /** Nothing of the answer can be used. Few and short: counted by. */
  | { readonly ok: false; readonly reason: string };

/** Reads an answer: the candles of those minutes, oldest first, and why rows were left out. */
export function readCandleRows(body: unknown, first: number, last: number): CandleRows {
  if (!Array.isArray(body)) return { ok: false, reason: "not a list of candles" };
  // The real one has been seen to send a row more than it says.
  if (body.length > ROWS_MAX + 1) return { ok: false, reason: "too many candles" };
  const candles = new Map<number, SpotCandle>();
  const refused: string[] = [];
  for (const row of body) {
    const candle = readRow(row);
    if (typeof candle === "string") refused.push(candle);
    else {
      const minute = candle.start / startOfMinute(1);
      if (minute >= first && minute <= last) candles.set(minute, candle);
    }
  }
  return { ok: true, candles: [...candles.values()].sort((a, b) => a.start - b.start), refused };
}

/** A candle, or why it is none. */
function readRow(row: unknown): SpotCandle | string {
  if (!Array.isArray(row) || row.length < COLUMNS) return "row without its columns";
  const columns: readonly unknown[] = row;
  const numbers = columns.slice(0, COLUMNS).filter((value) => typeof value === "number" && Number.isFinite(value));
  if (numbers.length !== COLUMNS) return "column that is no number";
  const [seconds, low, high, open, close, volume] = numbers as readonly number[];
  if (!Number.isSafeInteger(seconds) || seconds <= 0 || seconds % MINUTE_SECONDS !== 0) {
    return "time of no whole minute";
  }
  const ordered = low > 0 && low <= Math.min(open, close) && Math.max(open, close) <= high;
  if (!ordered || volume < 0) return "prices out of order";
  return { start: startOfMinute(seconds / MINUTE_SECONDS), open, high, low, close, source: NAME, volume };
}
