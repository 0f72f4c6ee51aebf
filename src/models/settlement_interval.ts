/**
 * What a market's rule makes of the unrounded mean: the interval of means that settle YES. Rounding and ties are in its
 * ends (KALSHI.md 8): rounding moves a strike by half a unit, and whether a tie is YES by one unit more.
 * @module
 */

import type { Market } from "../core/market.ts";

const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];
/** A strike this close to a whole number of units was meant to be one. */
const ON_GRID = 1e-6;

/** The part of a {@link Market} that decides what YES means. */
export type SettlementRule = Pick<Market, "strikeType" | "floorStrike" | "capStrike" | "roundDigits">;

/** Units to the dollar for so many decimals; `undefined` outside 0 to 12. */
export const unitsOf = (roundDigits: number): number | undefined => POWERS_OF_TEN[roundDigits];

/** The lowest mean that rounds to at least `strike`, with 1/units the unit rounded to. */
export function lowestAtLeast(strike: number, units: number): number {
  const scaled = strike * units;
  const nearest = Math.round(scaled);
  return ((Math.abs(scaled - nearest) <= ON_GRID ? nearest : Math.ceil(scaled)) - 0.5) / units;
}

/** The lowest mean that rounds to more than `strike`. */
export function lowestAbove(strike: number, units: number): number {
  const scaled = strike * units;
  const nearest = Math.round(scaled);
  return ((Math.abs(scaled - nearest) <= ON_GRID ? nearest + 1 : Math.ceil(scaled)) - 0.5) / units;
}

/** The means that settle YES: from `from`, included, to `to`, excluded; infinite where that side is open. */
export interface YesInterval {
  readonly from: number;
  readonly to: number;
}

/**
 * The interval of a rule, empty (`to` not above `from`) where no mean fits.
 *
 * @returns `null` where the rule says nothing about a number: no strike type or strike yet, another kind of strike, or
 * `roundDigits` outside 0 to 12
 * @example
 * ```ts
 * import { yesInterval } from "./settlement_interval.ts";
 * import assert from "node:assert/strict";
 * const rule = { strikeType: "between", floorStrike: 92_700, capStrike: 92_799.99, roundDigits: 2 } as const;
 * assert.deepEqual(yesInterval(rule), { from: 92_699.995, to: 92_799.995 });
 * ```
 */
export function yesInterval(rule: SettlementRule): YesInterval | null {
  const { floorStrike, capStrike } = rule;
  const units = unitsOf(rule.roundDigits);
  if (units === undefined) return null;
  switch (rule.strikeType) {
    case "greater":
      return floorStrike === null ? null : { from: lowestAbove(floorStrike, units), to: Infinity };
    case "greater_or_equal":
      return floorStrike === null ? null : { from: lowestAtLeast(floorStrike, units), to: Infinity };
    case "less":
      return capStrike === null ? null : { from: -Infinity, to: lowestAtLeast(capStrike, units) };
    case "less_or_equal":
      return capStrike === null ? null : { from: -Infinity, to: lowestAbove(capStrike, units) };
    case "between":
      return floorStrike === null || capStrike === null
        ? null
        : { from: lowestAtLeast(floorStrike, units), to: lowestAbove(capStrike, units) };
    case "functional":
    case "custom":
    case "structured":
    case null:
      return null;
  }
}
