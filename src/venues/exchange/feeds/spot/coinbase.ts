/**
 * Coinbase as its Exchange feed and REST API speak (KALSHI.md 11.2): `ticker`, `matches`, `heartbeat` and `level2_batch`.
 * @module
 */

import { Hono } from "hono";
import type { Micros } from "../../../../core/units.ts";
import { json } from "../../replies.ts";
import { coinbaseCandleRoutes } from "../coinbase_candles.ts";
import type { FeedSimulator, FeedSocket, FeedWorld } from "../feed_simulator.ts";
import { keyOf, mix } from "../noise.ts";
import {
  type BookStep,
  type SpotCharacter,
  type SpotExchange,
  type SpotSession,
  spotSimulator,
  type TradeStep,
} from "./spot_exchange.ts";
import { changesBetween, SPOT_ASSETS, type SpotAsset, type Trade } from "./spot_market.ts";
import { SpotSubscriptions } from "./spot_subscriptions.ts";
import { type Fields, microsTime, pair, pairs, parseFields, textIn, textsIn } from "./spot_wire.ts";

export const COINBASE: SpotCharacter = {
  name: "coinbase",
  latencyMs: 45,
  markets: {
    BTC: {
      index: "BRTI",
      tick: 0.01,
      priceDecimals: 2,
      sizeDecimals: 8,
      spread: 0.6,
      basis: 0.00004,
      offset: 0,
      spacing: 2,
      levelSize: 0.25,
      depth: 40,
      tradesPerSecond: 1.6,
      tradeSize: 0.006,
      stepsPerSecond: 2.5,
    },
    ETH: {
      index: "ETHUSD_RTI",
      tick: 0.01,
      priceDecimals: 2,
      sizeDecimals: 8,
      spread: 0.05,
      basis: 0.00005,
      offset: 0,
      spacing: 0.1,
      levelSize: 4,
      depth: 40,
      tradesPerSecond: 1.2,
      tradeSize: 0.12,
      stepsPerSecond: 2.5,
    },
  },
};

const CHANNELS = ["ticker", "matches", "heartbeat", "level2_batch"] as const;
type Channel = typeof CHANNELS[number];

const isChannel = (name: string): name is Channel => (CHANNELS as readonly string[]).includes(name);
const productOf = (asset: SpotAsset): string => `${asset}-USD`;
const assetOf = (product: string): SpotAsset | undefined => SPOT_ASSETS.find((asset) => productOf(asset) === product);

/** Sequence numbers run over everything that happens to a product, of which a client sees only a part. */
const SEQUENCE_PER_STEP = 100;
/** Trade ids go on from here. */
const TRADES_BEFORE = 1_099_000_000;
/** Trades in an answer of `/trades`. */
const TRADES_LISTED = 20;

