/**
 * Kraken's book with the digits that its checksum is made of (KALSHI.md 11.3). The checksum covers prices and sizes as
 * they are written, with all their zeros, so the texts are kept beside the numbers.
 * @module
 */

import { Crc32 } from "./crc32.ts";
import { decimalOf } from "./wire_values.ts";

/** Levels of each side that the checksum covers, whatever the depth. */
const COVERED = 10;

interface KrakenLevel {
  readonly price: number;
  /** Price and size without point and leading zeros, one after the other. */
  readonly digits: string;
}

/** One side, best level first. */
export class KrakenSide {
  readonly #depth: number;
  readonly #highestFirst: boolean;
  readonly #levels: KrakenLevel[] = [];

  constructor(depth: number, highestFirst: boolean) {
    this.#depth = depth;
    this.#highestFirst = highestFirst;
  }

  clear(): void {
    this.#levels.length = 0;
  }

  /** Takes one level as it is written; false where it cannot be read. Size 0 takes it away. */
  set(price: unknown, size: unknown): boolean {
    const priceNumber = decimalOf(price);
    const sizeNumber = decimalOf(size);
    if (!(priceNumber > 0) || !(sizeNumber >= 0)) return false;
    const at = this.#find(priceNumber);
    const known = at < this.#levels.length && this.#levels[at].price === priceNumber;
    if (sizeNumber === 0) {
      if (known) this.#levels.splice(at, 1);
      return true;
    }
    const level = { price: priceNumber, digits: digitsOf(String(price)) + digitsOf(String(size)) };
    this.#levels.splice(at, known ? 1 : 0, level);
    return true;
  }

  /** Takes away the worst level where there are more than the depth: the exchange sends nothing more about it. */
  cut(): number | null {
    if (this.#levels.length <= this.#depth) return null;
    return this.#levels.pop()?.price ?? null;
  }

  addTo(checksum: Crc32): void {
    const covered = Math.min(COVERED, this.#levels.length);
    for (let at = 0; at < covered; at++) checksum.update(this.#levels[at].digits);
  }

  #find(price: number): number {
    let from = 0;
    let to = this.#levels.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const other = this.#levels[middle].price;
      if (this.#highestFirst ? other > price : other < price) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

export class KrakenBook {
  readonly bids: KrakenSide;
  readonly asks: KrakenSide;

  /** @param depth that was subscribed to */
  constructor(depth: number) {
    this.bids = new KrakenSide(depth, true);
    this.asks = new KrakenSide(depth, false);
  }

  clear(): void {
    this.bids.clear();
    this.asks.clear();
  }

  /** Of the best ten asks, then the best ten bids. */
  checksum(): number {
    const checksum = new Crc32();
    this.asks.addTo(checksum);
    this.bids.addTo(checksum);
    return checksum.value;
  }
}

const ZERO = 48;

/** `"0.05120"` -> `"5120"`. */
function digitsOf(text: string): string {
  const point = text.indexOf(".");
  const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
  let zeros = 0;
  while (zeros < digits.length && digits.charCodeAt(zeros) === ZERO) zeros++;
  return digits.slice(zeros);
}
