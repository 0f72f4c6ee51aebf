/**
 * What can be asked of the Monte Carlo, as plain data that a Worker or a journal can carry, and what is wrong with it.
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { type KernelName, RETURNS_MAX, STRIKES_MAX } from "./monte_carlo_kernel.ts";

/**
 * How prices move from second to second. In each of them `sigma` of the request is the standard deviation of a second's
 * whole log return, so that models differ in shape and not in size.
 */
export type PriceModel =
  /** Geometric Brownian motion. */
  | { readonly name: "gbm" }
  /** Merton's jump diffusion: jumps come at random times, and their logarithms are normal. */
  | {
    readonly name: "jump";
    /** Jumps per second. */
    readonly intensity: number;
    readonly mean: number;
    readonly deviation: number;
  }
  /**
   * Independent increments with Student's t distribution. Its prices have no expectation, however many the degrees of
   * freedom; the drift is that of `gbm`.
   */
  | { readonly name: "student"; readonly degrees: number }
  /** Heston's stochastic volatility in steps of a second; the variance starts at its long-run level, sigma^2. */
  | {
    readonly name: "heston";
    /** Share of the distance to the long-run level that is closed each second. */
    readonly reversion: number;
    /** Of the variance relative to its long-run level, per square root of a second. */
    readonly volatility: number;
    /** Between the moves of the price and of the variance. */
    readonly correlation: number;
  }
  /** Every second takes one of these log returns at random; their mean is taken away, and they are scaled to `sigma`. */
  | { readonly name: "bootstrap"; readonly returns: readonly number[] };

export type Distribution = PriceModel["name"];
export const DISTRIBUTIONS: readonly Distribution[] = ["gbm", "jump", "student", "heston", "bootstrap"];

/**
 * `exact_jump`: one step to the first averaged value, exact for `gbm` and `jump`. `every_second`: a step per second all
 * the way, as the others need it.
 */
export type Mode = "exact_jump" | "every_second";
export const MODES: readonly Mode[] = ["exact_jump", "every_second"];

/**
 * - `plain`: the share of the paths above the strike.
 * - `antithetic`: every second path mirrors the one before; not under `sobol`'s points.
 * - `control`: beside each path its twin under `gbm` from the same normals, whose geometric mean has a closed form; the
 *   difference between its share and its known probability corrects the answer. Not for `bootstrap`, which has no normals.
 * - `sobol`: `gbm` in `exact_jump` only. Sobol points, sixteen times shifted at random, along a Brownian bridge.
 */
export type Estimator = "plain" | "antithetic" | "control" | "sobol";
export const ESTIMATORS: readonly Estimator[] = ["plain", "antithetic", "control", "sobol"];

export interface MonteCarloRequest {
  /** The index now, dollars, above 0. */
  readonly spot: number;
  /** Dollars, above 0; 1 to 256 of them, all asked of the same paths. */
  readonly strikes: readonly number[];
  /** Standard deviation of the log return per square root of a second, above 0 and at most 1. */
  readonly sigma: number;
  /** Until the last of the sixty values, above 0 and at most a day. */
  readonly seconds: number;
  /** Mean of the values of the average seen so far, dollars; given exactly where `seenCount` is above 0. */
  readonly seenMean?: number;
  /** How many were seen, 0 (where absent) to 59. Missing ones that do not lie ahead any more count at the spot. */
  readonly seenCount?: number;
  readonly model: PriceModel;
  readonly mode: Mode;
  readonly estimator: Estimator;
  readonly kernel: KernelName;
  /** 1 to {@link PATHS_MAX}; an even number for `antithetic`, at least 32 for `sobol`. */
  readonly paths: number;
  /** A whole number from 0 to 2^53 - 1. */
  readonly seed: number;
}

export const PATHS_MAX = 100_000_000;
export const SECONDS_MAX = 86_400;
const SIGMA_MAX = 1;
/** Paths x steps of one request: some minutes of one thread. */
const WORK_MAX = 200_000_000_000;
/** With two degrees of freedom or less there is no variance to scale; close above, float32 loses it. */
const DEGREES_MIN = 2.1;
const DEGREES_MAX = 1_000_000;
/** Random shifts of `sobol`; their spread is its standard error. */
export const SOBOL_SHIFTS = 16;

/** Steps that each path takes. */
export function stepsOf({ mode, seconds, seenCount = 0 }: MonteCarloRequest): number {
  const ahead = Math.ceil(seconds);
  return mode === "every_second" ? ahead : Math.min(SETTLEMENT_SECONDS - seenCount, ahead);
}

/** The mode in which a model is exact with the fewest steps. */
export function usualMode(model: Distribution): Mode {
  return model === "gbm" || model === "jump" ? "exact_jump" : "every_second";
}

const wrong = (name: string, found: unknown, allowed: string): string => `${name} must be ${allowed}, found ${found}`;

/** Sixty of them added up are far from what a float cannot hold. */
const PRICE_MAX = 1e15;

const isWithin = (value: number, low: number, high: number): boolean => value >= low && value <= high;

/** What is wrong with a request, in words; `null` where nothing is. */
export function requestError(request: MonteCarloRequest): string | null {
  return stateError(request) ?? modelError(request.model, request.sigma) ?? methodError(request);
}

