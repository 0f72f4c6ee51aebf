/**
 * What `kbot calc probability` is asked, and the part of its answer that both models share.
 * @module
 */

import type { KernelName } from "../models/monte_carlo_kernel.ts";
import type { Distribution, Estimator, Mode } from "../models/monte_carlo_request.ts";

/** How a market compares its rounded settlement number with the strike. */
export type CalcRule = "greater" | "greater_or_equal" | "less" | "between";

export interface CalcProbabilityOptions {
  /** The index now, dollars. */
  readonly spot: number;
  /** Dollars; the lower bound of `between`. Absent where there are `strikes`. */
  readonly strike?: number;
  /** Several at once, without a rule. */
  readonly strikes?: readonly number[];
  /** Upper bound of `between`, included. */
  readonly cap?: number;
  /** Standard deviation of the log return per square root of a second. */
  readonly sigma: number;
  /** Until the settlement. */
  readonly seconds: number;
  /** Mean and number of the values of the average that were seen already. */
  readonly seenMean?: number;
  readonly seenCount?: number;
  readonly model: "closed" | "mc";
  /** Read by `mc` only, like all from here to `returns`. */
  readonly dist: Distribution;
  readonly paths: number;
  readonly seed: number;
  readonly estimator?: Estimator;
  readonly mode?: Mode;
  readonly kernel?: KernelName;
  readonly jumpIntensity?: number;
  readonly jumpMean?: number;
  readonly jumpDeviation?: number;
  readonly degrees?: number;
  readonly reversion?: number;
  readonly varianceVolatility?: number;
  readonly correlation?: number;
  /** Log returns to draw from. */
  readonly returns?: readonly number[];
  /** Absent: P(mean > strike) for the unrounded mean. */
  readonly rule?: CalcRule;
  /** Digits that the settlement number is rounded to under a rule. */
  readonly decimals: number;
}

/** What was found for one strike. */
export interface CalcProbability {
  readonly probability: number;
  readonly std_error: number;
}

/** What was found: for the one strike, or for each of several. */
export type CalcFound = CalcProbability | {
  readonly strikes: readonly ({ readonly strike: number } & CalcProbability)[];
};

/** Microseconds with three decimals. */
export const tidy = (microseconds: number): number => Math.round(microseconds * 1_000) / 1_000;

/** The strikes that are asked for: one, or several. */
export function strikesOf({ strike, strikes }: CalcProbabilityOptions): readonly number[] {
  return strikes ?? (strike === undefined ? [] : [strike]);
}

/** Puts numbers where the question had its strikes. */
export function foundFor(
  { strikes }: CalcProbabilityOptions,
  probabilities: readonly number[],
  errors: readonly number[],
): CalcFound {
  const each = probabilities.map((probability, k): CalcProbability => ({ probability, std_error: errors[k] }));
  return strikes === undefined ? each[0] : { strikes: strikes.map((strike, k) => ({ strike, ...each[k] })) };
}
