/**
 * How the probability of settlement_average.ts changes with the spot, the volatility and the time, by differentiating
 * its formula: with P = N(w), w = c (z^2 - 1) - z, z = (ln q - k1) / s, s = sqrt(k2), c = k3 / (6 s^3) and
 * q = (60 K - seen) / (n S) - lost / n, every derivative is the density at w times that of w, by the chain rule.
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { logarithm } from "./elementary.ts";
import { normalCdf, normalPdf } from "./normal.ts";
import { SKEW_LIMIT, TIE, Z_MAX } from "./settlement_average.ts";
import {
  logSecondMoment,
  logSecondMomentSlope,
  logThirdCumulant,
  logThirdCumulantSlope,
} from "./settlement_average_moments.ts";
import { type SettlementRule, yesInterval } from "./settlement_interval.ts";

/** What the average is known to be; as the arguments of `SettlementAverage.prepare`. */
export interface SettlementState {
  /** The index now, dollars. */
  readonly spot: number;
  /** Standard deviation of the log return per square root of a second. */
  readonly sigma: number;
  readonly secondsToClose: number;
  /** Sum of the values seen so far, dollars; 0 where absent. */
  readonly seenSum?: number;
  /** How many these are, 0 to 60; 0 where absent. */
  readonly seenCount?: number;
}

/** All of the probability of YES. */
export interface SettlementGreeks {
  readonly probability: number;
  /** Per dollar of the spot. */
  readonly delta: number;
  /** Of delta, per dollar of the spot. */
  readonly gamma: number;
  /** Per unit of sigma (the log return's standard deviation per square root of a second). */
  readonly vega: number;
  /** Per second that passes with the spot unchanged and no further value of the average seen. */
  readonly theta: number;
}

export type GreeksResult =
  | { readonly ok: true; readonly greeks: SettlementGreeks }
  | { readonly ok: false; readonly reason: string };

/** Why this is no state of an average, `null` where it is one. */
export function settlementStateError(state: SettlementState): string | null {
  const { spot, sigma, secondsToClose, seenSum = 0, seenCount = 0 } = state;
  if (!(spot > 0 && spot < Infinity)) return `Spot must be a number above 0, not ${spot}`;
  if (!(sigma >= 0 && sigma < Infinity)) return `Sigma must be a number from 0, not ${sigma}`;
  if (!Number.isFinite(secondsToClose)) return `Seconds to the close must be a number, not ${secondsToClose}`;
  if (!Number.isInteger(seenCount) || seenCount < 0 || seenCount > SETTLEMENT_SECONDS) {
    return `Seen values must be a whole number from 0 to ${SETTLEMENT_SECONDS}, not ${seenCount}`;
  }
  return Number.isFinite(seenSum) ? null : `The sum of the seen values must be a number, not ${seenSum}`;
}

/**
 * The probability that a market settles YES and its derivatives. Where nothing is random any more (no value to come,
 * sigma 0) the probability is a step of the spot, and all derivatives are given as 0.
 *
 * @example
 * ```ts
 * import { settlementGreeks } from "./settlement_greeks.ts";
 * import assert from "node:assert/strict";
 * const rule = { strikeType: "greater_or_equal", floorStrike: 84_100, capStrike: null, roundDigits: 2 } as const;
 * const result = settlementGreeks({ spot: 84_000, sigma: 0.0002, secondsToClose: 600 }, rule);
 * assert.ok(result.ok);
 * assert.equal(result.greeks.probability.toFixed(4), "0.3999");
 * // One dollar more of spot is worth a tenth of a cent.
 * assert.equal(result.greeks.delta.toFixed(4), "0.0010");
 * ```
 */
export function settlementGreeks(state: SettlementState, rule: SettlementRule): GreeksResult {
  const error = settlementStateError(state);
  if (error !== null) return { ok: false, reason: error };
  const interval = yesInterval(rule);
  if (interval === null) return { ok: false, reason: "The market's rule does not decide a number yet" };
  const low = beyond(state, interval.from);
  if (interval.to === Infinity) return { ok: true, greeks: low };
  if (!(interval.to > interval.from)) return { ok: true, greeks: NEVER };
  return { ok: true, greeks: less(low, beyond(state, interval.to)) };
}

const NEVER: SettlementGreeks = { probability: 0, delta: 0, gamma: 0, vega: 0, theta: 0 };
const ALWAYS: SettlementGreeks = { ...NEVER, probability: 1 };

const less = (a: SettlementGreeks, b: SettlementGreeks): SettlementGreeks => ({
  probability: Math.max(0, a.probability - b.probability),
  delta: a.delta - b.delta,
  gamma: a.gamma - b.gamma,
  vega: a.vega - b.vega,
  theta: a.theta - b.theta,
});

