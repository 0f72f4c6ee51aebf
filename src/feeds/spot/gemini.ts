/**
 * Gemini's market data, version 2 (KALSHI.md 11.6): the book and trades in one channel. The first message of a coin on a
 * connection is its whole book and its newest trades, all later ones are changes. Nothing is numbered: a change that was
 * missed shows only in a book that stays crossed.
 * @module
 */

import { Coins } from "./coins.ts";
import type { SpotProtocol, SpotReader, SpotSink } from "./protocol.ts";
import { TradeIds } from "./trade_ids.ts";
import { arrayOf, decimalOf, idOf, millisOf, objectOf, type WireObject } from "./wire_values.ts";

/** One symbol that it does not know ends the whole connection. */
const COINS = new Coins(["BTC", "ETH", "SOL", "XRP", "DOGE", "ZEC"], (coin) => `${coin}USD`);

export const gemini: SpotProtocol = {
  exchange: "gemini",
  title: "Gemini",
  constituent: true,
  ws: "wss://api.gemini.com/v2/marketdata",
  rest: "https://api.gemini.com",
  symbol: (asset) => COINS.pair(asset),
  address: (ws) => ws,
  subscriptions: (assets) => [
    JSON.stringify({ type: "subscribe", subscriptions: [{ name: "l2", symbols: COINS.pairs(assets) }] }),
  ],
  ping: null,
  silenceSeconds: 15,
  reader: (assets) => new GeminiReader(assets),
  fallback: {
    path: (asset) => `/v1/pubticker/${COINS.pair(asset)?.toLowerCase()}`,
    read: readTicker,
  },
};

class GeminiReader implements SpotReader {
  readonly #trades: TradeIds;
  readonly #begun = new Set<string>();

  constructor(assets: readonly string[]) {
    this.#trades = new TradeIds(assets);
  }

  read(value: unknown, sink: SpotSink): void {
    const message = objectOf(value);
    if (message === null) return sink.refuse("not an object");
    if (message.type === "heartbeat") return sink.alive();
    if (message.result === "error") return sink.refuse("exchange reports an error");
    const asset = COINS.asset(message.symbol);
    switch (message.type) {
      case "l2_updates":
        if (asset === null) return sink.refuse("unknown symbol");
        this.#changes(asset, message, sink);
        return this.#tradesOf(asset, message.trades, sink);
      case "trade":
        return asset === null ? sink.refuse("unknown symbol") : this.#trade(asset, message, sink);
      case "auction_open":
      case "auction_indicative":
      case "auction_result":
        return sink.alive();
      default:
        return sink.refuse("unknown type");
    }
  }

  #changes(asset: string, { changes }: WireObject, sink: SpotSink): void {
    if (!Array.isArray(changes)) return sink.gap(asset, "changes are missing");
    if (changes.length === 0) return;
    if (!this.#begun.has(asset)) {
      this.#begun.add(asset);
      sink.bookBegins(asset, null);
    }
    for (const change of changes) {
      const [side, price, size] = arrayOf(change);
      if (side !== "buy" && side !== "sell") return sink.gap(asset, "side of a level is unknown");
      sink.level(asset, side === "buy" ? "bid" : "ask", decimalOf(price), decimalOf(size));
    }
    sink.bookEnds(asset, null);
  }

  /** The trades that come with the whole book stand newest first. */
  #tradesOf(asset: string, trades: unknown, sink: SpotSink): void {
    const found = arrayOf(trades).map((trade) => objectOf(trade) ?? {});
    found.sort((one, other) => idOf(one.event_id) - idOf(other.event_id));
    for (const trade of found) this.#trade(asset, trade, sink);
  }

  #trade(asset: string, message: WireObject, sink: SpotSink): void {
    const refused = this.#trades.take(asset, idOf(message.event_id));
    if (refused !== null) return sink.refuse(refused);
    sink.trade(asset, decimalOf(message.price), decimalOf(message.quantity), millisOf(message.timestamp));
  }
}

function readTicker(asset: string, value: unknown, sink: SpotSink): void {
  const body = objectOf(value);
  if (body === null) return sink.refuse("not an object");
  sink.quote(asset, decimalOf(body.bid), 0, decimalOf(body.ask), 0, null);
  sink.trade(asset, decimalOf(body.last), 0, null);
}
