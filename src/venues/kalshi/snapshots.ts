/**
 * Which books wait for a snapshot, and how often the exchange is asked for them: with jitter, within a budget, and after
 * two tries in five seconds by making the whole subscription anew.
 * @module
 */

import type { CancelTimer, Clock } from "../../ops/clock.ts";

export interface SnapshotOptions {
  readonly clock: Clock;
  readonly jitter: () => number;
  /** Sends `get_snapshot` for these; false where the subscription is not there yet. */
  readonly ask: (tickers: readonly string[]) => boolean;
  /** Makes the subscription anew. */
  readonly resubscribe: (reason: string) => void;
}

interface Wanted {
  tries: number;
  /** Not asked (again) before this time. */
  dueAt: number;
}

const TRY_LASTS = 2_500_000;
const TRIES_MAX = 2;
const SPACING = 250_000;
const JITTER = 100_000;
const BATCH_MAX = 100;
const RESUBSCRIBE_EVERY = 60_000_000;

export class SnapshotRequests {
  readonly #options: SnapshotOptions;
  readonly #wanted = new Map<string, Wanted>();
  #askedAt = -Infinity;
  #resubscribedAt = -Infinity;
  #cancelTimer: CancelTimer = () => {};

  constructor(options: SnapshotOptions) {
    this.#options = options;
  }

  /** These books are no good. Those that wait already are not asked for twice. */
  want(tickers: readonly string[]): void {
    const now = this.#options.clock.now();
    const dueAt = now + Math.floor(this.#options.jitter() * JITTER);
    for (const ticker of tickers) if (!this.#wanted.has(ticker)) this.#wanted.set(ticker, { tries: 0, dueAt });
    this.#work();
  }

  /** These were just subscribed: their snapshots come by themselves, and are asked for only if they do not. */
  expect(tickers: readonly string[]): void {
    const dueAt = this.#options.clock.now() + TRY_LASTS;
    for (const ticker of tickers) this.#wanted.set(ticker, { tries: 0, dueAt });
    this.#work();
  }

  /** A snapshot came. */
  got(ticker: string): void {
    this.#wanted.delete(ticker);
  }

  /** These are wanted no longer. */
  forget(tickers: Iterable<string>): void {
    for (const ticker of tickers) this.#wanted.delete(ticker);
  }

  /** The connection is gone: the next one brings snapshots by itself. */
  clear(): void {
    this.#wanted.clear();
    this.#cancelTimer();
  }

  #work(): void {
    this.#cancelTimer();
    const now = this.#options.clock.now();
    const due = [...this.#wanted].filter(([, wanted]) => wanted.dueAt <= now);
    if (due.some(([, wanted]) => wanted.tries >= TRIES_MAX)) return this.#giveUp(now);
    if (due.length > 0 && now >= this.#askedAt + SPACING) {
      const batch = due.slice(0, BATCH_MAX);
      const asked = this.#options.ask(batch.map(([ticker]) => ticker));
      this.#askedAt = now;
      for (const [, wanted] of batch) {
        if (asked) wanted.tries++;
        wanted.dueAt = now + TRY_LASTS;
      }
    }
    this.#schedule(now);
  }

  #schedule(now: number): void {
    let next = Infinity;
    for (const wanted of this.#wanted.values()) next = Math.min(next, wanted.dueAt);
    if (next === Infinity) return;
    const delay = Math.max(next, this.#askedAt + SPACING) - now;
    this.#cancelTimer = this.#options.clock.after(Math.max(1_000, delay), () => this.#work());
  }

  /** At most once a minute: where even a new subscription brings no snapshot, asking faster would not either. */
  #giveUp(now: number): void {
    const silent = [...this.#wanted].filter(([, wanted]) => wanted.tries >= TRIES_MAX).map(([ticker]) => ticker);
    if (now >= this.#resubscribedAt + RESUBSCRIBE_EVERY) {
      this.#resubscribedAt = now;
      this.clear();
      this.#options.resubscribe(`No snapshot of ${silent.slice(0, 3).join(", ")} after ${TRIES_MAX} tries`);
      return;
    }
    for (const ticker of silent) {
      this.#wanted.set(ticker, { tries: 1, dueAt: this.#resubscribedAt + RESUBSCRIBE_EVERY });
    }
    this.#schedule(now);
  }
}
