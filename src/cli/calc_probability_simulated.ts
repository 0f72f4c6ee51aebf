/**
 * `kbot calc probability --model mc`.
 * @module
 */

import { type MonteCarloAnswer, simulate } from "../models/monte_carlo.ts";
import type { KernelName } from "../models/monte_carlo_kernel.ts";
import {
  type Distribution,
  type Estimator,
  type Mode,
  type MonteCarloRequest,
  type PriceModel,
  usualMode,
} from "../models/monte_carlo_request.ts";
import { type CalcFound, type CalcProbabilityOptions, foundFor, strikesOf, tidy } from "./calc_probability_question.ts";

export type CalcSimulatedResult = CalcFound & {
  readonly model: "mc";
  readonly dist: Distribution;
  readonly paths: number;
  readonly elapsed_us: number;
  /** These three only where they were asked for. */
  readonly estimator?: Estimator;
  readonly mode?: Mode;
  readonly kernel?: KernelName;
};

/** What a price model takes where it is not told. */
const JUMP_INTENSITY = 0.01;
const JUMP_DEVIATION_SIGMAS = 5;
const DEGREES = 4;
const REVERSION = 0.01;
const VARIANCE_VOLATILITY = 0.05;

function priceModel(options: CalcProbabilityOptions): PriceModel {
  const { dist, sigma } = options;
  switch (dist) {
    case "gbm":
      return { name: "gbm" };
    case "jump":
      return {
        name: "jump",
        intensity: options.jumpIntensity ?? JUMP_INTENSITY,
        mean: options.jumpMean ?? 0,
        deviation: options.jumpDeviation ?? JUMP_DEVIATION_SIGMAS * sigma,
      };
    case "student":
      return { name: "student", degrees: options.degrees ?? DEGREES };
    case "heston":
      return {
        name: "heston",
        reversion: options.reversion ?? REVERSION,
        volatility: options.varianceVolatility ?? VARIANCE_VOLATILITY,
        correlation: options.correlation ?? 0,
      };
    case "bootstrap":
      return { name: "bootstrap", returns: options.returns ?? [] };
  }
}

/** Simulates the options' question; what cannot be simulated is said in words. */
export function simulated(
  options: CalcProbabilityOptions,
  now: () => number,
): CalcSimulatedResult | { readonly error: string } {
  const { spot, sigma, seconds, seenMean, seenCount, paths, seed, dist, estimator, mode, kernel } = options;
  const request: MonteCarloRequest = {
    spot,
    strikes: bounds(options),
    sigma,
    seconds,
    ...(seenMean === undefined || seenCount === undefined ? {} : { seenMean, seenCount }),
    model: priceModel(options),
    mode: mode ?? usualMode(dist),
    estimator: estimator ?? "plain",
    kernel: kernel ?? "strict",
    paths,
    seed,
  };
  const begun = now();
  const answer = simulate(request);
  const elapsed = (now() - begun) * 1_000;
  if ("error" in answer) return answer;
  return {
    ...found(options, answer),
    model: "mc",
    dist,
    paths,
    elapsed_us: tidy(elapsed),
    ...(estimator === undefined ? {} : { estimator }),
    ...(mode === undefined ? {} : { mode }),
    ...(kernel === undefined ? {} : { kernel }),
  };
}

/**
 * What the mean must exceed: the strikes themselves, or where rounding puts the strike and the cap of a rule. Halves go
 * up: the means that round to n units begin at n - 1/2.
 */
function bounds(options: CalcProbabilityOptions): readonly number[] {
  const { rule, decimals, cap } = options;
  const strikes = strikesOf(options);
  const units = 10 ** decimals;
  const atLeast = (bound: number) => (unitsAtLeast(bound, units) - 0.5) / units;
  const over = (bound: number) => (unitsOver(bound, units) - 0.5) / units;
  const [strike] = strikes;
  switch (rule) {
    case undefined:
      return strikes;
    case "greater":
      return [over(strike)];
    case "greater_or_equal":
    case "less":
      return [atLeast(strike)];
    case "between":
      return [atLeast(strike), over(cap ?? strike)];
  }
}

function found(options: CalcProbabilityOptions, { probabilities, standardErrors, paths }: MonteCarloAnswer): CalcFound {
  switch (options.rule) {
    case "less":
      return foundFor(options, [1 - probabilities[0]], standardErrors);
    case "between": {
      // Both bounds are of the same paths: the difference is the share of the paths in between.
      const inside = probabilities[0] - probabilities[1];
      const smoothed = (inside * paths + 1) / (paths + 2);
      const counted = Math.sqrt(smoothed * (1 - smoothed) / paths);
      const plain = (options.estimator ?? "plain") === "plain";
      return foundFor(options, [inside], [plain ? counted : Math.hypot(...standardErrors)]);
    }
    default:
      return foundFor(options, probabilities, standardErrors);
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
