/**
 * What eight spot exchanges send of one coin, for the benchmarks of their feeds: made by chance, the same in every run, and
 * written as the exchanges write it. The books that come whole (Bitstamp, Bullish) have a hundred levels a side.
 * @module
 */

import { formatTime, type Micros, micros, MICROS_PER_SECOND } from "../../src/core/units.ts";
import { KrakenBook } from "../../src/feeds/spot/kraken_book.ts";

/** Messages a second of each exchange. */
export const SPOT_RATE = 500;
const MID = 84_000;

/** Small, quick, and the same in every run (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = dice(8);

type Side = "bid" | "ask";
type Row = readonly [side: Side, price: string, size: string];

const anySide = (): Side => random() < 0.5 ? "bid" : "ask";
const anySize = (): string => (random() * 2 + 0.001).toFixed(8);
/** Most changes happen near the best price. */
const anyPrice = (side: Side, decimals: number): string => {
  const distance = 0.1 + 200 * random() ** 4;
  return (side === "bid" ? MID - distance : MID + distance).toFixed(decimals);
};
const tradePrice = (): string => (MID + (random() - 0.5) * 2).toFixed(2);
const changes = (count: number, decimals: number): Row[] =>
  Array.from({ length: count }, () => {
    const side = anySide();
    return [side, anyPrice(side, decimals), random() < 0.3 ? "0.00000000" : anySize()];
  });
const wholeBook = (levels: number, decimals: number): Row[] =>
  (["bid", "ask"] as const).flatMap((side) =>
    Array.from({ length: levels }, (_, at): Row => {
      const distance = 0.1 * (at + 1);
      return [side, (side === "bid" ? MID - distance : MID + distance).toFixed(decimals), anySize()];
    })
  );
const pairsOf = (rows: readonly Row[], side: Side) => rows.filter(([of]) => of === side).map(([, ...pair]) => pair);

/** Makes the message of that number, 0 being the first of a connection. */
export type MakeMessage = (number: number, time: Micros) => string;

const buyOrSell = (side: Side): string => side === "bid" ? "buy" : "sell";

const makeCoinbase: MakeMessage = (number, time) => {
  const common = { product_id: "BTC-USD", time: formatTime(time) };
  if (number === 0) {
    const book = wholeBook(1_000, 2);
    return JSON.stringify({ type: "snapshot", bids: pairsOf(book, "bid"), asks: pairsOf(book, "ask"), ...common });
  }
  const trade = { trade_id: number, sequence: number, side: "buy", price: tradePrice(), ...common };
  if (number % 10 === 0) return JSON.stringify({ type: "match", size: anySize(), ...trade });
  if (number % 10 === 5) {
    const best = { best_bid: "83999.90", best_bid_size: anySize(), best_ask: "84000.10", best_ask_size: anySize() };
    return JSON.stringify({ type: "ticker", volume_24h: "470.21", low_24h: "83150", ...best, ...trade });
  }
  const rows = changes(4, 2).map(([side, ...pair]) => [buyOrSell(side), ...pair]);
  return JSON.stringify({ type: "l2update", changes: rows, ...common });
};

function makeKraken(): MakeMessage {
  const book = new KrakenBook(500);
  return (number, time) => {
    const timestamp = formatTime(time);
    if (number > 0 && number % 10 === 0) {
      const data = `{"symbol":"BTC/USD","side":"buy","price":${tradePrice()},"qty":${anySize()},"trade_id":${number}`;
      return `{"channel":"trade","type":"update","data":[${data},"timestamp":"${timestamp}"}]}`;
    }
    if (number % 10 === 3 || number % 10 === 7) {
      const data = `{"symbol":"BTC/USD","bid":83999.9,"bid_qty":${anySize()},"ask":84000.1,"ask_qty":${anySize()}}`;
      return `{"channel":"ticker","type":"update","data":[${data}]}`;
    }
    const rows = number === 0 ? wholeBook(500, 1) : changes(2, 1);
    for (const [side, price, size] of rows) (side === "bid" ? book.bids : book.asks).set(price, size);
    for (const side of [book.bids, book.asks]) {
      while (side.cut() !== null) { /* Until it is as deep as it was asked for. */ }
    }
    const list = (wanted: Side) =>
      rows.filter(([side]) => side === wanted).map(([, price, size]) => `{"price":${price},"qty":${size}}`).join(",");
    const data = `"bids":[${list("bid")}],"asks":[${list("ask")}],"checksum":${book.checksum()}`;
    const type = number === 0 ? "snapshot" : "update";
    return `{"channel":"book","type":"${type}","data":[{"symbol":"BTC/USD",${data},"timestamp":"${timestamp}"}]}`;
  };
}

