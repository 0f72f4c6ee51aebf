/**
 * Probability that the settlement average ends above a strike: the mean of the sixty one-second index values in
 * (close - 60 s, close] (KALSHI.md 8.1), under geometric Brownian motion without drift, part of it already seen or not.
 *
 * The mean of lognormal prices is nearly lognormal. Its first three moments have closed forms, so the first three
 * cumulants of its logarithm follow exactly,
 *
 *     k3 = ln M3 - 3 ln M2,   k2 = ln M2 - k3,   k1 = -k2/2 - k3/6      (spot = 1)
 *
 * and P(mean > K) = N(-z + k3 / (6 k2^1.5) (z^2 - 1)) with z = (ln K - k1) / sqrt(k2). Without k3 this is Levy's moment
 * matching (E. Levy, "Pricing European average rate currency options", J. Int. Money and Finance 11, 1992); the
 * correction is the first Cornish-Fisher term. It is placed inside N so that the result stays within [0, 1] and falls
 * with K. Largest error against simulation over tau 5 to 900 s, sigma 1e-4 to 5e-4: below 1e-6, which is the
 * simulation's own precision. It grows with sigma: below 1e-3 at 0.03 a second, 4e-3 at 0.05, 0.03 at 0.2, which no
 * market comes near; for sigma without bound the probability goes to 0, as it must.
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { logarithm } from "./elementary.ts";
import { normalCdf } from "./normal.ts";
import { logSecondMoment, logThirdCumulant } from "./settlement_average_moments.ts";
import { lowestAbove, lowestAtLeast, type SettlementRule, unitsOf } from "./settlement_interval.ts";

export type { SettlementRule };

/** Keeps the corrected argument falling with z as far as {@link Z_MAX}; nothing near a real volatility comes close. */
export const SKEW_LIMIT = 0.07;
/** Beyond this many standard deviations the probability is 0 or 1 in float64. */
export const Z_MAX = 40;
/** Two float means closer than this, relatively, are the same number: sixty additions lose less. */
export const TIE = 1e-12;

/**
 * The distribution of one event's settlement average, prepared once and asked for many strikes. One object can be
 * prepared again and again; neither call allocates.
 *
 * @example
 * ```ts
 * import { SettlementAverage } from "./settlement_average.ts";
 * import assert from "node:assert/strict";
 * const average = new SettlementAverage().prepare(84_000, 0.0002, 600);
 * assert.equal(average.above(84_100).toFixed(4), "0.3999");
 * ```
 */
export class SettlementAverage {
  /** What is no longer random: values seen, and past ones that never arrived, counted at the spot. */
  #fixedSum = NaN;
  /** Values still to come. */
  #coming = 0;
  #spot = NaN;
  #logMean = NaN;
  #deviation = NaN;
  #skewOverSix = NaN;

  /**
   * Sets the state of the average.
   *
   * @param spot the index now, dollars, above 0
   * @param sigma standard deviation of the log return per square root of a second; 0 means that the price stays
   * @param secondsToClose until the last of the sixty values; fractions are fine, 0 and less mean that none will come
   * @param seenSum sum of the values of the average seen so far, dollars
   * @param seenCount how many these are, 0 to 60
   *
   * The values to come are stamped secondsToClose, secondsToClose - 1, ... seconds ahead, as many as are still missing
   * and lie ahead. Where fewer lie ahead than are missing (a gap in the feed), the lost ones are counted at the spot.
   * Anything that is not a number, a spot not above 0, a negative sigma or a count outside 0 to 60 makes every answer
   * `NaN`.
   */
  prepare(spot: number, sigma: number, secondsToClose: number, seenSum = 0, seenCount = 0): this {
    this.#spot = spot;
    const missing = SETTLEMENT_SECONDS - seenCount;
    const valid = spot > 0 && spot < Infinity && sigma >= 0 && sigma < Infinity && secondsToClose < Infinity &&
      secondsToClose > -Infinity && missing >= 0 && missing <= SETTLEMENT_SECONDS && (missing | 0) === missing;
    if (!valid) {
      this.#fixedSum = NaN;
      this.#deviation = NaN;
      return this;
    }
    const ahead = secondsToClose > 0 ? Math.ceil(secondsToClose) : 0;
    const coming = missing < ahead ? missing : ahead;
    this.#coming = coming;
    this.#fixedSum = seenSum + (missing - coming) * spot;
    if (coming === 0) this.#deviation = 0;
    else this.#matchMoments(sigma * sigma, coming, secondsToClose - coming);
    return this;
  }