/** The cumulants of ln(mean of the coming values / spot) and their derivatives by the variance. */
interface Cumulants {
  readonly mean: number;
  readonly deviation: number;
  readonly skewOverSix: number;
  readonly meanSlope: number;
  readonly deviationSlope: number;
  readonly skewOverSixSlope: number;
}

/** `certain`: nothing is random any more. `spread_out`: beyond float64, nearly all of the distribution is at 0. */
function cumulantsOf(variance: number, coming: number, lead: number): Cumulants | "certain" | "spread_out" {
  if (coming === 0) return "certain";
  const third = logThirdCumulant(variance, coming);
  const second = variance * lead + logSecondMoment(variance, coming) - third;
  if (!(third < Infinity)) return "spread_out";
  if (!(second > 0)) return "certain";
  const thirdSlope = logThirdCumulantSlope(variance, coming);
  const secondSlope = lead + logSecondMomentSlope(variance, coming) - thirdSlope;
  const deviation = Math.sqrt(second);
  const skew = third / second / deviation;
  const held = Math.min(SKEW_LIMIT, Math.max(-SKEW_LIMIT, skew));
  return {
    mean: -0.5 * second - third / 6,
    deviation,
    skewOverSix: held / 6,
    meanSlope: -0.5 * secondSlope - thirdSlope / 6,
    deviationSlope: secondSlope / (2 * deviation),
    skewOverSixSlope: held === skew ? (thirdSlope / second / deviation - 1.5 * skew * secondSlope / second) / 6 : 0,
  };
}

/** P(mean >= boundary) and its derivatives. */
function beyond(state: SettlementState, boundary: number): SettlementGreeks {
  if (boundary === -Infinity) return ALWAYS;
  const { spot, sigma, secondsToClose, seenSum = 0, seenCount = 0 } = state;
  const missing = SETTLEMENT_SECONDS - seenCount;
  const coming = Math.min(missing, Math.max(0, Math.ceil(secondsToClose)));
  const lost = missing - coming;
  const variance = sigma * sigma;
  const cumulants = cumulantsOf(variance, coming, secondsToClose - coming);
  const fixedSum = seenSum + lost * spot;
  if (cumulants === "certain") {
    const mean = (fixedSum + coming * spot) / SETTLEMENT_SECONDS;
    return mean >= boundary || Math.abs(mean - boundary) <= TIE * Math.abs(mean) ? ALWAYS : NEVER;
  }
  const needed = (SETTLEMENT_SECONDS * boundary - fixedSum) / (coming * spot);
  if (needed <= 0) return ALWAYS;
  if (cumulants === "spread_out") return NEVER;
  const z = (logarithm(needed) - cumulants.mean) / cumulants.deviation;
  if (!(Math.abs(z) < Z_MAX)) return z > 0 ? NEVER : ALWAYS;
  const neededSlope = -(SETTLEMENT_SECONDS * boundary - seenSum) / (coming * spot * spot);
  return derivatives(z, cumulants, { spot, sigma, needed, neededSlope });
}

interface Needed {
  readonly spot: number;
  readonly sigma: number;
  readonly needed: number;
  /** Of `needed`, by the spot. */
  readonly neededSlope: number;
}

function derivatives(z: number, cumulants: Cumulants, { spot, sigma, needed, neededSlope }: Needed): SettlementGreeks {
  const { deviation, skewOverSix, meanSlope, deviationSlope, skewOverSixSlope } = cumulants;
  const w = skewOverSix * (z * z - 1) - z;
  const density = normalPdf(w);
  const slopeOfW = 2 * skewOverSix * z - 1;
  const relative = neededSlope / needed;
  const zBySpot = relative / deviation;
  const zBySpotTwice = (-2 * relative / spot - relative * relative) / deviation;
  const wBySpot = slopeOfW * zBySpot;
  const wBySpotTwice = 2 * skewOverSix * zBySpot * zBySpot + slopeOfW * zBySpotTwice;
  const zByVariance = -(meanSlope + z * deviationSlope) / deviation;
  const wByVariance = skewOverSixSlope * (z * z - 1) + slopeOfW * zByVariance;
  return {
    probability: normalCdf(w),
    delta: density * wBySpot,
    gamma: density * (wBySpotTwice - w * wBySpot * wBySpot),
    vega: density * wByVariance * 2 * sigma,
    theta: -density * wByLead(z, cumulants, slopeOfW) * sigma * sigma,
  };
}

/** Of w, by k2 alone: a longer way to the first value adds to k2 and leaves k3 as it is. */
function wByLead(z: number, { deviation, skewOverSix }: Cumulants, slopeOfW: number): number {
  const second = deviation * deviation;
  const held = Math.abs(skewOverSix * 6) >= SKEW_LIMIT;
  const skewSlope = held ? 0 : -1.5 * skewOverSix / second;
  const zSlope = (0.5 - z / (2 * deviation)) / deviation;
  return skewSlope * (z * z - 1) + slopeOfW * zSlope;
}
