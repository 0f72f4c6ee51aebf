/**
 * How long the books of a recording are believed. A poll says how a book stood at one moment; after a stated time without
 * another one nobody knows how it stands, and it must not be traded on.
 * @module
 */

import type { BookStaleInput } from "../../core/input.ts";
import type { Market } from "../../core/market.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Belief } from "./catalog.ts";

/** Books that end together: one market's, or those of an event. */
interface Group {
  until: number;
  readonly tickers: Set<string>;
}

export class Beliefs {
  /** As many as there are markets with a book that is believed. */
  readonly #groups = new Map<string, Group>();
  /** None ends before; what was believed anew ends later. */
  #next = Infinity;

  /** Not later than the moment at which the next one ends. */
  get next(): number {
    return this.#next;
  }

  /** A row tells how a book stands. */
  renew({ ticker, event }: Market, belief: Belief, at: Micros): void {
    const key = belief.scope === "event" ? event : ticker;
    const until = at + belief.micros;
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { until, tickers: new Set([ticker]) });
    else {
      group.until = until;
      group.tickers.add(ticker);
    }
    if (until < this.#next) this.#next = until;
  }

  /** The books that are not believed any more when this time comes, told as of the moment at which each belief ended. */
  end(before: number): BookStaleInput[] {
    const ended = new Map<number, string[]>();
    let next = Infinity;
    for (const [key, { until, tickers }] of this.#groups) {
      if (until >= before) {
        next = Math.min(next, until);
        continue;
      }
      this.#groups.delete(key);
      const together = ended.get(until) ?? [];
      for (const ticker of tickers) together.push(ticker);
      ended.set(until, together);
    }
    this.#next = next;
    return [...ended].sort(([a], [b]) => a - b).map(([until, tickers]): BookStaleInput => ({
      type: "book_stale",
      at: micros(until),
      tickers,
      reason: "Nothing newer is recorded in the time for which a book is believed",
    }));
  }
}

/** In words, for what a recording says of itself. */
export const secondsOf = ({ micros }: Belief): string => `${micros / MICROS_PER_SECOND} s`;
