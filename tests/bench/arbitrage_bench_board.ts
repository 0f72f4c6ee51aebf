/**
 * The board on which arbitrage is searched for in benchmarks: 10,000 markets in ladders of 100 that another venue has too,
 * about one in a hundred mispriced, and 10,000 outcomes of events of 2 to 18. The same figures every time.
 * @module
 */

import { count, price } from "../../src/core/units.ts";
import { ArbitrageScanner, type ScannedGroup, type ScanSettings } from "../../src/models/arbitrage.ts";
import type { Board, Quotes } from "../../src/models/arbitrage_fixture.ts";
import { normalCdf, normalInverse } from "../../src/models/normal.ts";

export const MARKETS = 10_000;
export const LADDER = 100;
export const PAIRS = MARKETS / LADDER * (LADDER * (LADDER - 1) / 2);

const FEES = { type: "quadratic", multiplierMillionths: 1_000_000 } as const;
export const SETTINGS: Partial<ScanSettings> = { fillsPerLeg: 1, resultsMax: 64 };

/** In cents and whole contracts, as the programs beside read them. */
export interface Figures {
  readonly bid: Float32Array;
  readonly ask: Float32Array;
  readonly bidSize: Float32Array;
  readonly askSize: Float32Array;
  readonly peerBid: Float32Array;
  readonly peerAsk: Float32Array;
  readonly peerBidSize: Float32Array;
  readonly peerAskSize: Float32Array;
  readonly eventAsk: Float32Array;
  readonly eventSize: Float32Array;
  /** Where each event begins, and the end. */
  readonly events: readonly number[];
}

/** Numbers from 0 to 1, both excluded, by a linear congruence (the Numerical Recipes' constants). */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 4_294_967_296;
  };
}

export function makeFigures(): Figures {
  const random = chance(7);
  const whole = (low: number, high: number): number => low + Math.floor(random() * (high - low));
  const held = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  const array = (): Float32Array => new Float32Array(MARKETS);
  const sizes = (): Float32Array => array().map(() => whole(1, 500));
  const [bid, ask, peerBid, peerAsk, eventAsk] = [array(), array(), array(), array(), array()];
  for (let at = 0; at < MARKETS; at += LADDER) {
    const centre = 2 * random() - 1;
    for (let k = 0; k < LADDER; k++) {
      const likely = normalCdf(-(k / 50 - 1 - centre) * 1.6 * Math.SQRT2);
      const lowest = held(Math.floor(100 * likely - whole(0, 3)), 1, 98);
      const usual = held(lowest + whole(1, 4), 2, 99);
      ask[at + k] = random() < 0.01 ? Math.max(2, usual - 6) : usual;
      bid[at + k] = Math.min(lowest, ask[at + k] - 1);
      peerBid[at + k] = held(bid[at + k] + whole(-3, 4), 1, 98);
      peerAsk[at + k] = held(peerBid[at + k] + whole(1, 4), 2, 99);
    }
  }
  const events = [0];
  while (events[events.length - 1] < MARKETS) {
    const start = events[events.length - 1];
    const end = Math.min(MARKETS, start + whole(2, 19));
    const shares = Array.from({ length: end - start }, () => -Math.log(random()));
    const total = shares.reduce((sum, share) => sum + share, 0);
    const dearness = 104 + 3 * normalInverse(random());
    shares.forEach((share, k) => eventAsk[start + k] = held(Math.round(share / total * dearness), 1, 99));
    events.push(end);
  }
  const [bidSize, askSize, peerBidSize, peerAskSize, eventSize] = [sizes(), sizes(), sizes(), sizes(), sizes()];
  return { bid, ask, bidSize, askSize, peerBid, peerAsk, peerBidSize, peerAskSize, eventAsk, eventSize, events };
}

/** The file that the programs beside read: heads, the arrays, and events again with places for whole vectors of 8. */
export function encodeFigures(figures: Figures): Uint8Array<ArrayBuffer> {
  const { events, ...arrays } = figures;
  const asks: number[] = [];
  const sizes: number[] = [];
  const places = [0];
  for (let event = 0; event + 1 < events.length; event++) {
    for (let at = events[event]; at < events[event + 1]; at++) {
      asks.push(figures.eventAsk[at]);
      sizes.push(figures.eventSize[at]);
    }
    while (asks.length % 8 !== 0) {
      asks.push(0);
      sizes.push(500);
    }
    places.push(asks.length);
  }
  const parts = [
    Int32Array.of(MARKETS, events.length - 1, asks.length),
    ...Object.values(arrays),
    Int32Array.from(events),
    Float32Array.from(asks),
    Float32Array.from(sizes),
    Int32Array.from(places),
  ];
  const bytes = parts.flatMap((part) => [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)]);
  return new Uint8Array(bytes);
}

const quotes = (bid: number, bidSize: number, ask: number, askSize: number): Quotes => ({
  bid: price(bid * 100),
  bidSize: count(bidSize * 100),
  ask: price(ask * 100),
  askSize: count(askSize * 100),
});

export function makeGroups({ events }: Figures): ScannedGroup[] {
  const ladder = (first: number): ScannedGroup => ({
    kind: "ladder",
    name: `ladder ${first}`,
    confidence: 1,
    markets: Array.from({ length: LADDER }, (_, k) => ({
      ticker: `S${first + k}`,
      fees: FEES,
      peer: { fees: FEES, confidence: 1 },
    })),
  });
  const event = (start: number, end: number): ScannedGroup => ({
    kind: "event",
    name: `event ${start}`,
    confidence: 1,
    exclusive: true,
    exhaustive: true,
    markets: Array.from({ length: end - start }, (_, k) => ({ ticker: `E${start + k}`, fees: FEES })),
  });
  const ladders = Array.from({ length: MARKETS / LADDER }, (_, k) => ladder(k * LADDER));
  return [...ladders, ...events.slice(1).map((end, k) => event(events[k], end))];
}

export function makeBoard(figures: Figures): Board {
  const own = new Map<string, Quotes>();
  const peer = new Map<string, Quotes>();
  for (let at = 0; at < MARKETS; at++) {
    own.set(`S${at}`, quotes(figures.bid[at], figures.bidSize[at], figures.ask[at], figures.askSize[at]));
    const [bidSize, askSize] = [figures.peerBidSize[at], figures.peerAskSize[at]];
    peer.set(`S${at}`, quotes(figures.peerBid[at], bidSize, figures.peerAsk[at], askSize));
    const [ask, size] = [figures.eventAsk[at], figures.eventSize[at]];
    own.set(`E${at}`, quotes(ask - 1, size, ask, size));
  }
  return { own, peer };
}

export function openScanner(groups: readonly ScannedGroup[], board: Board): ArbitrageScanner {
  const made = ArbitrageScanner.from(groups, SETTINGS);
  if (!made.ok) throw new Error(made.reason);
  const { scanner } = made;
  for (const [ticker, { bid, bidSize, ask, askSize }] of board.own) {
    const slot = scanner.slotOf(ticker);
    if (slot !== null) scanner.setQuote(slot, bid, bidSize, ask, askSize);
  }
  for (const [ticker, { bid, bidSize, ask, askSize }] of board.peer) {
    const slot = scanner.slotOf(ticker);
    if (slot !== null) scanner.setPeer(slot, bid, bidSize, ask, askSize);
  }
  return scanner;
}
