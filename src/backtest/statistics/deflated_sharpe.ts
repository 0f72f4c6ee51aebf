/**
 * Whether the best of many trials is better than the best of as many that know nothing (D. H. Bailey and M. Lopez de Prado,
 * "The Deflated Sharpe Ratio", Journal of Portfolio Management 40 (2014)).
 *
 * Sharpe ratios here are of one period, mean over deviation, and not annualised: the formulas hold for those.
 * @module
 */

import { normalCdf, normalInverse } from "../../models/normal.ts";
import { type Moments, momentsOf } from "./moments.ts";

const EULER_MASCHERONI = 0.5772156649015329;

/**
 * The Sharpe ratio that the best of `trials` independent trials shows on average although all true ones are zero, where those of
 * the trials differ by this variance. One trial is not the best of anything: 0.
 */
export function expectedMaximum(trials: number, variance: number): number {
  if (!Number.isInteger(trials) || trials < 1) {
    throw new RangeError(`Trials must be a whole number from 1, not ${trials}`);
  }
  if (!(variance >= 0)) throw new RangeError(`A variance must not be below 0, as ${variance} is`);
  if (trials === 1) return 0;
  const most = normalInverse(1 - 1 / trials);
  const beyond = normalInverse(1 - 1 / (trials * Math.E));
  return Math.sqrt(variance) * ((1 - EULER_MASCHERONI) * most + EULER_MASCHERONI * beyond);
}

/**
 * The probability that the true Sharpe ratio lies above `benchmark`, given a series with these moments: skewed and fat-tailed
 * returns make the measured ratio less certain. `null` where the formula has no meaning for such moments.
 */
export function probabilisticSharpe({ count, mean, deviation, skewness, kurtosis }: Moments, benchmark: number) {
  const sharpe = mean / deviation;
  const spread = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe ** 2;
  return spread > 0 ? normalCdf((sharpe - benchmark) * Math.sqrt((count - 1) / spread)) : null;
}

export interface DeflatedSharpe {
  /** Of the best trial. */
  readonly sharpe: number;
  /** What the best would show by chance alone. */
  readonly expectedByChance: number;
  /** The probability that the true Sharpe ratio of the best is above that. */
  readonly probability: number;
}

/**
 * The variance that Sharpe ratios of so many trials show, by which {@link expectedMaximum} asks. It is that of the ratios found, as
 * long as chance alone explains it: without any edge a ratio of n independent periods varies by 1 / (n - 1), and trials that
 * resemble one another by less. What is beyond are true differences between trials, which are no reason to doubt the best.
 */
export function varianceByChance(sharpes: readonly number[], periods: number): number {
  return Math.min(varianceOf(sharpes), 1 / Math.max(1, periods - 1));
}

/** Of the ratios themselves, true differences included, as the paper has it. */
export const varianceOf = (sharpes: readonly number[]): number => (momentsOf(sharpes)?.deviation ?? 0) ** 2;

/**
 * Judges the best of several trials.
 *
 * @param best what it brought in each period
 * @param variance of the trials' Sharpe ratios
 * @param trials how many were tried in all: those that were given up count, too
 * @returns `null` where the best has too few periods, or the same in each
 */
export function deflatedSharpe(best: ArrayLike<number>, variance: number, trials: number): DeflatedSharpe | null {
  const moments = momentsOf(best);
  if (moments === null) return null;
  const expectedByChance = expectedMaximum(trials, variance);
  const probability = probabilisticSharpe(moments, expectedByChance);
  return probability === null ? null : { sharpe: moments.mean / moments.deviation, expectedByChance, probability };
}
