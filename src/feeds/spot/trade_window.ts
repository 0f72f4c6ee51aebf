/**
 * The trades of the last so many seconds, for their volume-weighted mean price.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { SpotVwap } from "./source.ts";

/** A minute of the busiest exchange on a wild day; where there are more, the mean is of the newest of them. */
const TRADES_MAX = 8_192;

/** A ring of fixed size; the mean is added up when it is asked for, so it is exact and has no memory of its own. */
export class TradeWindow {
  readonly #length: number;
  readonly #prices = new Float64Array(TRADES_MAX);
  readonly #sizes = new Float64Array(TRADES_MAX);
  readonly #times = new Float64Array(TRADES_MAX);
  #next = 0;
  #kept = 0;

  /** @param length of the window in microseconds */
  constructor(length: number) {
    if (!(length > 0 && length < Infinity)) throw new RangeError(`Not the length of a window: ${length}`);
    this.#length = length;
  }

  push(price: number, size: number, time: Micros): void {
    this.#prices[this.#next] = price;
    this.#sizes[this.#next] = size;
    this.#times[this.#next] = time;
    this.#next = (this.#next + 1) % TRADES_MAX;
    if (this.#kept < TRADES_MAX) this.#kept++;
  }

  /** Of the trades after `now` less the window; `null` without one. */
  vwap(now: Micros): SpotVwap | null {
    const since = now - this.#length;
    let volume = 0;
    let value = 0;
    for (let at = 0; at < this.#kept; at++) {
      if (this.#times[at] <= since || this.#times[at] > now) continue;
      volume += this.#sizes[at];
      value += this.#prices[at] * this.#sizes[at];
    }
    return volume === 0 ? null : { price: value / volume, volume };
  }
}
