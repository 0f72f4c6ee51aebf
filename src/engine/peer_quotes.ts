/**
 * What another venue quotes for the markets that mirror ours, the newest word on each.
 * @module
 */

import type { PeerQuoteInput } from "../core/input.ts";
import { type Micros, ONE_DOLLAR_PRICE } from "../core/units.ts";
import type { PeerReading } from "../strategies/view.ts";

/** As many as there are markets; more are not kept. */
const QUOTES_MAX = 5_000;

export class PeerQuotes {
  readonly #byTicker = new Map<string, PeerQuoteInput>();

  /** Takes one word in; the reason where it is refused. */
  take(input: PeerQuoteInput): string | null {
    const { ticker, bid, ask, bidSize, askSize } = input;
    for (const quoted of [bid, ask]) {
      if (quoted === null || (quoted > 0 && quoted < ONE_DOLLAR_PRICE)) continue;
      return `${input.venue}: ${quoted} is no price of ${ticker}`;
    }
    if (!(bidSize >= 0 && askSize >= 0)) return `${input.venue}: a size of ${ticker} is below zero`;
    if (!this.#byTicker.has(ticker) && this.#byTicker.size >= QUOTES_MAX) {
      return `${input.venue}: more than ${QUOTES_MAX} markets are quoted`;
    }
    this.#byTicker.set(ticker, input);
    return null;
  }

  reading(ticker: string, now: Micros): PeerReading | null {
    const quote = this.#byTicker.get(ticker);
    if (quote === undefined) return null;
    const { bid, bidSize, ask, askSize, at } = quote;
    return { bid, bidSize, ask, askSize, age: now - at };
  }

  forget(ticker: string): void {
    this.#byTicker.delete(ticker);
  }
}
