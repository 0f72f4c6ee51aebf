/**
 * Whose turn it is to be read, where requests are few: a market that closes soon is read more often than one that closes
 * tomorrow.
 * @module
 */

import { type Micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";

const SECOND = MICROS_PER_SECOND;
const HOUR = 60 * MICROS_PER_MINUTE;

/** How long what was read of a market is good for. */
export function freshFor(closeTime: Micros | null, now: Micros): number {
  if (closeTime === null) return 10 * SECOND;
  const left = closeTime - now;
  // Nothing is traded any more; how it settles is read elsewhere.
  if (left <= 0) return 60 * SECOND;
  if (left <= 15 * MICROS_PER_MINUTE) return SECOND;
  if (left <= HOUR) return 2 * SECOND;
  return left <= 24 * HOUR ? 10 * SECOND : 60 * SECOND;
}

export class PollingPlan {
  readonly #closeTimeOf: (ticker: string) => Micros | null;
  readonly #readAt = new Map<string, Micros>();

  constructor(closeTimeOf: (ticker: string) => Micros | null) {
    this.#closeTimeOf = closeTimeOf;
  }

  /**
   * At most `count` markets that are due, the most overdue first as measured by how long their reading is good for, and of
   * those that are equally overdue the one that closes first. Markets that are not among `tickers` are forgotten.
   */
  due(tickers: ReadonlySet<string>, now: Micros, count: number): readonly string[] {
    for (const ticker of this.#readAt.keys()) if (!tickers.has(ticker)) this.#readAt.delete(ticker);
    const rows = [...tickers].map((ticker) => {
      const closeTime = this.#closeTimeOf(ticker);
      const readAt = this.#readAt.get(ticker);
      const age = readAt === undefined ? Infinity : (now - readAt) / freshFor(closeTime, now);
      return { ticker, age, closeTime: closeTime === null || closeTime <= now ? Infinity : closeTime };
    });
    return rows
      .filter(({ age }) => age >= 1)
      .sort((a, b) => (a.age === b.age ? 0 : b.age - a.age) || order(a.closeTime, b.closeTime))
      .slice(0, count)
      .map(({ ticker }) => ticker);
  }

  /** This market was read, or asked for in vain. */
  done(ticker: string, now: Micros): void {
    this.#readAt.set(ticker, now);
  }
}

const order = (a: number, b: number): number => a === b ? 0 : a < b ? -1 : 1;
