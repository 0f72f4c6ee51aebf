/**
 * Bullish as its market data sockets and REST API speak: JSON-RPC commands, `l1Orderbook`, `l2Orderbook` (the whole book
 * each time), `anonymousTrades` on a socket of their own, `heartbeat`.
 * @module
 */

import { Hono } from "hono";
import type { Micros } from "../../../../core/units.ts";
import { json } from "../../replies.ts";
import type { FeedSimulator, FeedSocket, FeedWorld } from "../feed_simulator.ts";
import {
  type BookStep,
  type SpotCharacter,
  type SpotExchange,
  type SpotSession,
  spotSimulator,
  type TradeStep,
} from "./spot_exchange.ts";
import { type Book, type Level, SPOT_ASSETS, type SpotAsset, type SpotMarket, type Trade } from "./spot_market.ts";
import { SpotSubscriptions } from "./spot_subscriptions.ts";
import { type Fields, fieldsIn, millis, millisTime, pair, pairs, parseFields, textIn } from "./spot_wire.ts";

export const BULLISH: SpotCharacter = {
  name: "bullish",
  latencyMs: 130,
  markets: {
    BTC: {
      index: "BRTI",
      tick: 0.1,
      priceDecimals: 4,
      sizeDecimals: 8,
      spread: 1,
      basis: 0.00006,
      offset: 0,
      spacing: 3,
      levelSize: 0.35,
      depth: 40,
      tradesPerSecond: 0.6,
      tradeSize: 0.02,
      stepsPerSecond: 2,
    },
    ETH: {
      index: "ETHUSD_RTI",
      tick: 0.01,
      priceDecimals: 4,
      sizeDecimals: 8,
      spread: 0.1,
      basis: 0.00007,
      offset: 0,
      spacing: 0.15,
      levelSize: 5,
      depth: 40,
      tradesPerSecond: 0.5,
      tradeSize: 0.3,
      stepsPerSecond: 2,
    },
  },
};

const ORDER_BOOK_PATH = "/trading-api/v1/market-data/orderbook";
const TRADES_PATH = "/trading-api/v1/market-data/trades";
const HEARTBEAT_SECONDS = 30;
const SNAPSHOT_TRADES = 100;
const TRADES_BEFORE = 100_095_000_000_000_000n;

const TOPICS = ["l1Orderbook", "l2Orderbook", "anonymousTrades"] as const;
type Topic = typeof TOPICS[number];
/** Where each topic is. */
const TOPIC_PATHS: Readonly<Record<Topic, string>> = {
  l1Orderbook: ORDER_BOOK_PATH,
  l2Orderbook: ORDER_BOOK_PATH,
  anonymousTrades: TRADES_PATH,
};

const symbolOf = (asset: SpotAsset): string => `${asset}USD`;
const assetOf = (symbol: string): SpotAsset | undefined => SPOT_ASSETS.find((asset) => symbolOf(asset) === symbol);

const stamps = (at: Micros): Fields => ({ datetime: millisTime(at), timestamp: String(millis(at)) });

const tradeRow = (asset: SpotAsset, market: SpotMarket, trade: Trade, published: Micros): Fields => ({
  tradeId: String(TRADES_BEFORE + BigInt(trade.number)),
  isTaker: true,
  price: market.priceText(trade.price),
  createdAtTimestamp: String(millis(trade.at)),
  quantity: market.sizeText(trade.size),
  publishedAtTimestamp: String(millis(published)),
  side: trade.buy ? "BUY" : "SELL",
  createdAtDatetime: millisTime(trade.at),
  symbol: symbolOf(asset),
});

class BullishSession implements SpotSession {
  readonly #exchange: SpotExchange;
  readonly #socket: FeedSocket;
  readonly #subscriptions = new SpotSubscriptions<Topic>();
  /** Counts heartbeats; `null` where none were asked for. */
  #heartbeats: number | null = null;

  constructor(exchange: SpotExchange, socket: FeedSocket) {
    this.#exchange = exchange;
    this.#socket = socket;
  }

