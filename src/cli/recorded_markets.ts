/**
 * The markets that a venue names while it is recorded: feeds that follow mirrors of them elsewhere ask for those that trade.
 * @module
 */

import type { Input } from "../core/input.ts";
import type { Market } from "../core/market.ts";

/** Far more than any set of series has open at once; those named longest ago go first. */
const MARKETS_MAX = 10_000;

export class RecordedMarkets {
  readonly #byTicker = new Map<string, Market>();

  /** Hears the venue. */
  take(input: Input): void {
    if (input.type !== "market") return;
    const { market, at } = input;
    for (const [ticker, { closeTime }] of this.#byTicker) if (closeTime <= at) this.#byTicker.delete(ticker);
    this.#byTicker.delete(market.ticker);
    this.#byTicker.set(market.ticker, market);
    if (this.#byTicker.size <= MARKETS_MAX) return;
    const [oldest] = this.#byTicker.keys();
    this.#byTicker.delete(oldest);
  }

  /** Those that had not closed when a market was named last. */
  values(): Iterable<Market> {
    return this.#byTicker.values();
  }
}
