/**
 * What listed options say of volatility, in the unit that everything else here uses: the standard deviation of the log
 * return per square root of a second (DESIGN.md 3).
 * @module
 */

import { logarithm } from "./elementary.ts";

/** Option markets quote by a year of 365 days that are all alike: 31,536,000 s. */
export const ANNUALISED_SECONDS = 365 * 86_400;
const PERCENT = 100;

/**
 * Annualised percent, as option markets write volatility, per square root of a second.
 *
 * @example
 * ```ts
 * import { perRootSecond } from "./implied_volatility.ts";
 * import assert from "node:assert/strict";
 * assert.equal(perRootSecond(60), 0.6 / Math.sqrt(31_536_000));
 * ```
 */
export const perRootSecond = (annualPercent: number): number => annualPercent / PERCENT / Math.sqrt(ANNUALISED_SECONDS);

/** What one strike of an expiry is quoted at; in any unit of volatility, the answer is in the same. */
export interface SmilePoint {
  readonly strike: number;
  readonly volatility: number;
}

interface Neighbour {
  readonly strike: number;
  /** Sum of the volatilities at this strike, a call's and a put's, and how many they are. */
  sum: number;
  count: number;
}

/**
 * The volatility of an expiry at the money: on the straight line, in the logarithm of the strike, between the strikes next
 * below and above the forward. A strike that both a call and a put are quoted at counts with the mean of the two.
 *
 * @returns `null` where the forward lies outside all strikes: a smile is not continued beyond its ends
 */
export function atTheMoney(points: readonly SmilePoint[], forward: number): number | null {
  if (!(forward > 0 && forward < Infinity)) return null;
  let below: Neighbour | null = null;
  let above: Neighbour | null = null;
  for (const { strike, volatility } of points) {
    if (!(strike > 0 && strike < Infinity && volatility > 0 && volatility < Infinity)) continue;
    if (strike <= forward) below = nearer(below, strike, volatility, strike > (below?.strike ?? 0));
    if (strike >= forward) above = nearer(above, strike, volatility, strike < (above?.strike ?? Infinity));
  }
  if (below === null || above === null) return null;
  const low = below.sum / below.count;
  const high = above.sum / above.count;
  if (below.strike === above.strike) return low;
  const share = logarithm(forward / below.strike) / logarithm(above.strike / below.strike);
  return low + share * (high - low);
}

function nearer(known: Neighbour | null, strike: number, volatility: number, closer: boolean): Neighbour {
  if (known === null || closer) return { strike, sum: volatility, count: 1 };
  if (known.strike === strike) {
    known.sum += volatility;
    known.count++;
  }
  return known;
}
