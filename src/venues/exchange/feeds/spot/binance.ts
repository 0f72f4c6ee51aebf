/**
 * Binance and Binance.US as their streams and REST API speak (KALSHI.md 11.4): `trade` and `bookTicker`, one stream by
 * itself under `/ws/` or several in an envelope under `/stream`. Streams begin with the next thing that happens.
 * @module
 */

import { Hono } from "hono";
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
import { type Level, SPOT_ASSETS, type SpotAsset, type SpotMarket } from "./spot_market.ts";
import { SpotSubscriptions } from "./spot_subscriptions.ts";
import { type Fields, millis, parseFields, textIn, textsIn } from "./spot_wire.ts";

/** The pairs are in USDT, which is worth a little more or less than a dollar. */
export const BINANCE: SpotCharacter = {
  name: "binance",
  latencyMs: 160,
  markets: {
    BTC: {
      index: "BRTI",
      tick: 0.01,
      priceDecimals: 8,
      sizeDecimals: 8,
      spread: 0.01,
      basis: 0.00005,
      offset: 0.00025,
      spacing: 0.5,
      levelSize: 0.8,
      depth: 20,
      tradesPerSecond: 3,
      tradeSize: 0.004,
      stepsPerSecond: 3,
    },
    ETH: {
      index: "ETHUSD_RTI",
      tick: 0.01,
      priceDecimals: 8,
      sizeDecimals: 8,
      spread: 0.01,
      basis: 0.00006,
      offset: 0.00025,
      spacing: 0.1,
      levelSize: 15,
      depth: 20,
      tradesPerSecond: 2.5,
      tradeSize: 0.1,
      stepsPerSecond: 3,
    },
  },
};

export const BINANCE_US: SpotCharacter = {
  name: "binance_us",
  latencyMs: 120,
  markets: {
    BTC: {
      ...BINANCE.markets.BTC,
      spread: 12,
      basis: 0.0002,
      levelSize: 0.05,
      tradesPerSecond: 0.2,
      stepsPerSecond: 2,
    },
    ETH: {
      ...BINANCE.markets.ETH,
      spread: 0.8,
      basis: 0.0002,
      levelSize: 0.8,
      tradesPerSecond: 0.15,
      stepsPerSecond: 2,
    },
  },
};

type Channel = "trade" | "bookTicker";
const TRADES_BEFORE = 6_427_000_000;
const STREAMS_MAX = 1_024;
const QUOTES = ["USDT", "USD"] as const;

const symbolOf = (asset: SpotAsset): string => `${asset}USDT`;

/** By either quote currency: Binance.US lists both. */
const assetOf = (symbol: string): SpotAsset | undefined =>
  SPOT_ASSETS.find((asset) => QUOTES.some((quote) => symbol === `${asset}${quote}`));

/** `btcusdt@trade` taken apart; `null` for streams that do not exist, on which nothing ever comes. */
function streamOf(
  name: string,
): { readonly channel: Channel; readonly asset: SpotAsset; readonly symbol: string } | null {
  const [symbol, channel] = name.split("@");
  const asset = assetOf(symbol.toUpperCase());
  if (asset === undefined || symbol !== symbol.toLowerCase()) return null;
  if (channel !== "trade" && channel !== "bookTicker") return null;
  return { channel, asset, symbol: symbol.toUpperCase() };
}

class BinanceSession implements SpotSession {
  readonly #exchange: SpotExchange;
  readonly #socket: FeedSocket;
  readonly #subscriptions = new SpotSubscriptions<Channel>();
  /** By asset, as the client named it. */
  readonly #symbols = new Map<SpotAsset, string>();
  readonly #enveloped: boolean;

  constructor(exchange: SpotExchange, socket: FeedSocket) {
    this.#exchange = exchange;
    this.#socket = socket;
    this.#enveloped = socket.path === "/stream";
    const single = /^\/ws\/(.+)$/.exec(socket.path)?.[1];
    const streams = single === undefined ? (socket.query.get("streams") ?? "").split("/") : single.split("/");
    for (const name of streams.slice(0, STREAMS_MAX)) this.#turn(name, true);
  }

