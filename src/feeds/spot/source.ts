/**
 * What one spot exchange says, for whoever combines exchanges: read whenever it is wanted, nothing is pushed but the word
 * that something changed.
 * @module
 */

import type { SpotBook } from "../../core/spot_book.ts";
import type { Micros } from "../../core/units.ts";

/** Best bid and ask, `null` where that side is empty or unknown. */
export interface SpotQuote {
  readonly bid: number | null;
  readonly bidSize: number;
  readonly ask: number | null;
  readonly askSize: number;
  /** When it was heard, by the run's clock. */
  readonly at: Micros;
}

/** The newest trade, or the last price that the REST fallback gave. */
export interface SpotLast {
  readonly price: number;
  readonly at: Micros;
}

/** Volume-weighted mean price of a window of trades, and their volume in coins. */
export interface SpotVwap {
  readonly price: number;
  readonly volume: number;
}

export interface SpotSource {
  /** `coinbase`, ... */
  readonly exchange: string;
  /** One of the settlement index's constituents (KALSHI.md 11.1). */
  readonly constituent: boolean;
  /** Those of the assets asked for that the exchange trades. */
  readonly assets: readonly string[];
  /** Its socket is connected. */
  readonly up: boolean;
  /**
   * The book that follows the exchange message by message, `null` while it is not in sync: not connected, not begun, or
   * a message was lost. It may be crossed or one-sided, which it says itself, and it changes under the reader's hands.
   */
  book(asset: string): SpotBook | null;
  /** When the exchange last said how its book stands, `null` while it is not in sync. */
  bookAt(asset: string): Micros | null;
  /** From the book where there is one in sync, else as the exchange or its REST fallback told it; `null` before the first. */
  quote(asset: string): SpotQuote | null;
  last(asset: string): SpotLast | null;
  /** Of the trades of the window that ends now; `null` without one. */
  vwap(asset: string, now: Micros): SpotVwap | null;
  /** Since anything at all was heard of the asset, microseconds; `null` before the first. */
  age(asset: string, now: Micros): number | null;
  /** Arrival of the newest stamped message minus its stamp, microseconds; `null` where the exchange gives no stamps. */
  latency(asset: string): number | null;
  /** Called after each message that changed something of the asset. Returns what ends the calls. */
  onChange(listener: (asset: string) => void): () => void;
}
