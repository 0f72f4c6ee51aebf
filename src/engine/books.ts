/**
 * The books of all markets, kept in step with the exchange: frames are applied in sequence (KALSHI.md 5.5), and a book that
 * cannot be believed any more is stale until a new snapshot came.
 *
 * | what happens | what is done |
 * | --- | --- |
 * | a gap in a subscription's sequence | all its books are stale, and asked for |
 * | a change that leaves a level below zero | that book is stale, and asked for |
 * | a change of a book that is not in sync | not applied; the book is asked for, every five seconds at most |
 * | a stale book stays stale | asked for again every five seconds |
 * | the connection is lost | all books are stale; the venue subscribes anew by itself |
 * | a frame that was applied before | nothing |
 *
 * @module
 */

import type { BookDeltaInput, BookSnapshotInput, BookStaleInput, SequencePoint } from "../core/input.ts";
import { SequenceGuard } from "../core/sequence.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import type { Decisions } from "./decisions.ts";
import type { Desk } from "./desk.ts";
import type { MarketFlows } from "./market_flow.ts";
import type { MarketState } from "./market_state.ts";
import type { Markets } from "./markets.ts";
import type { Step } from "./step.ts";

/** A book that stays stale is asked for again after this. */
const RESYNC_EVERY = 5 * MICROS_PER_SECOND;

export class Books {
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #markets: Markets;
  readonly #decisions: Decisions;
  readonly #flows: MarketFlows;
  readonly #guard = new SequenceGuard();
  readonly #askedAt = new Map<string, Micros>();

  constructor(step: Step, desk: Desk, markets: Markets, decisions: Decisions, flows: MarketFlows) {
    this.#step = step;
    this.#desk = desk;
    this.#markets = markets;
    this.#decisions = decisions;
    this.#flows = flows;
  }

  /** Holes in the sequence so far. */
  get gaps(): number {
    return this.#guard.gaps;
  }

  snapshot(input: BookSnapshotInput): void {
    const state = this.#markets.get(input.ticker);
    if (!this.inSequence(input.sequence, input.ticker) || state === undefined) return;
    this.#markets.closeWhenDue(state);
    state.book.replace(input.yes, input.no, this.#step.at);
    this.#desk.moved();
    this.#askedAt.delete(input.ticker);
    if (state.closed) return;
    this.#desk.bookReplaced(input.ticker);
    state.touched(this.#step.at, this.#desk.othersBook(state));
    this.#flows.restarted(state);
    this.#decisions.evaluate(state);
  }

  delta(input: BookDeltaInput): void {
    const state = this.#markets.get(input.ticker);
    if (!this.inSequence(input.sequence, input.ticker) || state === undefined) return;
    this.#markets.closeWhenDue(state);
    const outcome = state.book.change(input.side, input.price, input.delta, this.#step.at);
    switch (outcome) {
      case "negative":
        return this.#makeStale([input.ticker], state.book.staleReason);
      case "ignored":
        return this.#askAgain(state);
      case "applied":
        if (state.closed) return;
        this.#desk.bookChanged(input);
        if (!state.touched(this.#step.at, this.#desk.othersBook(state))) return;
        this.#flows.quoted(state);
        this.#decisions.evaluate(state);
    }
  }

  stale(input: BookStaleInput): void {
    if (input.tickers !== "all") return this.#makeStale(input.tickers, input.reason);
    // After a lost connection the venue subscribes anew by itself: nothing has to be asked for.
    for (const state of this.#markets.values()) {
      if (state.closed) continue;
      state.book.markStale(input.reason);
      this.#askedAt.set(state.market.ticker, this.#step.at);
      this.#decisions.evaluate(state);
    }
  }

  /** False where the frame must not be applied: it was applied before. A gap makes all books of the subscription stale. */
  inSequence(point: SequencePoint | null, ticker: string | null): boolean {
    if (point === null) return true;
    const verdict = this.#guard.observe(point, ticker);
    if (verdict !== "gap") return verdict === "next";
    const tickers = [...this.#guard.tickersOf(point)];
    this.#makeStale(tickers, `Sequence gap before ${point.seq} on subscription ${point.sid}`);
    return true;
  }

  /** A snapshot that was asked for may get lost as well, and a quiet market sends no change that would show it. */
  askForStale(): void {
    let tickers: string[] | null = null;
    for (const [ticker, asked] of this.#askedAt) {
      if (this.#step.at - asked < RESYNC_EVERY) continue;
      const state = this.#markets.get(ticker);
      if (state === undefined || state.closed || state.book.phase !== "stale") continue;
      this.#askedAt.set(ticker, this.#step.at);
      (tickers ??= []).push(ticker);
    }
    if (tickers !== null) this.#step.act({ type: "resync", tickers, reason: "Books are still stale" });
  }

  /** A market is not followed any more. */
  forget(ticker: string): void {
    this.#askedAt.delete(ticker);
    this.#guard.forget(ticker);
  }

  #makeStale(tickers: readonly string[], reason: string): void {
    const asked: string[] = [];
    for (const ticker of tickers) {
      const state = this.#markets.get(ticker);
      if (state === undefined || state.closed) continue;
      state.book.markStale(reason);
      this.#askedAt.set(ticker, this.#step.at);
      asked.push(ticker);
      this.#decisions.evaluate(state);
    }
    if (asked.length === 0) return;
    this.#step.log("warn", `${reason}: ${asked.length} books are stale until a new snapshot`);
    this.#step.act({ type: "resync", tickers: asked, reason });
  }

  /** A change for a book that still waits for its snapshot: ask for it, but not at every change. */
  #askAgain(state: MarketState): void {
    const { ticker } = state.market;
    const asked = this.#askedAt.get(ticker);
    if (state.closed || (asked !== undefined && this.#step.at - asked < RESYNC_EVERY)) return;
    this.#askedAt.set(ticker, this.#step.at);
    this.#step.act({ type: "resync", tickers: [ticker], reason: `The book is ${state.book.phase}` });
  }
}
