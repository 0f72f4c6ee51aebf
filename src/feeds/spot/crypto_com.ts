/**
 * Crypto.com's Exchange v1 market socket (KALSHI.md 11.6). Each book comes whole once and then by changes, each of which
 * names the one before it (`pu`); where that is not the last one read, the book is asked for anew. The exchange asks every
 * half minute whether anybody listens, and hangs up after five seconds without an answer.
 * @module
 */

import { Coins } from "./coins.ts";
import type { SpotProtocol, SpotReader, SpotSink } from "./protocol.ts";
import { arrayOf, decimalOf, idOf, millisOf, objectOf, type WireObject } from "./wire_values.ts";

const COINS = new Coins(["BTC", "ETH", "SOL", "XRP", "DOGE"], (coin) => `${coin}_USD`);
/** It has books of 10 and of 50 levels. */
const DEPTH = 50;
const BOOK_EVERY_MS = 100;
/** Trades of a connection's begin are told again with the subscription: so many are remembered. */
const TRADES_REMEMBERED = 500;

const TRADE_ID = /^\d{1,32}$/;

const bookChannel = (pair: string): string => `book.${pair}.${DEPTH}`;

function request(method: "subscribe" | "unsubscribe", id: number, channels: readonly string[]): string {
  const book = { book_subscription_type: "SNAPSHOT_AND_UPDATE", book_update_frequency: BOOK_EVERY_MS };
  return JSON.stringify({ id, method, params: { channels, ...(method === "subscribe" ? book : {}) } });
}

export const cryptoCom: SpotProtocol = {
  exchange: "cryptocom",
  title: "Crypto.com",
  constituent: true,
  ws: "wss://stream.crypto.com/exchange/v1/market",
  rest: "https://api.crypto.com",
  symbol: (asset) => COINS.pair(asset),
  address: (ws) => ws,
  // One for each coin: a pair that is refused takes its whole subscription with it.
  subscriptions: (assets) =>
    COINS.pairs(assets).map((pair, at) =>
      request("subscribe", at + 1, [bookChannel(pair), `trade.${pair}`, `ticker.${pair}`])
    ),
  ping: null,
  // An unchanged book is told by empty changes every few seconds.
  silenceSeconds: 40,
  reader: (assets) => new CryptoComReader(assets),
  fallback: {
    path: (asset) => `/exchange/v1/public/get-tickers?instrument_name=${COINS.pair(asset)}`,
    read: readTickers,
  },
};

class CryptoComReader implements SpotReader {
  /** Number of the last message of each book; `null` while a whole one is awaited. */
  readonly #numbers = new Map<string, number | null>();
  readonly #trades = new Map<string, Set<string>>();
  #requests: number;

  constructor(assets: readonly string[]) {
    for (const asset of assets) {
      this.#numbers.set(asset, null);
      this.#trades.set(asset, new Set());
    }
    this.#requests = assets.length;
  }

  read(value: unknown, sink: SpotSink): void {
    const message = objectOf(value);
    if (message === null) return sink.refuse("not an object");
    if (message.method === "public/heartbeat") return answer(message, sink);
    if (message.code !== 0 && message.code !== undefined) return sink.refuse("exchange reports an error");
    const result = objectOf(message.result);
    if (result === null) return message.method === undefined ? sink.refuse("unknown message") : sink.alive();
    const asset = COINS.asset(result.instrument_name);
    if (asset === null) return sink.refuse("unknown instrument");
    switch (result.channel) {
      case "book":
        return this.#whole(asset, result, sink);
      case "book.update":
        return this.#changes(asset, result, sink);
      case "trade":
        return this.#tradesOf(asset, result, sink);
      case "ticker":
        for (const row of arrayOf(result.data)) readQuote(asset, row, sink);
        return;
      default:
        return sink.refuse("unknown channel");
    }
  }

