/**
 * Kraken as its WebSocket v2 and REST API speak (KALSHI.md 11.3): `ticker`, `trade`, `book` with its checksum, `status`
 * and `heartbeat`. Prices and sizes are JSON numbers with all their decimals, zeros at the end included.
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
import { type Book, type Level, SPOT_ASSETS, type SpotAsset, type SpotMarket } from "./spot_market.ts";
import { SpotSubscriptions } from "./spot_subscriptions.ts";
import { changesWithin, crc32, type Fields, fieldsIn, microsTime, parseFields, textIn, textsIn } from "./spot_wire.ts";

export const KRAKEN: SpotCharacter = {
  name: "kraken",
  latencyMs: 70,
  markets: {
    BTC: {
      index: "BRTI",
      tick: 0.1,
      priceDecimals: 1,
      sizeDecimals: 8,
      spread: 0.8,
      basis: 0.00005,
      offset: 0,
      spacing: 3,
      levelSize: 0.22,
      depth: 40,
      tradesPerSecond: 0.8,
      tradeSize: 0.008,
      stepsPerSecond: 2.2,
    },
    ETH: {
      index: "ETHUSD_RTI",
      tick: 0.01,
      priceDecimals: 2,
      sizeDecimals: 8,
      spread: 0.06,
      basis: 0.00006,
      offset: 0,
      spacing: 0.12,
      levelSize: 3.5,
      depth: 40,
      tradesPerSecond: 0.7,
      tradeSize: 0.15,
      stepsPerSecond: 2.2,
    },
  },
};

const CHANNELS = ["ticker", "trade", "book"] as const;
type Channel = typeof CHANNELS[number];
const DEPTHS = [10, 25, 100, 500, 1_000];
const DEFAULT_DEPTH = 10;
/** Levels on each side that the checksum covers. */
const CHECKED_LEVELS = 10;
const TRADES_BEFORE = 101_000_000;
/** Trades in the snapshot of `trade`. */
const SNAPSHOT_TRADES = 50;

const symbolOf = (asset: SpotAsset): string => `${asset}/USD`;
const isChannel = (name: string): name is Channel => (CHANNELS as readonly string[]).includes(name);

/** A level's digits without the point and without zeros in front. */
const digits = (text: string): string => text.replace(".", "").replace(/^0+/, "");

/** Of the ten best asks, then the ten best bids. */
export function krakenChecksum(market: SpotMarket, { bids, asks }: Book): number {
  const side = (levels: readonly Level[]) =>
    levels.slice(0, CHECKED_LEVELS)
      .map(({ price, size }) => digits(market.priceText(price)) + digits(market.sizeText(size))).join("");
  return crc32(side(asks) + side(bids));
}

const levelsText = (market: SpotMarket, levels: readonly Level[]): string =>
  levels.map(({ price, size }) => `{"price":${market.priceText(price)},"qty":${market.sizeText(size)}}`).join(",");

class KrakenSession implements SpotSession {
  readonly #exchange: SpotExchange;
  readonly #socket: FeedSocket;
  readonly #subscriptions = new SpotSubscriptions<Channel>();
  readonly #depths = new Map<SpotAsset, number>();
  /** Assets whose ticker changes with every best price, not only with trades. */
  readonly #onBestPrices = new Set<SpotAsset>();
  #sentThisSecond = false;

  constructor(exchange: SpotExchange, socket: FeedSocket) {
    this.#exchange = exchange;
    this.#socket = socket;
    const status = {
      version: "2.0.10",
      system: "online",
      api_version: "v2",
      connection_id: 12_893_652_351_834_780_000,
    };
    this.#send(JSON.stringify({ channel: "status", type: "update", data: [status] }));
  }

