/**
 * What every market was quoted at and what the model said, over the market's whole life and in a bounded number of points:
 * where they are too many, every second one goes and the next ones come half as often. For people who look later.
 * @module
 */

import { type Micros, MICROS_PER_SECOND, type Price } from "../core/units.ts";
import type { MarketState } from "./market_state.ts";

/** Points of each market: of a quarter of an hour they lie eight seconds apart. */
const POINTS_MAX = 160;
const SPACING_FIRST = MICROS_PER_SECOND;

export interface QuotePoint {
  readonly at: Micros;
  /** YES prices; `null` where the side was empty. */
  readonly bid: Price | null;
  readonly ask: Price | null;
  /** Of YES, by the model; `null` where it had none. */
  readonly probability: number | null;
}

interface Line {
  points: QuotePoint[];
  spacing: number;
}

type Quoted = Pick<MarketState, "market" | "book" | "probability" | "closed">;

export class QuoteHistory {
  #lines = new Map<string, Line>();

  /** Takes note of every market that is open; those that are not named any more are forgotten. */
  look(at: Micros, markets: ReadonlyMap<string, Quoted>): void {
    for (const [ticker, state] of markets) if (!state.closed) this.#add(at, ticker, state);
    if (this.#lines.size <= markets.size) return;
    for (const ticker of this.#lines.keys()) if (!markets.has(ticker)) this.#lines.delete(ticker);
  }

  /** Oldest first. */
  of(ticker: string): readonly QuotePoint[] {
    return this.#lines.get(ticker)?.points ?? [];
  }

  #add(at: Micros, ticker: string, { book: { bid, ask }, probability }: Quoted): void {
    let line = this.#lines.get(ticker);
    if (line === undefined) {
      line = { points: [], spacing: SPACING_FIRST };
      this.#lines.set(ticker, line);
    }
    const last = line.points.at(-1);
    if (last !== undefined && at - last.at < line.spacing) return;
    line.points.push({ at, bid, ask, probability: Number.isFinite(probability) ? probability : null });
    if (line.points.length <= POINTS_MAX) return;
    line.points = line.points.filter((_, k) => k % 2 === 0);
    line.spacing *= 2;
  }
}
