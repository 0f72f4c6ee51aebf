/**
 * Binance and Binance.US (KALSHI.md 11.4): trades and best quotes as combined streams. Both quote in USDT, which is worth
 * a little more or less than a dollar, and neither is a constituent of the index: they only lead.
 *
 * Binance refuses callers from the United States with status 451, on the socket and by REST. Both back off to once a
 * minute then, and the refusal is the feed's trouble.
 * @module
 */

import { Coins } from "./coins.ts";
import type { SpotProtocol, SpotReader, SpotSink } from "./protocol.ts";
import { TradeIds } from "./trade_ids.ts";
import { decimalOf, idOf, millisOf, objectOf, type WireObject } from "./wire_values.ts";

const COINS = new Coins(["BTC", "ETH", "SOL", "XRP", "DOGE", "BNB", "NEAR", "ZEC"], (coin) => `${coin}USDT`);

interface Place {
  readonly exchange: string;
  readonly title: string;
  readonly ws: string;
  readonly rest: string;
  readonly silenceSeconds: number;
}

const protocolOf = (place: Place): SpotProtocol => ({
  ...place,
  constituent: false,
  symbol: (asset) => COINS.pair(asset),
  address: (ws, assets) => `${ws}/stream?streams=${streamsOf(assets).join("/")}`,
  // What is wanted stands in the address.
  subscriptions: () => [],
  // The exchange pings; the platform answers.
  ping: null,
  reader: (assets) => new BinanceReader(assets),
  fallback: {
    path: (asset) => `/api/v3/ticker/bookTicker?symbol=${COINS.pair(asset)}`,
    read: readTicker,
  },
});

function streamsOf(assets: readonly string[]): string[] {
  return COINS.pairs(assets).flatMap((pair) => {
    const symbol = pair.toLowerCase();
    return [`${symbol}@trade`, `${symbol}@bookTicker`];
  });
}

export const binance: SpotProtocol = protocolOf({
  exchange: "binance",
  title: "Binance",
  ws: "wss://stream.binance.com:9443",
  rest: "https://api.binance.com",
  silenceSeconds: 10,
});

/** Its markets are thin: they may say nothing for a while. */
export const binanceUs: SpotProtocol = protocolOf({
  exchange: "binance_us",
  title: "Binance.US",
  ws: "wss://stream.binance.us:9443",
  rest: "https://api.binance.us",
  silenceSeconds: 60,
});

class BinanceReader implements SpotReader {
  readonly #trades: TradeIds;
  /** Number of the newest quote of each pair: older ones are of no use. */
  readonly #quotes: TradeIds;

  constructor(assets: readonly string[]) {
    this.#trades = new TradeIds(assets);
    this.#quotes = new TradeIds(assets);
  }

  read(value: unknown, sink: SpotSink): void {
    const message = objectOf(value);
    if (message === null) return sink.refuse("not an object");
    if (message.error !== undefined) return sink.refuse("exchange reports an error");
    if (message.result !== undefined) return sink.alive();
    const data = objectOf(message.data);
    if (data === null || typeof message.stream !== "string") return sink.refuse("message without a stream");
    if (data.e === "serverShutdown") return sink.reconnect("the exchange ends this connection");
    const asset = COINS.asset(data.s);
    if (asset === null) return sink.refuse("unknown symbol");
    const [, stream] = message.stream.split("@");
    if (stream === "trade") this.#trade(asset, data, sink);
    else if (stream === "bookTicker") this.#quote(asset, data, sink);
    else sink.refuse("unknown stream");
  }

  #trade(asset: string, data: WireObject, sink: SpotSink): void {
    const refused = this.#trades.take(asset, idOf(data.t));
    if (refused !== null) return sink.refuse(refused);
    sink.trade(asset, decimalOf(data.p), decimalOf(data.q), millisOf(data.T));
  }

  /** Quotes have no time. */
  #quote(asset: string, data: WireObject, sink: SpotSink): void {
    if (this.#quotes.take(asset, idOf(data.u)) !== null) return sink.refuse("quote older than the one before it");
    sink.quote(asset, decimalOf(data.b), decimalOf(data.B), decimalOf(data.a), decimalOf(data.A), null);
  }
}

function readTicker(asset: string, value: unknown, sink: SpotSink): void {
  const body = objectOf(value);
  if (body === null) return sink.refuse("not an object");
  if (COINS.asset(body.symbol) !== asset) return sink.refuse("ticker of another pair");
  const { bidPrice, bidQty, askPrice, askQty } = body;
  sink.quote(asset, decimalOf(bidPrice), decimalOf(bidQty), decimalOf(askPrice), decimalOf(askQty), null);
}
