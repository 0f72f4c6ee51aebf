/**
 * `kbot calc probability`: the probability of a settlement average by hand (DESIGN.md 4).
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { type Distribution, MAX_PATHS, monteCarloProbability } from "../models/monte_carlo.ts";
import { SettlementAverage } from "../models/settlement_average.ts";

/** How a market compares its rounded settlement number with the strike. */
export type CalcRule = "greater" | "greater_or_equal" | "less" | "between";

export interface CalcProbabilityOptions {
  /** The index now, dollars. */
  readonly spot: number;
  /** Dollars; the lower bound of `between`. */
  readonly strike: number;
  /** Upper bound of `between`, included. */
  readonly cap?: number;
  /** Standard deviation of the log return per square root of a second. */
  readonly sigma: number;
  /** Until the settlement. */
  readonly seconds: number;
  /** Mean and number of the values of the average that were seen already. */
  readonly seenMean?: number;
  readonly seenCount?: number;
  readonly model: "closed" | "mc";
  /** Read by `mc` only, like `paths` and `seed`. */
  readonly dist: Distribution;
  readonly paths: number;
  readonly seed: number;
  /** Absent: P(mean > strike) for the unrounded mean. */
  readonly rule?: CalcRule;
  /** Digits that the settlement number is rounded to under a rule. */
  readonly decimals: number;
}

/** The JSON object of the command. */
export type CalcProbabilityResult =
  | {
    readonly probability: number;
    readonly std_error: number;
    readonly model: "closed";
    readonly elapsed_us: number;
  }
  | {
    readonly probability: number;
    readonly std_error: number;
    readonly model: "mc";
    readonly dist: Distribution;
    readonly paths: number;
    readonly elapsed_us: number;
  };

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
  closed(average, options);
  const begun = now();
  let probability = NaN;
  for (let call = 0; call < CLOSED_CALLS; call++) probability = closed(average, options);
  const elapsed = (now() - begun) * 1_000 / CLOSED_CALLS;
  return { probability, std_error: 0, model: "closed", elapsed_us: tidy(elapsed) };
}

const tidy = (microseconds: number): number => Math.round(microseconds * 1_000) / 1_000;

function optionsError(options: CalcProbabilityOptions): string | null {
  const { spot, strike, cap, sigma, seconds, seenMean, decimals, rule, paths, seed } = options;
  const seenCount = options.seenCount ?? 0;
  const wrong = (name: string, found: unknown, allowed: string) => `${name} must be ${allowed}, found ${found}`;
  if (!(spot > 0 && spot < Infinity)) return wrong("Spot", spot, "above 0");
  if (!Number.isFinite(strike)) return wrong("Strike", strike, "a number");
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
  if (rule === "between" && !(cap !== undefined && cap >= strike && cap < Infinity)) {
    return wrong("Cap", cap ?? "none", "at least the strike for the rule between");
  }
  if (options.model === "closed") return null;
  if (!Number.isInteger(paths) || paths < 1 || paths > MAX_PATHS) {
    return wrong("Paths", paths, `a whole number from 1 to ${MAX_PATHS}`);
  }
  return Number.isSafeInteger(seed) && seed >= 0 ? null : wrong("Seed", seed, "a whole number from 0");
}

function closed(average: SettlementAverage, options: CalcProbabilityOptions): number {
  const { spot, strike, sigma, seconds, rule, decimals } = options;
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

function simulated(options: CalcProbabilityOptions, now: () => number): CalcProbabilityResult {
  const { dist, paths } = options;
  const begun = now();
  const { probability, standardError } = simulate(options);
  const elapsed = (now() - begun) * 1_000;
  return { probability, std_error: standardError, model: "mc", dist, paths, elapsed_us: tidy(elapsed) };
}

function simulate(options: CalcProbabilityOptions): { probability: number; standardError: number } {
  const { spot, strike, sigma, seconds, paths, seed, dist, rule, decimals } = options;
  const { seenMean, seenCount } = options;
  const above = (boundary: number) =>
    monteCarloProbability({
      spot,
      strike: boundary,
      sigma,
      seconds,
      paths,
      seed,
      distribution: dist,
      ...(seenCount === undefined || seenMean === undefined ? {} : { seenMean, seenCount }),
    });
  const plain = above(strike);
  if (rule === undefined) return plain;
  // Where nothing is random the closed form is exact and knows ties.
  if (plain.standardError === 0) return { probability: closed(new SettlementAverage(), options), standardError: 0 };
  // The same seed walks the same paths, so that a difference of two shares counts the paths in between.
  const units = 10 ** decimals;
  // Halves go up: the means that round to n units begin at n - 1/2.
  const atLeast = (bound: number) => above((unitsAtLeast(bound, units) - 0.5) / units).probability;
  const over = (bound: number) => above((unitsOver(bound, units) - 0.5) / units).probability;
  const probability = shareOfYes(rule, strike, options.cap ?? strike, atLeast, over);
  const smoothed = (probability * paths + 1) / (paths + 2);
  return { probability, standardError: Math.sqrt(smoothed * (1 - smoothed) / paths) };
}

function shareOfYes(
  rule: CalcRule,
  strike: number,
  cap: number,
  atLeast: (bound: number) => number,
  over: (bound: number) => number,
): number {
  switch (rule) {
    case "greater":
      return over(strike);
    case "greater_or_equal":
      return atLeast(strike);
    case "less":
      return 1 - atLeast(strike);
    case "between":
      return atLeast(strike) - over(cap);
  }
}

/** A bound this close to a whole number of units was meant to be one. */
const ON_GRID = 1e-6;

/** The lowest whole number of units that is at least `bound`. */
function unitsAtLeast(bound: number, units: number): number {
  const nearest = Math.round(bound * units);
  return Math.abs(bound * units - nearest) <= ON_GRID ? nearest : Math.ceil(bound * units);
}

/** The lowest whole number of units above `bound`. */
function unitsOver(bound: number, units: number): number {
  const nearest = Math.round(bound * units);
  return Math.abs(bound * units - nearest) <= ON_GRID ? nearest + 1 : Math.ceil(bound * units);
}
