/**
 * The order book of one outcome token. Polymarket numbers no messages: what tells that one was lost is the best bid and
 * ask that come with every change, which the book here must then have too.
 * @module
 */

import type { Count, Price } from "../../core/units.ts";
import type { Size } from "./decimals.ts";

export type BookSide = "bid" | "ask";

/** A level's size is what is surely there, so a level of less than 0.01 has size 0. */
export type TokenLevel = readonly [price: Price, size: Size];

export interface BestLevels {
  readonly bid: Price | null;
  readonly bidSize: Count;
  readonly ask: Price | null;
  readonly askSize: Count;
}

const NOTHING = 0 as Count;

/** Prices are whole $0.0001 between 0 and 1: a side has 9,999 levels at most. */
export class TokenBook {
  readonly #bids = new Map<Price, Count>();
  readonly #asks = new Map<Price, Count>();
  #begun = false;

  /** A whole book was told, and no doubt has come up since. */
  get believed(): boolean {
    return this.#begun;
  }

  /** Replaces everything. The order of levels says nothing: the real host sends the worst first. */
  begin(bids: readonly TokenLevel[], asks: readonly TokenLevel[]): void {
    this.#bids.clear();
    this.#asks.clear();
    for (const [price, size] of bids) this.#set(this.#bids, price, size);
    for (const [price, size] of asks) this.#set(this.#asks, price, size);
    this.#begun = true;
  }

  /** From now on nothing is believed until it begins anew. */
  doubt(): void {
    this.#begun = false;
  }

  /** A level's new size. Without a book to change it changes nothing. */
  set(side: BookSide, price: Price, size: Size): void {
    if (this.#begun) this.#set(side === "bid" ? this.#bids : this.#asks, price, size);
  }

  /** The highest bid and the lowest ask, dust too, as the venue counts them. */
  touch(): { readonly bid: Price | null; readonly ask: Price | null } {
    return { bid: best(this.#bids, 0, highest), ask: best(this.#asks, 0, lowest) };
  }

  /** The best levels that hold at least 0.01: what could be traded with. */
  tradable(): BestLevels {
    const bid = best(this.#bids, 1, highest);
    const ask = best(this.#asks, 1, lowest);
    return {
      bid,
      bidSize: bid === null ? NOTHING : this.#bids.get(bid) ?? NOTHING,
      ask,
      askSize: ask === null ? NOTHING : this.#asks.get(ask) ?? NOTHING,
    };
  }

  #set(side: Map<Price, Count>, price: Price, size: Size): void {
    if (size.none) side.delete(price);
    else side.set(price, size.count);
  }
}

const highest = (price: Price, known: Price): boolean => price > known;
const lowest = (price: Price, known: Price): boolean => price < known;

/** Books of these markets have some dozen levels: looking at all of them costs less than keeping them in order. */
function best(side: Map<Price, Count>, sizeMin: number, better: (price: Price, known: Price) => boolean): Price | null {
  let found: Price | null = null;
  for (const [price, size] of side) {
    if (size >= sizeMin && (found === null || better(price, found))) found = price;
  }
  return found;
}
