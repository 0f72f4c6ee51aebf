/**
 * Candlesticks, in the live and in the historical dialect: the same fields, with and without their suffixes
 * (KALSHI.md 3.10).
 * @module
 */

import { type Count, type Micros, microsFromSeconds, type Price } from "../../core/units.ts";
import { type BodyReader, rows } from "./body_reader.ts";
import type { FieldReader, JsonObject } from "./fields.ts";

/** Minutes that one candle spans. */
export type CandleInterval = 1 | 60 | 1440;

/** Prices of YES within one candle. */
export interface PriceRun {
  readonly open: Price;
  readonly low: Price;
  readonly high: Price;
  readonly close: Price;
}

export interface Candle {
  /** The end of its span, which belongs to it. */
  readonly end: Micros;
  /** Best bid and best ask of YES; `null` where the side was never there. */
  readonly bid: PriceRun | null;
  readonly ask: PriceRun | null;
  /** Of trades; `null` where none happened. */
  readonly traded: PriceRun | null;
  /** The trade before the candle; `null` where none is known. */
  readonly previous: Price | null;
  readonly volume: Count;
  readonly openInterest: Count;
}

/** What one answer may hold for one market. */
export const CANDLES_MAX = 5_000;
const BATCH_MAX = 10_000;
const TICKERS_MAX = 1_000;

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === "";

/** The key in the dialect that the body speaks. */
const keyIn = (body: JsonObject, plain: string, suffix: string): string =>
  body[plain + suffix] === undefined ? plain : plain + suffix;

function readRun(read: FieldReader, candle: JsonObject, key: string, path: string): PriceRun | null {
  if (isAbsent(candle[key])) return null;
  const run = read.object(candle, key, path);
  const at = `${path}${key}.`;
  const price = (plain: string): Price | null => {
    const named = keyIn(run, plain, "_dollars");
    return isAbsent(run[named]) ? null : read.price(run, named, at);
  };
  const [open, low, high, close] = [price("open"), price("low"), price("high"), price("close")];
  return open === null || low === null || high === null || close === null ? null : { open, low, high, close };
}

function readPrevious(read: FieldReader, candle: JsonObject, path: string): Price | null {
  if (isAbsent(candle.price)) return null;
  const price = read.object(candle, "price", path);
  const key = keyIn(price, "previous", "_dollars");
  return isAbsent(price[key]) ? null : read.price(price, key, `${path}price.`);
}

export const readCandle: BodyReader<Candle> = (read, candle, path) => ({
  end: read.optionalSeconds(candle, "end_period_ts", path) ?? noEnd(read, candle, path),
  bid: readRun(read, candle, "yes_bid", path),
  ask: readRun(read, candle, "yes_ask", path),
  traded: readRun(read, candle, "price", path),
  previous: readPrevious(read, candle, path),
  volume: read.size(candle, keyIn(candle, "volume", "_fp"), path),
  openInterest: read.size(candle, keyIn(candle, "open_interest", "_fp"), path),
});

function noEnd(read: FieldReader, candle: JsonObject, path: string): Micros {
  read.refuse(`${path}end_period_ts`, candle.end_period_ts, "seconds since 1970");
  return microsFromSeconds(0);
}

/** `{"ticker","candlesticks":[...]}`. */
export const readCandles: BodyReader<readonly Candle[]> = rows("candlesticks", BATCH_MAX, readCandle);

/** `{"markets":[{"market_ticker","candlesticks"}]}`, by ticker. */
export const readCandleBatch: BodyReader<ReadonlyMap<string, readonly Candle[]>> = (read, body, path, unknown) => {
  const markets = rows("markets", TICKERS_MAX, (reader, row, at, counter) => {
    const candles = readCandles(reader, row, at, counter);
    return [reader.text(row, "market_ticker", at), candles] as const;
  });
  return new Map(markets(read, body, path, unknown));
};

/** `{"market_tickers":[],"market_candlesticks":[[]]}`: two lists that belong together, by ticker. */
export const readEventCandles: BodyReader<ReadonlyMap<string, readonly Candle[]>> = (read, body, path, unknown) => {
  const tickers = read.list(body, "market_tickers", path, TICKERS_MAX);
  const lists = read.list(body, "market_candlesticks", path, TICKERS_MAX);
  if (tickers.length !== lists.length) {
    read.refuse(`${path}market_candlesticks`, lists, `a list of ${tickers.length}, as many as there are tickers`);
  }
  const found = new Map<string, readonly Candle[]>();
  tickers.forEach((ticker, index) => {
    const at = `${path}market_candlesticks[${index}].`;
    if (typeof ticker !== "string") return read.refuse(`${path}market_tickers[${index}]`, ticker, "a text");
    found.set(ticker, readCandles(read, { candlesticks: lists[index] }, at, unknown));
  });
  return found;
};
