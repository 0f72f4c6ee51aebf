/**
 * One market's order book: two ladders of bids, YES and NO (KALSHI.md 6), and whether it may be believed.
 * @module
 */

import type { Level } from "./input.ts";
import { Ladder } from "./ladder.ts";
import { type Count, type Micros, ONE_DOLLAR_PRICE, type Price } from "./units.ts";

/**
 * | phase | meaning |
 * | --- | --- |
 * | empty | nothing was ever heard |
 * | syncing | wanted, the first snapshot has not come |
 * | synced | a snapshot, and every change since |
 * | stale | something was missed; waits for a snapshot |
 *
 * Only a synced book may be traded on.
 */
export type BookPhase = "empty" | "syncing" | "synced" | "stale";

/** What became of a change: `ignored` on a book that waits for a snapshot, `negative` made the book stale. */
export type DeltaOutcome = "applied" | "ignored" | "negative";

export class Book {
  readonly yes = new Ladder();
  readonly no = new Ladder();
  #phase: BookPhase = "empty";
  #staleReason = "";
  #updatedAt = 0;

  get phase(): BookPhase {
    return this.#phase;
  }

  /** Why the book is stale, `""` while it is not. */
  get staleReason(): string {
    return this.#staleReason;
  }

  /** Arrival of the newest snapshot or change; 0 before the first. */
  get updatedAt(): Micros {
    return this.#updatedAt as Micros;
  }

  /** Best YES bid, `null` where nobody bids. */
  get bid(): Price | null {
    const best = this.yes.best;
    return best === 0 ? null : best as Price;
  }

  /** Best YES ask: one dollar less the best NO bid; `null` where nobody bids NO. */
  get ask(): Price | null {
    const best = this.no.best;
    return best === 0 ? null : (ONE_DOLLAR_PRICE - best) as Price;
  }

  get bidSize(): Count {
    return this.yes.bestSize;
  }

  get askSize(): Count {
    return this.no.bestSize;
  }

  /** Bid at or above ask: happens for a message or two inside a burst. Kept, but not traded on. */
  get isCrossed(): boolean {
    return this.yes.best !== 0 && this.no.best !== 0 && this.yes.best + this.no.best >= ONE_DOLLAR_PRICE;
  }

  /** Fit to be traded on: synced and not crossed or locked. */
  get isTradable(): boolean {
    return this.#phase === "synced" && !this.isCrossed;
  }

  /** Contracts that an order on this side could take at this YES price: a bid meets the NO ladder, an ask the YES ladder. */
  sizeAgainst(side: "bid" | "ask", at: Price): Count {
    return side === "bid" ? this.no.sizeAt((ONE_DOLLAR_PRICE - at) as Price) : this.yes.sizeAt(at);
  }

  /** A subscription was asked for. */
  awaitSnapshot(): void {
    if (this.#phase === "empty") this.#phase = "syncing";
  }

  markStale(reason: string): void {
    if (this.#phase === "empty") return;
    this.#phase = "stale";
    this.#staleReason = reason;
  }

  /** Replaces both sides. Levels must be valid: prices 1 to 9,999, sizes not negative. */
  replace(yes: readonly Level[], no: readonly Level[], at: Micros): void {
    this.yes.clear();
    this.no.clear();
    for (const [price, size] of yes) this.yes.add(price, size);
    for (const [price, size] of no) this.no.add(price, size);
    this.#phase = "synced";
    this.#staleReason = "";
    this.#updatedAt = at;
  }

  /** Applies one change. A level that would go negative proves that something was missed: the book becomes stale. */
  change(side: "yes" | "no", price: Price, delta: Count, at: Micros): DeltaOutcome {
    if (this.#phase !== "synced") return "ignored";
    const ladder = side === "yes" ? this.yes : this.no;
    if (!ladder.add(price, delta)) {
      this.markStale(`A change of ${delta / 100} contracts at ${side} ${price / 10_000} would go below zero`);
      return "negative";
    }
    this.#updatedAt = at;
    return "applied";
  }
}