/** The moment of a message, so many in a second. */
export const timeOfMessage = (start: Micros, number: number): Micros =>
  micros(start + Math.round((number * MICROS_PER_SECOND) / SPOT_RATE));

const makeBitstamp: MakeMessage = (number, time) => {
  if (number % 5 !== 0) {
    const data = { id: number, amount_str: anySize(), price_str: tradePrice(), microtimestamp: String(time), type: 0 };
    return JSON.stringify({ event: "trade", channel: "live_trades_btcusd", data });
  }
  const rows = wholeBook(100, 2);
  const data = { microtimestamp: String(time), bids: pairsOf(rows, "bid"), asks: pairsOf(rows, "ask") };
  return JSON.stringify({ event: "data", channel: "order_book_btcusd", data });
};

const makeGemini: MakeMessage = (number, time) => {
  const timestamp = Math.floor(time / 1_000);
  if (number > 0 && number % 10 === 0) {
    const trade = { event_id: number, timestamp, price: tradePrice(), quantity: anySize(), side: "buy" };
    return JSON.stringify({ type: "trade", symbol: "BTCUSD", ...trade });
  }
  const rows = (number === 0 ? wholeBook(1_000, 2) : changes(2, 2)).map((
    [side, ...pair],
  ) => [buyOrSell(side), ...pair]);
  return JSON.stringify({ type: "l2_updates", symbol: "BTCUSD", changes: rows });
};

const makeCryptoCom: MakeMessage = (number, time) => {
  const t = Math.floor(time / 1_000);
  const answer = (channel: string, data: unknown) =>
    JSON.stringify({
      id: -1,
      code: 0,
      method: "subscribe",
      result: { instrument_name: "BTC_USD", channel, data: [data] },
    });
  const rows = number === 0 ? wholeBook(50, 2) : changes(3, 2);
  const bids = pairsOf(rows, "bid").map((pair) => [...pair, "1"]);
  const asks = pairsOf(rows, "ask").map((pair) => [...pair, "1"]);
  if (number === 0) return answer("book", { bids, asks, t, u: 0 });
  return answer("book.update", { update: { bids, asks }, t, u: number, pu: number - 1 });
};

const makeBullish: MakeMessage = (number, time) => {
  const rows = wholeBook(100, 2);
  const data = {
    symbol: "BTCUSD",
    bids: pairsOf(rows, "bid").flat(),
    asks: pairsOf(rows, "ask").flat(),
    sequenceNumberRange: [number + 1, number + 1],
    timestamp: String(Math.floor(time / 1_000)),
  };
  return JSON.stringify({ type: "snapshot", dataType: "V1TALevel2", data });
};

const makeBinance: MakeMessage = (number, time) => {
  const milliseconds = Math.floor(time / 1_000);
  if (number % 2 === 0) {
    const data = { u: number + 1, s: "BTCUSDT", b: "83999.90", B: anySize(), a: "84000.10", A: anySize() };
    return JSON.stringify({ stream: "btcusdt@bookTicker", data });
  }
  const data = { e: "trade", E: milliseconds, s: "BTCUSDT", t: number, p: tradePrice(), q: anySize(), T: milliseconds };
  return JSON.stringify({ stream: "btcusdt@trade", data });
};

/** By the exchange's name; each call begins a connection. */
export const MESSAGE_MAKERS: Readonly<Record<string, () => MakeMessage>> = {
  coinbase: () => makeCoinbase,
  kraken: makeKraken,
  bitstamp: () => makeBitstamp,
  gemini: () => makeGemini,
  cryptocom: () => makeCryptoCom,
  bullish: () => makeBullish,
  binance: () => makeBinance,
  binance_us: () => makeBinance,
};
