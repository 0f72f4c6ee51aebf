/**
 * The simulated settlement indices: one value for every whole second, as CF Benchmarks publishes BRTI and ETHUSD_RTI.
 *
 * Log prices follow a jump diffusion whose volatility wanders: log volatility reverts to the level of a regime, regimes
 * change every quarter of an hour or so, and now and then the price jumps. ETH shares most of its moves with BTC.
 * Annualised volatility stays between about 30 and 110 %, mostly 35 to 90 %.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { Random } from "./random.ts";

const SECONDS_PER_YEAR = 31_536_000;
/** Annualised volatilities that regimes are drawn from. */
const REGIMES = [0.35, 0.45, 0.6, 0.75, 0.9] as const;
const REGIME_SECONDS_MEAN = 900;
/** Share of the distance to the regime that log volatility covers in a second. */
const REVERSION = 1 / 120;
const VOLATILITY_OF_VOLATILITY = 0.012;
const LOG_VOLATILITY_MIN = Math.log(0.3);
const LOG_VOLATILITY_MAX = Math.log(1.1);
const JUMP_CHANCE_PER_SECOND = 1 / 1_500;
const JUMP_SIZE = 0.0007;
/** Correlation of ETH's moves with BTC's. */
const CORRELATION = 0.8;
const ETH_VOLATILITY_RATIO = 1.25;
/** Seconds of history kept: four hours, four times what the oldest open question (a strike's average) needs. */
const HISTORY_SECONDS = 14_400;

/** The ids of the simulated indices, as subscriptions name them. */
export const INDEX_IDS = ["BRTI", "ETHUSD_RTI"] as const;
export type IndexId = typeof INDEX_IDS[number];

export const isIndexId = (text: string): text is IndexId => (INDEX_IDS as readonly string[]).includes(text);

/** Two decimals, as the feed prints them. The value itself is kept rounded: everything downstream sees this number. */
const toCents = (value: number): number => Math.round(value * 100) / 100;

/** One index: its path and the last hours of its values. */
class IndexPath {
  readonly #values = new Float64Array(HISTORY_SECONDS);
  logPrice: number;

  constructor(start: number) {
    this.logPrice = Math.log(start);
  }

  /** @param price instead of the path's own, where it is held */
  store(second: number, price: number = Math.exp(this.logPrice)): void {
    this.#values[second % HISTORY_SECONDS] = toCents(price);
  }

  at(second: number): number {
    return this.#values[second % HISTORY_SECONDS];
  }
}

export class IndexProcess {
  readonly #random: Random;
  readonly #regimes: Random;
  readonly #paths: Readonly<Record<IndexId, IndexPath>>;
  readonly #first: number;
  /** The newest second that anybody may see. The path is one second ahead, so that the way there is known. */
  #second: number;
  #regime = Math.log(0.6);
  #logVolatility = Math.log(0.6);
  /** The volatility as it was at `#second`. */
  #seenLogVolatility = Math.log(0.6);
  readonly #held = new Map<IndexId, number>();

