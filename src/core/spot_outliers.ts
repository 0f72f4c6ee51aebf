/**
 * Which exchanges stand apart: each is compared with the median of the others, so that a wild price has no part in what it
 * is compared with, and two that differ accuse each other (D5).
 * @module
 */

import { OUTLIER_RETURN_SHARE, OUTLIER_SHARE } from "./composite_index.ts";
import { VENUES_MAX } from "./merged_side.ts";

/** Remembers who stood apart: they are back only once they are near again. Nothing is allocated after construction. */
export class SpotOutliers {
  readonly #outlying: Uint8Array;
  readonly #sorted = new Float64Array(VENUES_MAX);

  /** @param exchanges how many there are */
  constructor(exchanges: number) {
    if (!Number.isInteger(exchanges) || exchanges < 0 || exchanges > VENUES_MAX) {
      throw new RangeError(`At most ${VENUES_MAX} exchanges are compared: ${exchanges}`);
    }
    this.#outlying = new Uint8Array(exchanges);
  }

  /** Compares the prices, NaN where an exchange has none. */
  judge(prices: ArrayLike<number>): void {
    for (let exchange = 0; exchange < this.#outlying.length; exchange++) {
      const distance = this.#distanceToOthers(prices, exchange);
      // Alone, or without a price, it is neither driven out nor let back in.
      if (Number.isNaN(distance)) continue;
      const out = this.#outlying[exchange] === 1 ? distance >= OUTLIER_RETURN_SHARE : distance > OUTLIER_SHARE;
      this.#outlying[exchange] = out ? 1 : 0;
    }
  }

  isOutlier(exchange: number): boolean {
    return this.#outlying[exchange] === 1;
  }

  /**
   * From the median of the others, as a share of it. Of an even number of others two are in the middle, and the nearer one
   * counts: their mean would lie halfway to a wild price where there are three exchanges.
   */
  #distanceToOthers(prices: ArrayLike<number>, exchange: number): number {
    const sorted = this.#sorted;
    let count = 0;
    for (let other = 0; other < this.#outlying.length; other++) {
      const price = prices[other];
      if (other === exchange || Number.isNaN(price)) continue;
      let at = count++;
      for (; at > 0 && sorted[at - 1] > price; at--) sorted[at] = sorted[at - 1];
      sorted[at] = price;
    }
    if (count === 0) return NaN;
    const own = prices[exchange];
    const low = sorted[(count - 1) >> 1];
    const high = sorted[count >> 1];
    return Math.min(Math.abs(own - low) / low, Math.abs(own - high) / high);
  }
}
