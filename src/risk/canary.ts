/**
 * A canary: the first live day's size. For its time nothing larger is sent and no more is put at stake than it allows,
 * whatever the limits say; then those alone count.
 * @module
 */

import { type Micros, type Money, money } from "../core/units.ts";

export interface CanaryRule {
  /** All positions and open orders together. */
  readonly exposure: Money;
  /** Per order. */
  readonly order: Money;
  /** From this moment on it does not count any more; `null` for the whole run. */
  readonly until: Micros | null;
}

const DAY = 86_400_000_000;

/** The end of the UTC day that a moment is in: that of the trading day. */
export const endOfDay = (at: Micros): Micros => (Math.floor(at / DAY) + 1) * DAY as Micros;

/**
 * The rule for a run.
 * @param amount at stake in all, at most
 * @param orderPercent of that for one order
 */
export function canaryRule(amount: Money, orderPercent: number, until: Micros | null): CanaryRule {
  return { exposure: amount, order: money(Math.floor(amount * orderPercent / 100)), until };
}

/** The rule where it counts, `null` where there is none or its time is over. */
export const canaryAt = (rule: CanaryRule | null | undefined, at: Micros): CanaryRule | null =>
  rule == null || (rule.until !== null && at >= rule.until) ? null : rule;
