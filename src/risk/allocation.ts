/**
 * What each strategy may put at stake (REQUIREMENTS.md S9): the rules, and budgets made of weights. Budgets are exact money
 * and never add up to more than the total; what no strategy gets stays unallocated.
 *
 * | method | a strategy's budget |
 * | --- | --- |
 * | `fixed` | its dollars, or its share of NAV |
 * | `risk_parity` | of the total so much that each strategy brings the same risk ({@link riskParityWeights}) |
 * | `performance` | of the total the more, the better it did for its risk ({@link performanceWeights}) |
 * @module
 */

import { easternOffset } from "../core/eastern_time.ts";
import { type Count, formatTime, type Micros, micros, MICROS_PER_MINUTE, type Money, money } from "../core/units.ts";
import { shareOf } from "./limits.ts";

export const ALLOCATION_METHODS = ["fixed", "risk_parity", "performance"] as const;
export type AllocationMethod = (typeof ALLOCATION_METHODS)[number];

export const ALLOCATION_ZONES = ["UTC", "America/New_York"] as const;
export type AllocationZone = (typeof ALLOCATION_ZONES)[number];

export interface StrategyShare {
  readonly name: string;
  /** Of NAV, per cent; for `fixed` where no dollars are given. */
  readonly percent: number;
  /** For `fixed` the budget, for the other methods the most that it may be; `null` for none. */
  readonly usd: Money | null;
}

export interface AllocationRules {
  readonly method: AllocationMethod;
  /** All budgets together, of NAV, per cent. */
  readonly totalPercent: number;
  /** And never more than this; `null` for no such bound. */
  readonly totalUsd: Money | null;
  readonly strategies: readonly StrategyShare[];
  /** `risk_parity` and `performance`: least and most of the total that a strategy gets, per cent. */
  readonly floorPercent: number;
  readonly ceilingPercent: number;
  /** By how much of the total a strategy's part may change in a day, per cent. */
  readonly stepPercent: number;
  /** `performance`: days after which a day counts half. */
  readonly halfLifeDays: number;
  /** When the day of the budgets begins: the hour of a clock in the zone. */
  readonly hour: number;
  readonly zone: AllocationZone;
}

/** Part of the total by strategy, 0 to 1 together. */
export type Weights = ReadonlyMap<string, number>;

/** The day that a moment belongs to where days begin at the rules' hour, as `2026-11-20`; later moments never go back. */
export function allocationDay(at: Micros, { hour, zone }: Pick<AllocationRules, "hour" | "zone">): string {
  const offset = zone === "UTC" ? 0 : easternOffset(at);
  return formatTime(micros(at + offset - hour * 60 * MICROS_PER_MINUTE)).slice(0, 10);
}

/** What all budgets may be together. */
export function totalBudget(nav: Money, { totalPercent, totalUsd }: AllocationRules): Money {
  return money(Math.max(0, Math.min(shareOf(nav, totalPercent), totalUsd ?? Infinity)));
}

/** The fixed parts of these strategies; all in proportion where they are more than the total. */
export function fixedWeights(names: readonly string[], nav: Money, total: Money, rules: AllocationRules): Weights {
  const wanted = new Map(names.map((name) => {
    const share = rules.strategies.find((each) => each.name === name);
    return [name, share === undefined ? 0 : share.usd ?? Math.max(0, shareOf(nav, share.percent))];
  }));
  const sum = [...wanted.values()].reduce((all, each) => all + each, 0);
  const whole = Math.max(sum, total, 1);
  return new Map([...wanted].map(([name, amount]) => [name, amount / whole]));
}

/** Weights as money: rounded down, none above its strategy's own bound, never more than the total together. */
export function budgetsOf(weights: Weights, total: Money, rules: AllocationRules): ReadonlyMap<string, Money> {
  let left: number = total;
  return new Map([...weights].map(([name, weight]) => {
    const most = rules.strategies.find((each) => each.name === name)?.usd ?? Infinity;
    // A fixed amount of dollars comes back from its weight a rounding away.
    const share = total * weight;
    const budget = money(Math.min(Math.floor(share + ROUNDING), most, left));
    left -= budget;
    return [name, budget];
  }));
}

/** Far below a micro-dollar's share of any total, far above what dividing and multiplying again loses. */
const ROUNDING = 0.05;

/**
 * An amount that comes with a position, its cost or its gain, parted among the strategies that brought the contracts on the
 * side that is held; one on the other side has none of it. The parts add up to the amount.
 *
 * @param parts what each strategy's own executions come to, positive YES, negative NO
 * @param otherwise who gets it all where nobody brought it
 */
export function partAmong(
  amount: Money,
  position: Count,
  parts: ReadonlyMap<string, Count>,
  otherwise: string,
): ReadonlyMap<string, Money> {
  const onSide = (part: Count): bigint => BigInt(Math.max(0, position > 0 ? part : -part));
  let all = 0n;
  for (const part of parts.values()) all += onSide(part);
  if (all === 0n) return new Map([[otherwise, amount]]);
  let held = 0n;
  let given = 0;
  const result = new Map<string, Money>();
  for (const [strategy, part] of parts) {
    const own = onSide(part);
    if (own === 0n) continue;
    held += own;
    // Up to here and no more: what rounding takes from one goes to the next.
    const upTo = Number(BigInt(amount) * held / all);
    result.set(strategy, money(upTo - given));
    given = upTo;
  }
  return result;
}
