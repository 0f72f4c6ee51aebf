/**
 * The sequence rule of a Kalshi socket (KALSHI.md 5.5): per subscription, over all its markets and replies together,
 * numbers count up by one. A hole makes everything on that subscription suspect.
 * @module
 */

import type { SequencePoint } from "./input.ts";

/** `repeated` was seen before and must not be applied again; `gap` means something before it was lost. */
export type SequenceVerdict = "next" | "repeated" | "gap";

/** More subscriptions than one connection ever has here; older ones are forgotten first. */
const SUBSCRIPTIONS_MAX = 256;

interface Subscription {
  seq: number;
  readonly tickers: Set<string>;
}

export class SequenceGuard {
  readonly #subscriptions = new Map<number, Subscription>();
  #connection = -1;
  #gaps = 0;

  /** Holes seen since the start. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Takes note of a numbered frame, and of the market it was about if it was about one. */
  observe(point: SequencePoint, ticker: string | null): SequenceVerdict {
    if (point.connection !== this.#connection) {
      if (point.connection < this.#connection) return "repeated";
      this.#connection = point.connection;
      this.#subscriptions.clear();
    }
    let subscription = this.#subscriptions.get(point.sid);
    if (subscription === undefined) {
      subscription = { seq: point.seq - 1, tickers: new Set() };
      this.#forgetOldest();
      this.#subscriptions.set(point.sid, subscription);
    }
    if (point.seq <= subscription.seq) return "repeated";
    if (ticker !== null) subscription.tickers.add(ticker);
    const gap = point.seq !== subscription.seq + 1;
    subscription.seq = point.seq;
    if (gap) this.#gaps++;
    return gap ? "gap" : "next";
  }

  /** Markets heard of on this subscription: the books that a gap makes stale. */
  tickersOf(point: SequencePoint): ReadonlySet<string> {
    return this.#subscriptions.get(point.sid)?.tickers ?? new Set();
  }

  /** A market ended: it is not asked about again. */
  forget(ticker: string): void {
    for (const subscription of this.#subscriptions.values()) subscription.tickers.delete(ticker);
  }

  #forgetOldest(): void {
    if (this.#subscriptions.size < SUBSCRIPTIONS_MAX) return;
    const oldest = this.#subscriptions.keys().next();
    if (!oldest.done) this.#subscriptions.delete(oldest.value);
  }
}
