/**
 * One side of several exchanges' books as one side: what the settlement index calls the consolidated book (KALSHI.md
 * 11.1). Levels are merged one at a time and only as far as somebody asks.
 * @module
 */

import type { SpotSide } from "./spot_book.ts";

/** Exchanges whose books are merged at most. */
export const VENUES_MAX = 16;
/** Price levels of the merged side; there it ends. Half a per cent of the deepest books is a tenth of it. */
const LEVELS_MAX = 8_192;
/** Sizes are decimals, and their sums a hair off: a volume that is short by less is there. */
const SHORT = 1e-9;

type Levels = Pick<SpotSide, "prices" | "sizes" | "length">;

/** Nothing is allocated after construction. Levels that are no prices or hold nothing are passed over. */
export class MergedSide {
  /** Best first; only the first {@link length} entries count. */
  readonly prices = new Float64Array(LEVELS_MAX);
  /** Volume at each price, of all exchanges together and uncapped. */
  readonly volumes = new Float64Array(LEVELS_MAX);
  readonly #descending: boolean;
  readonly #sides: (Levels | null)[] = new Array(VENUES_MAX).fill(null);
  readonly #cursors = new Int32Array(VENUES_MAX);
  #venues = 0;
  #length = 0;
  #cap = Infinity;
  /** The level that the walk stands on, and the capped volume of all before it. */
  #at = 0;
  #before = 0;

  /** @param best which price stands first */
  constructor(best: "highest" | "lowest") {
    this.#descending = best === "highest";
  }

  /** Levels merged so far. */
  get length(): number {
    return this.#length;
  }

  /** Forgets everything, for other books. */
  clear(): void {
    this.#sides.fill(null);
    this.#venues = 0;
    this.#length = 0;
    this.#cap = Infinity;
    this.#at = 0;
    this.#before = 0;
  }

  /** Adds one exchange's side, best first, to be merged. */
  add(venue: number, side: Levels): void {
    this.#sides[venue] = side;
    this.#venues = Math.max(this.#venues, venue + 1);
    this.#cursors[venue] = -1;
    this.#step(venue, side);
  }

  /** The best price of a side that counts, NaN where none does. */
  static best({ prices, sizes, length }: Levels): number {
    for (let at = 0; at < length; at++) if (counts(prices[at], sizes[at])) return prices[at];
    return NaN;
  }

  /** Merges the next price; false where there is none. */
  advance(): boolean {
    if (this.#length === LEVELS_MAX) return false;
    let best = NaN;
    for (let venue = 0; venue < this.#venues; venue++) {
      const price = this.#head(venue);
      if (Number.isNaN(price)) continue;
      if (Number.isNaN(best) || (this.#descending ? price > best : price < best)) best = price;
    }
    if (Number.isNaN(best)) return false;
    let volume = 0;
    for (let venue = 0; venue < this.#venues; venue++) {
      const side = this.#sides[venue];
      while (side !== null && this.#head(venue) === best) {
        volume += side.sizes[this.#cursors[venue]];
        this.#step(venue, side);
      }
    }
    this.prices[this.#length] = best;
    this.volumes[this.#length] = volume;
    this.#length++;
    return true;
  }

  /** Begins a walk along the volume, from 0 up, in which no level counts more than `cap`. */
  walk(cap: number): void {
    this.#cap = cap;
    this.#at = 0;
    this.#before = 0;
  }

  /**
   * The price of the last bit of the first `volume` coins. Asked with rising volumes. NaN where the side does not hold as
   * much; {@link lastPrice} is then its end.
   */
  priceOf(volume: number): number {
    const needed = volume - volume * SHORT;
    for (;;) {
      if (this.#at === this.#length && !this.advance()) return NaN;
      const through = this.#before + this.#capped(this.#at);
      if (through >= needed) return this.prices[this.#at];
      this.#before = through;
      this.#at++;
    }
  }

  /** The worst price merged so far. */
  get lastPrice(): number {
    return this.prices[this.#length - 1];
  }

  /** Adds to each exchange how much of the first `volume` coins is its own, capped levels in proportion. */
  share(volume: number, into: Float64Array): void {
    for (let venue = 0; venue < this.#venues; venue++) {
      const side = this.#sides[venue];
      if (side !== null) into[venue] += this.#shareOf(side, volume);
    }
  }

  #shareOf({ prices, sizes, length }: Levels, volume: number): number {
    let own = 0;
    let before = 0;
    let at = 0;
    for (let level = 0; level < this.#length && before < volume; level++) {
      const price = this.prices[level];
      const used = Math.min(this.#capped(level), volume - before);
      for (; at < length; at++) {
        const bad = !counts(prices[at], sizes[at]);
        if (!bad && prices[at] !== price) break;
        if (!bad) own += sizes[at] / this.volumes[level] * used;
      }
      before += used;
    }
    return own;
  }

  #capped(level: number): number {
    const volume = this.volumes[level];
    return volume > this.#cap ? this.#cap : volume;
  }

  #head(venue: number): number {
    const side = this.#sides[venue];
    const cursor = this.#cursors[venue];
    return side === null || cursor >= side.length ? NaN : side.prices[cursor];
  }

  #step(venue: number, { prices, sizes, length }: Levels): void {
    let cursor = this.#cursors[venue] + 1;
    while (cursor < length && !counts(prices[cursor], sizes[cursor])) cursor++;
    this.#cursors[venue] = cursor;
  }
}

const counts = (price: number, size: number): boolean => price > 0 && price < Infinity && size > 0 && size < Infinity;
