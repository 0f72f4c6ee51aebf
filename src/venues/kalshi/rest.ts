/**
 * The exchange's REST interface as typed calls (KALSHI.md 3). Results are values; nothing here throws for what the
 * network or the exchange does.
 * @module
 */

import type { PositionReport } from "../../core/input.ts";
import type { FeeSchedule, Market } from "../../core/market.ts";
import type { FillReport, OrderIntent, OrderReport } from "../../core/order.ts";
import { seriesOf } from "../../core/ticker.ts";
import {
  type BodyReader,
  type BookBody,
  readMarket,
  readOrderbook,
  readSeries,
  readTradeBody,
  type Series,
  type TradeBody,
} from "./bodies.ts";
import {
  type BalanceBody,
  type CancelledBody,
  createBody,
  type CreatedBody,
  type LimitsBody,
  readBalance,
  readCancelled,
  readCreated,
  readFill,
  readLimits,
  readOrder,
  readPosition,
} from "./bodies_account.ts";
import { type ApiResult, unreadable } from "./failure.ts";
import { FieldReader, isObject, type JsonObject, type Refusal, UnknownFields } from "./fields.ts";
import { type IndexValue, readIndexValues } from "./index_values.ts";
import { type PageRequest, type Pages, readPages } from "./pages.ts";
import { ORDERS_PATH, Transport, type TransportHealth, type TransportOptions } from "./transport.ts";

/** A query; keys without a value are left out, lists are joined with commas. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface ExchangeStatus {
  readonly exchangeActive: boolean;
  readonly tradingActive: boolean;
}

/** What the list of markets may be filtered by (KALSHI.md 3.8). */
export interface MarketFilter {
  readonly series?: string;
  readonly event?: string;
  readonly tickers?: readonly string[];
  readonly status?: "unopened" | "open" | "paused" | "closed" | "settled";
}

/** Where an order is: shards and tickers are always named, because an id alone is looked for on shard 0 only. */
export interface OrderPlace {
  readonly orderId: string;
  readonly ticker: string;
  readonly shard: number;
}

export const COST_DEFAULT = 10;
export const COST_CANCEL = 2;
/** Of a request that is relayed to CF Benchmarks (KALSHI.md 3.16). */
const COST_INDEX = 50;
const PAGE_LIMIT = 1_000;
const TICKERS_MAX = 100;

const orderPath = (orderId: string): string => `${ORDERS_PATH}/${encodeURIComponent(orderId)}`;

const queryText = (query: Query): string => {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    const text = typeof value === "object" ? value.join(",") : String(value);
    parts.push(`${key}=${encodeURIComponent(text)}`);
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
};

export class KalshiRest {
  readonly #transport: Transport;
  readonly #unknown: UnknownFields;

  constructor(options: TransportOptions & { readonly unknown?: UnknownFields }) {
    this.#transport = new Transport(options);
    this.#unknown = options.unknown ?? new UnknownFields();
  }

  get health(): TransportHealth {
    return this.#transport.health;
  }

  /** Prepares for orders, so that they leave at once. */
  start(): void {
    this.#transport.start();
  }

  stop(): void {
    this.#transport.stop();
  }

  /** An order is over: its cancel need not be kept ready any more. */
  orderEnded(orderId: string): void {
    this.#transport.forgetCancel(orderPath(orderId));
  }

