/**
 * How far a settlement probability may be off because the volatility that it rests on is itself estimated: the closed form
 * has no error of its own, but an estimate of finite memory has.
 * @module
 */

import { settlementGreeks, type SettlementState } from "./settlement_greeks.ts";
import type { SettlementRule } from "./settlement_interval.ts";

/**
 * The standard error of an exponentially weighted volatility, as a share of it. With weights w that lose the factor d each
 * second, the mean of squared normal returns has a relative variance of 2 sum(w^2) / sum(w)^2 = 2 (1 - d) / (1 + d), and its
 * root half the relative deviation of that.
 *
 * @param halfLife seconds after which a return counts half
 * @example
 * ```ts
 * import { volatilityError } from "./probability_error.ts";
 * import assert from "node:assert/strict";
 * assert.equal(volatilityError(300).toFixed(4), "0.0240");
 * ```
 */
export function volatilityError(halfLife: number): number {
  const decay = 2 ** (-1 / halfLife);
  return Math.sqrt((1 - decay) / (1 + decay) / 2);
}

/**
 * Standard error of the probability of YES, by its slope against the volatility; `null` where the rule or the state makes no
 * probability.
 *
 * @param relative standard error of `state.sigma`, as a share of it
 */
export function probabilityError(state: SettlementState, rule: SettlementRule, relative: number): number | null {
  const result = settlementGreeks(state, rule);
  const error = result.ok ? Math.abs(result.greeks.vega) * state.sigma * relative : NaN;
  return Number.isFinite(error) ? error : null;
}
