/**
 * Each strategy's own money, rebalanced daily (REQUIREMENTS.md S9). It hears what every strategy realised, closes a day at
 * the rules' hour with what each brought, and parts the total anew by the days behind it. All that it knows is in the
 * records it gives, so that a restart goes on from them.
 * @module
 */

import type { BudgetDayRecord, BudgetRecord } from "../core/record.ts";
import { type Micros, type Money, money } from "../core/units.ts";
import {
  allocationDay,
  type AllocationRules,
  budgetsOf,
  fixedWeights,
  totalBudget,
  type Weights,
} from "./allocation.ts";
import {
  boundWeights,
  type DayResult,
  equalWeights,
  performanceWeights,
  riskParityWeights,
  stepWeights,
  withJoiners,
} from "./allocation_weights.ts";

/** Days of each strategy that are looked back on; more than any half-life in use makes count. */
export const BUDGET_DAYS_KEPT = 120;

/** What budgets go on from. */
export interface ResumedBudgets {
  readonly budgets: readonly BudgetRecord[];
  /** Oldest first. */
  readonly days: readonly BudgetDayRecord[];
}

const NOTHING: ResumedBudgets = { budgets: [], days: [] };
const NONE = money(0);

/** One strategy. */
interface Account {
  budget: Money;
  weight: number;
  /** Whether it has a part of the total; a strategy that is off has none. */
  active: boolean;
  /** The cash that it ever brought and took, fees included. */
  realised: Money;
  /** The same with what is open at its marks, when the day began. */
  opening: Money;
  days: DayResult[];
  updatedAt: Micros;
}

/** What one strategy's own contracts are worth; negative where it sold more YES than it bought. */
export type Unrealised = (strategy: string) => Money;

/**
 * @example
 * ```ts
 * import { StrategyBudgets } from "./allocation_budgets.ts";
 * import { micros, money } from "../core/units.ts";
 * import assert from "node:assert/strict";
 * const budgets = new StrategyBudgets({
 *   method: "fixed", totalPercent: 50, totalUsd: null, floorPercent: 0, ceilingPercent: 100, stepPercent: 100,
 *   halfLifeDays: 20, hour: 0, zone: "UTC",
 *   strategies: [{ name: "hourly_no", percent: 10, usd: null }, { name: "latency", percent: 0, usd: money(2_000_000) }],
 * });
 * const at = micros(1_763_600_000_000_000);
 * assert.ok(budgets.isDue(at, ["hourly_no", "latency"]));
 * budgets.rebalance(at, money(1_000_000_000), ["hourly_no", "latency"], () => money(0));
 * assert.deepEqual([budgets.budget("hourly_no"), budgets.budget("latency")], [100_000_000, 2_000_000]);
 * ```
 */
export class StrategyBudgets {
  readonly rules: AllocationRules;
  readonly #accounts = new Map<string, Account>();
  readonly #changed = new Set<string>();
  #closed: BudgetDayRecord[] = [];
  #day: string | null = null;
  /** A start takes up its rules at once, and not only at the next day. */
  #fresh = true;

