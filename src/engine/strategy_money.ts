/**
 * What each strategy earned and may put at stake: it hears every execution and every payout, and keeps the budgets
 * (risk/allocation_budgets.ts).
 *
 * A strategy's worth is the cash that its own executions brought and took, and what its own contracts are worth at the marks.
 * So what one strategy sells to close what another bought counts for both as if each had an account of its own.
 * @module
 */

import type { FillReport } from "../core/order.ts";
import { type Count, type Money, money, ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import type { Ledger, Position } from "../execution/ledger.ts";
import { type ResumedBudgets, StrategyBudgets } from "../risk/allocation_budgets.ts";
import type { AllocationRules } from "../risk/allocation.ts";
import type { Step } from "./step.ts";

/** Hundredths of a contract in one. */
const COUNTS = 100;

/** What one YES contract of a market is worth; `null` where nobody has said. */
type MarkOf = (ticker: string) => Price | null;

export class StrategyMoney {
  /** `null` where money is not parted. */
  readonly #budgets: StrategyBudgets | null;
  readonly #step: Step;

  constructor(rules: AllocationRules | null, resumed: ResumedBudgets, step: Step) {
    this.#budgets = rules === null ? null : new StrategyBudgets(rules, resumed);
    this.#step = step;
  }

  /** What a strategy may put at stake in all; `null` where only the limits of risk count. */
  budget(strategy: string): Money | null {
    return this.#budgets?.budget(strategy) ?? null;
  }

  executed({ side, price, count, fee }: FillReport, strategy: string): void {
    const paid = price * count;
    this.#budgets?.realise(strategy, money((side === "bid" ? -paid : paid) - fee), this.#step.at);
  }

  /** Money went in or out beside trading: budgets are parts of another total from now on. */
  transferred(): void {
    this.#budgets?.refresh();
  }

  /** @param yesValue of one YES contract */
  paidOut(parts: Iterable<readonly [strategy: string, part: Count]>, yesValue: Money): void {
    for (const [strategy, part] of parts) {
      this.#budgets?.realise(strategy, money(Math.round(part * yesValue / COUNTS)), this.#step.at);
    }
  }

  /** Whether the budgets are to be made anew. */
  isDue(running: readonly string[]): boolean {
    return this.#budgets?.isDue(this.#step.at, running) ?? false;
  }

  /** Makes the budgets anew where that is due. Whether it was. */
  rebalance(nav: Money, running: readonly string[], ledger: Ledger, mark: MarkOf): boolean {
    const { at } = this.#step;
    // Parts of nothing would have to be made anew as soon as there is something.
    if (nav <= 0 || this.#budgets?.isDue(at, running) !== true) return false;
    this.#budgets.rebalance(at, nav, running, (strategy) => worthOfParts(strategy, ledger, mark));
    return true;
  }

  /** Writes down what changed. */
  flush(): void {
    for (const record of this.#budgets?.takeRecords() ?? []) this.#step.record(record);
  }

  /** What a strategy earned since the day of the budgets began, `null` where money is not parted. */
  dayPnl(strategy: string, ledger: Ledger, mark: MarkOf): Money | null {
    return this.#budgets?.dayPnl(strategy, (name) => worthOfParts(name, ledger, mark)) ?? null;
  }
}

/** What the contracts that a strategy itself brought are worth; negative where it sold more YES than it bought. */
function worthOfParts(strategy: string, ledger: Ledger, mark: MarkOf): Money {
  let worth = 0;
  for (const position of ledger.positions()) {
    const part = ledger.partOf(position.ticker, strategy);
    if (part !== 0) worth += part * (mark(position.ticker) ?? averageYesPrice(position));
  }
  return money(Math.round(worth));
}

/** What stands for a mark where there is none: neither a profit nor a loss. */
function averageYesPrice({ position, cost }: Position): number {
  if (position === 0) return 0;
  const average = cost / Math.abs(position);
  return position > 0 ? average : ONE_DOLLAR_PRICE - average;
}
