/**
 * What each strategy's own executions brought and took in each market, so that it is known, once a market is paid out, which
 * strategy won and which lost there.
 * @module
 */

import type { PositionRecord } from "../core/record.ts";
import type { FillReport } from "../core/order.ts";
import { type Count, type Money, money } from "../core/units.ts";

/** Hundredths of a contract in one. */
const COUNTS = 100;

/** What a market came to for one strategy, fees included. */
export interface StrategyResult {
  readonly strategy: string;
  readonly pnl: Money;
}

/** As many entries as there are positions that were not paid out, each with its strategies. */
export class StrategyFlows {
  readonly #flows = new Map<string, Map<string, Money>>();

  constructor(resumed: readonly PositionRecord[]) {
    for (const { ticker, flows } of resumed) {
      if (flows !== undefined) this.#flows.set(ticker, new Map(Object.entries(flows)));
    }
  }

  executed({ ticker, side, price, count, fee }: FillReport, strategy: string): void {
    let flows = this.#flows.get(ticker);
    if (flows === undefined) this.#flows.set(ticker, flows = new Map());
    const paid = price * count;
    flows.set(strategy, money((flows.get(strategy) ?? 0) + (side === "bid" ? -paid : paid) - fee));
  }

  /** As it is written down. */
  of(ticker: string): Readonly<Record<string, Money>> {
    return Object.fromEntries(this.#flows.get(ticker) ?? []);
  }

  /** A market is paid out, and over: what it came to for each strategy that traded it. */
  settle(ticker: string, parts: ReadonlyMap<string, Count>, yesValue: Money): readonly StrategyResult[] {
    const flows = this.#flows.get(ticker);
    if (flows === undefined) return [];
    this.#flows.delete(ticker);
    return [...flows].map(([strategy, flow]) => {
      const payout = Math.round((parts.get(strategy) ?? 0) * yesValue / COUNTS);
      return { strategy, pnl: money(flow + payout) };
    });
  }
}
