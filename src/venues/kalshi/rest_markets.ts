/**
 * Calls about events, markets, their books and newest trades (KALSHI.md 3.7 to 3.11). None needs a key; books are signed
 * where there is one.
 * @module
 */

import type { FeeSchedule, Market } from "../../core/market.ts";
import {
  type BookBody,
  type FeesOf,
  readMarket,
  readMarketWith,
  readOrderbook,
  readTradeBody,
  type TradeBody,
} from "./bodies.ts";
import { type EventBody, type EventMetadata, readEvent, readEventMetadata } from "./bodies_events.ts";
import { inside, rows } from "./body_reader.ts";
import type { ApiResult } from "./failure.ts";
import type { Pages } from "./pages.ts";
import { part, type Query, type ReadUrgency } from "./rest_calls.ts";
import { ExchangeCalls } from "./rest_exchange.ts";

/** What the list of markets may be filtered by; only one family of times goes with a status (KALSHI.md 3.8). */
export interface MarketFilter {
  readonly series?: string;
  readonly event?: string;
  readonly tickers?: readonly string[];
  readonly status?: "unopened" | "open" | "paused" | "closed" | "settled";
  /** Combos: only those, or none. */
  readonly combos?: "only" | "exclude";
  readonly minCreatedSeconds?: number;
  readonly maxCreatedSeconds?: number;
  readonly minCloseSeconds?: number;
  readonly maxCloseSeconds?: number;
  readonly minSettledSeconds?: number;
  readonly maxSettledSeconds?: number;
  readonly minUpdatedSeconds?: number;
}

export interface EventFilter {
  readonly series?: string;
  readonly tickers?: readonly string[];
  readonly status?: "unopened" | "open" | "closed" | "settled";
  readonly minCloseSeconds?: number;
  readonly minUpdatedSeconds?: number;
}

export interface TradeFilter {
  readonly ticker?: string;
  readonly minSeconds?: number;
  readonly maxSeconds?: number;
  readonly blockTrades?: boolean;
}

export const TICKERS_PER_READ = 100;
const EVENTS_PER_PAGE = 200;
const LIST_MAX = 10_000;

/** Lists of what is past are long. */
export const HISTORY_PAGES_MAX = 1_000;

export const marketQuery = (filter: MarketFilter): Query => ({
  series_ticker: filter.series,
  event_ticker: filter.event,
  tickers: filter.tickers,
  status: filter.status,
  mve_filter: filter.combos,
  min_created_ts: filter.minCreatedSeconds,
  max_created_ts: filter.maxCreatedSeconds,
  min_close_ts: filter.minCloseSeconds,
  max_close_ts: filter.maxCloseSeconds,
  min_settled_ts: filter.minSettledSeconds,
  max_settled_ts: filter.maxSettledSeconds,
  min_updated_ts: filter.minUpdatedSeconds,
});

export class MarketCalls extends ExchangeCalls {
  market(ticker: string, fees: FeeSchedule): Promise<ApiResult<Market>> {
    const reader = inside("market", (read, body, path, unknown) => readMarket(read, body, path, unknown, fees));
    return this.get(`/markets/${part(ticker)}`, {}, reader);
  }

  /** All markets that pass the filter, page by page. */
  markets(filter: MarketFilter, feesOf: FeesOf, urgency: ReadUrgency = "read"): Promise<ApiResult<Pages<Market>>> {
    return this.readMarkets("/markets", marketQuery(filter), feesOf, urgency);
  }

  protected readMarkets(
    path: string,
    query: Query,
    feesOf: FeesOf,
    urgency: ReadUrgency,
    pagesBound?: number,
  ): Promise<ApiResult<Pages<Market>>> {
    return this.pages(path, query, {
      key: "markets",
      identity: (market: Market) => market.ticker,
      read: readMarketWith(feesOf),
      pagesBound,
    }, urgency);
  }

  /** Events that pass the filter; combos are never among them. */
  events(filter: EventFilter, urgency: ReadUrgency = "background"): Promise<ApiResult<Pages<EventBody>>> {
    const query = {
      limit: EVENTS_PER_PAGE,
      series_ticker: filter.series,
      tickers: filter.tickers,
      status: filter.status,
      min_close_ts: filter.minCloseSeconds,
      min_updated_ts: filter.minUpdatedSeconds,
    };
    return this.pages("/events", query, {
      key: "events",
      identity: (event: EventBody) => event.ticker,
      read: readEvent,
    }, urgency);
  }

  /** One event and its markets. */
  event(
    ticker: string,
    feesOf: FeesOf,
  ): Promise<ApiResult<{ readonly event: EventBody; readonly markets: readonly Market[] }>> {
    return this.get(`/events/${part(ticker)}`, {}, (read, body, path, unknown) => ({
      event: inside("event", readEvent)(read, body, path, unknown),
      markets: rows("markets", LIST_MAX, readMarketWith(feesOf))(read, body, path, unknown),
    }));
  }

  eventMetadata(ticker: string): Promise<ApiResult<EventMetadata>> {
    return this.get(`/events/${part(ticker)}/metadata`, {}, readEventMetadata, "background");
  }

  /** @param depth levels a side, the best ones; all where absent */
  orderbook(ticker: string, depth?: number): Promise<ApiResult<BookBody>> {
    return this.get(`/markets/${part(ticker)}/orderbook`, { depth }, readOrderbook);
  }

  /** Several books at once; at most 100. This one call wants its tickers repeated instead of joined. */
  orderbooks(tickers: readonly string[]): Promise<ApiResult<ReadonlyMap<string, BookBody>>> {
    const query = tickers.slice(0, TICKERS_PER_READ).map((ticker) => `tickers=${part(ticker)}`).join("&");
    const books = rows("orderbooks", TICKERS_PER_READ, (read, row, path, unknown) => {
      const book = readOrderbook(read, row, path, unknown);
      return [read.text(row, "ticker", path), book] as const;
    });
    return this.get(
      `/markets/orderbooks?${query}`,
      {},
      (read, body, path, unknown) => new Map(books(read, body, path, unknown)),
    );
  }

  /** Public trades of a market, newest first. */
  trades(
    ticker: string,
    minSeconds?: number,
    pagesMax = 1,
    urgency: ReadUrgency = "read",
  ): Promise<ApiResult<Pages<TradeBody>>> {
    return this.readTrades("/markets/trades", { ticker, minSeconds }, urgency, pagesMax);
  }

  protected readTrades(
    path: string,
    filter: TradeFilter,
    urgency: ReadUrgency,
    pagesMax?: number,
  ): Promise<ApiResult<Pages<TradeBody>>> {
    const query = {
      ticker: filter.ticker,
      min_ts: filter.minSeconds,
      max_ts: filter.maxSeconds,
      is_block_trade: filter.blockTrades,
    };
    return this.pages(path, query, {
      key: "trades",
      identity: (trade: TradeBody) => trade.tradeId,
      read: readTradeBody,
      pagesMax,
      pagesBound: HISTORY_PAGES_MAX,
    }, urgency);
  }
}
