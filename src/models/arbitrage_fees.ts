/**
 * A taker's fee (KALSHI.md 7.1) as a fraction of whole numbers, which a kernel of integers computes exactly.
 * @module
 */

import type { FeeSchedule } from "../core/market.ts";
import { isFeeKnown } from "../core/fees.ts";
import type { Count } from "../core/units.ts";

/** What a venue charges: a schedule of the exchange, or nothing at all. */
export type VenueFees = FeeSchedule | "free";

/** The model's fee is price x (10,000 - price) x count x numerator / denominator micro-dollars. */
export interface FeeFraction {
  readonly numerator: number;
  readonly denominator: number;
  /** Whether fills and cash are rounded as KALSHI.md 7.2 says. */
  readonly rounded: boolean;
}

/** A taker's k, 0.07, in units of 0.0001; every schedule with a known fee has it. */
const TAKER = 700;
/** Price, its complement, count, k and the multiplier multiply to units of 10^-20 dollars. */
const UNITS_PER_MICRO_DOLLAR = 100_000_000_000_000;
const PRODUCT_OF_PRICES_MAX = 25_000_000n;
const LARGEST = 2n ** 63n - 1n;

function greatestCommonDivisor(a: number, b: number): number {
  // Euclid's remainders halve every two turns: at most 75 of them below 2^53.
  let [high, low] = [a, b];
  while (low !== 0) [high, low] = [low, high % low];
  return high;
}

/** The fraction of a schedule in lowest terms; why it has none, or none whose products fit into 64 bits. */
export function feeFraction(fees: VenueFees, countMax: Count): FeeFraction | string {
  if (fees === "free") return { numerator: 0, denominator: 1, rounded: false };
  if (!isFeeKnown(fees)) return `no fee is known for fee type ${fees.type}`;
  const whole = TAKER * fees.multiplierMillionths;
  if (!Number.isSafeInteger(whole) || whole < 0) return `fee multiplier ${fees.multiplierMillionths} millionths`;
  const divisor = greatestCommonDivisor(whole, UNITS_PER_MICRO_DOLLAR);
  const numerator = whole / divisor;
  const denominator = UNITS_PER_MICRO_DOLLAR / divisor;
  if (PRODUCT_OF_PRICES_MAX * BigInt(numerator) * BigInt(countMax) + BigInt(denominator) > LARGEST) {
    return `the exact fee of ${countMax} hundredths of a contract at ${fees.multiplierMillionths} millionths leaves 64 bits`;
  }
  return { numerator, denominator, rounded: true };
}
