/**
 * One side of an order book: contracts per price, with the best price found without a search.
 * @module
 */

import type { Level } from "./input.ts";
import type { Count, Price } from "./units.ts";

/** Almost every market quotes on multiples of $0.001; the few finer ones are moved to {@link FINE_STEP} when seen. */
const COARSE_STEP = 10;
const FINE_STEP = 1;
const PRICES = 10_000;
const WORD = 32;
/** So many are taken away one by one sooner than all prices are gone through. */
const FEW_LEVELS = 64;

/**
 * Sizes by price in one flat array, and a two-level bitmap of the prices that have any: the best price is two
 * count-leading-zeros away, however far the next level lies. Nothing is allocated after the first fine price.
 */
export class Ladder {
  #step = COARSE_STEP;
  #sizes = new Float64Array(PRICES / COARSE_STEP + 1);
  #words = new Int32Array(Math.ceil((PRICES / COARSE_STEP + 1) / WORD));
  #summary = new Int32Array(1);
  #best = 0;
  #levels = 0;
  #total = 0;

  /** The highest price with contracts, 0 where the side is empty (0 is no valid price). */
  get best(): number {
    return this.#best;
  }

  /** Contracts at the best price, 0 where the side is empty. */
  get bestSize(): Count {
    return this.sizeAt(this.#best as Price);
  }

  /** How many prices have contracts. */
  get levels(): number {
    return this.#levels;
  }

  /** Contracts at all prices together. */
  get total(): Count {
    return this.#total as Count;
  }

  sizeAt(at: Price): Count {
    const index = at / this.#step;
    return (Number.isInteger(index) ? this.#sizes[index] ?? 0 : 0) as Count;
  }

  /** Adds a signed change at a price. `false`, and nothing changed, where the level would go below zero. */
  add(at: Price, delta: Count): boolean {
    if (at % this.#step !== 0) this.#refine();
    const index = at / this.#step;
    const before = this.#sizes[index];
    const after = before + delta;
    if (!(after >= 0)) return false;
    this.#sizes[index] = after;
    this.#total += delta;
    if (before === 0 && after !== 0) this.#appear(index);
    else if (before !== 0 && after === 0) this.#vanish(index);
    return true;
  }

  clear(): void {
    this.#total = 0;
    if (this.#levels <= FEW_LEVELS) {
      while (this.#levels > 0) {
        const index = this.#best / this.#step;
        this.#sizes[index] = 0;
        this.#vanish(index);
      }
      return;
    }
    this.#sizes.fill(0);
    this.#words.fill(0);
    this.#summary.fill(0);
    this.#best = 0;
    this.#levels = 0;
  }

  /** The next price below `at` with contracts, 0 where there is none. Pass 10,000 for the best. */
  below(at: Price): number {
    let index = Math.ceil(at / this.#step) - 1;
    for (; index > 0; index--) {
      if (this.#sizes[index] !== 0) return index * this.#step;
    }
    return 0;
  }

  /** Up to `limit` levels, best first. Allocates: for people and snapshots, not for the hot path. */
  top(limit: number): Level[] {
    const found: Level[] = [];
    for (let at = this.#best; at !== 0 && found.length < limit; at = this.below(at as Price)) {
      found.push([at as Price, this.sizeAt(at as Price)]);
    }
    return found;
  }

  #appear(index: number): void {
    const word = index >>> 5;
    this.#words[word] |= 1 << (index & 31);
    this.#summary[word >>> 5] |= 1 << (word & 31);
    this.#levels++;
    const at = index * this.#step;
    if (at > this.#best) this.#best = at;
  }

  #vanish(index: number): void {
    const word = index >>> 5;
    this.#words[word] &= ~(1 << (index & 31));
    if (this.#words[word] === 0) this.#summary[word >>> 5] &= ~(1 << (word & 31));
    this.#levels--;
    if (index * this.#step === this.#best) this.#best = this.#highest();
  }

  #highest(): number {
    for (let block = this.#summary.length - 1; block >= 0; block--) {
      const summary = this.#summary[block];
      if (summary === 0) continue;
      const word = (block << 5) + 31 - Math.clz32(summary);
      return ((word << 5) + 31 - Math.clz32(this.#words[word])) * this.#step;
    }
    return 0;
  }

  /** A price between the coarse steps was seen: go on with one slot per $0.0001. */
  #refine(): void {
    const coarse = this.#sizes;
    const ratio = this.#step;
    this.#step = FINE_STEP;
    this.#sizes = new Float64Array(PRICES + 1);
    this.#words = new Int32Array(Math.ceil((PRICES + 1) / WORD));
    this.#summary = new Int32Array(Math.ceil(this.#words.length / WORD));
    this.#levels = 0;
    this.#best = 0;
    for (let index = 0; index < coarse.length; index++) {
      if (coarse[index] === 0) continue;
      this.#sizes[index * ratio] = coarse[index];
      this.#appear(index * ratio);
    }
  }
}
