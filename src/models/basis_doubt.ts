/**
 * What it means for a settlement average that the index is known by another source than the official one: the average may
 * end farther off than the price's own moves explain, by the doubt about that source's difference (KALSHI.md 8.1).
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";

/**
 * The volatility at which the average is as uncertain as its own volatility and the doubt make it together.
 *
 * Of n values still to come, the first one `lead + 1` seconds ahead, the sum moves the average of sixty by a variance of
 * sigma^2 f with f = (n / 60)^2 (lead + (n + 1)(2n + 1) / 6n). A difference that stays as it is adds its own variance
 * doubt^2 to that, hence sigma'^2 = sigma^2 + doubt^2 / f.
 *
 * @param sigma standard deviation of the log return per square root of a second
 * @param doubt standard deviation of the difference from the official source, as a share of the price
 * @param secondsToClose until the last of the sixty values
 * @example
 * ```ts
 * import { withBasisDoubt } from "./basis_doubt.ts";
 * import assert from "node:assert/strict";
 * assert.equal(withBasisDoubt(2e-4, 0, 600), 2e-4);
 * assert.equal(withBasisDoubt(1e-4, 1e-4, 10).toExponential(2), "3.22e-4");
 * ```
 */
export function withBasisDoubt(sigma: number, doubt: number, secondsToClose: number): number {
  if (doubt === 0) return sigma;
  const coming = Math.min(SETTLEMENT_SECONDS, Math.max(1, Math.ceil(secondsToClose)));
  const lead = Math.max(0, secondsToClose - coming);
  const share = coming / SETTLEMENT_SECONDS;
  const factor = share * share * (lead + (coming + 1) * (2 * coming + 1) / (6 * coming));
  return Math.sqrt(sigma * sigma + doubt * doubt / factor);
}
