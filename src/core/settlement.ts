/**
 * How a market that settles on a 60-second average ends: which seconds count, how their mean is rounded, and what the
 * strike makes of it (KALSHI.md 8.1).
 * @module
 */

import type { StrikeType } from "./market.ts";
import { type Micros, MICROS_PER_SECOND } from "./units.ts";

/** Values that make a whole settlement average. */
export const SETTLEMENT_SECONDS = 60;

/**
 * Which 60 seconds before the close T are averaged: A is [T-60, T-1], B is (T-60, T]. B is what Kalshi's own running
 * average counts and very likely the rule (KALSHI.md 8.1); A is kept beside it because the contract does not say.
 */
export type AverageConvention = "A" | "B";

/** The observed part of one average. */
export interface ObservedAverage {
  /** `null` while nothing was observed. */
  readonly mean: number | null;
  /** Seconds observed, 60 once complete. */
  readonly count: number;
  /** Sum of the observed values, dollars. */
  readonly sum: number;
}

/** Seconds T-60 to T, both included: the union of the two conventions. */
const SLOTS = SETTLEMENT_SECONDS + 1;
const FINEST_UNITS_PER_DOLLAR = 1e12;
/** Room for 64 values of up to ten times the first one. */
const SUM_ROOM = 640;

/**
 * The settlement averages of one close time, fed second by second.
 *
 * Values come as decimals of a few digits. They are summed as whole numbers of a decimal unit (10^-8 dollars at bitcoin's
 * price), so that a mean is one correctly rounded division, the same in whatever order the seconds came, and a tie with
 * a strike is seen as a tie.
 */
export class SettlementWindow {
  readonly closeTime: Micros;
  /** T in whole seconds since 1970. */
  readonly closeSecond: number;
  readonly #units = new Float64Array(SLOTS);
  readonly #known = new Uint8Array(SLOTS);
  #unitsPerDollar = 0;
  #sum = 0;
  #count = 0;

  constructor(closeTime: Micros) {
    this.closeTime = closeTime;
    this.closeSecond = Math.floor(closeTime / MICROS_PER_SECOND);
  }

  /**
   * Takes the value stamped with one second; a second value for the same second replaces the first.
   *
   * @returns false where that second counts in neither convention
   */
  observe(second: number, value: number): boolean {
    const slot = second - this.closeSecond + SETTLEMENT_SECONDS;
    if (!Number.isInteger(slot) || slot < 0 || slot >= SLOTS) return false;
    if (!Number.isFinite(value)) throw new RangeError(`Not a finite value: ${value}`);
    if (this.#unitsPerDollar === 0) this.#unitsPerDollar = unitsPerDollarFor(value);
    const units = Math.round(value * this.#unitsPerDollar);
    if (this.#known[slot] === 1) this.#sum -= this.#units[slot];
    else this.#count++;
    this.#known[slot] = 1;
    this.#units[slot] = units;
    this.#sum += units;
    return true;
  }

  /** The observed part of one convention's average. */
  average(convention: AverageConvention): ObservedAverage {
    const left = convention === "A" ? SETTLEMENT_SECONDS : 0;
    const sum = this.#sum - this.#units[left];
    const count = this.#count - this.#known[left];
    return count === 0
      ? { mean: null, count, sum: 0 }
      : { mean: sum / (count * this.#unitsPerDollar), count, sum: sum / this.#unitsPerDollar };
  }

  /** First and last second that count in a convention. */
  span(convention: AverageConvention): { readonly first: number; readonly last: number } {
    const last = convention === "A" ? this.closeSecond - 1 : this.closeSecond;
    return { first: last - SETTLEMENT_SECONDS + 1, last };
  }

  /** The seconds of a convention up to `through` that were not observed. */
  missing(convention: AverageConvention, through: number = this.closeSecond): number[] {
    const { first, last } = this.span(convention);
    const missing: number[] = [];
    for (let second = first; second <= Math.min(last, through); second++) {
      if (this.#known[second - this.closeSecond + SETTLEMENT_SECONDS] === 0) missing.push(second);
    }
    return missing;
  }
}

function unitsPerDollarFor(value: number): number {
  let units = FINEST_UNITS_PER_DOLLAR;
  while (units > 1 && Math.abs(value) * units * SUM_ROOM > Number.MAX_SAFE_INTEGER) units /= 10;
  return units;
}

const ROUND_DIGITS_MAX = 12;
/** Relative error that a mean of decimals may carry in float64 after scaling: four units in the last place. */
const HALF_TOLERANCE = 2 ** -50;

/**
 * The settlement number: the mean rounded half-up to the market's digits (`custom_strike.round_digits`, else 2).
 *
 * A float can stand a hair below the half that its decimals mean (1.005 is 1.00499999999999989...). A scaled mean within
 * four units in the last place of a half is therefore taken as that half and goes up. Means of 60 values with
 * the usual two decimals are never nearer to a half than 1/60 of the last digit unless they are one. How the exchange
 * rounds exact halves is not known (KALSHI.md 8.1).
 *
 * @returns the float nearest to the rounded decimal, so that it compares exactly with a strike read from JSON
 * @example
 * ```ts
 * import { settlementNumber } from "./settlement.ts";
 * import assert from "node:assert/strict";
 * assert.equal(settlementNumber(83950.625, 2), 83950.63);
 * assert.equal(settlementNumber(1.005, 2), 1.01);
 * ```
 */
export function settlementNumber(mean: number, roundDigits: number): number {
  if (!Number.isInteger(roundDigits) || roundDigits < 0 || roundDigits > ROUND_DIGITS_MAX) {
    throw new RangeError(`Digits of a settlement number must be 0 to ${ROUND_DIGITS_MAX}: ${roundDigits}`);
  }
  const power = 10 ** roundDigits;
  const scaled = mean * power;
  const tolerance = Math.max(1, Math.abs(scaled)) * HALF_TOLERANCE;
  return Math.floor(scaled + 0.5 + tolerance) / power;
}

/**
 * How a strike decides a settlement number. Ties: `greater` and `less` are strict, the others include their bounds.
 *
 * @returns `null` where the strike is missing or is of a kind that no number decides
 */
export function outcome(
  strikeType: StrikeType,
  value: number,
  floorStrike: number | null,
  capStrike: number | null,
): "yes" | "no" | null {
  const holds = strikeHolds(strikeType, value, floorStrike, capStrike);
  return holds === null ? null : holds ? "yes" : "no";
}

function strikeHolds(
  strikeType: StrikeType,
  value: number,
  floorStrike: number | null,
  capStrike: number | null,
): boolean | null {
  switch (strikeType) {
    case "greater":
      return floorStrike === null ? null : value > floorStrike;
    case "greater_or_equal":
      return floorStrike === null ? null : value >= floorStrike;
    case "less":
      return capStrike === null ? null : value < capStrike;
    case "less_or_equal":
      return capStrike === null ? null : value <= capStrike;
    case "between":
      return floorStrike === null || capStrike === null ? null : value >= floorStrike && value <= capStrike;
    case "functional":
    case "custom":
    case "structured":
      return null;
  }
}
