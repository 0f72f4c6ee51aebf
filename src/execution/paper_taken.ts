/**
 * Displayed contracts that our paper orders took from one market: the recorded book goes on showing them, and they must not
 * fill us twice.
 * @module
 */

import type { Book } from "../core/book.ts";
import { type Count, count, type Price } from "../core/units.ts";
import type { FillModel } from "./queue_models.ts";

/** The ladder a level stands on, by the side that its bids are for. */
export type LadderSide = "yes" | "no";

interface Taken {
  contracts: Count;
  /** What the level showed when we last took from it. */
  shown: Count;
}

/** Bounded by the levels of the book: what a level does not show cannot be taken. */
export class TakenContracts {
  readonly #until: FillModel["takenUntil"];
  /** By the price of a YES level, minus that of a NO one. */
  readonly #levels = new Map<number, Taken>();

  constructor(until: FillModel["takenUntil"]) {
    this.#until = until;
  }

  /** What of a level that shows this is still there to be taken. */
  left(side: LadderSide, level: Price, shown: Count): Count {
    return count(Math.max(0, shown - (this.#levels.get(keyOf(side, level))?.contracts ?? 0)));
  }

  /** Contracts that we took of a level, as far as they are shown still. */
  at(side: LadderSide, level: Price): Count {
    return this.#levels.get(keyOf(side, level))?.contracts ?? count(0);
  }

  get isEmpty(): boolean {
    return this.#levels.size === 0;
  }

  take(side: LadderSide, level: Price, shown: Count, contracts: Count): void {
    const key = keyOf(side, level);
    const before = this.#levels.get(key)?.contracts ?? 0;
    this.#levels.set(key, { contracts: count(before + contracts), shown });
  }

  /** A level changed, and shows this now. */
  changed(side: LadderSide, level: Price, shown: Count): void {
    const key = keyOf(side, level);
    const taken = this.#levels.get(key);
    if (taken !== undefined) this.#change(key, taken, shown);
  }

  /** A snapshot replaced the book: a level that shows the same did not change. */
  replaced(book: Book): void {
    for (const [key, taken] of this.#levels) {
      const shown = key > 0 ? book.yes.sizeAt(key as Price) : book.no.sizeAt(-key as Price);
      if (shown !== taken.shown) this.#change(key, taken, shown);
    }
  }

  #change(key: number, taken: Taken, shown: Count): void {
    if (this.#until === "change" || shown === 0) {
      this.#levels.delete(key);
      return;
    }
    taken.contracts = count(Math.min(taken.contracts, shown));
    taken.shown = shown;
  }
}

const keyOf = (side: LadderSide, level: Price): number => side === "yes" ? level : -level;