/** Pseudo-random but the same for the same trade. */
function orderId(key: number, part: number): string {
  const hex = (word: number) => mix(key, part, word).toString(16).padStart(8, "0");
  const [a, b, c, d] = [hex(0), hex(1), hex(2), hex(3)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

class CoinbaseSession implements SpotSession {
  readonly #exchange: SpotExchange;
  readonly #socket: FeedSocket;
  readonly #subscriptions = new SpotSubscriptions<Channel>();

  constructor(exchange: SpotExchange, socket: FeedSocket) {
    this.#exchange = exchange;
    this.#socket = socket;
  }

  receive(text: string): void {
    const message = parseFields(text);
    const type = message === null ? "" : textIn(message, "type");
    if (message === null || (type !== "subscribe" && type !== "unsubscribe")) {
      return this.#send({
        type: "error",
        message: "Malformed JSON",
        reason: `Type has to be either subscribe or unsubscribe`,
      });
    }
    const asked = this.#asked(message);
    if (typeof asked === "string") {
      return this.#send({ type: "error", message: "Failed to subscribe", reason: asked });
    }
    const opened: typeof asked[number][] = [];
    for (const [channel, asset] of asked) {
      if (type === "unsubscribe") this.#subscriptions.remove(channel, asset);
      else if (this.#subscriptions.add(channel, asset)) opened.push([channel, asset]);
    }
    this.#send(this.#confirmation());
    for (const [channel, asset] of opened) this.#begin(channel, asset);
  }

  hears(asset: SpotAsset): boolean {
    return this.#subscriptions.hears(asset);
  }

  book({ asset, market, before, after }: BookStep): void {
    if (!this.#subscriptions.has("level2_batch", asset)) return;
    const { bids, asks } = changesBetween(before, after);
    const changes = [
      ...bids.map((level) => ["buy", ...pair(market, level)]),
      ...asks.map((level) => ["sell", ...pair(market, level)]),
    ];
    this.#send({ type: "l2update", product_id: productOf(asset), changes, time: microsTime(after.at) });
  }

  trade({ asset, trade }: TradeStep): void {
    if (this.#subscriptions.has("matches", asset)) this.#send(this.#match("match", asset, trade));
    if (this.#subscriptions.has("ticker", asset)) this.#send(this.#ticker(asset, trade));
  }

  second(at: Micros): void {
    for (const asset of this.#subscriptions.assets("heartbeat")) {
      const trade = this.#exchange.lastTrade(asset);
      this.#send({
        type: "heartbeat",
        sequence: this.#sequence(asset),
        last_trade_id: TRADES_BEFORE + trade.number,
        product_id: productOf(asset),
        time: microsTime(at),
      });
    }
  }

  #send(message: Fields): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** What a message asks for, or what is wrong with it. Channels come as names, or with products of their own. */
  #asked(message: Fields): readonly (readonly [Channel, SpotAsset])[] | string {
    const { channels } = message;
    const asked: (readonly [Channel, SpotAsset])[] = [];
    for (const entry of Array.isArray(channels) ? channels : []) {
      const named: Fields = typeof entry === "object" && entry !== null ? entry : { name: entry };
      const name = textIn(named, "name");
      if (name === "level2") return "level2, level3, and full channels now require authentication";
      if (!isChannel(name)) return `${name} is not a valid channel`;
      const products = textsIn("product_ids" in named ? named : message, "product_ids");
      if (products.length === 0) return "No products were given";
      for (const product of products) {
        const asset = assetOf(product);
        if (asset === undefined) return `${product} is not a valid product`;
        asked.push([name, asset]);
      }
    }
    return asked.length === 0 ? "No channels were given" : asked;
  }

  #confirmation(): Fields {
    const channels = this.#subscriptions.open.map(([channel, assets]) => ({
      name: channel === "level2_batch" ? "level2_50" : channel,
      product_ids: assets.map(productOf),
      account_ids: null,
    }));
    return { type: "subscriptions", channels };
  }

  /** What comes first on a channel. */
  #begin(channel: Channel, asset: SpotAsset): void {
    const trade = this.#exchange.lastTrade(asset);
    if (channel === "ticker") this.#send(this.#ticker(asset, trade));
    if (channel === "matches") this.#send(this.#match("last_match", asset, trade));
    if (channel !== "level2_batch") return;
    const market = this.#exchange.market(asset);
    const { bids, asks, at } = this.#exchange.book(asset);
    this.#send({
      type: "snapshot",
      product_id: productOf(asset),
      asks: pairs(market, asks),
      bids: pairs(market, bids),
      time: microsTime(at),
    });
  }

  #sequence(asset: SpotAsset): number {
    const market = this.#exchange.market(asset);
    return market.stepAt(this.#exchange.world.now()) * SEQUENCE_PER_STEP;
  }

  #match(type: "match" | "last_match", asset: SpotAsset, trade: Trade): Fields {
    const market = this.#exchange.market(asset);
    const key = keyOf(this.#exchange.world.seed, productOf(asset));
    return {
      type,
      trade_id: TRADES_BEFORE + trade.number,
      maker_order_id: orderId(key, 2 * trade.number),
      taker_order_id: orderId(key, 2 * trade.number + 1),
      // The maker's side.
      side: trade.buy ? "sell" : "buy",
      size: market.sizeText(trade.size),
      price: market.priceText(trade.price),
      product_id: productOf(asset),
      sequence: this.#sequence(asset),
      time: microsTime(trade.at),
    };
  }

  #ticker(asset: SpotAsset, trade: Trade): Fields {
    const market = this.#exchange.market(asset);
    const { bids, asks } = this.#exchange.book(asset);
    const day = this.#exchange.day(asset);
    const [bid, bidSize] = pair(market, bids[0]);
    const [ask, askSize] = pair(market, asks[0]);
    return {
      type: "ticker",
      sequence: this.#sequence(asset),
      product_id: productOf(asset),
      price: market.priceText(trade.price),
      open_24h: day.open.toFixed(2),
      volume_24h: day.volume.toFixed(8),
      low_24h: day.low.toFixed(2),
      high_24h: day.high.toFixed(2),
      volume_30d: (30 * day.volume).toFixed(8),
      best_bid: bid,
      best_bid_size: bidSize,
      best_ask: ask,
      best_ask_size: askSize,
      // The taker's side.
      side: trade.buy ? "buy" : "sell",
      time: microsTime(trade.at),
      trade_id: TRADES_BEFORE + trade.number,
      last_size: market.sizeText(trade.size),
    };
  }
}