  constructor(rules: AllocationRules, resumed: ResumedBudgets = NOTHING) {
    this.rules = rules;
    for (const { strategy, day, budget, weight, active, realised, opening, updatedAt } of resumed.budgets) {
      this.#accounts.set(strategy, { budget, weight, active, realised, opening, days: [], updatedAt });
      if (this.#day === null || day > this.#day) this.#day = day;
    }
    for (const { strategy, day, pnl, budget } of resumed.days) this.#remember(strategy, { day, pnl, budget });
  }

  /** The day that the budgets are of, as `2026-11-20`; `null` before the first. */
  get day(): string | null {
    return this.#day;
  }

  /** What a strategy may put at stake; nothing where it has no part of the total. */
  budget(strategy: string): Money {
    return this.#accounts.get(strategy)?.budget ?? NONE;
  }

  /** Finished days of a strategy, oldest first. */
  history(strategy: string): readonly DayResult[] {
    return this.#accounts.get(strategy)?.days ?? [];
  }

  /** A strategy's execution or payout brought cash, or took it: fees included. */
  realise(strategy: string, amount: Money, at: Micros): void {
    if (amount === 0) return;
    const account = this.#account(strategy, at);
    account.realised = money(account.realised + amount);
    account.updatedAt = at;
    this.#changed.add(strategy);
  }

  /** What a strategy brought since the day began. */
  dayPnl(strategy: string, unrealised: Unrealised): Money {
    const account = this.#accounts.get(strategy);
    return account === undefined ? NONE : money(account.realised + unrealised(strategy) - account.opening);
  }

  /** The total is another one than the last budgets were made of: they are due, with the parts as they stand. */
  refresh(): void {
    this.#fresh = true;
  }

  /** Whether budgets are to be made anew: at the start, on a new day, and when a strategy runs that has no part yet. */
  isDue(at: Micros, running: readonly string[]): boolean {
    if (this.#fresh || this.#day === null || allocationDay(at, this.rules) > this.#day) return true;
    return running.some((name) => this.#accounts.get(name)?.active !== true);
  }

  /**
   * Closes the day where another has begun, and parts the total between the strategies that run. Within a day parts stay as
   * they are, but for room that is made for one that joins.
   */
  rebalance(at: Micros, nav: Money, running: readonly string[], unrealised: Unrealised): void {
    const names = [...new Set(running)].sort();
    const today = allocationDay(at, this.rules);
    const begins = this.#day === null || today > this.#day;
    // A clock that went back does not open a day again.
    const day = begins || this.#day === null ? today : this.#day;
    if (begins && this.#day !== null) this.#close(this.#day, at, unrealised);
    for (const name of names) this.#join(name, at, unrealised);
    this.#fresh = false;
    this.#day = day;
    const total = totalBudget(nav, this.rules);
    const weights = this.#weights(names, nav, total, begins);
    const budgets = budgetsOf(weights, total, this.rules);
    for (const [name, account] of this.#accounts) {
      account.active = weights.has(name);
      account.weight = weights.get(name) ?? 0;
      account.budget = budgets.get(name) ?? NONE;
      account.updatedAt = at;
      this.#changed.add(name);
    }
  }

  /** What is to be remembered since this was last asked: closed days, and each strategy that changed as it stands. */
  takeRecords(): (BudgetRecord | BudgetDayRecord)[] {
    const records: (BudgetRecord | BudgetDayRecord)[] = this.#closed;
    this.#closed = [];
    const day = this.#day;
    if (day === null) return records;
    for (const strategy of [...this.#changed].sort()) {
      const account = this.#accounts.get(strategy);
      if (account === undefined) continue;
      const { budget, weight, active, realised, opening, updatedAt } = account;
      records.push({ kind: "budget", strategy, day, budget, weight, active, realised, opening, updatedAt });
    }
    this.#changed.clear();
    return records;
  }

  #account(strategy: string, at: Micros): Account {
    let account = this.#accounts.get(strategy);
    if (account === undefined) {
      account = { budget: NONE, weight: 0, active: false, realised: NONE, opening: NONE, days: [], updatedAt: at };
      this.#accounts.set(strategy, account);
    }
    return account;
  }

  #join(name: string, at: Micros, unrealised: Unrealised): void {
    const account = this.#account(name, at);
    if (!account.active) account.opening = money(account.realised + unrealised(name));
  }

  #close(day: string, at: Micros, unrealised: Unrealised): void {
    for (const [strategy, account] of this.#accounts) {
      const worth = money(account.realised + unrealised(strategy));
      const pnl = money(worth - account.opening);
      account.opening = worth;
      if (!account.active) continue;
      this.#remember(strategy, { day, pnl, budget: account.budget });
      this.#closed.push({ kind: "budget_day", strategy, day, pnl, budget: account.budget, at });
    }
  }

  #remember(strategy: string, result: DayResult): void {
    const account = this.#accounts.get(strategy);
    // Days of a strategy that is known no more are of no use.
    if (account === undefined) return;
    account.days = [...account.days, result].slice(-BUDGET_DAYS_KEPT);
  }

  #weights(names: readonly string[], nav: Money, total: Money, dayBegins: boolean): Weights {
    const { method, floorPercent, ceilingPercent, stepPercent, halfLifeDays } = this.rules;
    if (method === "fixed") return fixedWeights(names, nav, total, this.rules);
    const bound = (weights: Weights) => boundWeights(weights, floorPercent / 100, ceilingPercent / 100);
    const before = new Map<string, number>();
    for (const [name, { active, weight }] of this.#accounts) if (active) before.set(name, weight);
    if (names.length === 0) return new Map();
    if (before.size === 0) return bound(equalWeights(names));
    const standing = withJoiners(before, names);
    if (!dayBegins) return standing;
    const histories = new Map(names.map((name) => [name, this.history(name)]));
    const wanted = method === "risk_parity"
      ? riskParityWeights(names, histories)
      : performanceWeights(names, histories, halfLifeDays);
    return stepWeights(standing, bound(wanted), stepPercent / 100);
  }
}
