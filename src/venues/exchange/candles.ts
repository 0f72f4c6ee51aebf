/**
 * What a market's quotes and trades were, minute by minute, and the candlesticks made of that (KALSHI.md 3.10).
 * @module
 */

import { easternOffset } from "../../core/ticker.ts";
import { type Count, type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND, type Price } from "../../core/units.ts";

/** Open, low, high, close, in $0.0001. */
export interface Quartet {
  open: number;
  low: number;
  high: number;
  close: number;
}

/** Trade prices of a candle, and what is needed to join several. */
export interface TradedPrices extends Quartet {
  /** Price times count, summed. */
  weighted: number;
}

export interface Candle {
  /** Unix second of its end, which belongs to it. */
  readonly end: number;
  readonly bid: Quartet;
  readonly ask: Quartet;
  /** `null` where nothing traded. */
  trades: TradedPrices | null;
  /** The last price before the candle; `null` where none was. */
  readonly previous: number | null;
  /** In 0.01 contracts. */
  volume: number;
  openInterest: number;
}

/** Minutes of a candle: the three that exist. */
export type CandlePeriod = 1 | 60 | 1440;
export const CANDLE_PERIODS: readonly CandlePeriod[] = [1, 60, 1440];

/** Minutes kept for one market: two hours, twice the longest life of a market here. */
const MINUTES_MAX = 120;
const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_DAY = 86_400;

const flat = (price: number): Quartet => ({ open: price, low: price, high: price, close: price });

function widen(quartet: Quartet, price: number): void {
  quartet.low = Math.min(quartet.low, price);
  quartet.high = Math.max(quartet.high, price);
  quartet.close = price;
}

/** Unix second at which the period ends that this second belongs to. Days are Eastern days. */
export function periodEnd(second: number, period: CandlePeriod): number {
  const length = period * SECONDS_PER_MINUTE;
  if (period !== 1440) return Math.ceil(second / length) * length;
  const offset = easternOffset(micros((second - 1) * MICROS_PER_SECOND)) / MICROS_PER_SECOND;
  return Math.ceil((second + offset) / SECONDS_PER_DAY) * SECONDS_PER_DAY - offset;
}

/** One market's minutes. Silent ones do not exist. */
export class CandleStore {
  readonly #minutes: Candle[] = [];
  #bid = 0;
  #ask = 10_000;
  #last: number | null = null;
  #openInterest = 0;

  /** The best quotes changed; an empty side is told as 0 and 1. */
  quote(bid: Price | null, ask: Price | null, at: Micros): void {
    const minute = this.#minute(at);
    this.#bid = bid ?? 0;
    this.#ask = ask ?? 10_000;
    widen(minute.bid, this.#bid);
    widen(minute.ask, this.#ask);
  }

  trade(price: Price, count: Count, openInterest: number, at: Micros): void {
    const minute = this.#minute(at);
    minute.trades ??= { ...flat(price), weighted: 0 };
    widen(minute.trades, price);
    minute.trades.weighted += price * count;
    minute.volume += count;
    minute.openInterest = openInterest;
    this.#openInterest = openInterest;
    this.#last = price;
  }

  #minute(at: Micros): Candle {
    const end = Math.ceil(at / MICROS_PER_MINUTE) * SECONDS_PER_MINUTE;
    const newest = this.#minutes.at(-1);
    if (newest !== undefined && newest.end === end) return newest;
    const minute: Candle = {
      end,
      bid: flat(this.#bid),
      ask: flat(this.#ask),
      trades: null,
      previous: this.#last,
      volume: 0,
      openInterest: this.#openInterest,
    };
    this.#minutes.push(minute);
    if (this.#minutes.length > MINUTES_MAX) this.#minutes.shift();
    return minute;
  }

  /** The candles of this period that end within the seconds given, both included, oldest first. */
  between(period: CandlePeriod, from: number, to: number): readonly Candle[] {
    const candles: Candle[] = [];
    for (const minute of this.#minutes) {
      const end = periodEnd(minute.end, period);
      if (end < from || end > to) continue;
      const open = candles.at(-1);
      if (open !== undefined && open.end === end) join(open, minute);
      else candles.push({ ...copy(minute), end });
    }
    return candles;
  }

  /** The newest candle of this period that ends before this second. */
  latestBefore(period: CandlePeriod, second: number): Candle | null {
    return this.between(period, 0, second - 1).at(-1) ?? null;
  }
}

const copy = (candle: Candle): Candle => ({
  ...candle,
  bid: { ...candle.bid },
  ask: { ...candle.ask },
  trades: candle.trades === null ? null : { ...candle.trades },
});

function extend(quartet: Quartet, later: Quartet): void {
  quartet.low = Math.min(quartet.low, later.low);
  quartet.high = Math.max(quartet.high, later.high);
  quartet.close = later.close;
}

function join(candle: Candle, later: Candle): void {
  extend(candle.bid, later.bid);
  extend(candle.ask, later.ask);
  if (later.trades !== null) {
    if (candle.trades === null) candle.trades = { ...later.trades };
    else {
      extend(candle.trades, later.trades);
      candle.trades.weighted += later.trades.weighted;
    }
  }
  candle.volume += later.volume;
  candle.openInterest = later.openInterest;
}