  receive(text: string): void {
    const message = parseFields(text);
    if (message === null) return this.#send(JSON.stringify({ error: "Malformed request", success: false }));
    const now = microsTime(this.#exchange.world.now());
    const request = typeof message.req_id === "number" ? { req_id: message.req_id } : {};
    const stamps = { time_in: now, time_out: now, ...request };
    const method = textIn(message, "method");
    if (method === "ping") return this.#send(JSON.stringify({ method: "pong", ...stamps }));
    if (method !== "subscribe" && method !== "unsubscribe") {
      return this.#send(JSON.stringify({ error: "Method(s) not found", method, success: false, ...stamps }));
    }
    const params = fieldsIn(message, "params");
    const channel = textIn(params, "channel");
    const refuse = (error: string, symbol?: string) =>
      this.#send(JSON.stringify({ error, method, success: false, symbol, ...stamps }));
    if (!isChannel(channel)) return refuse(`Unsupported channel ${channel}`);
    const depth = typeof params.depth === "number" ? params.depth : DEFAULT_DEPTH;
    if (channel === "book" && !DEPTHS.includes(depth)) return refuse(`Depth ${depth} not supported`);
    for (const symbol of textsIn(params, "symbol")) {
      const asset = SPOT_ASSETS.find((each) => symbolOf(each) === symbol);
      if (asset === undefined) refuse(`Currency pair not supported ${symbol}`, symbol);
      else if (method === "subscribe") this.#subscribe(channel, asset, depth, params, stamps);
      else {
        this.#subscriptions.remove(channel, asset);
        this.#send(JSON.stringify({ method, result: { channel, symbol }, success: true, ...stamps }));
      }
    }
  }

  hears(asset: SpotAsset): boolean {
    return this.#subscriptions.hears(asset);
  }

  book({ asset, market, before, after }: BookStep): void {
    if (this.#subscriptions.has("ticker", asset) && this.#onBestPrices.has(asset)) {
      const [bid, oldBid, ask, oldAsk] = [after.bids[0], before.bids[0], after.asks[0], before.asks[0]];
      const same = bid.price === oldBid.price && bid.size === oldBid.size && ask.price === oldAsk.price &&
        ask.size === oldAsk.size;
      if (!same) this.#ticker(asset, "update");
    }
    if (!this.#subscriptions.has("book", asset)) return;
    const { bids, asks } = changesWithin(this.#depths.get(asset) ?? DEFAULT_DEPTH, before, after);
    if (bids.length + asks.length > 0) this.#book(asset, market, "update", { ...after, bids, asks }, after);
  }

  trade({ asset, market, trade }: TradeStep): void {
    if (this.#subscriptions.has("trade", asset)) {
      this.#send(`{"channel":"trade","type":"update","data":[${this.#tradeText(asset, market, trade)}]}`);
    }
    if (this.#subscriptions.has("ticker", asset) && !this.#onBestPrices.has(asset)) this.#ticker(asset, "update");
  }

  /** Where a second was silent, a sign of life. */
  second(): void {
    if (!this.#sentThisSecond && this.#subscriptions.open.length > 0) this.#send('{"channel":"heartbeat"}');
    this.#sentThisSecond = false;
  }

  #send(text: string): void {
    this.#sentThisSecond = true;
    this.#socket.send(text);
  }

  #subscribe(channel: Channel, asset: SpotAsset, depth: number, params: Fields, stamps: Fields): void {
    const symbol = symbolOf(asset);
    const snapshot = params.snapshot !== false && channel !== "trade" || params.snapshot === true;
    if (!this.#subscriptions.add(channel, asset)) {
      const refusal = { error: "Already subscribed to one subscription on the same channel" };
      return this.#send(JSON.stringify({ ...refusal, method: "subscribe", success: false, symbol, ...stamps }));
    }
    const trigger = textIn(params, "event_trigger") === "bbo" ? "bbo" : "trades";
    if (trigger === "bbo") this.#onBestPrices.add(asset);
    this.#depths.set(asset, channel === "book" ? depth : this.#depths.get(asset) ?? DEFAULT_DEPTH);
    const result = {
      channel,
      ...(channel === "book" ? { depth } : {}),
      ...(channel === "ticker" ? { event_trigger: trigger } : {}),
      snapshot,
      symbol,
    };
    this.#send(JSON.stringify({ method: "subscribe", result, success: true, ...stamps }));
    if (!snapshot) return;
    const market = this.#exchange.market(asset);
    if (channel === "ticker") this.#ticker(asset, "snapshot");
    if (channel === "trade") {
      const trades = this.#exchange.recentTrades(asset, SNAPSHOT_TRADES).toReversed();
      const rows = trades.map((trade) => this.#tradeText(asset, market, trade));
      this.#send(`{"channel":"trade","type":"snapshot","data":[${rows.join(",")}]}`);
    }
    if (channel !== "book") return;
    const whole = this.#exchange.book(asset);
    const shown = { ...whole, bids: whole.bids.slice(0, depth), asks: whole.asks.slice(0, depth) };
    this.#book(asset, market, "snapshot", shown, whole);
  }

  #book(asset: SpotAsset, market: SpotMarket, type: "snapshot" | "update", shown: Book, whole: Book): void {
    const sides = `"bids":[${levelsText(market, shown.bids)}],"asks":[${levelsText(market, shown.asks)}]`;
    const stamp = `"checksum":${krakenChecksum(market, whole)},"timestamp":"${microsTime(whole.at)}"`;
    this.#send(`{"channel":"book","type":"${type}","data":[{"symbol":"${symbolOf(asset)}",${sides},${stamp}}]}`);
  }

  #tradeText(asset: SpotAsset, market: SpotMarket, trade: TradeStep["trade"]): string {
    const numbers = `"price":${market.priceText(trade.price)},"qty":${market.sizeText(trade.size)}`;
    const rest = `"ord_type":"market","trade_id":${TRADES_BEFORE + trade.number},"timestamp":"${microsTime(trade.at)}"`;
    return `{"symbol":"${symbolOf(asset)}","side":"${trade.buy ? "buy" : "sell"}",${numbers},${rest}}`;
  }

  #ticker(asset: SpotAsset, type: "snapshot" | "update"): void {
    const market = this.#exchange.market(asset);
    const { bids, asks, at } = this.#exchange.book(asset);
    const last = this.#exchange.lastTrade(asset);
    const day = this.#exchange.day(asset);
    const price = (dollars: number) => dollars.toFixed(market.character.priceDecimals);
    const change = last.price * market.character.tick - day.open;
    const fields = [
      `"symbol":"${symbolOf(asset)}"`,
      `"bid":${market.priceText(bids[0].price)},"bid_qty":${market.sizeText(bids[0].size)}`,
      `"ask":${market.priceText(asks[0].price)},"ask_qty":${market.sizeText(asks[0].size)}`,
      `"last":${market.priceText(last.price)},"volume":${day.volume.toFixed(8)},"vwap":${price(day.vwap)}`,
      `"low":${price(day.low)},"high":${price(day.high)}`,
      `"change":${price(change)},"change_pct":${(100 * change / day.open).toFixed(2)},"timestamp":"${microsTime(at)}"`,
    ];
    this.#send(`{"channel":"ticker","type":"${type}","data":[{${fields.join(",")}}]}`);
  }
}

/** Pairs go by several names; answers use the first. */
const PAIRS: Readonly<Record<SpotAsset, readonly string[]>> = {
  BTC: ["XXBTZUSD", "XBTUSD", "BTCUSD", "XBT/USD", "BTC/USD"],
  ETH: ["XETHZUSD", "ETHUSD", "ETH/USD"],
};

function tickerRow(exchange: SpotExchange, asset: SpotAsset): Fields {
  const market = exchange.market(asset);
  const { bids, asks } = exchange.book(asset);
  const trade = exchange.lastTrade(asset);
  const day = exchange.day(asset);
  const price = (dollars: number) => dollars.toFixed(5);
  const best = ({ price: ticks, size }: Level) => {
    const whole = String(Math.max(1, Math.round(Number(market.sizeText(size)))));
    return [price(Number(market.priceText(ticks))), whole, `${whole}.000`];
  };
  const twice = (text: string) => [text, text];
  return {
    a: best(asks[0]),
    b: best(bids[0]),
    c: [price(Number(market.priceText(trade.price))), market.sizeText(trade.size)],
    v: twice(day.volume.toFixed(8)),
    p: twice(price(day.vwap)),
    t: [Math.round(day.volume * 20), Math.round(day.volume * 20)],
    l: twice(price(day.low)),
    h: twice(price(day.high)),
    o: price(day.open),
  };
}

function routes(exchange: SpotExchange): Hono {
  const app = new Hono();
  const named = (name: string) => SPOT_ASSETS.find((asset) => PAIRS[asset].includes(name));
  app.get("/0/public/Ticker", (context) => {
    const names = (context.req.query("pair") ?? PAIRS.BTC[0]).split(",");
    const assets = names.map(named);
    const found = assets.filter((asset) => asset !== undefined);
    if (found.length < assets.length) return json({ error: ["EQuery:Unknown asset pair"] });
    const result = Object.fromEntries(found.map((asset) => [PAIRS[asset][0], tickerRow(exchange, asset)]));
    return json({ error: [], result });
  });
  app.get("/0/public/Depth", (context) => {
    const asset = named(context.req.query("pair") ?? "");
    if (asset === undefined) return json({ error: ["EQuery:Unknown asset pair"] });
    const market = exchange.market(asset);
    const { bids, asks, at } = exchange.book(asset);
    const rows = (levels: readonly Level[]) =>
      levels.map(({ price, size }) => [
        Number(market.priceText(price)).toFixed(5),
        Number(market.sizeText(size)).toFixed(3),
        Math.floor(at / 1_000_000),
      ]);
    return json({ error: [], result: { [PAIRS[asset][0]]: { asks: rows(asks), bids: rows(bids) } } });
  });
  return app;
}

export const krakenSimulator = (world: FeedWorld): FeedSimulator =>
  spotSimulator(KRAKEN, world, (...parts) => new KrakenSession(...parts), routes);
