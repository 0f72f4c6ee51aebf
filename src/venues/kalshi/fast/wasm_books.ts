/**
 * Order books in the memory of the kernel, kept from the same frames as the engine's own and by another program: a second
 * opinion. Where the two differ, one of them has a defect, and neither is to be traded on.
 * @module
 */

import type { Book } from "../../../core/book.ts";
import type { BookDeltaInput, BookSnapshotInput, SequencePoint } from "../../../core/input.ts";
import { SequenceGuard } from "../../../core/sequence.ts";
import type { Count, Price } from "../../../core/units.ts";
import { type Kernel, openKernel } from "./kernel.ts";

/** What a book may be trusted for; as in src/core/book.ts. */
export type WasmPhase = "empty" | "synced" | "stale";

const PHASES: readonly WasmPhase[] = ["empty", "synced", "stale"];
const YES = 0;
const NO = 1;

export class WasmBooks {
  readonly #kernel: Kernel = openKernel();
  readonly #guard = new SequenceGuard();
  readonly #books = new Map<string, number>();

  /** Takes a snapshot or a change, in the order of arrival. */
  take(input: BookSnapshotInput | BookDeltaInput): void {
    const { sequence, ticker } = input;
    if (sequence !== null && this.observe(sequence, ticker) === "repeated") return;
    if (input.type === "book_snapshot") return this.#replace(input);
    const book = this.#books.get(ticker);
    if (book === undefined) return;
    this.#kernel.changeLevel(book, input.side === "yes" ? YES : NO, input.price, input.delta);
  }

  /** Takes note of a numbered frame. A hole makes the books of its subscription stale. */
  observe(point: SequencePoint, ticker: string | null = null): "next" | "repeated" | "gap" {
    const verdict = this.#guard.observe(point, ticker);
    if (verdict === "gap") { for (const each of this.#guard.tickersOf(point)) this.markStale(each); }
    return verdict;
  }

  #replace({ ticker, yes, no }: BookSnapshotInput): void {
    const book = this.#books.get(ticker) ?? this.#kernel.makeBook();
    // No room for another: nothing is said about this market.
    if (book < 0) return;
    this.#books.set(ticker, book);
    this.#kernel.begin(book);
    for (const [price, size] of yes) this.#kernel.changeLevel(book, YES, price, size);
    for (const [price, size] of no) this.#kernel.changeLevel(book, NO, price, size);
  }

  markStale(ticker: string): void {
    const book = this.#books.get(ticker);
    if (book !== undefined) this.#kernel.markStale(book);
  }

  /** Nobody wants this market's book any more. */
  forget(ticker: string): void {
    const book = this.#books.get(ticker);
    if (book === undefined) return;
    this.#books.delete(ticker);
    this.#guard.forget(ticker);
    this.#kernel.release(book);
  }

  /** False where both books claim to be in sync and their best prices, their sizes or their levels differ. */
  agreesWith(ticker: string, { phase, yes, no }: Book): boolean {
    const book = this.#books.get(ticker);
    if (book === undefined || phase !== "synced" || PHASES[this.#kernel.phase(book)] !== "synced") return true;
    return Boolean(this.#kernel.agrees(book, YES, yes.best, yes.bestSize, yes.levels)) &&
      Boolean(this.#kernel.agrees(book, NO, no.best, no.bestSize, no.levels));
  }

  phase(ticker: string): WasmPhase {
    const book = this.#books.get(ticker);
    return book === undefined ? "empty" : PHASES[this.#kernel.phase(book)];
  }

  /** The best price of a side; 0 where nobody bids. */
  best(ticker: string, side: "yes" | "no"): number {
    const book = this.#books.get(ticker);
    return book === undefined ? 0 : this.#kernel.best(book, side === "yes" ? YES : NO);
  }

  levels(ticker: string, side: "yes" | "no"): number {
    const book = this.#books.get(ticker);
    return book === undefined ? 0 : this.#kernel.levels(book, side === "yes" ? YES : NO);
  }

  sizeAt(ticker: string, side: "yes" | "no", price: Price): Count {
    const book = this.#books.get(ticker);
    return (book === undefined ? 0 : this.#kernel.sizeAt(book, side === "yes" ? YES : NO, price)) as Count;
  }
}