  /** @param firstSecond Unix second of the first value */
  constructor(seed: number, firstSecond: number) {
    this.#random = Random.named(seed, "index");
    this.#regimes = Random.named(seed, "regime");
    this.#paths = {
      BRTI: new IndexPath(84_000 * Math.exp(0.01 * this.#random.normal())),
      ETHUSD_RTI: new IndexPath(2_600 * Math.exp(0.01 * this.#random.normal())),
    };
    this.#first = firstSecond;
    this.#second = firstSecond;
    this.#store(firstSecond);
    this.#lookAhead();
  }

  /** The newest second that has a value. */
  get second(): number {
    return this.#second;
  }

  /** The oldest second whose value is kept. */
  get oldestSecond(): number {
    return Math.max(this.#first, this.#second - HISTORY_SECONDS + 2);
  }

  /** Standard deviation of BTC's log return over a second, at this moment, jumps aside. */
  volatility(id: IndexId): number {
    const base = Math.exp(this.#seenLogVolatility) / Math.sqrt(SECONDS_PER_YEAR);
    return id === "BRTI" ? base : base * ETH_VOLATILITY_RATIO;
  }

  /**
   * Bends the past so that the mean of the seconds `from` to `to` comes to lie at `ratio` times the value now: all that
   * lies before is scaled, and the way from there to now takes up the difference evenly, far below its own noise.
   */
  bend(id: IndexId, from: number, to: number, ratio: number): void {
    const { sum, count } = this.sum(id, from, to);
    if (count === 0 || to >= this.#second) return;
    const path = this.#paths[id];
    const difference = Math.log(ratio * path.at(this.#second) * count / sum);
    for (let second = this.oldestSecond; second < this.#second; second++) {
      const share = second <= to ? 1 : (this.#second - second) / (this.#second - to);
      path.store(second, path.at(second) * Math.exp(difference * share));
    }
  }

  /** Goes on to this second, value by value. */
  advanceTo(second: number): void {
    while (this.#second < second) {
      this.#second++;
      this.#lookAhead();
    }
  }

  #lookAhead(): void {
    this.#seenLogVolatility = this.#logVolatility;
    this.#move();
    this.#store(this.#second + 1);
  }

  /** Keeps an index at this price from the next second on. */
  hold(id: IndexId, price: number): void {
    this.#held.set(id, price);
    this.#paths[id].logPrice = Math.log(price);
    this.#paths[id].store(this.#second + 1, price);
  }

  /** Lets an index move again, from where it is. */
  release(id: IndexId): void {
    const price = this.#held.get(id);
    if (price === undefined) return;
    this.#held.delete(id);
    this.#paths[id].logPrice = Math.log(price);
  }

  /** Where the index is at a moment between two seconds: on a straight line, which those see who watch continuously. */
  priceAt(id: IndexId, at: Micros): number {
    const second = Math.min(Math.floor(at / MICROS_PER_SECOND), this.#second);
    const from = this.value(id, second);
    const share = Math.min(1, at / MICROS_PER_SECOND - second);
    return from + share * (this.#paths[id].at(second + 1) - from);
  }

  /**
   * The value stamped with this second.
   * @throws RangeError outside the history kept: no simulated event asks for that
   */
  value(id: IndexId, second: number): number {
    if (second > this.#second || second < this.oldestSecond) {
      throw new RangeError(`No index value is kept for second ${second}: have ${this.oldestSecond} to ${this.#second}`);
    }
    return this.#paths[id].at(second);
  }

  /** Sum of the values stamped `from` to `to`, both included; of those that exist. */
  sum(id: IndexId, from: number, to: number): { readonly sum: number; readonly count: number } {
    let sum = 0;
    let count = 0;
    for (let second = Math.max(from, this.oldestSecond); second <= Math.min(to, this.#second); second++) {
      sum += this.#paths[id].at(second);
      count++;
    }
    return { sum, count };
  }

  #store(second: number): void {
    for (const id of INDEX_IDS) this.#paths[id].store(second, this.#held.get(id));
  }

  #move(): void {
    if (this.#regimes.chance(1 / REGIME_SECONDS_MEAN)) {
      this.#regime = Math.log(REGIMES[this.#regimes.integer(0, REGIMES.length - 1)]);
    }
    this.#logVolatility += REVERSION * (this.#regime - this.#logVolatility) +
      VOLATILITY_OF_VOLATILITY * this.#regimes.normal();
    this.#logVolatility = Math.min(LOG_VOLATILITY_MAX, Math.max(LOG_VOLATILITY_MIN, this.#logVolatility));
    const shared = this.#random.normal();
    const own = this.#random.normal();
    const jump = this.#random.chance(JUMP_CHANCE_PER_SECOND) ? JUMP_SIZE * this.#random.normal() : 0;
    const sigma = Math.exp(this.#logVolatility) / Math.sqrt(SECONDS_PER_YEAR);
    this.#paths.BRTI.logPrice += sigma * shared + jump;
    this.#paths.ETHUSD_RTI.logPrice += sigma * ETH_VOLATILITY_RATIO *
        (CORRELATION * shared + Math.sqrt(1 - CORRELATION * CORRELATION) * own) + ETH_VOLATILITY_RATIO * jump;
  }
}
