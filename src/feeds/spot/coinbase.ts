/**
 * Coinbase's Exchange feed (KALSHI.md 11.2): trades, best quotes, and the book in batches of 50 ms, which needs no key.
 *
 * The book's messages carry no numbers, but their delivery is promised. Those of trades may be dropped: the heartbeat of
 * each second names the newest trade, so that is noticed.
 * @module
 */

import { Coins } from "./coins.ts";
import type { SpotProtocol, SpotReader, SpotSink } from "./protocol.ts";
import { TradeIds } from "./trade_ids.ts";
import { arrayOf, decimalOf, idOf, isoTimeOf, objectOf, type WireObject } from "./wire_values.ts";

const COINS = new Coins(["BTC", "ETH", "SOL", "XRP", "DOGE", "BNB", "HYPE", "NEAR", "ZEC"], (coin) => `${coin}-USD`);
const CHANNELS = ["ticker", "matches", "heartbeat", "level2_batch"];

export const coinbase: SpotProtocol = {
  exchange: "coinbase",
  title: "Coinbase",
  constituent: true,
  ws: "wss://ws-feed.exchange.coinbase.com",
  rest: "https://api.exchange.coinbase.com",
  symbol: (asset) => COINS.pair(asset),
  address: (ws) => ws,
  // One for each coin: a product that is refused takes its whole subscription with it.
  subscriptions: (assets) =>
    COINS.pairs(assets).map((pair) => JSON.stringify({ type: "subscribe", product_ids: [pair], channels: CHANNELS })),
  ping: null,
  silenceSeconds: 10,
  reader: (assets) => new CoinbaseReader(assets),
  fallback: {
    path: (asset) => `/products/${COINS.pair(asset)}/ticker`,
    read: readTicker,
  },
};

class CoinbaseReader implements SpotReader {
  readonly #trades: TradeIds;
  /** The newest trade that a heartbeat named. */
  readonly #promised = new Map<string, number>();
  /** The one that was counted as missing last. */
  readonly #missed = new Map<string, number>();

  constructor(assets: readonly string[]) {
    this.#trades = new TradeIds(assets);
  }

  read(value: unknown, sink: SpotSink): void {
    const message = objectOf(value);
    if (message === null) return sink.refuse("not an object");
    if (message.type === "subscriptions") return sink.alive();
    if (message.type === "error") return sink.refuse("exchange reports an error");
    const asset = COINS.asset(message.product_id);
    if (asset === null) return sink.refuse("unknown product");
    switch (message.type) {
      case "ticker":
        return readQuote(asset, message, sink);
      case "match":
      case "last_match":
        return this.#trade(asset, message, sink);
      case "snapshot":
        return readSnapshot(asset, message, sink);
      case "l2update":
        return readChanges(asset, message, sink);
      case "heartbeat":
        return this.#heartbeat(asset, message, sink);
      default:
        return sink.refuse("unknown type");
    }
  }

  #trade(asset: string, message: WireObject, sink: SpotSink): void {
    const refused = this.#trades.take(asset, idOf(message.trade_id));
    if (refused !== null) return sink.refuse(refused);
    sink.trade(asset, decimalOf(message.price), decimalOf(message.size), isoTimeOf(message.time));
  }

  /** Trades come by another way than heartbeats: what one heartbeat names is missing if it is not there at the next. */
  #heartbeat(asset: string, message: WireObject, sink: SpotSink): void {
    const promised = this.#promised.get(asset) ?? 0;
    const newest = this.#trades.newest(asset);
    if (newest >= 0 && newest < promised && this.#missed.get(asset) !== promised) {
      this.#missed.set(asset, promised);
      sink.refuse("trades missed");
    }
    const named = idOf(message.last_trade_id);
    if (named > promised) this.#promised.set(asset, named);
    sink.alive();
  }
}

function readQuote(asset: string, message: WireObject, sink: SpotSink): void {
  const { best_bid, best_bid_size, best_ask, best_ask_size, time } = message;
  const bid = decimalOf(best_bid);
  const ask = decimalOf(best_ask);
  sink.quote(asset, bid, decimalOf(best_bid_size), ask, decimalOf(best_ask_size), isoTimeOf(time));
}

function readSnapshot(asset: string, message: WireObject, sink: SpotSink): void {
  const time = message.time === undefined ? null : isoTimeOf(message.time);
  sink.bookBegins(asset, time);
  readLevels(asset, "bid", message.bids, sink);
  readLevels(asset, "ask", message.asks, sink);
  sink.bookEnds(asset, time);
}

function readLevels(asset: string, side: "bid" | "ask", levels: unknown, sink: SpotSink): void {
  if (!Array.isArray(levels)) return sink.gap(asset, "book without levels");
  for (const level of levels) {
    const [price, size] = arrayOf(level);
    sink.level(asset, side, decimalOf(price), decimalOf(size));
  }
}

function readChanges(asset: string, message: WireObject, sink: SpotSink): void {
  if (!Array.isArray(message.changes)) return sink.gap(asset, "changes are missing");
  for (const change of message.changes) {
    const [side, price, size] = arrayOf(change);
    if (side !== "buy" && side !== "sell") return sink.gap(asset, "side of a level is unknown");
    sink.level(asset, side === "buy" ? "bid" : "ask", decimalOf(price), decimalOf(size));
  }
  sink.bookEnds(asset, isoTimeOf(message.time));
}

function readTicker(asset: string, value: unknown, sink: SpotSink): void {
  const body = objectOf(value);
  if (body === null) return sink.refuse("not an object");
  const time = isoTimeOf(body.time);
  sink.quote(asset, decimalOf(body.bid), 0, decimalOf(body.ask), 0, null);
  sink.trade(asset, decimalOf(body.price), decimalOf(body.size), time);
}
