/**
 * Crypto.com as its Exchange v1 market socket and REST API speak: `book` whole or by updates chained by `u` and `pu`,
 * `trade`, `ticker`, and heartbeats that a client must answer.
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
import { changesWithin, type Fields, fieldsIn, millis, parseFields, textIn, textsIn } from "./spot_wire.ts";

export const CRYPTOCOM: SpotCharacter = {
  name: "cryptocom",
  latencyMs: 95,
  markets: {
    BTC: {
      index: "BRTI",
      tick: 0.01,
      priceDecimals: 2,
      sizeDecimals: 5,
      spread: 1.5,
      basis: 0.00006,
      offset: 0,
      spacing: 3,
      levelSize: 0.25,
      depth: 40,
      tradesPerSecond: 0.8,
      tradeSize: 0.01,
      stepsPerSecond: 2.2,
    },
    ETH: {
      index: "ETHUSD_RTI",
      tick: 0.01,
      priceDecimals: 2,
      sizeDecimals: 4,
      spread: 0.12,
      basis: 0.00007,
      offset: 0,
      spacing: 0.15,
      levelSize: 4,
      depth: 40,
      tradesPerSecond: 0.6,
      tradeSize: 0.2,
      stepsPerSecond: 2.2,
    },
  },
};

const CHANNELS = ["book", "trade", "ticker"] as const;
type Channel = typeof CHANNELS[number];
const DEPTHS = [10, 50];
const DEFAULT_DEPTH = 50;
const HEARTBEAT_SECONDS = 30;
/** A heartbeat must be answered within this. */
const ANSWER_SECONDS = 5;
const SNAPSHOT_TRADES = 50;
const TRADES_BEFORE = 4_611_686_018_000_000_000n;
/** Of a step's book; it grows, but not by ones. */
const UPDATES_PER_STEP = 64;
const BAD_REQUEST = 40_003;
const NO_SUCH_METHOD = 40_002;
/** The close code of a client that does not answer. */
const NO_ANSWER = 1_000;

const symbolOf = (asset: SpotAsset): string => `${asset}_USD`;
const assetOf = (symbol: string): SpotAsset | undefined => SPOT_ASSETS.find((asset) => symbolOf(asset) === symbol);
const updateOf = (book: Book): number => book.step * UPDATES_PER_STEP;

interface Asked {
  readonly channel: Channel;
  readonly asset: SpotAsset;
  readonly depth: number;
}

/** `book.BTC_USD.50`, `trade.BTC_USD` taken apart. */
function askedOf(name: string): Asked | null {
  const [word, symbol = "", levels] = name.split(".");
  const channel = CHANNELS.find((each) => each === word);
  const asset = assetOf(symbol);
  const depth = levels === undefined ? DEFAULT_DEPTH : Number(levels);
  if (channel === undefined || asset === undefined || !DEPTHS.includes(depth)) return null;
  return { channel, asset, depth };
}

const rows = (market: SpotMarket, levels: readonly Level[]): readonly (readonly string[])[] =>
  levels.map(({ price, size }) =>
    size === 0 ? [market.priceText(price), "0", "0"] : [market.priceText(price), market.sizeText(size), "1"]
  );

const tradeRow = (asset: SpotAsset, market: SpotMarket, trade: Trade): Fields => ({
  d: String(TRADES_BEFORE + BigInt(trade.number)),
  t: millis(trade.at),
  tn: `${trade.at}000`,
  q: market.sizeText(trade.size),
  p: market.priceText(trade.price),
  s: trade.buy ? "BUY" : "SELL",
  i: symbolOf(asset),
});

function tickerRow(exchange: SpotExchange, asset: SpotAsset): Fields {
  const market = exchange.market(asset);
  const { bids, asks } = exchange.book(asset);
  const last = exchange.lastTrade(asset);
  const day = exchange.day(asset);
  return {
    h: day.high.toFixed(2),
    l: day.low.toFixed(2),
    a: market.priceText(last.price),
    c: (last.price * market.character.tick / day.open - 1).toFixed(4),
    b: market.priceText(bids[0].price),
    bs: market.sizeText(bids[0].size),
    k: market.priceText(asks[0].price),
    ks: market.sizeText(asks[0].size),
    i: symbolOf(asset),
    v: day.volume.toFixed(4),
    vv: (day.volume * day.vwap).toFixed(2),
    oi: "0",
    t: millis(exchange.world.now()),
  };
}

class CryptocomSession implements SpotSession {
  readonly #exchange: SpotExchange;
  readonly #socket: FeedSocket;
  readonly #subscriptions = new SpotSubscriptions<Channel>();
  /** How each asset's book was asked for. */
  readonly #books = new Map<SpotAsset, { readonly depth: number; readonly updates: boolean; readonly name: string }>();
  /** The second in which the heartbeat went out that waits for its answer. */
  #unanswered: number | null = null;
  #seconds = 0;

  constructor(exchange: SpotExchange, socket: FeedSocket) {
    this.#exchange = exchange;
    this.#socket = socket;
  }

