/**
 * Kraken's socket, version 2 (KALSHI.md 11.3): trades, best quotes, and the book, each message of which is verified by
 * its checksum. A book whose checksum differs is asked for anew, by itself.
 * @module
 */

import { Coins } from "./coins.ts";
import { KrakenBook } from "./kraken_book.ts";
import type { SpotProtocol, SpotReader, SpotSink } from "./protocol.ts";
import { TradeIds } from "./trade_ids.ts";
import { arrayOf, decimalOf, idOf, isoTimeOf, objectOf, type WireObject } from "./wire_values.ts";

const COINS = new Coins(["BTC", "ETH", "SOL", "XRP", "DOGE", "BNB", "NEAR", "ZEC"], (coin) => `${coin}/USD`);
/** The deepest book that there is of which the whole fits the books kept here: 10, 25, 100, 500 or 1,000. */
const DEPTH = 500;
/** REST has names of its own. */
const REST_COINS: Readonly<Record<string, string>> = { BTC: "XBT", DOGE: "XDG" };

const request = (method: "subscribe" | "unsubscribe", params: WireObject): string => JSON.stringify({ method, params });

export const kraken: SpotProtocol = {
  exchange: "kraken",
  title: "Kraken",
  constituent: true,
  ws: "wss://ws.kraken.com/v2",
  rest: "https://api.kraken.com",
  symbol: (asset) => COINS.pair(asset),
  address: (ws) => ws,
  subscriptions: (assets) => {
    const symbol = COINS.pairs(assets);
    return [
      request("subscribe", { channel: "trade", symbol, snapshot: true }),
      request("subscribe", { channel: "ticker", symbol, event_trigger: "bbo" }),
      request("subscribe", { channel: "book", symbol, depth: DEPTH }),
    ];
  },
  ping: { everySeconds: 5, text: '{"method":"ping"}' },
  silenceSeconds: 10,
  parse: parseKraken,
  reader: (assets) => new KrakenReader(assets),
  fallback: {
    path: (asset) => `/0/public/Ticker?pair=${REST_COINS[asset] ?? asset}USD`,
    read: readTicker,
  },
};

const LEVEL_NUMBER = /"(price|qty)":\s*(-?[0-9][0-9.eE+-]*)/g;
const BOOK_CHANNEL = /"channel":\s*"book"/;

/** Keeps the numbers of books as the texts that they came as: the checksum covers their zeros. */
function parseKraken(text: string): unknown {
  return JSON.parse(BOOK_CHANNEL.test(text) ? text.replace(LEVEL_NUMBER, '"$1":"$2"') : text);
}

class KrakenReader implements SpotReader {
  readonly #trades: TradeIds;
  readonly #books: ReadonlyMap<string, KrakenBook>;
  /** Those that began and were not lost since. */
  readonly #begun = new Set<string>();

  constructor(assets: readonly string[]) {
    this.#trades = new TradeIds(assets);
    this.#books = new Map(assets.map((asset) => [asset, new KrakenBook(DEPTH)]));
  }

  read(value: unknown, sink: SpotSink): void {
    const message = objectOf(value);
    if (message === null) return sink.refuse("not an object");
    switch (message.channel) {
      case undefined:
        return readReply(message, sink);
      case "heartbeat":
      case "status":
        return sink.alive();
      case "trade":
      case "ticker":
      case "book":
        return this.#data(message.channel, message, sink);
      default:
        return sink.refuse("unknown channel");
    }
  }