  receive(text: string): void {
    const message = parseFields(text);
    const id = message?.id ?? null;
    const method = message === null ? "" : textIn(message, "method");
    if (message === null) return this.#reply({ error: { code: 3, msg: "Invalid JSON: expected value" }, id });
    if (method === "LIST_SUBSCRIPTIONS") return this.#reply({ result: this.#names(), id });
    if (method !== "SUBSCRIBE" && method !== "UNSUBSCRIBE") {
      return this.#reply({ error: { code: 2, msg: "Invalid request: unknown method" }, id });
    }
    for (const name of textsIn(message, "params").slice(0, STREAMS_MAX)) this.#turn(name, method === "SUBSCRIBE");
    this.#reply({ result: null, id });
  }

  hears(asset: SpotAsset): boolean {
    return this.#subscriptions.hears(asset);
  }

  book({ asset, market, before, after }: BookStep): void {
    if (!this.#subscriptions.has("bookTicker", asset)) return;
    const [bid, ask] = [after.bids[0], after.asks[0]];
    const differs = (a: Level, b: Level) => a.price !== b.price || a.size !== b.size;
    if (!differs(bid, before.bids[0]) && !differs(ask, before.asks[0])) return;
    this.#send("bookTicker", asset, { u: after.step, s: this.#symbol(asset), ...best(market, bid, ask) });
  }

  trade({ asset, market, trade }: TradeStep): void {
    if (!this.#subscriptions.has("trade", asset)) return;
    this.#send("trade", asset, {
      e: "trade",
      E: millis(this.#exchange.world.now()),
      s: this.#symbol(asset),
      t: TRADES_BEFORE + trade.number,
      p: market.priceText(trade.price),
      q: market.sizeText(trade.size),
      T: millis(trade.at),
      // Whether the buyer was the maker.
      m: !trade.buy,
      M: true,
    });
  }

  second(): void {}

  #symbol(asset: SpotAsset): string {
    return this.#symbols.get(asset) ?? symbolOf(asset);
  }

  #turn(name: string, on: boolean): void {
    const stream = streamOf(name);
    if (stream === null) return;
    if (!on) return this.#subscriptions.remove(stream.channel, stream.asset);
    this.#subscriptions.add(stream.channel, stream.asset);
    this.#symbols.set(stream.asset, stream.symbol);
  }

  #names(): readonly string[] {
    return this.#subscriptions.open.flatMap(([channel, assets]) => assets.map((asset) => this.#name(channel, asset)));
  }

  #name(channel: Channel, asset: SpotAsset): string {
    return `${this.#symbol(asset).toLowerCase()}@${channel}`;
  }

  #send(channel: Channel, asset: SpotAsset, data: Fields): void {
    this.#reply(this.#enveloped ? { stream: this.#name(channel, asset), data } : data);
  }

  #reply(message: Fields): void {
    this.#socket.send(JSON.stringify(message));
  }
}

const best = (market: SpotMarket, bid: Level, ask: Level): Fields => ({
  b: market.priceText(bid.price),
  B: market.sizeText(bid.size),
  a: market.priceText(ask.price),
  A: market.sizeText(ask.size),
});

function routes(exchange: SpotExchange): Hono {
  const app = new Hono();
  const unknown = () => json({ code: -1121, msg: "Invalid symbol." }, 400);
  app.get("/api/v3/ticker/price", (context) => {
    const symbol = context.req.query("symbol") ?? "";
    const asset = assetOf(symbol);
    if (asset === undefined) return unknown();
    return json({ symbol, price: exchange.market(asset).priceText(exchange.lastTrade(asset).price) });
  });
  app.get("/api/v3/ticker/bookTicker", (context) => {
    const symbol = context.req.query("symbol") ?? "";
    const asset = assetOf(symbol);
    if (asset === undefined) return unknown();
    const { bids, asks } = exchange.book(asset);
    const { b, B, a, A } = best(exchange.market(asset), bids[0], asks[0]);
    return json({ symbol, bidPrice: b, bidQty: B, askPrice: a, askQty: A });
  });
  return app;
}

const simulator = (character: SpotCharacter) => (world: FeedWorld): FeedSimulator =>
  spotSimulator(character, world, (...parts) => new BinanceSession(...parts), routes);

export const binanceSimulator = simulator(BINANCE);
export const binanceUsSimulator = simulator(BINANCE_US);
