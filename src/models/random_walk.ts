/**
 * The plainest model of a strike above the spot: a price that walks at random stays below it with P(NO) = Phi(z),
 * z = distance / (sigma_15m x sqrt(minutes / 15)), where the distance is what the price has to rise, as a share of it.
 * @module
 */

import { normalCdf } from "./normal.ts";

const WINDOW_MINUTES = 15;
const WINDOW_SECONDS = 900;

/** The standard deviation of a 15-minute return, from one per square root of a second. */
export const fifteenMinuteDeviation = (perSqrtSecond: number): number => perSqrtSecond * Math.sqrt(WINDOW_SECONDS);

export type RandomWalkResult =
  | { readonly ok: true; readonly probabilityOfNo: number; readonly z: number }
  | { readonly ok: false; readonly reason: string };

/**
 * P(NO) of "the price is above the strike in so many minutes". A strike below the spot has a negative distance and a
 * probability below one half. Where nothing can move any more (no minutes left, deviation 0), it is 1 for a strike at the
 * spot or above it, because a price at the strike is not above it, and 0 otherwise.
 *
 * @param spot dollars
 * @param strike dollars
 * @param deviation of the return over 15 minutes, as a share: 0.003 is 0.3 %
 * @example
 * ```ts
 * import { randomWalkNo } from "./random_walk.ts";
 * import assert from "node:assert/strict";
 * // Two standard deviations away.
 * const result = randomWalkNo(84_000, 84_504, 0.003, 15);
 * assert.ok(result.ok);
 * assert.equal(result.probabilityOfNo.toFixed(4), "0.9772");
 * ```
 */
export function randomWalkNo(spot: number, strike: number, deviation: number, minutes: number): RandomWalkResult {
  if (!(spot > 0 && spot < Infinity)) return refused(`Spot must be a number above 0, not ${spot}`);
  if (!Number.isFinite(strike)) return refused(`Strike must be a number, not ${strike}`);
  if (!(deviation >= 0 && deviation < Infinity)) {
    return refused(`The deviation of 15 minutes must be a number from 0, not ${deviation}`);
  }
  if (!Number.isFinite(minutes)) return refused(`Minutes must be a number, not ${minutes}`);
  const distance = (strike - spot) / spot;
  const reach = deviation * Math.sqrt(Math.max(0, minutes) / WINDOW_MINUTES);
  const z = reach > 0 ? distance / reach : distance >= 0 ? Infinity : -Infinity;
  return { ok: true, probabilityOfNo: normalCdf(z), z };
}

const refused = (reason: string): RandomWalkResult => ({ ok: false, reason });