  status(): Promise<ApiResult<ExchangeStatus>> {
    return this.#get("/exchange/status", {}, (read, body, path) => ({
      exchangeActive: read.boolean(body, "exchange_active", path),
      tradingActive: read.boolean(body, "trading_active", path),
    }));
  }

  series(ticker: string): Promise<ApiResult<Series>> {
    return this.#get(`/series/${encodeURIComponent(ticker)}`, {}, inside("series", readSeries));
  }

  market(ticker: string, fees: FeeSchedule): Promise<ApiResult<Market>> {
    const reader = inside("market", (read, body, path, unknown) => readMarket(read, body, path, unknown, fees));
    return this.#get(`/markets/${encodeURIComponent(ticker)}`, {}, reader);
  }

  /** All markets that pass the filter, page by page. */
  markets(filter: MarketFilter, feesOf: (series: string) => FeeSchedule): Promise<ApiResult<Pages<Market>>> {
    const { series, event, tickers, status } = filter;
    return this.#pages("/markets", { series_ticker: series, event_ticker: event, tickers, status }, {
      key: "markets",
      identity: (market: Market) => market.ticker,
      read: (read, body, path, unknown) => {
        const eventTicker = typeof body.event_ticker === "string" ? body.event_ticker : "";
        return readMarket(read, body, path, unknown, feesOf(seriesOf(eventTicker)));
      },
    });
  }

  /** Events of a series, as their tickers. */
  events(series: string, status?: "unopened" | "open" | "closed" | "settled"): Promise<ApiResult<Pages<string>>> {
    return this.#pages("/events", { series_ticker: series, status, limit: 200 }, {
      key: "events",
      identity: (ticker: string) => ticker,
      read: (read, body, path) => read.text(body, "event_ticker", path),
    });
  }

  orderbook(ticker: string): Promise<ApiResult<BookBody>> {
    return this.#get(`/markets/${encodeURIComponent(ticker)}/orderbook`, {}, readOrderbook);
  }

  /** Several books at once; at most 100. This one call wants its tickers repeated instead of joined. */
  orderbooks(tickers: readonly string[]): Promise<ApiResult<ReadonlyMap<string, BookBody>>> {
    const query = tickers.slice(0, TICKERS_MAX).map((ticker) => `tickers=${encodeURIComponent(ticker)}`).join("&");
    return this.#get(`/markets/orderbooks?${query}`, {}, (read, body, path, unknown) => {
      const books = new Map<string, BookBody>();
      read.list(body, "orderbooks", path, TICKERS_MAX).forEach((row, index) => {
        const at = `${path}orderbooks[${index}].`;
        if (!isObject(row)) read.refuse(at, row, "an object");
        else books.set(read.text(row, "ticker", at), readOrderbook(read, row, at, unknown));
      });
      return books;
    });
  }

  /** Public trades of a market, newest first. */
  trades(ticker: string, minSeconds?: number, pagesMax = 1): Promise<ApiResult<Pages<TradeBody>>> {
    return this.#pages("/markets/trades", { ticker, min_ts: minSeconds }, {
      key: "trades",
      identity: (trade: TradeBody) => trade.tradeId,
      read: readTradeBody,
      pagesMax,
    });
  }

  /** What an index was at every second of the last hour or so, oldest first. Needs an entitlement (KALSHI.md 3.16). */
  indexValues(index: string): Promise<ApiResult<readonly IndexValue[]>> {
    return this.#get("/cfbenchmarks/values", { id: index }, readIndexValues, COST_INDEX);
  }

  balance(): Promise<ApiResult<BalanceBody>> {
    return this.#get("/portfolio/balance", {}, readBalance);
  }

  positions(): Promise<ApiResult<Pages<PositionReport>>> {
    return this.#pages("/portfolio/positions", { count_filter: "position" }, {
      key: "market_positions",
      identity: (position: PositionReport) => position.ticker,
      read: readPosition,
    });
  }

  /** Our fills, newest first. */
  fills(
    filter: { readonly ticker?: string; readonly orderId?: string; readonly minSeconds?: number },
  ): Promise<ApiResult<Pages<FillReport>>> {
    const query = { ticker: filter.ticker, order_id: filter.orderId, min_ts: filter.minSeconds };
    return this.#pages("/portfolio/fills", query, {
      key: "fills",
      identity: (fill: FillReport) => fill.tradeId,
      read: readFill,
    });
  }

  /** Our orders; without a status those of every status. */
  orders(
    filter: { readonly ticker?: string; readonly status?: "resting" | "canceled" | "executed" },
  ): Promise<ApiResult<Pages<OrderReport>>> {
    return this.#pages("/portfolio/orders", { ticker: filter.ticker, status: filter.status }, {
      key: "orders",
      identity: (order: OrderReport) => order.orderId,
      read: readOrder,
    });
  }

  order(orderId: string): Promise<ApiResult<OrderReport>> {
    return this.#get(`/portfolio/orders/${encodeURIComponent(orderId)}`, {}, inside("order", readOrder), COST_CANCEL);
  }

  /** A failure other than `http` below 500 and `unsent` leaves open whether the order exists. */
  async createOrder(intent: OrderIntent): Promise<ApiResult<CreatedBody>> {
    const sent = await this.#transport.send({
      method: "POST",
      path: ORDERS_PATH,
      body: createBody(intent),
      cost: COST_DEFAULT,
      urgency: "order",
    });
    if (!sent.ok) return sent;
    const created = this.#parse(sent.value, readCreated);
    if (created.ok && created.value.remainingCount > 0) {
      this.#transport.expectCancel(orderPath(created.value.orderId));
    }
    return created;
  }

  async cancelOrder(place: OrderPlace): Promise<ApiResult<CancelledBody>> {
    const query = queryText({ exchange_index: place.shard, market_ticker: place.ticker });
    const sent = await this.#transport.send({
      method: "DELETE",
      path: orderPath(place.orderId) + query,
      cost: COST_CANCEL,
      urgency: "cancel",
    });
    if (sent.ok) this.orderEnded(place.orderId);
    return sent.ok ? this.#parse(sent.value, readCancelled) : sent;
  }

  /** Cancels whatever rests, on all shards; answered without a body. */
  async cancelAll(): Promise<ApiResult<null>> {
    const sent = await this.#transport.send({
      method: "DELETE",
      path: ORDERS_PATH,
      cost: COST_DEFAULT,
      urgency: "cancel",
    });
    return sent.ok ? { ok: true, value: null } : sent;
  }

  /** Reads the account's rate limits, and keeps to them from then on. */
  async accountLimits(): Promise<ApiResult<LimitsBody>> {
    const limits = await this.#get("/account/limits", {}, readLimits);
    if (limits.ok) this.#transport.resize(limits.value.read, limits.value.write);
    return limits;
  }

  async #get<T>(path: string, query: Query, reader: BodyReader<T>, cost = COST_DEFAULT): Promise<ApiResult<T>> {
    const request = { method: "GET", path: path + queryText(query), cost, urgency: "read" } as const;
    const sent = await this.#transport.send(request);
    return sent.ok ? this.#parse(sent.value, reader) : sent;
  }

  #pages<T>(path: string, query: Query, request: PageRequest<T>): Promise<ApiResult<Pages<T>>> {
    const page = (cursor: string) =>
      this.#get(path, { limit: PAGE_LIMIT, ...query, cursor: cursor === "" ? undefined : cursor }, wholeBody);
    return readPages(request, page, this.#unknown);
  }

  #parse<T>(text: string, reader: BodyReader<T>): ApiResult<T> {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      body = undefined;
    }
    if (!isObject(body)) return refusedBody({ path: "body", found: "no JSON object", wanted: "one" });
    const read = new FieldReader();
    const value = reader(read, body, "", this.#unknown);
    return read.refusal === null ? { ok: true, value } : refusedBody(read.refusal);
  }
}

const refusedBody = (refusal: Refusal): ApiResult<never> => ({ ok: false, failure: unreadable(refusal) });

const wholeBody: BodyReader<JsonObject> = (_read, body) => body;

/** Reads what stands under one key of the body. */
const inside = <T>(key: string, reader: BodyReader<T>): BodyReader<T> => (read, body, path, unknown) =>
  reader(read, read.object(body, key, path), `${path}${key}.`, unknown);