function routes(exchange: SpotExchange): Hono {
  const app = new Hono();
  app.use("/products/*", async (context, next) => {
    if ((context.req.header("user-agent") ?? "") === "") {
      return json({ message: "User-Agent header is required." }, 400);
    }
    await next();
  });
  const notFound = () => json({ message: "NotFound" }, 404);
  app.get("/products/:product/ticker", (context) => {
    const asset = assetOf(context.req.param("product"));
    if (asset === undefined) return notFound();
    const market = exchange.market(asset);
    const { bids, asks } = exchange.book(asset);
    const trade = exchange.lastTrade(asset);
    return json({
      ask: market.priceText(asks[0].price),
      bid: market.priceText(bids[0].price),
      volume: exchange.day(asset).volume.toFixed(8),
      trade_id: TRADES_BEFORE + trade.number,
      price: market.priceText(trade.price),
      size: market.sizeText(trade.size),
      time: microsTime(trade.at),
    });
  });
  app.get("/products/:product/book", (context) => {
    const asset = assetOf(context.req.param("product"));
    if (asset === undefined) return notFound();
    const market = exchange.market(asset);
    const { bids, asks, at, step } = exchange.book(asset);
    const count = context.req.query("level") === "2" ? bids.length : 1;
    const rows = (levels: typeof bids) => pairs(market, levels.slice(0, count)).map((row) => [...row, 1]);
    return json({
      bids: rows(bids),
      asks: rows(asks),
      sequence: step * SEQUENCE_PER_STEP,
      auction_mode: false,
      auction: null,
      time: microsTime(at),
    });
  });
  app.get("/products/:product/trades", (context) => {
    const asset = assetOf(context.req.param("product"));
    if (asset === undefined) return notFound();
    const market = exchange.market(asset);
    const trades = exchange.recentTrades(asset, TRADES_LISTED);
    return json(trades.map((trade) => ({
      trade_id: TRADES_BEFORE + trade.number,
      side: trade.buy ? "sell" : "buy",
      size: market.sizeText(trade.size),
      price: market.priceText(trade.price),
      time: microsTime(trade.at),
    })));
  });
  app.route("/", coinbaseCandleRoutes(exchange.world));
  app.get("/v2/prices/:product/spot", (context) => {
    const asset = assetOf(context.req.param("product"));
    if (asset === undefined) return json({ errors: [{ id: "not_found", message: "Invalid base currency" }] }, 404);
    const market = exchange.market(asset);
    return json({ data: { amount: market.priceText(exchange.lastTrade(asset).price), base: asset, currency: "USD" } });
  });
  return app;
}

export const coinbaseSimulator = (world: FeedWorld): FeedSimulator =>
  spotSimulator(COINBASE, world, (...parts) => new CoinbaseSession(...parts), routes);
