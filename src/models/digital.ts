/**
 * The digital option of Black and Scholes without rates: P(price at one moment > strike) under geometric Brownian motion
 * without drift, N((ln(S/K) - v/2) / sqrt(v)) with v = sigma^2 t. For markets that settle on one price and not on an
 * average of sixty (KALSHI.md 8.2); for those it is wrong by up to 0.12 in the last minute.
 * @module
 */

import { logarithm } from "./elementary.ts";
import { normalCdf } from "./normal.ts";
import { type SettlementRule, yesInterval } from "./settlement_interval.ts";

/**
 * P(price >= strike); where nothing is random any more, 1 for a spot at the strike or above. `NaN` for a spot that is no
 * number above 0, a sigma below 0, or seconds that are no number; none left is as good as 0.
 *
 * @param sigma standard deviation of the log return per square root of a second
 */
export function digitalAbove(spot: number, strike: number, sigma: number, seconds: number): number {
  if (!(spot > 0 && spot < Infinity && sigma >= 0 && sigma < Infinity) || Number.isNaN(strike)) return NaN;
  if (!Number.isFinite(seconds)) return NaN;
  if (strike <= 0) return 1;
  const variance = seconds > 0 ? sigma * sigma * seconds : 0;
  if (variance === 0) return spot >= strike ? 1 : 0;
  if (variance === Infinity) return 0;
  return normalCdf((logarithm(spot / strike) - 0.5 * variance) / Math.sqrt(variance));
}

/**
 * Probability that a market that settles on one price, rounded as its rule says, settles YES; `null` where the rule says
 * nothing about a number, `NaN` for what {@link digitalAbove} cannot take.
 *
 * @example
 * ```ts
 * import { digitalYes } from "./digital.ts";
 * import assert from "node:assert/strict";
 * const rule = { strikeType: "greater_or_equal", floorStrike: 84_100, capStrike: null, roundDigits: 2 } as const;
 * assert.equal(digitalYes(rule, 84_000, 0.0002, 600)?.toFixed(4), "0.4031");
 * ```
 */
export function digitalYes(rule: SettlementRule, spot: number, sigma: number, seconds: number): number | null {
  const interval = yesInterval(rule);
  if (interval === null) return null;
  const inside = digitalAbove(spot, interval.from, sigma, seconds) - digitalAbove(spot, interval.to, sigma, seconds);
  return inside < 0 ? 0 : inside;
}
