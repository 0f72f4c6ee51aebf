/**
 * Probabilities and standard errors from what was counted.
 * @module
 */

import { pathsOfShift } from "./monte_carlo_sobol.ts";
import { SOBOL_SHIFTS } from "./monte_carlo_request.ts";

export interface Estimate {
  readonly probability: number;
  readonly standardError: number;
}

const held = (probability: number): number => Math.min(1, Math.max(0, probability));

/** sqrt(q (1 - q) / paths) with q = (hits + 1) / (paths + 2): no hit at all is not taken for certainty. */
export function plainEstimate(hits: number, paths: number): Estimate {
  const smoothed = (hits + 1) / (paths + 2);
  return { probability: hits / paths, standardError: Math.sqrt(smoothed * (1 - smoothed) / paths) };
}

/** Of pairs of yes and no: how often the first, the second and both were yes. Half a case is added to each kind. */
interface PairMoments {
  readonly first: number;
  readonly second: number;
  readonly varianceOfFirst: number;
  readonly varianceOfSecond: number;
  readonly covariance: number;
}

function pairMoments(firsts: number, seconds: number, both: number, pairs: number): PairMoments {
  const total = pairs + 2;
  const first = (firsts + 1) / total;
  const second = (seconds + 1) / total;
  return {
    first,
    second,
    varianceOfFirst: first * (1 - first),
    varianceOfSecond: second * (1 - second),
    covariance: (both + 0.5) / total - first * second,
  };
}

/** The mean of both paths of each pair. */
export function antitheticEstimate(hits: number, mirrored: number, both: number, pairs: number): Estimate {
  const { varianceOfFirst, varianceOfSecond, covariance } = pairMoments(hits, mirrored, both, pairs);
  const variance = (varianceOfFirst + varianceOfSecond + 2 * covariance) / 4;
  return { probability: (hits + mirrored) / (2 * pairs), standardError: Math.sqrt(variance / pairs) };
}

/** The share, less what the twin's share is too high, as far as the two go together. */
export function controlEstimate(
  hits: number,
  twins: number,
  both: number,
  paths: number,
  twinProbability: number,
): Estimate {
  const { varianceOfFirst, varianceOfSecond, covariance } = pairMoments(hits, twins, both, paths);
  const slope = covariance / varianceOfSecond;
  const variance = varianceOfFirst - slope * covariance;
  return {
    probability: held(hits / paths - slope * (twins / paths - twinProbability)),
    standardError: Math.sqrt(Math.max(0, variance) / paths),
  };
}

/** The mean over the shifts and its error; no shift is known better than to half a path. */
export function sobolEstimate(hits: readonly number[], paths: number): Estimate {
  const shares = hits.map((count, shift) => count / pathsOfShift(paths, shift));
  const probability = hits.reduce((sum, count) => sum + count, 0) / paths;
  const squares = shares.reduce((sum, share) => sum + (share - probability) ** 2, 0) / (SOBOL_SHIFTS - 1);
  const grain = (SOBOL_SHIFTS / paths) ** 2 / 12;
  return { probability, standardError: Math.sqrt((squares + grain) / SOBOL_SHIFTS) };
}
