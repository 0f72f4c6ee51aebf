/**
 * `kbot calc probability`: the probability of a settlement average by hand (DESIGN.md 4).
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { SettlementAverage } from "../models/settlement_average.ts";
import { type CalcFound, type CalcProbabilityOptions, foundFor, strikesOf, tidy } from "./calc_probability_question.ts";
import { type CalcSimulatedResult, simulated } from "./calc_probability_simulated.ts";

/** The JSON object of the command. */
export type CalcProbabilityResult =
  | CalcFound & { readonly model: "closed"; readonly elapsed_us: number }
  | CalcSimulatedResult;

/** A single call takes less than a clock's tick: the time shown for the closed form is the mean of this many. */
const CLOSED_CALLS = 2_000;
const DECIMALS_MAX = 8;

/**
 * Computes the result, or says in words which option is wrong.
 *
 * @param now milliseconds of a clock for `elapsed_us`
 */
export function calcProbability(
  options: CalcProbabilityOptions,
  now: () => number = () => performance.now(),
): CalcProbabilityResult | { readonly error: string } {
  const error = optionsError(options);
  if (error !== null) return { error };
  if (options.model === "mc") return simulated(options, now);
  const average = new SettlementAverage();
  const strikes = strikesOf(options);
  const answer = (): number[] => strikes.map((strike) => closed(average, options, strike));
  answer();
  const begun = now();
  let probabilities: number[] = [];
  for (let call = 0; call < CLOSED_CALLS; call++) probabilities = answer();
  const elapsed = (now() - begun) * 1_000 / CLOSED_CALLS;
  const found = foundFor(options, probabilities, probabilities.map(() => 0));
  return { ...found, model: "closed", elapsed_us: tidy(elapsed) };
}

function optionsError(options: CalcProbabilityOptions): string | null {
  const { spot, cap, sigma, seconds, seenMean, decimals, rule } = options;
  const seenCount = options.seenCount ?? 0;
  const strikes = strikesOf(options);
  const wrong = (name: string, found: unknown, allowed: string) => `${name} must be ${allowed}, found ${found}`;
  if (!(spot > 0 && spot < Infinity)) return wrong("Spot", spot, "above 0");
  if (strikes.length === 0) return wrong("Strike", "none", "a number");
  for (const strike of strikes) {
    if (!Number.isFinite(strike)) return wrong("Strike", strike, "a number");
  }
  if (!(sigma >= 0 && sigma < Infinity)) return wrong("Sigma", sigma, "0 or more");
  if (!(seconds >= 0 && seconds < Infinity)) return wrong("Seconds", seconds, "0 or more");
  if (!Number.isInteger(seenCount) || seenCount < 0 || seenCount > SETTLEMENT_SECONDS) {
    return wrong("Seen-count", seenCount, `a whole number from 0 to ${SETTLEMENT_SECONDS}`);
  }
  if (seenCount > 0 && !(seenMean !== undefined && seenMean > 0 && seenMean < Infinity)) {
    return wrong("Seen-mean", seenMean ?? "none", "above 0 where seen-count is given");
  }
  if (seenCount > 0 && Math.ceil(seconds) + seenCount > SETTLEMENT_SECONDS) {
    return `Seconds and seen-count must be at most ${SETTLEMENT_SECONDS} together, found ${seconds} and ${seenCount}: ` +
      `the average runs over the last ${SETTLEMENT_SECONDS} seconds`;
  }
  if (seenCount === 0 && seenMean !== undefined) return wrong("Seen-count", 0, "above 0 where seen-mean is given");
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > DECIMALS_MAX) {
    return wrong("Decimals", decimals, `a whole number from 0 to ${DECIMALS_MAX}`);
  }
  if (rule === "between" && !(cap !== undefined && cap >= strikes[0] && cap < Infinity)) {
    return wrong("Cap", cap ?? "none", "at least the strike for the rule between");
  }
  return null;
}

function closed(average: SettlementAverage, options: CalcProbabilityOptions, strike: number): number {
  const { spot, sigma, seconds, rule, decimals } = options;
  const seenCount = options.seenCount ?? 0;
  average.prepare(spot, sigma, seconds, (options.seenMean ?? 0) * seenCount, seenCount);
  if (rule === undefined) return average.above(strike);
  const probability = average.probabilityOfYes({
    strikeType: rule,
    floorStrike: rule === "less" ? null : strike,
    capStrike: rule === "less" ? strike : options.cap ?? null,
    roundDigits: decimals,
  });
  return probability ?? NaN;
}
