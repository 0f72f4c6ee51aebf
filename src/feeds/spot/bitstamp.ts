/**
 * Bitstamp's socket (KALSHI.md 11.5): trades, and the best hundred levels of each side in every message of the book, so
 * that none that is lost does any harm.
 * @module
 */

import { MICROS_PER_SECOND } from "../../core/units.ts";
import type { Micros } from "../../core/units.ts";
import { Coins } from "./coins.ts";
import type { SpotProtocol, SpotReader, SpotSink } from "./protocol.ts";
import { TradeIds } from "./trade_ids.ts";
import { arrayOf, decimalOf, idOf, microsOf, objectOf, type WireObject } from "./wire_values.ts";

const COINS = new Coins(["BTC", "ETH", "SOL", "XRP", "DOGE", "NEAR"], (coin) => `${coin.toLowerCase()}usd`);
const TRADES = "live_trades_";
const BOOK = "order_book_";

export const bitstamp: SpotProtocol = {
  exchange: "bitstamp",
  title: "Bitstamp",
  constituent: true,
  ws: "wss://ws.bitstamp.net",
  rest: "https://www.bitstamp.net",
  symbol: (asset) => COINS.pair(asset),
  address: (ws) => ws,
  subscriptions: (assets) =>
    COINS.pairs(assets).flatMap((pair) => [TRADES + pair, BOOK + pair]).map((channel) =>
      JSON.stringify({ event: "bts:subscribe", data: { channel } })
    ),
  ping: { everySeconds: 15, text: '{"event":"bts:heartbeat"}' },
  silenceSeconds: 30,
  reader: (assets) => new BitstampReader(assets),
  fallback: {
    path: (asset) => `/api/v2/ticker/${COINS.pair(asset)}/`,
    read: readTicker,
  },
};

class BitstampReader implements SpotReader {
  readonly #trades: TradeIds;

  constructor(assets: readonly string[]) {
    this.#trades = new TradeIds(assets);
  }

  read(value: unknown, sink: SpotSink): void {
    const message = objectOf(value);
    if (message === null) return sink.refuse("not an object");
    switch (message.event) {
      case "trade":
        return this.#trade(message, sink);
      case "data":
        return readBook(message, sink);
      case "bts:request_reconnect":
        return sink.reconnect("the exchange asks for it");
      case "bts:error":
        return sink.refuse("exchange reports an error");
      case "bts:heartbeat":
      case "bts:subscription_succeeded":
      case "bts:unsubscription_succeeded":
        return sink.alive();
      default:
        return sink.refuse("unknown event");
    }
  }

  #trade({ channel, data }: WireObject, sink: SpotSink): void {
    const asset = assetOf(channel, TRADES);
    const trade = objectOf(data);
    if (asset === null || trade === null) return sink.refuse("unknown channel");
    const refused = this.#trades.take(asset, idOf(trade.id));
    if (refused !== null) return sink.refuse(refused);
    const price = decimalOf(trade.price_str ?? trade.price);
    const size = decimalOf(trade.amount_str ?? trade.amount);
    sink.trade(asset, price, size, microsOf(trade.microtimestamp));
  }
}

function assetOf(channel: unknown, prefix: string): string | null {
  return typeof channel === "string" && channel.startsWith(prefix) ? COINS.asset(channel.slice(prefix.length)) : null;
}

function readBook({ channel, data }: WireObject, sink: SpotSink): void {
  const asset = assetOf(channel, BOOK);
  const book = objectOf(data);
  if (asset === null || book === null) return sink.refuse("unknown channel");
  const { bids, asks, microtimestamp } = book;
  if (!Array.isArray(bids) || !Array.isArray(asks)) return sink.gap(asset, "book without levels");
  const time = microsOf(microtimestamp);
  sink.bookBegins(asset, time);
  readLevels(asset, "bid", bids, sink);
  readLevels(asset, "ask", asks, sink);
  sink.bookEnds(asset, time);
}

function readLevels(asset: string, side: "bid" | "ask", levels: readonly unknown[], sink: SpotSink): void {
  for (const level of levels) {
    const [price, size] = arrayOf(level);
    sink.level(asset, side, decimalOf(price), decimalOf(size));
  }
}

function readTicker(asset: string, value: unknown, sink: SpotSink): void {
  const body = objectOf(value);
  if (body === null) return sink.refuse("not an object");
  const time = decimalOf(body.timestamp) * MICROS_PER_SECOND as Micros;
  sink.quote(asset, decimalOf(body.bid), 0, decimalOf(body.ask), 0, time);
  sink.trade(asset, decimalOf(body.last), 0, time);
}