  #whole(asset: string, result: WireObject, sink: SpotSink): void {
    const [row] = arrayOf(result.data);
    const book = objectOf(row);
    const number = idOf(book?.u ?? book?.s);
    if (book === null || !Number.isSafeInteger(number)) return this.#again(asset, "book without a number", sink);
    const time = millisOf(book.t);
    sink.bookBegins(asset, time);
    if (!readLevels(asset, book, sink)) return this.#again(asset, "book without levels", sink);
    this.#numbers.set(asset, number);
    sink.bookEnds(asset, time);
  }

  #changes(asset: string, result: WireObject, sink: SpotSink): void {
    for (const row of arrayOf(result.data)) {
      const change = objectOf(row);
      const known = this.#numbers.get(asset) ?? null;
      // The whole book has been asked for: what still comes belongs to the old one.
      if (known === null) return sink.alive();
      const update = objectOf(change?.update);
      if (change === null || update === null) return this.#again(asset, "changes are missing", sink);
      if (idOf(change.pu) !== known) return this.#again(asset, "changes do not follow each other", sink);
      const number = idOf(change.u);
      if (!(number >= known)) return this.#again(asset, "number of a change", sink);
      if (!readLevels(asset, update, sink)) return this.#again(asset, "changes are missing", sink);
      this.#numbers.set(asset, number);
      sink.bookEnds(asset, millisOf(change.t));
    }
  }

  /** Gives the book up and asks for it anew. */
  #again(asset: string, reason: string, sink: SpotSink): void {
    sink.gap(asset, reason);
    this.#numbers.set(asset, null);
    const pair = COINS.pair(asset);
    if (pair === null) return;
    for (const method of ["unsubscribe", "subscribe"] as const) {
      sink.request(request(method, ++this.#requests, [bookChannel(pair)]));
    }
  }

  /** The trades that come with the subscription stand newest first. */
  #tradesOf(asset: string, result: WireObject, sink: SpotSink): void {
    const trades = arrayOf(result.data).map((row) => objectOf(row) ?? {});
    trades.sort((one, other) => millisOf(one.t) - millisOf(other.t));
    for (const trade of trades) {
      const refused = this.#repeated(asset, trade.d);
      if (refused !== null) sink.refuse(refused);
      else sink.trade(asset, decimalOf(trade.p), decimalOf(trade.q), millisOf(trade.t));
    }
  }

  /** Ids are longer than numbers are exact, so they stay texts. */
  #repeated(asset: string, id: unknown): string | null {
    if (typeof id !== "string" || !TRADE_ID.test(id)) return "id of a trade is no number";
    const known = this.#trades.get(asset);
    if (known?.has(id) === true) return "trade repeated";
    if (known !== undefined) remember(known, id);
    return null;
  }
}

function remember(known: Set<string>, id: string): void {
  known.add(id);
  if (known.size <= TRADES_REMEMBERED) return;
  const [oldest] = known;
  known.delete(oldest);
}

function answer(message: WireObject, sink: SpotSink): void {
  const id = idOf(message.id);
  if (!Number.isSafeInteger(id)) return sink.refuse("heartbeat without an id");
  sink.reply(JSON.stringify({ id, method: "public/respond-heartbeat" }));
  sink.alive();
}

/** Rows are `[price, size, orders]`. Both lists must be there, empty as they may be. */
function readLevels(asset: string, { bids, asks }: WireObject, sink: SpotSink): boolean {
  if (!Array.isArray(bids) || !Array.isArray(asks)) return false;
  for (const [side, rows] of [["bid", bids], ["ask", asks]] as const) {
    for (const row of rows as readonly unknown[]) {
      const [price, size] = arrayOf(row);
      sink.level(asset, side, decimalOf(price), decimalOf(size));
    }
  }
  return true;
}

function readQuote(asset: string, row: unknown, sink: SpotSink): void {
  const ticker = objectOf(row);
  if (ticker === null) return sink.refuse("not an object");
  const { b, bs, k, ks, t } = ticker;
  // A side without orders has no price.
  if (b === null || k === null) return sink.alive();
  sink.quote(asset, decimalOf(b), decimalOf(bs), decimalOf(k), decimalOf(ks), millisOf(t));
}

function readTickers(asset: string, value: unknown, sink: SpotSink): void {
  const [row] = arrayOf(objectOf(objectOf(value)?.result)?.data);
  const ticker = objectOf(row);
  if (ticker === null || COINS.asset(ticker.i) !== asset) return sink.refuse("ticker of another pair");
  const { a, b, k, t } = ticker;
  sink.quote(asset, decimalOf(b), 0, decimalOf(k), 0, null);
  sink.trade(asset, decimalOf(a), 0, millisOf(t));
}
