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
const TAKER = 700n;
/** Price, its complement, count, k and the multiplier multiply to units of 10^-20 dollars. */
const UNITS_PER_MICRO_DOLLAR = 100_000_000_000_000n;
const PRODUCT_OF_PRICES_MAX = 25_000_000n;
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  // Euclid's remainders halve every two turns, so this ends soon.
  let [high, low] = [a, b];
  while (low !== 0n) [high, low] = [low, high % low];
  return high;
}

/** Why a schedule has no fraction of whole numbers, `null` where it has one. */
function schedulesError(fees: VenueFees): string | null {
  if (fees === "free") return null;
  if (!isFeeKnown(fees)) return `no fee is known for fee type ${fees.type}`;
  const { multiplierMillionths } = fees;
  return Number.isSafeInteger(multiplierMillionths) && multiplierMillionths >= 0
    ? null
    : `its fee multiplier must be a whole number of millionths from 0, not ${multiplierMillionths}`;
}

/** {@link UNITS_PER_MICRO_DOLLAR} in the numerators of these schedules. */
const wholeOf = (fees: VenueFees): bigint => fees === "free" ? 0n : TAKER * BigInt(fees.multiplierMillionths);

/**
 * The fractions of several schedules over one denominator, the least that they have in common.
 *
 * @returns in words, which schedule has none, or that the fees of so many hundredths of a contract leave 2^53
 */
export function feeFractions(schedules: readonly VenueFees[], countMax: Count): readonly FeeFraction[] | string {
  for (const fees of schedules) {
    const error = schedulesError(fees);
    if (error !== null) return error;
  }
  const divisor = schedules.reduce((all, fees) => greatestCommonDivisor(all, wholeOf(fees)), UNITS_PER_MICRO_DOLLAR);
  const denominator = UNITS_PER_MICRO_DOLLAR / divisor;
  const fractions: FeeFraction[] = [];
  for (const fees of schedules) {
    const numerator = wholeOf(fees) / divisor;
    if (PRODUCT_OF_PRICES_MAX * numerator * BigInt(countMax) > LARGEST) {
      const contracts = LARGEST / (PRODUCT_OF_PRICES_MAX * numerator);
      return `with its fees at most ${contracts} hundredths of a contract are exact: set countMax to that, not ${countMax}`;
    }
    fractions.push({ numerator: Number(numerator), denominator: Number(denominator), rounded: fees !== "free" });
  }
  return fractions;
}