  receive(text: string): void {
    const message = parseFields(text);
    const id = message === null ? null : message.id ?? null;
    const method = message === null ? "" : textIn(message, "method");
    const params = fieldsIn(message ?? {}, "params");
    const topic = textIn(params, "topic");
    if (method === "keepalivePing") return this.#result(id, "Keep alive pong");
    if (method !== "subscribe" && method !== "unsubscribe") return this.#refuse(id, "Method not found", -32_601);
    if (topic === "heartbeat") {
      this.#heartbeats = method === "subscribe" ? 0 : null;
      return this.#result(id, `Successfully ${method}d: ${topic}`);
    }
    const named = TOPICS.find((each) => each === topic && TOPIC_PATHS[each] === this.#socket.path);
    const asset = assetOf(textIn(params, "symbol"));
    if (named === undefined) return this.#refuse(id, "Invalid topic", -32_602);
    if (asset === undefined) return this.#refuse(id, "Invalid symbol", -32_602);
    if (method === "unsubscribe") this.#subscriptions.remove(named, asset);
    const isNew = method === "subscribe" && this.#subscriptions.add(named, asset);
    this.#result(id, `Successfully ${method}d: ${topic}:${symbolOf(asset)}`);
    if (isNew) this.#begin(named, asset);
  }

  hears(asset: SpotAsset): boolean {
    return this.#subscriptions.hears(asset);
  }

  book({ asset, market, before, after }: BookStep): void {
    if (this.#subscriptions.has("l1Orderbook", asset)) this.#bestPrices("update", asset, market, after);
    if (this.#subscriptions.has("l2Orderbook", asset)) this.#wholeBook(asset, market, after, before.step + 1);
  }

  trade({ asset, trade }: TradeStep): void {
    if (this.#subscriptions.has("anonymousTrades", asset)) this.#trades("update", asset, [trade]);
  }

  second(at: Micros, count: number): void {
    if (this.#heartbeats === null || count % HEARTBEAT_SECONDS !== 0) return;
    const data = { sequenceNumber: String(++this.#heartbeats), ...stamps(at) };
    this.#send({ type: "update", dataType: "V1TAHeartbeat", data });
  }

  #begin(topic: Topic, asset: SpotAsset): void {
    const market = this.#exchange.market(asset);
    const book = this.#exchange.book(asset);
    switch (topic) {
      case "l1Orderbook":
        return this.#bestPrices("snapshot", asset, market, book);
      case "l2Orderbook":
        return this.#wholeBook(asset, market, book, book.step);
      case "anonymousTrades":
        return this.#trades("snapshot", asset, this.#exchange.recentTrades(asset, SNAPSHOT_TRADES));
    }
  }

  #bestPrices(type: "snapshot" | "update", asset: SpotAsset, market: SpotMarket, book: Book): void {
    const data = {
      symbol: symbolOf(asset),
      bid: pair(market, book.bids[0]),
      ask: pair(market, book.asks[0]),
      sequenceNumber: String(book.step),
      ...stamps(book.at),
      publishedAtTimestamp: String(millis(this.#exchange.world.now())),
    };
    this.#send({ type, dataType: "V1TALevel1", data });
  }

  /** Whole every time; the range says which changes it covers, and joins the one before without a hole. */
  #wholeBook(asset: SpotAsset, market: SpotMarket, book: Book, from: number): void {
    const flat = (levels: readonly Level[]) => pairs(market, levels).flat();
    const data = {
      symbol: symbolOf(asset),
      bids: flat(book.bids),
      asks: flat(book.asks),
      sequenceNumberRange: [from, book.step],
      ...stamps(book.at),
      publishedAtTimestamp: String(millis(this.#exchange.world.now())),
    };
    this.#send({ type: "snapshot", dataType: "V1TALevel2", data });
  }

  #trades(type: "snapshot" | "update", asset: SpotAsset, trades: readonly Trade[]): void {
    const market = this.#exchange.market(asset);
    const now = this.#exchange.world.now();
    const data = {
      trades: trades.map((trade) => tradeRow(asset, market, trade, now)),
      createdAtTimestamp: String(millis(trades[0].at)),
      publishedAtTimestamp: String(millis(now)),
      symbol: symbolOf(asset),
    };
    this.#send({ type, dataType: "V1TAAnonymousTradeUpdate", data });
  }

  #send(message: Fields): void {
    this.#socket.send(JSON.stringify(message));
  }

  #result(id: unknown, message: string): void {
    this.#send({ jsonrpc: "2.0", id, result: { responseCodeName: "OK", responseCode: "200", message } });
  }

  #refuse(id: unknown, message: string, code: number): void {
    this.#send({ jsonrpc: "2.0", id, error: { code, message } });
  }
}

function routes(exchange: SpotExchange): Hono {
  const app = new Hono();
  const notFound = () => json({ message: "Market not found", errorCode: 1, errorCodeName: "MARKET_NOT_FOUND" }, 404);
  app.get("/trading-api/v1/markets/:symbol/tick", (context) => {
    const asset = assetOf(context.req.param("symbol"));
    if (asset === undefined) return notFound();
    const market = exchange.market(asset);
    const { bids, asks, at } = exchange.book(asset);
    const last = exchange.lastTrade(asset);
    const day = exchange.day(asset);
    const change = last.price * market.character.tick - day.open;
    return json({
      createdAtDatetime: millisTime(at),
      createdAtTimestamp: String(millis(at)),
      high: day.high.toFixed(4),
      low: day.low.toFixed(4),
      bestBid: market.priceText(bids[0].price),
      bidVolume: market.sizeText(bids[0].size),
      bestAsk: market.priceText(asks[0].price),
      askVolume: market.sizeText(asks[0].size),
      vwap: day.vwap.toFixed(4),
      open: day.open.toFixed(4),
      close: market.priceText(last.price),
      last: market.priceText(last.price),
      change: change.toFixed(4),
      percentage: (100 * change / day.open).toFixed(2),
      average: ((last.price * market.character.tick + day.open) / 2).toFixed(4),
      baseVolume: day.volume.toFixed(8),
      quoteVolume: (day.volume * day.vwap).toFixed(4),
    });
  });
  app.get("/trading-api/v1/markets/:symbol/orderbook/hybrid", (context) => {
    const asset = assetOf(context.req.param("symbol"));
    if (asset === undefined) return notFound();
    const market = exchange.market(asset);
    const { bids, asks, at, step } = exchange.book(asset);
    const rows = (levels: readonly Level[]) =>
      pairs(market, levels).map(([price, priceLevelQuantity]) => ({ price, priceLevelQuantity }));
    return json({ ...stamps(at), bids: rows(bids), asks: rows(asks), sequenceNumber: step });
  });
  return app;
}

export const bullishSimulator = (world: FeedWorld): FeedSimulator =>
  spotSimulator(BULLISH, world, (...parts) => new BullishSession(...parts), routes);