  receive(text: string): void {
    const message = parseFields(text);
    if (message === null) return this.#send({ id: -1, code: BAD_REQUEST, message: "Malformed JSON" });
    const { id = -1 } = message;
    const method = textIn(message, "method");
    if (method === "public/respond-heartbeat") {
      this.#unanswered = null;
      return;
    }
    if (method !== "subscribe" && method !== "unsubscribe") {
      return this.#send({ id, method, code: NO_SUCH_METHOD, message: "METHOD_NOT_FOUND" });
    }
    const params = fieldsIn(message, "params");
    for (const name of textsIn(params, "channels")) {
      const asked = askedOf(name);
      if (asked === null) {
        this.#send({ id, method, code: BAD_REQUEST, message: "Unknown symbol", original: name });
        continue;
      }
      if (method === "unsubscribe") this.#subscriptions.remove(asked.channel, asked.asset);
      this.#send({ id, method, code: 0, channel: name });
      if (method === "subscribe" && this.#subscriptions.add(asked.channel, asked.asset)) {
        if (asked.channel === "book") {
          const updates = textIn(params, "book_subscription_type") === "SNAPSHOT_AND_UPDATE";
          this.#books.set(asked.asset, { depth: asked.depth, updates, name });
        }
        this.#begin(asked, name);
      }
    }
  }

  hears(asset: SpotAsset): boolean {
    return this.#subscriptions.hears(asset);
  }

  book({ asset, market, before, after }: BookStep): void {
    const asked = this.#books.get(asset);
    if (this.#subscriptions.has("book", asset) && asked !== undefined) {
      if (asked.updates) {
        const { bids, asks } = changesWithin(asked.depth, before, after);
        const update = { asks: rows(market, asks), bids: rows(market, bids) };
        const numbers = { t: this.#now, tt: millis(after.at), u: updateOf(after), pu: updateOf(before) };
        this.#data("book.update", asset, asked.name, [{ update, ...numbers }], { depth: asked.depth });
      } else this.#wholeBook(asset, after);
    }
    if (this.#subscriptions.has("ticker", asset)) this.#ticker(asset);
  }

  trade({ asset, market, trade }: TradeStep): void {
    if (!this.#subscriptions.has("trade", asset)) return;
    this.#data("trade", asset, `trade.${symbolOf(asset)}`, [tradeRow(asset, market, trade)], {});
  }

  second(at: Micros, count: number): void {
    this.#seconds = count;
    if (this.#unanswered !== null && count - this.#unanswered >= ANSWER_SECONDS) {
      return this.#socket.close(NO_ANSWER, "heartbeat timeout");
    }
    if (count % HEARTBEAT_SECONDS !== 0) return;
    this.#unanswered = this.#seconds;
    this.#socket.ask(JSON.stringify({ id: millis(at), method: "public/heartbeat", code: 0 }));
  }

  get #now(): number {
    return millis(this.#exchange.world.now());
  }

  #begin({ channel, asset }: Asked, name: string): void {
    if (channel === "ticker") this.#ticker(asset);
    if (channel === "book") this.#wholeBook(asset, this.#exchange.book(asset));
    if (channel !== "trade") return;
    const market = this.#exchange.market(asset);
    const trades = this.#exchange.recentTrades(asset, SNAPSHOT_TRADES);
    this.#data("trade", asset, name, trades.map((trade) => tradeRow(asset, market, trade)), {});
  }

  #ticker(asset: SpotAsset): void {
    this.#data("ticker", asset, `ticker.${symbolOf(asset)}`, [tickerRow(this.#exchange, asset)], {});
  }

  #wholeBook(asset: SpotAsset, book: Book): void {
    const { depth = DEFAULT_DEPTH, name = "" } = this.#books.get(asset) ?? {};
    const market = this.#exchange.market(asset);
    const data = {
      asks: rows(market, book.asks.slice(0, depth)),
      bids: rows(market, book.bids.slice(0, depth)),
      t: this.#now,
      tt: millis(book.at),
      u: updateOf(book),
    };
    this.#data("book", asset, name, [data], { depth });
  }

  #data(channel: string, asset: SpotAsset, subscription: string, data: readonly Fields[], more: Fields): void {
    const result = { instrument_name: symbolOf(asset), subscription, channel, ...more, data };
    this.#send({ id: -1, method: "subscribe", code: 0, result });
  }

  #send(message: Fields): void {
    this.#socket.send(JSON.stringify(message));
  }
}

function routes(exchange: SpotExchange): Hono {
  const app = new Hono();
  app.get("/exchange/v1/public/get-tickers", (context) => {
    const name = context.req.query("instrument_name");
    const method = "public/get-tickers";
    const assets = SPOT_ASSETS.filter((asset) => name === undefined || symbolOf(asset) === name);
    if (assets.length === 0) {
      return json({ id: -1, method, code: BAD_REQUEST, message: "Invalid instrument_name" }, 400);
    }
    return json({ id: -1, method, code: 0, result: { data: assets.map((asset) => tickerRow(exchange, asset)) } });
  });
  app.get("/exchange/v1/public/get-book", (context) => {
    const name = context.req.query("instrument_name") ?? "";
    const method = "public/get-book";
    const asset = assetOf(name);
    const depth = Number(context.req.query("depth") ?? DEFAULT_DEPTH);
    if (asset === undefined || !(depth >= 1 && depth <= DEFAULT_DEPTH)) {
      return json({ id: -1, method, code: BAD_REQUEST, message: "Invalid request" }, 400);
    }
    const market = exchange.market(asset);
    const { at, ...book } = exchange.book(asset);
    const data = [{
      bids: rows(market, book.bids.slice(0, depth)),
      asks: rows(market, book.asks.slice(0, depth)),
      t: millis(at),
    }];
    return json({ id: -1, method, code: 0, result: { instrument_name: name, depth, data } });
  });
  return app;
}

export const cryptocomSimulator = (world: FeedWorld): FeedSimulator =>
  spotSimulator(CRYPTOCOM, world, (...parts) => new CryptocomSession(...parts), routes);
