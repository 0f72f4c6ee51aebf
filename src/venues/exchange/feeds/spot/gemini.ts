/**
 * Gemini as its market data v2 socket and REST API speak (KALSHI.md 11.6): `l2`, which tells trades too. The first
 * message of a symbol is the whole book; nothing but its place says so.
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
import { changesBetween, type Level, SPOT_ASSETS, type SpotAsset, type SpotMarket, type Trade } from "./spot_market.ts";
import { SpotSubscriptions } from "./spot_subscriptions.ts";
import { type Fields, millis, pair, parseFields, textIn, textsIn } from "./spot_wire.ts";

export const GEMINI: SpotCharacter = {
  name: "gemini",
  latencyMs: 85,
  markets: {
    BTC: {
      index: "BRTI",
      tick: 0.01,
      priceDecimals: 2,
      sizeDecimals: 8,
      spread: 3,
      basis: 0.00008,
      offset: 0,
      spacing: 4,
      levelSize: 0.18,
      depth: 30,
      tradesPerSecond: 0.3,
      tradeSize: 0.006,
      stepsPerSecond: 2,
    },
    ETH: {
      index: "ETHUSD_RTI",
      tick: 0.01,
      priceDecimals: 2,
      sizeDecimals: 6,
      spread: 0.2,
      basis: 0.00009,
      offset: 0,
      spacing: 0.2,
      levelSize: 3,
      depth: 30,
      tradesPerSecond: 0.25,
      tradeSize: 0.1,
      stepsPerSecond: 2,
    },
  },
};

const HEARTBEAT_SECONDS = 5;
const SNAPSHOT_TRADES = 50;
const EVENTS_BEFORE = 2_840_000_000_000_000;
const DAY_HOURS = 24;

const symbolOf = (asset: SpotAsset): string => `${asset}USD`;
const assetOf = (symbol: string): SpotAsset | undefined => SPOT_ASSETS.find((asset) => symbolOf(asset) === symbol);

function tradeMessage(asset: SpotAsset, market: SpotMarket, trade: Trade): Fields {
  return {
    type: "trade",
    symbol: symbolOf(asset),
    event_id: EVENTS_BEFORE + trade.number,
    timestamp: millis(trade.at),
    price: market.priceText(trade.price),
    quantity: market.sizeText(trade.size),
    side: trade.buy ? "buy" : "sell",
    tid: EVENTS_BEFORE + trade.number,
  };
}

/** A level that is gone has a plain 0. */
const changeOf = (market: SpotMarket, side: "buy" | "sell", level: Level): readonly string[] => {
  const [price, size] = pair(market, level);
  return [side, price, level.size === 0 ? "0" : size];
};

class GeminiSession implements SpotSession {
  readonly #exchange: SpotExchange;
  readonly #socket: FeedSocket;
  readonly #subscriptions = new SpotSubscriptions<"l2">();

  constructor(exchange: SpotExchange, socket: FeedSocket) {
    this.#exchange = exchange;
    this.#socket = socket;
  }

  receive(text: string): void {
    const message = parseFields(text);
    if (message === null) return this.#refuse("InvalidJson");
    const type = textIn(message, "type");
    if (type !== "subscribe" && type !== "unsubscribe") return this.#refuse("InvalidType");
    const { subscriptions } = message;
    for (const entry of Array.isArray(subscriptions) ? subscriptions : []) {
      const named: Fields = typeof entry === "object" && entry !== null ? entry : {};
      if (textIn(named, "name") !== "l2") return this.#refuse("InvalidSubscription");
      for (const symbol of textsIn(named, "symbols")) {
        const asset = assetOf(symbol);
        if (asset === undefined) return this.#refuse("InvalidSymbol");
        if (type === "unsubscribe") this.#subscriptions.remove("l2", asset);
        else if (this.#subscriptions.add("l2", asset)) this.#begin(asset);
      }
    }
  }

  hears(asset: SpotAsset): boolean {
    return this.#subscriptions.hears(asset);
  }

  book({ asset, market, before, after }: BookStep): void {
    const { bids, asks } = changesBetween(before, after);
    this.#changes(asset, market, bids, asks, {});
  }

  trade({ asset, market, trade }: TradeStep): void {
    this.#send(tradeMessage(asset, market, trade));
  }

  second(at: Micros, count: number): void {
    if (count % HEARTBEAT_SECONDS === 0) this.#send({ type: "heartbeat", timestamp: millis(at) });
  }

  #begin(asset: SpotAsset): void {
    const market = this.#exchange.market(asset);
    const { bids, asks } = this.#exchange.book(asset);
    const trades = this.#exchange.recentTrades(asset, SNAPSHOT_TRADES);
    this.#changes(asset, market, bids, asks, {
      trades: trades.map((trade) => tradeMessage(asset, market, trade)),
      auction_events: [],
    });
  }

  #changes(
    asset: SpotAsset,
    market: SpotMarket,
    bids: readonly Level[],
    asks: readonly Level[],
    more: Fields,
  ): void {
    const changes = [
      ...bids.map((level) => changeOf(market, "buy", level)),
      ...asks.map((level) => changeOf(market, "sell", level)),
    ];
    if (changes.length > 0) this.#send({ type: "l2_updates", symbol: symbolOf(asset), changes, ...more });
  }

  #send(message: Fields): void {
    this.#socket.send(JSON.stringify(message));
  }

  #refuse(reason: string): void {
    this.#send({ result: "error", reason });
  }
}

function routes(exchange: SpotExchange): Hono {
  const app = new Hono();
  const named = (name: string) => assetOf(name.toUpperCase());
  const unknown = (name: string) => {
    const message =
      `Supplied value '${name}' is not a valid symbol. Please correct your API request to use a supported symbol.`;
    return json({ result: "error", reason: "InvalidSymbol", message }, 400);
  };
  app.get("/v1/pubticker/:symbol", (context) => {
    const name = context.req.param("symbol");
    const asset = named(name);
    if (asset === undefined) return unknown(name);
    const market = exchange.market(asset);
    const { bids, asks } = exchange.book(asset);
    const last = exchange.lastTrade(asset);
    const { volume, vwap } = exchange.day(asset);
    return json({
      bid: market.priceText(bids[0].price),
      ask: market.priceText(asks[0].price),
      volume: {
        [asset]: volume.toFixed(8),
        USD: (volume * vwap).toFixed(8),
        timestamp: millis(exchange.world.now()),
      },
      last: market.priceText(last.price),
    });
  });
  app.get("/v2/ticker/:symbol", (context) => {
    const name = context.req.param("symbol");
    const asset = named(name);
    if (asset === undefined) return unknown(name);
    const market = exchange.market(asset);
    const { bids, asks } = exchange.book(asset);
    const close = exchange.lastTrade(asset).price * market.character.tick;
    const { open, high, low } = exchange.day(asset);
    return json({
      symbol: symbolOf(asset),
      open: open.toFixed(2),
      high: high.toFixed(2),
      low: low.toFixed(2),
      close: close.toFixed(2),
      changes: Array.from({ length: DAY_HOURS }, (_, hour) => (close + (open - close) * hour / DAY_HOURS).toFixed(2)),
      bid: market.priceText(bids[0].price),
      ask: market.priceText(asks[0].price),
    });
  });
  return app;
}

export const geminiSimulator = (world: FeedWorld): FeedSimulator =>
  spotSimulator(GEMINI, world, (...parts) => new GeminiSession(...parts), routes);
