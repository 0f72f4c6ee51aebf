/**
 * What a search makes large, from the profits by period.
 *
 * | objective | is |
 * | --- | --- |
 * | pnl | the sum, dollars |
 * | sharpe | mean over standard deviation of a period, not annualised |
 * | sortino | mean over the root mean square of the losses of a period |
 * | calmar | the sum over the largest fall from a peak |
 *
 * A period without a trade counts as 0. The last two never divide by less than a ten-thousandth of the capital, so that a trial
 * that happened to lose nothing has a finite value.
 * @module
 */

import type { Money } from "../../core/units.ts";
import { sharpeOf } from "../statistics/moments.ts";
import type { Objective } from "./choices.ts";

const LEAST_SHARE = 1e-4;
/** Micro-dollars in a dollar. */
const MICRO = 1_000_000;

/**
 * @param profits micro-dollars, exact
 * @returns `null` where there is nothing to judge by: no period, or a ratio of what never traded
 */
export function objectiveOf(objective: Objective, profits: Float64Array, capital: Money): number | null {
  if (profits.length === 0) return null;
  const sum = profits.reduce((all, each) => all + each, 0);
  if (objective === "pnl") return sum / MICRO;
  if (profits.every((each) => each === 0)) return null;
  switch (objective) {
    case "sharpe":
      return sharpeOf(profits);
    case "sortino":
      return sum / profits.length / Math.max(lossesOf(profits), LEAST_SHARE * capital);
    case "calmar":
      return sum / Math.max(deepestFall(profits), LEAST_SHARE * capital);
  }
}

const lossesOf = (profits: Float64Array): number =>
  Math.sqrt(profits.reduce((all, each) => all + Math.min(0, each) ** 2, 0) / profits.length);

function deepestFall(profits: Float64Array): number {
  let total = 0;
  let peak = 0;
  let deepest = 0;
  for (const each of profits) {
    total += each;
    peak = Math.max(peak, total);
    deepest = Math.max(deepest, peak - total);
  }
  return deepest;
}

/** For sorting: what cannot be judged is below everything. */
export const orNothing = (objective: number | null): number => objective ?? -Infinity;
