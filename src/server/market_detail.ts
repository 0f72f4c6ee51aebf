/**
 * What of one market is too much to send with every update: its whole book, and what it was quoted at before.
 * @module
 */

/** One price of a book. */
export interface LevelView {
  /** A YES price in dollars. */
  readonly price: string;
  readonly count: string;
}

/** A market's book as others and this run make it, best prices first. */
export interface DepthView {
  readonly phase: "empty" | "syncing" | "synced" | "stale";
  /** Of its newest message; `null` before the first. */
  readonly updatedAt: string | null;
  readonly bids: readonly LevelView[];
  readonly asks: readonly LevelView[];
}

/** What a market was quoted at, and what the model said. */
export interface QuoteView {
  readonly at: string;
  /** YES prices in dollars, `null` where the side was empty. */
  readonly bid: string | null;
  readonly ask: string | null;
  /** Of YES; `null` where the model had none. */
  readonly modelProbability: number | null;
}

export interface MarketSources {
  /** The moment that is shown, by the run's clock, without the work of showing all of it. */
  at(): string;
  /** So many prices of each side; `null` for a market that is not followed. */
  depth(ticker: string, levels: number): DepthView | null;
  /** Since it was first followed in this run, oldest first and bounded; `null` for one that is not. */
  quotes(ticker: string): readonly QuoteView[] | null;
}
