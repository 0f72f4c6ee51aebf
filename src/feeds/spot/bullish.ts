/**
 * Bullish's public order book socket (KALSHI.md 11.6; docs.exchange.bullish.com). Each message of a book says which range
 * of changes it covers, and the ranges join without a hole. As documented every message is a whole book of 100 levels a
 * side; an `update`, should one come, is read as changes, and then a hole is a loss: the book is subscribed anew. A book
 * that is newer by its time and older by its number says that the exchange counts from the start again.
 *
 * Trades are on a socket of their own and are not heard: the index takes books alone.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import { Coins } from "./coins.ts";
import type { SpotProtocol, SpotReader, SpotSink } from "./protocol.ts";
import { arrayOf, decimalOf, idOf, millisOf, objectOf, type WireObject } from "./wire_values.ts";

const COINS = new Coins(["BTC", "ETH"], (coin) => `${coin}USD`);
const TOPIC = "l2Orderbook";
const BOOK_PATH = "/trading-api/v1/market-data/orderbook";

function command(id: string, method: string, params: Readonly<Record<string, string>>): string {
  return JSON.stringify({ jsonrpc: "2.0", type: "command", method, params, id });
}

export const bullish: SpotProtocol = {
  exchange: "bullish",
  title: "Bullish",
  constituent: true,
  ws: "wss://api.exchange.bullish.com",
  rest: "https://api.exchange.bullish.com",
  symbol: (asset) => COINS.pair(asset),
  address: (ws) => ws + BOOK_PATH,
  subscriptions: (assets) =>
    COINS.pairs(assets).map((symbol, at) => command(`${at + 1}`, "subscribe", { topic: TOPIC, symbol })),
  // It hangs up on connections that say nothing for 100 s, and has no other ping.
  ping: { everySeconds: 15, text: command("ping", "keepalivePing", {}) },
  silenceSeconds: 40,
  reader: () => new BullishReader(),
  fallback: {
    path: (asset) => `/trading-api/v1/markets/${COINS.pair(asset)}/tick`,
    read: readTick,
  },
};

/** How far a book has come. */
interface Reached {
  /** End of its last range. */
  readonly end: number;
  readonly time: Micros;
}

class BullishReader implements SpotReader {
  /** By asset; nothing before its book begins. */
  readonly #reached = new Map<string, Reached>();
  #requests = 0;

  read(value: unknown, sink: SpotSink): void {
    const message = objectOf(value);
    if (message === null) return sink.refuse("not an object");
    if (message.error !== undefined) return sink.refuse("exchange reports an error");
    if (message.result !== undefined || message.dataType === "V1TAHeartbeat") return sink.alive();
    if (message.dataType !== "V1TALevel2") return sink.refuse("unknown type");
    const data = objectOf(message.data);
    const asset = COINS.asset(data?.symbol);
    if (data === null || asset === null) return sink.refuse("unknown symbol");
    if (message.type !== "snapshot" && message.type !== "update") return sink.refuse("unknown type");
    this.#book(asset, data, message.type === "snapshot", sink);
  }

  #book(asset: string, data: WireObject, whole: boolean, sink: SpotSink): void {
    const { bids, asks, sequenceNumberRange: range } = data;
    const [from, to] = arrayOf(range).map(idOf);
    if (!Number.isSafeInteger(from) || !(to >= from)) return this.#lost(asset, "range of a book", sink);
    if (!isLevels(bids) || !isLevels(asks)) return this.#lost(asset, "book without levels", sink);
    const time = millisOf(data.timestamp);
    const before = this.#reached.get(asset);
    if (before === undefined && !whole) return sink.refuse("changes before the book");
    // A book without a time cannot be told from one that comes late.
    const recounts = before !== undefined && to < before.end && time > before.time;
    if (before !== undefined && to <= before.end && !recounts) return sink.refuse("book older than the one before it");
    const isLost = before !== undefined && (recounts || from > before.end + 1);
    if (isLost) this.#lost(asset, recounts ? "numbers begin anew" : "ranges do not join", sink);
    if (isLost && !whole) return this.#again(asset, sink);
    this.#reached.set(asset, { end: to, time });
    if (whole) sink.bookBegins(asset, time);
    readLevels(asset, "bid", bids, sink);
    readLevels(asset, "ask", asks, sink);
    sink.bookEnds(asset, time);
  }

  #lost(asset: string, reason: string, sink: SpotSink): void {
    this.#reached.delete(asset);
    sink.gap(asset, reason);
  }

  /** A new subscription begins with the whole book. */
  #again(asset: string, sink: SpotSink): void {
    const symbol = COINS.pair(asset);
    if (symbol === null) return;
    for (const method of ["unsubscribe", "subscribe"] as const) {
      sink.request(command(`again-${++this.#requests}`, method, { topic: TOPIC, symbol }));
    }
  }
}

/** Prices and sizes in turn. */
const isLevels = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length % 2 === 0;

function readLevels(asset: string, side: "bid" | "ask", levels: readonly unknown[], sink: SpotSink): void {
  for (let at = 0; at < levels.length; at += 2) {
    sink.level(asset, side, decimalOf(levels[at]), decimalOf(levels[at + 1]));
  }
}

function readTick(asset: string, value: unknown, sink: SpotSink): void {
  const body = objectOf(value);
  if (body === null) return sink.refuse("not an object");
  const { bestBid, bidVolume, bestAsk, askVolume, last, createdAtTimestamp } = body;
  const time = millisOf(createdAtTimestamp);
  sink.quote(asset, decimalOf(bestBid), decimalOf(bidVolume), decimalOf(bestAsk), decimalOf(askVolume), time);
  sink.trade(asset, decimalOf(last), 0, time);
}