  #data(channel: "trade" | "ticker" | "book", message: WireObject, sink: SpotSink): void {
    if (!Array.isArray(message.data)) return sink.refuse("data is missing");
    for (const value of message.data) {
      const data = objectOf(value);
      const asset = data === null ? null : COINS.asset(data.symbol);
      if (data === null || asset === null) sink.refuse("unknown symbol");
      else if (channel === "trade") this.#trade(asset, data, sink);
      else if (channel === "ticker") readQuote(asset, data, sink);
      else this.#book(asset, message.type === "snapshot", data, sink);
    }
  }

  #trade(asset: string, data: WireObject, sink: SpotSink): void {
    const refused = this.#trades.take(asset, idOf(data.trade_id));
    if (refused !== null) return sink.refuse(refused);
    sink.trade(asset, decimalOf(data.price), decimalOf(data.qty), isoTimeOf(data.timestamp));
  }

  #book(asset: string, isSnapshot: boolean, data: WireObject, sink: SpotSink): void {
    const book = this.#books.get(asset);
    if (book === undefined) return sink.refuse("asset was not asked for");
    const time = data.timestamp === undefined ? null : isoTimeOf(data.timestamp);
    if (isSnapshot) {
      book.clear();
      this.#begun.add(asset);
      sink.bookBegins(asset, time);
    } else if (!this.#begun.has(asset)) {
      return;
    }
    const wrong = applyLevels(asset, book, data, sink) ??
      (book.checksum() === decimalOf(data.checksum) ? null : "checksum differs");
    if (wrong === null) sink.bookEnds(asset, time);
    else this.#lost(asset, wrong, sink);
  }

  #lost(asset: string, reason: string, sink: SpotSink): void {
    this.#begun.delete(asset);
    sink.gap(asset, reason);
    const params = { channel: "book", symbol: COINS.pairs([asset]), depth: DEPTH };
    sink.request(request("unsubscribe", params));
    sink.request(request("subscribe", params));
  }
}

/** To a subscription or a ping. */
function readReply(message: WireObject, sink: SpotSink): void {
  if (typeof message.method !== "string") return sink.refuse("unknown channel");
  return message.success === false ? sink.refuse("exchange reports an error") : sink.alive();
}

/** Applies all levels of a message here and there; what is wrong with them, or `null`. */
function applyLevels(asset: string, book: KrakenBook, data: WireObject, sink: SpotSink): string | null {
  for (const side of ["bid", "ask"] as const) {
    const levels = side === "bid" ? data.bids : data.asks;
    const kept = side === "bid" ? book.bids : book.asks;
    if (!Array.isArray(levels)) return "book without levels";
    for (const value of levels) {
      const level = objectOf(value);
      if (level === null || !kept.set(level.price, level.qty)) return "level cannot be read";
      sink.level(asset, side, decimalOf(level.price), decimalOf(level.qty));
    }
    for (let fallen = kept.cut(); fallen !== null; fallen = kept.cut()) sink.level(asset, side, fallen, 0);
  }
  return null;
}

function readQuote(asset: string, data: WireObject, sink: SpotSink): void {
  const time = data.timestamp === undefined ? null : isoTimeOf(data.timestamp);
  const bid = decimalOf(data.bid);
  const ask = decimalOf(data.ask);
  sink.quote(asset, bid, decimalOf(data.bid_qty), ask, decimalOf(data.ask_qty), time);
}

/** `{"error":[],"result":{"XXBTZUSD":{"a":[price, ...],"b":[price, ...],"c":[price, size]}}}`. */
function readTicker(asset: string, value: unknown, sink: SpotSink): void {
  const body = objectOf(value);
  if (body === null) return sink.refuse("not an object");
  if (arrayOf(body.error).length > 0) return sink.refuse("exchange reports an error");
  const [ticker] = Object.values(objectOf(body.result) ?? {}).map(objectOf);
  if (ticker === undefined || ticker === null) return sink.refuse("result is missing");
  const [bid, , bidSize] = arrayOf(ticker.b);
  const [ask, , askSize] = arrayOf(ticker.a);
  const [last, size] = arrayOf(ticker.c);
  sink.quote(asset, decimalOf(bid), decimalOf(bidSize), decimalOf(ask), decimalOf(askSize), null);
  sink.trade(asset, decimalOf(last), decimalOf(size), null);
}