function stateError({ spot, strikes, sigma, seconds, seenMean, seenCount = 0 }: MonteCarloRequest): string | null {
  if (!(spot > 0 && spot <= PRICE_MAX)) return wrong("Spot", spot, `above 0 and at most ${PRICE_MAX}`);
  if (strikes.length < 1 || strikes.length > STRIKES_MAX) {
    return wrong("Number of strikes", strikes.length, `from 1 to ${STRIKES_MAX}`);
  }
  for (const strike of strikes) {
    if (!(strike > 0 && strike < Infinity)) return wrong("Strike", strike, "above 0");
  }
  if (!(sigma > 0 && sigma <= SIGMA_MAX)) {
    return wrong("Sigma", sigma, `above 0 and at most ${SIGMA_MAX} for Monte Carlo`);
  }
  if (!(seconds > 0 && seconds <= SECONDS_MAX)) {
    return wrong("Seconds", seconds, `above 0 and at most ${SECONDS_MAX} (a day) for Monte Carlo`);
  }
  if (!Number.isInteger(seenCount) || !isWithin(seenCount, 0, SETTLEMENT_SECONDS - 1)) {
    const allowed = `a whole number from 0 to ${SETTLEMENT_SECONDS - 1} for Monte Carlo`;
    return wrong("Seen-count", seenCount, allowed);
  }
  if (seenCount > 0 && !(seenMean !== undefined && seenMean > 0 && seenMean <= PRICE_MAX)) {
    return wrong("Seen-mean", seenMean ?? "none", "above 0 where seen-count is given");
  }
  if (seenCount === 0 && seenMean !== undefined) return wrong("Seen-count", 0, "above 0 where seen-mean is given");
  if (seenCount > 0 && Math.ceil(seconds) + seenCount > SETTLEMENT_SECONDS) {
    return `Seconds and seen-count must be at most ${SETTLEMENT_SECONDS} together, found ${seconds} and ${seenCount}: ` +
      `the average runs over the last ${SETTLEMENT_SECONDS} seconds`;
  }
  return null;
}

function modelError(model: PriceModel, sigma: number): string | null {
  switch (model.name) {
    case "gbm":
      return null;
    case "jump":
      return jumpError(model, sigma);
    case "student":
      if (isWithin(model.degrees, DEGREES_MIN, DEGREES_MAX)) return null;
      return wrong("Degrees of freedom", model.degrees, `from ${DEGREES_MIN} to ${DEGREES_MAX}`);
    case "heston":
      if (!isWithin(model.reversion, 0, 1)) return wrong("Reversion", model.reversion, "from 0 to 1 per second");
      if (!isWithin(model.volatility, 0, 1)) {
        return wrong("Volatility of variance", model.volatility, "from 0 to 1 per square root of a second");
      }
      return isWithin(model.correlation, -1, 1) ? null : wrong("Correlation", model.correlation, "from -1 to 1");
    case "bootstrap":
      return returnsError(model.returns);
  }
}

function jumpError(model: PriceModel & { readonly name: "jump" }, sigma: number): string | null {
  const { intensity, mean, deviation } = model;
  if (!isWithin(intensity, 0, 1)) return wrong("Jump intensity", intensity, "from 0 to 1 per second");
  if (!isWithin(mean, -1, 1)) return wrong("Jump mean", mean, "from -1 to 1");
  if (!isWithin(deviation, 0, 1)) return wrong("Jump deviation", deviation, "from 0 to 1");
  if (sigma * sigma > jumpVariance(model)) return null;
  const alone = Math.sqrt(jumpVariance(model)).toPrecision(4);
  return wrong("Sigma", sigma, `above ${alone} a second, which the jumps alone make: it is that of the whole return`);
}

/** What jumps add to the variance of a second's log return. */
export function jumpVariance({ intensity, mean, deviation }: PriceModel & { readonly name: "jump" }): number {
  return intensity * (mean * mean + deviation * deviation);
}

function returnsError(returns: readonly number[]): string | null {
  if (!isWithin(returns.length, 2, RETURNS_MAX)) {
    return wrong("Number of returns", returns.length, `from 2 to ${RETURNS_MAX}`);
  }
  for (const value of returns) {
    if (!isWithin(value, -1, 1)) return wrong("Return", value, "a log return of one second, from -1 to 1");
  }
  const first = returns[0];
  return returns.some((value) => value !== first) ? null : wrong("Returns", `${first} alone`, "of more than one value");
}

function methodError(request: MonteCarloRequest): string | null {
  const { model, mode, estimator, paths, seed } = request;
  if (!Number.isInteger(paths) || !isWithin(paths, 1, PATHS_MAX)) {
    return wrong("Paths", paths, `a whole number from 1 to ${PATHS_MAX}`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) return wrong("Seed", seed, "a whole number from 0 to 2^53 - 1");
  if (mode === "exact_jump" && usualMode(model.name) !== "exact_jump") {
    return wrong("Mode", mode, `every_second for ${model.name}, which has no exact jump`);
  }
  const work = paths * stepsOf(request);
  if (work > WORK_MAX) return wrong("Paths times steps", work, `at most ${WORK_MAX}`);
  switch (estimator) {
    case "plain":
      return null;
    case "antithetic":
      return paths % 2 === 0 ? null : wrong("Paths", paths, "an even number for antithetic, which makes pairs");
    case "control":
      return model.name !== "bootstrap" ? null : wrong("Estimator", estimator, "plain or antithetic for bootstrap");
    case "sobol":
      if (model.name !== "gbm" || mode !== "exact_jump") {
        return wrong(
          "Estimator",
          estimator,
          `another than sobol for ${model.name} in mode ${mode}: it is for gbm in exact_jump`,
        );
      }
      return paths >= 2 * SOBOL_SHIFTS ? null : wrong("Paths", paths, `at least ${2 * SOBOL_SHIFTS} for sobol`);
  }
}
