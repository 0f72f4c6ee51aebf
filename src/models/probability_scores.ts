/**
 * How good probabilities were, once it is known what came of them.
 *
 * | score | says |
 * | --- | --- |
 * | Brier score | mean square of probability less outcome: 0 is perfect, 0.25 is what one half always gets |
 * | log loss | mean of -ln of the probability that was given to what happened: 0.693 for one half |
 * | sharpness | how far probabilities dared to leave their mean: their variance |
 * | decomposition | Brier = reliability - resolution + uncertainty + within bins (A. H. Murphy, "A new vector partition of the probability score", J. Applied Meteorology 12, 1973; the last term is D. B. Stephenson et al., Weather and Forecasting 23, 2008) |
 * | reliability table | by tenths of the probability, how often YES came true, with an interval |
 *
 * @module
 */

import { logarithm } from "./elementary.ts";

/** One probability that was held, and what came of it. */
export interface Forecast {
  readonly probability: number;
  readonly yes: boolean;
}

/** Forecasts of one group share their outcome, so that they are not evidence of their own: a market, usually. */
export interface GroupedForecast extends Forecast {
  readonly group: string;
}

const BINS = 10;
/** A certainty that turns out wrong would cost infinitely much: probabilities count as at least this far from 0 and 1. */
export const LOG_LOSS_FLOOR = 1e-6;
/** Two sides of 95 %. */
const Z_95 = 1.959963984540054;

/** Why this is no forecast; `null` where it is. */
export function forecastRefusal({ probability }: Forecast): string | null {
  return probability >= 0 && probability <= 1 ? null : `A probability must be within 0 and 1, found ${probability}`;
}

export const brierOf = ({ probability, yes }: Forecast): number => (probability - (yes ? 1 : 0)) ** 2;

export function logLossOf({ probability, yes }: Forecast): number {
  return -logarithm(Math.min(1 - LOG_LOSS_FLOOR, Math.max(LOG_LOSS_FLOOR, yes ? probability : 1 - probability)));
}

/** The mean of a score; `null` of nothing. */
export function meanScore(forecasts: readonly Forecast[], score: (forecast: Forecast) => number): number | null {
  return forecasts.length === 0 ? null : forecasts.reduce((sum, each) => sum + score(each), 0) / forecasts.length;
}

/** Variance of the probabilities around their mean; `null` of nothing. */
export function sharpness(forecasts: readonly Forecast[]): number | null {
  const mean = meanScore(forecasts, ({ probability }) => probability);
  return mean === null ? null : meanScore(forecasts, ({ probability }) => (probability - mean) ** 2);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Where a rate lies that came true `yes` times of `n`, with 95 % confidence (E. B. Wilson, J. American Statistical
 * Association 22, 1927). `n` need not be whole: it is how many independent trials there were.
 *
 * @example
 * ```ts
 * import { wilsonInterval } from "./probability_scores.ts";
 * import assert from "node:assert/strict";
 * const { low, high } = wilsonInterval(8, 10);
 * assert.deepEqual([low.toFixed(4), high.toFixed(4)], ["0.4902", "0.9433"]);
 * ```
 */
export function wilsonInterval(yes: number, n: number): Interval {
  if (!(n > 0 && yes >= 0 && yes <= n)) return { low: 0, high: 1 };
  const rate = yes / n;
  const square = Z_95 * Z_95 / n;
  const centre = (rate + square / 2) / (1 + square);
  const reach = Z_95 * Math.sqrt((rate * (1 - rate) + square / 4) / n) / (1 + square);
  // Rounding aside, a rate of 0 or 1 is an end of its own interval.
  return {
    low: yes === 0 ? 0 : Math.max(0, centre - reach),
    high: yes === n ? 1 : Math.min(1, centre + reach),
  };
}

export interface ReliabilityRow {
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly meanProbability: number | null;
  readonly yesRate: number | null;
}

/** Which tenth a probability falls into; 1 falls into the last. */
const binOf = (probability: number): number => Math.min(BINS - 1, Math.floor(probability * BINS));

/** How often YES came true by tenths of the probability. */
export function reliability(forecasts: readonly Forecast[]): readonly ReliabilityRow[] {
  const bins = Array.from({ length: BINS }, () => ({ n: 0, sum: 0, yes: 0 }));
  for (const { probability, yes } of forecasts) {
    const bin = bins[binOf(probability)];
    bin.n++;
    bin.sum += probability;
    if (yes) bin.yes++;
  }
  return bins.map(({ n, sum, yes }, k) => ({
    low: k / BINS,
    high: (k + 1) / BINS,
    n,
    meanProbability: n === 0 ? null : sum / n,
    yesRate: n === 0 ? null : yes / n,
  }));
}

export interface ReliabilityInterval extends ReliabilityRow {
  /** Groups of which it has forecasts: the independent trials that the interval counts. */
  readonly groups: number;
  readonly interval: Interval | null;
}

/** The same with intervals; of forecasts that share an outcome only one counts for how sure a rate is. */
export function reliabilityWithIntervals(forecasts: readonly GroupedForecast[]): readonly ReliabilityInterval[] {
  const groups = Array.from({ length: BINS }, () => new Set<string>());
  for (const { probability, group } of forecasts) groups[binOf(probability)].add(group);
  return reliability(forecasts).map((row, k) => {
    const count = groups[k].size;
    return {
      ...row,
      groups: count,
      interval: row.yesRate === null ? null : wilsonInterval(row.yesRate * count, count),
    };
  });
}

export interface BrierDecomposition {
  /** Mean square of a bin's mean probability less its rate: 0 is best. */
  readonly reliability: number;
  /** Mean square of a bin's rate less the rate of all: higher is better. */
  readonly resolution: number;
  /** Of the outcomes themselves. */
  readonly uncertainty: number;
  /** What differences of probability inside a bin add. */
  readonly withinBins: number;
}

/** The parts that the Brier score is made of; `null` of nothing. They add up to it exactly, but for rounding. */
export function decomposeBrier(forecasts: readonly Forecast[]): BrierDecomposition | null {
  const count = forecasts.length;
  if (count === 0) return null;
  const rows = reliability(forecasts);
  const rate = forecasts.filter(({ yes }) => yes).length / count;
  let unreliable = 0;
  let resolution = 0;
  for (const { n, meanProbability, yesRate } of rows) {
    if (meanProbability === null || yesRate === null) continue;
    unreliable += n / count * (meanProbability - yesRate) ** 2;
    resolution += n / count * (yesRate - rate) ** 2;
  }
  let withinBins = 0;
  for (const { probability, yes } of forecasts) {
    const { meanProbability, yesRate } = rows[binOf(probability)];
    if (meanProbability === null || yesRate === null) continue;
    const off = probability - meanProbability;
    withinBins += (off * off - 2 * off * ((yes ? 1 : 0) - yesRate)) / count;
  }
  return { reliability: unreliable, resolution, uncertainty: rate * (1 - rate), withinBins };
}
