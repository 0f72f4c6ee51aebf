/**
 * A book to look at: the one that is kept (book.ts), or that without contracts which are not there for whoever looks.
 * @module
 */

import type { Book, BookPhase } from "./book.ts";
import type { Level } from "./input.ts";
import { type Count, count, type Micros, ONE_DOLLAR_PRICE, type Price } from "./units.ts";

/** One side. */
export interface LadderView {
  /** The highest price with contracts, 0 where the side is empty. */
  readonly best: number;
  readonly bestSize: Count;
  sizeAt(at: Price): Count;
  /** The next price below `at` with contracts, 0 where there is none. */
  below(at: Price): number;
  /** Up to `limit` levels, best first. */
  top(limit: number): Level[];
}

export interface BookView {
  readonly yes: LadderView;
  readonly no: LadderView;
  readonly phase: BookPhase;
  /** Why the book is stale, `""` while it is not. */
  readonly staleReason: string;
  /** Arrival of the newest snapshot or change; 0 before the first. */
  readonly updatedAt: Micros;
  readonly bid: Price | null;
  readonly ask: Price | null;
  readonly bidSize: Count;
  readonly askSize: Count;
  readonly isCrossed: boolean;
  readonly isTradable: boolean;
  sizeAgainst(side: "bid" | "ask", at: Price): Count;
}

/** Contracts of a level that are not there, on the ladder of a side: never more than it shows count. */
export type Absent = (side: "yes" | "no", at: Price) => number;

class PartialLadder implements LadderView {
  readonly #ladder: LadderView;
  readonly #side: "yes" | "no";
  readonly #absent: Absent;

  constructor(ladder: LadderView, side: "yes" | "no", absent: Absent) {
    this.#ladder = ladder;
    this.#side = side;
    this.#absent = absent;
  }

  get best(): number {
    const { best } = this.#ladder;
    return best === 0 || this.sizeAt(best as Price) > 0 ? best : this.below(best as Price);
  }

  get bestSize(): Count {
    const { best } = this;
    return best === 0 ? count(0) : this.sizeAt(best as Price);
  }

  sizeAt(at: Price): Count {
    const shown = this.#ladder.sizeAt(at);
    return shown === 0 ? shown : count(Math.max(0, shown - this.#absent(this.#side, at)));
  }

  below(at: Price): number {
    let next = this.#ladder.below(at);
    while (next !== 0 && this.sizeAt(next as Price) === 0) next = this.#ladder.below(next as Price);
    return next;
  }

  top(limit: number): Level[] {
    const found: Level[] = [];
    for (let at = this.best; at !== 0 && found.length < limit; at = this.below(at as Price)) {
      found.push([at as Price, this.sizeAt(at as Price)]);
    }
    return found;
  }
}

/**
 * A book without some of its contracts: our own where it shows them, those that we took where it shows them still. Whether it
 * may be believed is as the whole book says.
 */
export class PartialBook implements BookView {
  readonly yes: LadderView;
  readonly no: LadderView;
  readonly #book: Book;

  constructor(book: Book, absent: Absent) {
    this.#book = book;
    this.yes = new PartialLadder(book.yes, "yes", absent);
    this.no = new PartialLadder(book.no, "no", absent);
  }

  get phase(): BookPhase {
    return this.#book.phase;
  }

  get staleReason(): string {
    return this.#book.staleReason;
  }

  get updatedAt(): Micros {
    return this.#book.updatedAt;
  }

  get isCrossed(): boolean {
    return this.#book.isCrossed;
  }

  get isTradable(): boolean {
    return this.#book.isTradable;
  }

  get bid(): Price | null {
    const { best } = this.yes;
    return best === 0 ? null : best as Price;
  }

  get ask(): Price | null {
    const { best } = this.no;
    return best === 0 ? null : (ONE_DOLLAR_PRICE - best) as Price;
  }

  get bidSize(): Count {
    return this.yes.bestSize;
  }

  get askSize(): Count {
    return this.no.bestSize;
  }

  sizeAgainst(side: "bid" | "ask", at: Price): Count {
    return side === "bid" ? this.no.sizeAt((ONE_DOLLAR_PRICE - at) as Price) : this.yes.sizeAt(at);
  }
}
