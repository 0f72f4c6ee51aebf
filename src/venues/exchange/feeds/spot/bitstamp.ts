/**
 * Bitstamp as its WebSocket v2 and REST API speak (KALSHI.md 11.5): `live_trades`, `order_book` (the hundred best levels,
 * whole each time) and `diff_order_book`, which has no snapshot: that comes by REST.
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
import { type Book, changesBetween, SPOT_ASSETS, type SpotAsset, type SpotMarket } from "./spot_market.ts";
import { SpotSubscriptions } from "./spot_subscriptions.ts";
import { type Fields, fieldsIn, pairs, parseFields, seconds, textIn } from "./spot_wire.ts";

export const BITSTAMP: SpotCharacter = {
  name: "bitstamp",
  latencyMs: 110,
  markets: {
    BTC: {
      index: "BRTI",
      tick: 1,
      priceDecimals: 0,
      sizeDecimals: 8,
      spread: 4,
      basis: 0.00007,
      offset: 0,
      spacing: 6,
      levelSize: 0.3,
      depth: 30,
      tradesPerSecond: 0.4,
      tradeSize: 0.01,
      stepsPerSecond: 2,
    },
    ETH: {
      index: "ETHUSD_RTI",
      tick: 0.1,
      priceDecimals: 1,
      sizeDecimals: 8,
      spread: 0.3,
      basis: 0.00008,
      offset: 0,
      spacing: 0.3,
      levelSize: 5,
      depth: 30,
      tradesPerSecond: 0.3,
      tradeSize: 0.2,
      stepsPerSecond: 2,
    },
  },
};

const CHANNELS = ["live_trades", "order_book", "diff_order_book"] as const;
type Channel = typeof CHANNELS[number];
const TRADES_BEFORE = 480_000_000;
const ORDERS_BEFORE = 1_930_000_000_000_000;
/** Levels on each side of `order_book`. */
const BOOK_LEVELS = 100;

const symbolOf = (asset: SpotAsset): string => `${asset.toLowerCase()}usd`;

/** `live_trades_btcusd` taken apart. */
function channelOf(name: string): readonly [Channel, SpotAsset] | null {
  for (const channel of CHANNELS) {
    const asset = SPOT_ASSETS.find((each) => name === `${channel}_${symbolOf(each)}`);
    if (asset !== undefined) return [channel, asset];
  }
  return null;
}

const stamps = (at: Micros): Fields => ({ timestamp: String(seconds(at)), microtimestamp: String(at) });

const bookData = (market: SpotMarket, { at, bids, asks }: Pick<Book, "at" | "bids" | "asks">): Fields => ({
  ...stamps(at),
  bids: pairs(market, bids.slice(0, BOOK_LEVELS)),
  asks: pairs(market, asks.slice(0, BOOK_LEVELS)),
});

class BitstampSession implements SpotSession {
  readonly #socket: FeedSocket;
  readonly #subscriptions = new SpotSubscriptions<Channel>();

  constructor(socket: FeedSocket) {
    this.#socket = socket;
  }

  receive(text: string): void {
    const message = parseFields(text);
    if (message === null) return this.#error("", "Incorrect JSON format.");
    const event = textIn(message, "event");
    if (event === "bts:heartbeat") return this.#send({ event, channel: "", data: { status: "success" } });
    const name = textIn(fieldsIn(message, "data"), "channel");
    if (event !== "bts:subscribe" && event !== "bts:unsubscribe") return this.#error(name, "Bad event string.");
    const named = channelOf(name);
    if (named === null) return this.#error(name, "Incorrect channel name.");
    if (event === "bts:subscribe") this.#subscriptions.add(...named);
    else this.#subscriptions.remove(...named);
    this.#send({ event: `${event.replace("subscribe", "subscription")}_succeeded`, channel: name, data: {} });
  }

  hears(asset: SpotAsset): boolean {
    return this.#subscriptions.hears(asset);
  }

  book({ asset, market, before, after }: BookStep): void {
    const event = "data";
    if (this.#subscriptions.has("order_book", asset)) {
      this.#send({ data: bookData(market, after), channel: `order_book_${symbolOf(asset)}`, event });
    }
    if (!this.#subscriptions.has("diff_order_book", asset)) return;
    const { bids, asks } = changesBetween(before, after);
    const data = { ...stamps(after.at), bids: pairs(market, bids), asks: pairs(market, asks) };
    this.#send({ data, channel: `diff_order_book_${symbolOf(asset)}`, event });
  }

  trade({ asset, market, trade }: TradeStep): void {
    if (!this.#subscriptions.has("live_trades", asset)) return;
    const [amount, price] = [market.sizeText(trade.size), market.priceText(trade.price)];
    const data = {
      id: TRADES_BEFORE + trade.number,
      ...stamps(trade.at),
      amount: Number(amount),
      amount_str: amount,
      price: Number(price),
      price_str: price,
      type: trade.buy ? 0 : 1,
      buy_order_id: ORDERS_BEFORE + 2 * trade.number + (trade.buy ? 1 : 0),
      sell_order_id: ORDERS_BEFORE + 2 * trade.number + (trade.buy ? 0 : 1),
    };
    this.#send({ data, channel: `live_trades_${symbolOf(asset)}`, event: "trade" });
  }

  second(): void {}

  #send(message: Fields): void {
    this.#socket.send(JSON.stringify(message));
  }

  #error(channel: string, message: string): void {
    this.#send({ event: "bts:error", channel, data: { code: null, message } });
  }
}

/** Addresses may end in a slash. */
const both = (path: string): string[] => [path, `${path}/`];

function routes(exchange: SpotExchange): Hono {
  const app = new Hono();
  const named = (name: string) => SPOT_ASSETS.find((asset) => symbolOf(asset) === name);
  const notFound = () => new Response("<h1>Not Found</h1>", { status: 404, headers: { "content-type": "text/html" } });
  app.on("GET", both("/api/v2/ticker/:pair"), (context) => {
    const asset = named(context.req.param("pair") ?? "");
    if (asset === undefined) return notFound();
    const market = exchange.market(asset);
    const { bids, asks } = exchange.book(asset);
    const last = exchange.lastTrade(asset);
    const day = exchange.day(asset);
    const price = (dollars: number) => dollars.toFixed(market.character.priceDecimals);
    return json({
      timestamp: String(seconds(exchange.world.now())),
      open: price(day.open),
      high: price(day.high),
      low: price(day.low),
      last: market.priceText(last.price),
      volume: day.volume.toFixed(8),
      vwap: price(day.vwap),
      bid: market.priceText(bids[0].price),
      ask: market.priceText(asks[0].price),
      side: last.buy ? "0" : "1",
      open_24: price(day.open),
      percent_change_24: (100 * (last.price * market.character.tick / day.open - 1)).toFixed(2),
    });
  });
  app.on("GET", both("/api/v2/order_book/:pair"), (context) => {
    const asset = named(context.req.param("pair") ?? "");
    return asset === undefined ? notFound() : json(bookData(exchange.market(asset), exchange.book(asset)));
  });
  return app;
}

export const bitstampSimulator = (world: FeedWorld): FeedSimulator =>
  spotSimulator(BITSTAMP, world, (_exchange, own) => new BitstampSession(own), routes);
