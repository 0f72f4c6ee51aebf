/**
 * Calls about the past: markets, trades and candlesticks, across the cutoff behind which the exchange keeps them apart
 * (KALSHI.md 3.8, 3.10, 3.11). None needs a key.
 * @module
 */

import type { FeeSchedule, Market } from "../../core/market.ts";
import { seriesOf } from "../../core/ticker.ts";
import { type Micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import { type FeesOf, readMarket, type TradeBody } from "./bodies.ts";
import {
  type Candle,
  type CandleInterval,
  CANDLES_MAX,
  readCandleBatch,
  readCandles,
  readEventCandles,
} from "./bodies_candles.ts";
import { inside } from "./body_reader.ts";
import type { ApiResult } from "./failure.ts";
import type { Refusal } from "./fields.ts";
import type { Pages } from "./pages.ts";
import { part } from "./rest_calls.ts";
import {
  HISTORY_PAGES_MAX,
  MarketCalls,
  type MarketFilter,
  marketQuery,
  TICKERS_PER_READ,
  type TradeFilter,
} from "./rest_markets.ts";

/** Requests that one call for candles may be split into. */
const CANDLE_READS_MAX = 200;

const secondsOf = (at: Micros): number => Math.floor(at / MICROS_PER_SECOND);

const isNotFound = <T>(result: ApiResult<T>): boolean =>
  !result.ok && result.failure.kind === "http" && result.failure.status === 404;

export class HistoryCalls extends MarketCalls {
  /** A market that was settled before the cutoff. */
  historicalMarket(ticker: string, fees: FeeSchedule): Promise<ApiResult<Market>> {
    const reader = inside("market", (read, body, path, unknown) => readMarket(read, body, path, unknown, fees));
    return this.get(`/historical/markets/${part(ticker)}`, {}, reader, "background");
  }

  /** Markets that were settled before the cutoff. */
  historicalMarkets(
    filter: Pick<MarketFilter, "series" | "event" | "tickers" | "combos">,
    feesOf: FeesOf,
  ): Promise<ApiResult<Pages<Market>>> {
    return this.readMarkets("/historical/markets", marketQuery(filter), feesOf, "background", HISTORY_PAGES_MAX);
  }

  /**
   * All public trades that pass the filter between two moments, both included, oldest first: those before the cutoff from
   * the historical list, the others from the live one.
   */
  async tradesBetween(
    filter: Pick<TradeFilter, "ticker" | "blockTrades">,
    from: Micros,
    to: Micros,
  ): Promise<ApiResult<Pages<TradeBody>>> {
    const cutoff = await this.historicalCutoff();
    if (!cutoff.ok) return cutoff;
    const bounded = { ...filter, minSeconds: secondsOf(from), maxSeconds: secondsOf(to) };
    const trades = new Map<string, TradeBody>();
    const refused: Refusal[] = [];
    for (const path of ["/historical/trades", "/markets/trades"]) {
      const wanted = path === "/markets/trades" ? to >= cutoff.value.tradesCreated : from < cutoff.value.tradesCreated;
      if (!wanted) continue;
      const read = await this.readTrades(path, bounded, "background");
      if (!read.ok) return read;
      for (const trade of read.value.items) trades.set(trade.tradeId, trade);
      refused.push(...read.value.refused);
    }
    const items = [...trades.values()]
      .filter(({ createdTime }) => createdTime >= from && createdTime <= to)
      .sort((a, b) => a.createdTime - b.createdTime);
    return { ok: true, value: { items, refused } };
  }

  /**
   * Candlesticks of a market that end between two moments, both included, oldest first. A market that was settled before
   * the cutoff is found in the historical part only, every other one in the live part; where the span begins before the
   * cutoff, both are asked.
   */
  async candles(
    ticker: string,
    from: Micros,
    to: Micros,
    interval: CandleInterval,
  ): Promise<ApiResult<readonly Candle[]>> {
    const cutoff = await this.historicalCutoff();
    if (!cutoff.ok) return cutoff;
    const { marketsSettled } = cutoff.value;
    const live = `/series/${part(seriesOf(ticker))}/markets/${part(ticker)}/candlesticks`;
    const historical = `/historical/markets/${part(ticker)}/candlesticks`;
    const sources = [...(from < marketsSettled ? [historical] : []), ...(to >= marketsSettled ? [live] : [])];
    const candles = new Map<Micros, Candle>();
    let found = false;
    let last: ApiResult<readonly Candle[]> = { ok: true, value: [] };
    for (const path of sources) {
      last = await this.#candles(path, from, to, interval);
      if (!last.ok && !isNotFound(last)) return last;
      if (!last.ok) continue;
      found = true;
      for (const candle of last.value) candles.set(candle.end, candle);
    }
    if (!found) return last;
    return { ok: true, value: [...candles.values()].sort((a, b) => a.end - b.end) };
  }

  /** In pieces that one answer can hold. */
  async #candles(
    path: string,
    from: Micros,
    to: Micros,
    interval: CandleInterval,
  ): Promise<ApiResult<readonly Candle[]>> {
    const span = (CANDLES_MAX - 1) * interval * MICROS_PER_MINUTE;
    const reads = Math.floor(Math.max(0, to - from) / (span + MICROS_PER_SECOND)) + 1;
    if (reads > CANDLE_READS_MAX) {
      const message = `Span holds more than ${CANDLE_READS_MAX} times ${CANDLES_MAX} candles: ask for less at once`;
      return { ok: false, failure: { kind: "unsent", code: "too_much", message } };
    }
    const candles: Candle[] = [];
    for (let start: number = from; start <= to; start += span + MICROS_PER_SECOND) {
      const query = {
        start_ts: secondsOf(start as Micros),
        end_ts: secondsOf(Math.min(to, start + span) as Micros),
        period_interval: interval,
      };
      const read = await this.get(path, query, readCandles, "background");
      if (!read.ok) return read;
      candles.push(...read.value);
    }
    return { ok: true, value: candles };
  }

  /** Candlesticks of up to 100 live markets at once, 10,000 in all, by ticker. */
  candlesOf(
    tickers: readonly string[],
    from: Micros,
    to: Micros,
    interval: CandleInterval,
  ): Promise<ApiResult<ReadonlyMap<string, readonly Candle[]>>> {
    const query = {
      market_tickers: tickers.slice(0, TICKERS_PER_READ),
      start_ts: secondsOf(from),
      end_ts: secondsOf(to),
      period_interval: interval,
    };
    return this.get("/markets/candlesticks", query, readCandleBatch, "background");
  }

  /** Candlesticks of all markets of an event, by ticker. */
  eventCandles(
    event: string,
    from: Micros,
    to: Micros,
    interval: CandleInterval,
  ): Promise<ApiResult<ReadonlyMap<string, readonly Candle[]>>> {
    const query = { start_ts: secondsOf(from), end_ts: secondsOf(to), period_interval: interval };
    const path = `/series/${part(seriesOf(event))}/events/${part(event)}/candlesticks`;
    return this.get(path, query, readEventCandles, "background");
  }
}
