/**
 * Which sums a market counts in beside its own: its category, the markets that move together with it, the groups that the
 * configuration names, and its event where that has one winner at most.
 *
 * | what moves together | markets |
 * | --- | --- |
 * | by default | all that settle on one index, whatever their window and strike; others: their series |
 * | `close` | the same, of those that close at the same time |
 * | a group | of series that one of its patterns fits, of one day where it says so; beside the above, with a bound of its own |
 *
 * Where the time or the day of a market is not known, it counts in those of all times and days.
 * @module
 */

import type { Market } from "../core/market.ts";
import { seriesOf, settlementIndexOf } from "../core/ticker.ts";

export const CORRELATED_BY = ["index", "close"] as const;

export interface CorrelationGroup {
  readonly name: string;
  /** Tickers of series, whole or with `*` at the end for any that begins so. */
  readonly series: readonly string[];
  /** Of NAV, at stake in its markets, per cent. */
  readonly percent: number;
  /** Only markets of the same day count together: that in their tickers. */
  readonly sameDay: boolean;
}

export interface CorrelationRules {
  readonly by: (typeof CORRELATED_BY)[number];
  readonly groups: readonly CorrelationGroup[];
}

export const PLAIN_CORRELATION: CorrelationRules = { by: "index", groups: [] };

/** One part of what moves together; `part` is `null` where it counts in every part. */
export interface Membership {
  readonly whole: string;
  readonly part: string | null;
}

export interface MarketSums {
  readonly ticker: string;
  readonly category: string;
  readonly correlated: Membership;
  readonly groups: readonly (Membership & { readonly group: CorrelationGroup })[];
  /** Markets with the same one exclude each other; `null` where it excludes none. */
  readonly exclusive: string | null;
}

export class Correlations {
  readonly #rules: CorrelationRules;
  readonly #markets = new WeakMap<Market, MarketSums>();

  constructor(rules: CorrelationRules = PLAIN_CORRELATION) {
    this.#rules = rules;
  }

  of(market: Market): MarketSums {
    const known = this.#markets.get(market);
    if (known !== undefined) return known;
    const { ticker, series, event, closeTime } = market;
    // Its markets would count in several parts if they did not close together.
    const exclusive = market.exclusive === true ? `${event} ${closeTime}` : null;
    const sums = this.#sumsOf(ticker, series, closeTime, exclusive);
    this.#markets.set(market, sums);
    return sums;
  }

  /** Of one that was not told yet: after a restart, what is held is known before its market. */
  ofTicker(ticker: string): MarketSums {
    return this.#sumsOf(ticker, seriesOf(ticker), null, null);
  }

  #sumsOf(ticker: string, series: string, closeTime: number | null, exclusive: string | null): MarketSums {
    const index = settlementIndexOf(series);
    const part = this.#rules.by === "close" && closeTime !== null ? String(closeTime) : null;
    const groups = this.#rules.groups.filter((group) => group.series.some((pattern) => fits(pattern, series)));
    return {
      ticker,
      category: index === null ? series : "crypto",
      correlated: { whole: index ?? series, part },
      groups: groups.map((group) => ({ group, whole: group.name, part: group.sameDay ? dayOf(ticker) : null })),
      exclusive,
    };
  }
}

const fits = (pattern: string, series: string): boolean =>
  pattern.endsWith("*") ? series.startsWith(pattern.slice(0, -1)) : series === pattern;

/** `26NOV20` of `KXHIGHNY-26NOV20-B61.5` and of `KXBTCD-26NOV2015-T84000`; `null` where a ticker names no day. */
const dayOf = (ticker: string): string | null => /^[^-]+-(\d{2}[A-Z]{3}\d{2})/.exec(ticker)?.[1] ?? null;

/** Amounts by what moves together, and by part of it. */
export class CorrelatedSums {
  readonly #sums = new Map<string, { every: number; readonly parts: Map<string, number> }>();

  add({ whole, part }: Membership, amount: number): void {
    let sums = this.#sums.get(whole);
    if (sums === undefined) this.#sums.set(whole, sums = { every: 0, parts: new Map() });
    if (part === null) sums.every += amount;
    else sums.parts.set(part, (sums.parts.get(part) ?? 0) + amount);
  }

  /** All that counts together with a member. One that counts in every part: with the largest. */
  of({ whole, part }: Membership): number {
    const sums = this.#sums.get(whole);
    if (sums === undefined) return 0;
    return sums.every + (part === null ? Math.max(0, ...sums.parts.values()) : sums.parts.get(part) ?? 0);
  }

  get largest(): number {
    let most = 0;
    for (const whole of this.#sums.keys()) most = Math.max(most, this.of({ whole, part: null }));
    return most;
  }
}
