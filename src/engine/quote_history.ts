/**
 * What every market was quoted at and what the model said, over the market's whole life and in a bounded number of points:
 * where they are too many, every second one goes and the next ones come half as often. For people who look later.
 * @module
 */

import { type Micros, micros, MICROS_PER_SECOND, type Price, price } from "../core/units.ts";
import type { MarketState } from "./market_state.ts";

/** Points of each market: of a quarter of an hour they lie eight seconds apart. An even number. */
const POINTS_MAX = 160;
/** Room is made as a market needs it, twice as much each time. */
const POINTS_FIRST = POINTS_MAX / 8;
const SPACING_FIRST = MICROS_PER_SECOND;

export interface QuotePoint {
  readonly at: Micros;
  /** YES prices; `null` where the side was empty. */
  readonly bid: Price | null;
  readonly ask: Price | null;
  /** Of YES, by the model; `null` where it had none. */
  readonly probability: number | null;
}

type Quoted = Pick<MarketState, "market" | "book" | "probability" | "closed">;

/** What a {@link QuotePoint} has, as numbers, NaN for none: as objects those of a thousand markets took three times the memory. */
const FIELDS = 4;

class Line {
  #numbers = new Float64Array(FIELDS * POINTS_FIRST);
  #length = 0;
  #spacing = SPACING_FIRST;

  add(at: Micros, { book: { bid, ask }, probability }: Quoted): void {
    if (this.#length > 0 && at - this.#numbers[(this.#length - 1) * FIELDS] < this.#spacing) return;
    if (this.#length === POINTS_MAX) this.#thin();
    else if (this.#length * FIELDS === this.#numbers.length) this.#grow();
    const from = this.#length++ * FIELDS;
    this.#numbers[from] = at;
    this.#numbers[from + 1] = bid ?? NaN;
    this.#numbers[from + 2] = ask ?? NaN;
    this.#numbers[from + 3] = Number.isFinite(probability) ? probability : NaN;
  }

  points(): readonly QuotePoint[] {
    return Array.from({ length: this.#length }, (_, k) => {
      const [at, bid, ask, probability] = this.#numbers.subarray(k * FIELDS, (k + 1) * FIELDS);
      return {
        at: micros(at),
        bid: Number.isNaN(bid) ? null : price(bid),
        ask: Number.isNaN(ask) ? null : price(ask),
        probability: Number.isNaN(probability) ? null : probability,
      };
    });
  }

  /** Every second one goes; the next one is as far from the last that stays as these are apart. */
  #thin(): void {
    this.#length /= 2;
    this.#spacing *= 2;
    for (let k = 1; k < this.#length; k++) {
      this.#numbers.copyWithin(k * FIELDS, 2 * k * FIELDS, (2 * k + 1) * FIELDS);
    }
  }

  #grow(): void {
    const numbers = new Float64Array(2 * this.#numbers.length);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}

export class QuoteHistory {
  #lines = new Map<string, Line>();

  /** Takes note of every market that is open; those that are not named any more are forgotten. */
  look(at: Micros, markets: ReadonlyMap<string, Quoted>): void {
    for (const [ticker, state] of markets) if (!state.closed) this.#lineOf(ticker).add(at, state);
    if (this.#lines.size <= markets.size) return;
    for (const ticker of this.#lines.keys()) if (!markets.has(ticker)) this.#lines.delete(ticker);
  }

  /** Oldest first. */
  of(ticker: string): readonly QuotePoint[] {
    return this.#lines.get(ticker)?.points() ?? [];
  }

  #lineOf(ticker: string): Line {
    let line = this.#lines.get(ticker);
    if (line === undefined) {
      line = new Line();
      this.#lines.set(ticker, line);
    }
    return line;
  }
}
