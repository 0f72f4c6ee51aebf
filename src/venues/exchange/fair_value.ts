/**
 * What simulated traders think a contract is worth. They are not meant to be right: each has its own volatility, its own
 * delay, and some forget that the contract settles on an average. The bot's models live elsewhere and are not used
 * here, so that it never trades against itself.
 * @module
 */

/** Standard normal distribution function (Abramowitz and Stegun 26.2.17, error below 7.5e-8: plenty for a trader). */
export function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = poly * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  return x >= 0 ? 1 - tail : tail;
}

const AVERAGED_SECONDS = 60;

export interface Belief {
  readonly spot: number;
  readonly strike: number;
  /** Standard deviation of the log return over a second, as believed. */
  readonly sigma: number;
  readonly secondsLeft: number;
  /** Of the settlement minute so far, as seen. */
  readonly seenSum: number;
  readonly seenCount: number;
  /** False for one who treats the contract as if it settled on the last price. */
  readonly knowsAverage: boolean;
}

/** Expected settlement number and its standard deviation, in dollars. */
export function settlementBelief(belief: Belief): { readonly mean: number; readonly deviation: number } {
  const { spot, sigma, secondsLeft, seenSum, seenCount } = belief;
  const unit = sigma * spot;
  if (!belief.knowsAverage) return { mean: spot, deviation: unit * Math.sqrt(Math.max(secondsLeft, 0.25)) };
  if (seenCount === 0) {
    const variance = Math.max(secondsLeft - AVERAGED_SECONDS * 2 / 3, AVERAGED_SECONDS / 3);
    return { mean: spot, deviation: unit * Math.sqrt(variance) };
  }
  const open = AVERAGED_SECONDS - seenCount;
  const variance = open * open * open / 3 / (AVERAGED_SECONDS * AVERAGED_SECONDS);
  return {
    mean: (seenSum + open * spot) / AVERAGED_SECONDS,
    deviation: unit * Math.sqrt(Math.max(variance, 1e-6)),
  };
}

/** Probability of YES as this trader sees it, in (0, 1). */
export function probability(belief: Belief): number {
  const { mean, deviation } = settlementBelief(belief);
  return normalCdf((mean - belief.strike) / deviation);
}
