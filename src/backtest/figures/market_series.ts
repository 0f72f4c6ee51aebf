/**
 * A market's prices over its life in bounded memory: where there are too many points, every second one goes.
 * @module
 */

import { formatTime, type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { ChartPoint } from "../findings.ts";

/** What a screen shows side by side. */
const POINTS_MAX = 240;
/** Of points at first: a quarter of an hour fits. */
export const SERIES_EVERY = 5 * MICROS_PER_SECOND;

/** Prices and probabilities in dollars; NaN where there is none. */
export interface Reading {
  readonly price: number;
  readonly bid: number;
  readonly ask: number;
  readonly probability: number;
}

const FIELDS = 4;
const known = (value: number): number | null => Number.isNaN(value) ? null : value;

export class MarketSeries {
  #times: Micros[] = [];
  /** Four numbers a point. */
  #values: number[] = [];
  #every = SERIES_EVERY;

  /** Asked at least every {@link SERIES_EVERY}; takes what is due. */
  add(at: Micros, { price, bid, ask, probability }: Reading): void {
    const last = this.#times.at(-1);
    if (last !== undefined && at - last < this.#every) return;
    if (this.#times.length >= POINTS_MAX) this.#thin();
    this.#times.push(at);
    this.#values.push(price, bid, ask, probability);
  }

  points(): ChartPoint[] {
    return this.#times.map((at, k) => {
      const [price, bid, ask, probability] = this.#values.slice(k * FIELDS, (k + 1) * FIELDS);
      return {
        at: formatTime(at),
        price: known(price),
        bid: known(bid),
        ask: known(ask),
        probability: known(probability),
      };
    });
  }

  #thin(): void {
    this.#every *= 2;
    this.#times = this.#times.filter((_, k) => k % 2 === 0);
    this.#values = this.#values.filter((_, k) => Math.floor(k / FIELDS) % 2 === 0);
  }
}