  /** Cumulants of ln(mean of the coming values / spot); their times are lead + 1, ..., lead + coming. */
  #matchMoments(variance: number, coming: number, lead: number): void {
    const third = logThirdCumulant(variance, coming);
    if (!(third < Infinity)) {
      // The moments leave float64 (sigma above 1 a second): nearly all of the distribution is at 0 by then.
      this.#deviation = 1;
      this.#logMean = -Infinity;
      this.#skewOverSix = 0;
      return;
    }
    const second = variance * lead + logSecondMoment(variance, coming) - third;
    const deviation = second > 0 ? Math.sqrt(second) : 0;
    this.#deviation = deviation;
    this.#logMean = -0.5 * second - third / 6;
    const skew = deviation > 0 ? third / second / deviation : 0;
    this.#skewOverSix = (skew > SKEW_LIMIT ? SKEW_LIMIT : skew < -SKEW_LIMIT ? -SKEW_LIMIT : skew) / 6;
  }

  /**
   * P(mean > strike) for the unrounded mean. Where nothing is random any more (no value to come, or sigma 0) it is 0 or
   * 1, and 0 on a tie.
   */
  above(strike: number): number {
    return this.#beyond(strike, 0);
  }

  /**
   * P(mean >= boundary) for the unrounded mean: as {@link above}, but a tie of what is not random any more counts. The
   * boundaries of a market come from `yesInterval`.
   */
  atLeast(boundary: number): number {
    return this.#beyond(boundary, 1);
  }

  /**
   * Probability that the market settles YES: the mean is rounded to `roundDigits` decimals, halves up, and the result
   * compared with the strike as `strikeType` says (KALSHI.md 8). Rounding moves the strike by half a unit: "at least K"
   * is mean >= K - u/2, "above K" is mean >= K + u/2 for a K of whole units. `greater` and `greater_or_equal` use
   * `floorStrike`, `less` and `less_or_equal` use `capStrike`, `between` both, inclusively.
   *
   * @returns `null` where the rule says nothing about a number: no strike type or strike yet, another kind of strike,
   * or `roundDigits` outside 0 to 12.
   */
  probabilityOfYes(rule: SettlementRule): number | null {
    const { floorStrike, capStrike, roundDigits } = rule;
    const units = unitsOf(roundDigits);
    if (units === undefined) return null;
    switch (rule.strikeType) {
      case "greater":
        return floorStrike === null ? null : this.#beyond(lowestAbove(floorStrike, units), 1);
      case "greater_or_equal":
        return floorStrike === null ? null : this.#beyond(lowestAtLeast(floorStrike, units), 1);
      case "less":
        return capStrike === null ? null : 1 - this.#beyond(lowestAtLeast(capStrike, units), 1);
      case "less_or_equal":
        return capStrike === null ? null : 1 - this.#beyond(lowestAbove(capStrike, units), 1);
      case "between": {
        if (floorStrike === null || capStrike === null) return null;
        const inside = this.#beyond(lowestAtLeast(floorStrike, units), 1) -
          this.#beyond(lowestAbove(capStrike, units), 1);
        return inside < 0 ? 0 : inside;
      }
      case "functional":
      case "custom":
      case "structured":
      case null:
        return null;
    }
  }

  /** P(mean > boundary), with `onTie` as the answer where the mean is certain and equals the boundary. */
  #beyond(boundary: number, onTie: 0 | 1): number {
    if (this.#deviation === 0) return this.#certain(boundary, onTie);
    // What the values still to come must exceed on average, relative to the spot.
    const needed = (SETTLEMENT_SECONDS * boundary - this.#fixedSum) / (this.#coming * this.#spot);
    if (needed <= 0) return 1;
    let z = (logarithm(needed) - this.#logMean) / this.#deviation;
    if (z > Z_MAX) z = Z_MAX;
    else if (z < -Z_MAX) z = -Z_MAX;
    return normalCdf(this.#skewOverSix * (z * z - 1) - z);
  }

  #certain(boundary: number, onTie: 0 | 1): number {
    const mean = (this.#fixedSum + this.#coming * this.#spot) / SETTLEMENT_SECONDS;
    const distance = mean - boundary;
    if (Math.abs(distance) <= TIE * Math.abs(mean)) return onTie;
    return distance > 0 ? 1 : distance < 0 ? 0 : NaN;
  }
}

const scratch = new SettlementAverage();

/**
 * P(mean > strike) in one call: {@link SettlementAverage.prepare} and {@link SettlementAverage.above}. No allocation.
 *
 * @example
 * ```ts
 * import { settlementAverageAbove } from "./settlement_average.ts";
 * import assert from "node:assert/strict";
 * // 25 s to go, 35 values seen with mean 84020.5: the strike is compared with the whole minute.
 * assert.equal(settlementAverageAbove(84_000, 84_010, 0.0002, 25, 84_020.5 * 35, 35).toFixed(3), "0.537");
 * ```
 */
export function settlementAverageAbove(
  spot: number,
  strike: number,
  sigma: number,
  secondsToClose: number,
  seenSum = 0,
  seenCount = 0,
): number {
  return scratch.prepare(spot, sigma, secondsToClose, seenSum, seenCount).above(strike);
}
