/**
 * The order book of one coin on a spot exchange: float64 prices in dollars and sizes in coins, because it is an input to
 * models and no money of ours (KALSHI.md 11.1).
 * @module
 */

/** Levels kept of a side where nothing else is asked for: the settlement index looks at far fewer. */
const DEPTH = 1_000;

/** One side, best level first. The arrays are longer than the side: only the first `length` entries count. */
export interface SpotSide {
  readonly prices: Float64Array;
  readonly sizes: Float64Array;
  readonly length: number;
  /**
   * The best price that fell off the end since the book began, `null` where none did. The side is whole only for better
   * prices: behind this one, levels may be missing.
   */
  readonly fallen: number | null;
}

/**
 * Both sides of a book. Everything is allocated at the start; a level beyond the depth is not kept, and when a better one
 * needs its place the worst falls off.
 */
export class SpotBook {
  readonly #bids: Side;
  readonly #asks: Side;

  /** @param depth levels kept of each side */
  constructor(depth: number = DEPTH) {
    if (!Number.isInteger(depth) || depth < 1) throw new RangeError(`A book has a whole number of levels: ${depth}`);
    this.#bids = new Side(depth, true);
    this.#asks = new Side(depth, false);
  }

  get bids(): SpotSide {
    return this.#bids;
  }

  get asks(): SpotSide {
    return this.#asks;
  }

  /** The highest bid, `null` where nobody bids. */
  get bid(): number | null {
    return this.#bids.length === 0 ? null : this.#bids.prices[0];
  }

  /** The lowest ask, `null` where nobody asks. */
  get ask(): number | null {
    return this.#asks.length === 0 ? null : this.#asks.prices[0];
  }

  /** Halfway between the best bid and the best ask, `null` where a side is empty. */
  get mid(): number | null {
    return this.oneSided ? null : (this.#bids.prices[0] + this.#asks.prices[0]) / 2;
  }

  /** A side is empty, or both are. */
  get oneSided(): boolean {
    return this.#bids.length === 0 || this.#asks.length === 0;
  }

  /** The best bid is not below the best ask: happens for a message or two inside a burst. Kept, but not believed. */
  get crossed(): boolean {
    return !this.oneSided && this.#bids.prices[0] >= this.#asks.prices[0];
  }

  /** How many of a side's best levels are known to have no hole among them: all of them where none fell off. */
  whole(side: "bid" | "ask"): number {
    return (side === "bid" ? this.#bids : this.#asks).whole;
  }

  /** Forgets everything, as before a whole book that follows. */
  clear(): void {
    this.#bids.clear();
    this.#asks.clear();
  }

  /**
   * Sets one level's size, 0 to take it away.
   *
   * @returns false where the level lies beyond the depth and is not kept
   * @throws RangeError for what can be no level: the edge judges what exchanges send
   */
  set(side: "bid" | "ask", price: number, size: number): boolean {
    if (!(price > 0 && price < Infinity && size >= 0 && size < Infinity)) {
      throw new RangeError(`No level has price ${price} and size ${size}`);
    }
    return (side === "bid" ? this.#bids : this.#asks).set(price, size);
  }
}

class Side implements SpotSide {
  readonly prices: Float64Array;
  readonly sizes: Float64Array;
  readonly #highestFirst: boolean;
  #length = 0;
  /** 0 for none: no level has that price. */
  #fallen = 0;

  constructor(depth: number, highestFirst: boolean) {
    this.prices = new Float64Array(depth);
    this.sizes = new Float64Array(depth);
    this.#highestFirst = highestFirst;
  }

  get length(): number {
    return this.#length;
  }

  get fallen(): number | null {
    return this.#fallen === 0 ? null : this.#fallen;
  }

  get whole(): number {
    return this.#fallen === 0 ? this.#length : this.#find(this.#fallen);
  }

  clear(): void {
    this.#length = 0;
    this.#fallen = 0;
  }

  set(price: number, size: number): boolean {
    const at = this.#find(price);
    if (at < this.#length && this.prices[at] === price) {
      if (size === 0) this.#remove(at);
      else this.sizes[at] = size;
      return true;
    }
    if (size === 0) return true;
    return this.#insert(at, price, size);
  }

  /** Where the price stands, or would stand. */
  #find(price: number): number {
    let from = 0;
    let to = this.#length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#isBetter(this.prices[middle], price)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #isBetter(one: number, other: number): boolean {
    return this.#highestFirst ? one > other : one < other;
  }

  #insert(at: number, price: number, size: number): boolean {
    const depth = this.prices.length;
    if (at === depth) {
      this.#noteFallen(price);
      return false;
    }
    if (this.#length === depth) {
      this.#noteFallen(this.prices[depth - 1]);
      this.#length--;
    }
    this.prices.copyWithin(at + 1, at, this.#length);
    this.sizes.copyWithin(at + 1, at, this.#length);
    this.prices[at] = price;
    this.sizes[at] = size;
    this.#length++;
    return true;
  }

  #remove(at: number): void {
    this.prices.copyWithin(at, at + 1, this.#length);
    this.sizes.copyWithin(at, at + 1, this.#length);
    this.#length--;
  }

  #noteFallen(price: number): void {
    if (this.#fallen === 0 || this.#isBetter(price, this.#fallen)) this.#fallen = price;
  }
}
