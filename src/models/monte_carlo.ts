/**
 * The settlement average by simulation: what the closed form of settlement_average.ts is checked against, and the engine
 * for price models that have none. By default the same request gives the same bits on every machine.
 *
 * A request is divided into blocks, which may run anywhere and in any order: {@link runBlocks} counts, counts are added,
 * {@link answerOf} makes probabilities of them. {@link simulate} does it all at once, in place.
 * @module
 */

import {
  antitheticEstimate,
  controlEstimate,
  type Estimate,
  plainEstimate,
  sobolEstimate,
} from "./monte_carlo_estimate.ts";
import { BLOCK_PATHS, BOTH_ABOVE, type Kernel, OTHERS_ABOVE, PATHS_ABOVE } from "./monte_carlo_kernel.ts";
import { kernelIsVectorised, kernelOf } from "./monte_carlo_kernels.ts";
import { describe, diffusionOf, type Plan, planOf, type Twin, twinOf } from "./monte_carlo_plan.ts";
import { type MonteCarloRequest, requestError, SOBOL_SHIFTS, stepsOf } from "./monte_carlo_request.ts";
import { SobolPaths } from "./monte_carlo_sobol.ts";

export interface MonteCarloAnswer {
  /** P(mean > strike) per strike, in their order, each in [0, 1] and never rising with the strike. */
  readonly probabilities: readonly number[];
  /** Of each; 0 only where the values seen so far have decided already. */
  readonly standardErrors: readonly number[];
  readonly paths: number;
}

/** Why there is no answer. */
export interface MonteCarloRefusal {
  readonly error: string;
}

/** Per strike some counts: three of a kernel, or one per shift of `sobol`. */
export type Counts = Float64Array;

const KINDS = [PATHS_ABOVE, OTHERS_ABOVE, BOTH_ABOVE] as const;
const TWO_32 = 4_294_967_296;

/**
 * Path-steps that take less than a millisecond on the slowest machine in mind, cold: some 2 ns each with SIMD and some
 * 20 ns without, where the plain model takes 0.8 ns and 10 ns.
 */
const IN_PLACE_VECTORISED = 100_000;
const IN_PLACE_SCALAR = 10_000;
/** What a step costs, in those of the plain model. */
const STEP_COST = { gbm: 1, jump: 1.5, student: 3, heston: 3, bootstrap: 4 } as const;
/** What a path costs besides its steps: the exponentials of the averaged ones. */
const PATH_COST = 60;
const SOBOL_STEP_COST = 60;
/** What a strike costs per path. */
const STRIKE_COST = 0.5;

/** What is wrong with a request, or with this machine for it; `null` where nothing is. */
export function refusalOf(request: MonteCarloRequest): string | null {
  const error = requestError(request);
  if (error !== null) return error;
  return kernelOf(request.kernel) === null ? "Kernel must be strict: this machine has no relaxed SIMD" : null;
}

/** What a request costs, in steps of the plain model. */
export function workOf(request: MonteCarloRequest): number {
  const { paths, model, estimator, strikes } = request;
  const step = estimator === "sobol" ? SOBOL_STEP_COST : STEP_COST[model.name];
  return paths * (stepsOf(request) * step + PATH_COST + strikes.length * STRIKE_COST);
}

/** Whether a request may run on the thread that trades: it takes less than a millisecond. Preparing `sobol` alone may not. */
export function fitsInPlace(request: MonteCarloRequest): boolean {
  return request.estimator !== "sobol" &&
    workOf(request) <= (kernelIsVectorised ? IN_PLACE_VECTORISED : IN_PLACE_SCALAR);
}

/** Paths that a kernel walks: each has a mirrored one under `antithetic`. */
function walkedPaths({ paths, estimator }: MonteCarloRequest): number {
  return estimator === "antithetic" ? paths / 2 : paths;
}

/** In how many blocks a request without error may be divided. */
export function blockCount(request: MonteCarloRequest): number {
  return request.estimator === "sobol" ? SOBOL_SHIFTS : Math.ceil(walkedPaths(request) / BLOCK_PATHS);
}

function countsPerStrike({ estimator }: MonteCarloRequest): number {
  return estimator === "sobol" ? SOBOL_SHIFTS : KINDS.length;
}

export function noCounts(request: MonteCarloRequest): Counts {
  return new Float64Array(request.strikes.length * countsPerStrike(request));
}

/** Runs some blocks of a request that has no error, and counts. */
export function runBlocks(request: MonteCarloRequest, first: number, blocks: number): Counts {
  const counts = noCounts(request);
  const plan = planOf(request);
  if (request.estimator === "sobol") {
    const paths = new SobolPaths(request, plan);
    for (let shift = first; shift < first + blocks; shift++) {
      paths.run(shift).forEach((hit, strike) => counts[strike * SOBOL_SHIFTS + shift] = hit);
    }
    return counts;
  }
  const kernel = kernelOf(request.kernel);
  if (kernel === null) throw new RangeError(`There is no ${request.kernel} kernel on this machine`);
  runKernel(kernel, request, plan, first, blocks, counts);
  return counts;
}

function runKernel(
  kernel: Kernel,
  request: MonteCarloRequest,
  plan: Plan,
  first: number,
  blocks: number,
  counts: Counts,
): void {
  describe(kernel, request, plan, twinFor(request, plan));
  const paths = Math.min(blocks * BLOCK_PATHS, walkedPaths(request) - first * BLOCK_PATHS);
  const low = request.seed % TWO_32;
  kernel.run(low | 0, ((request.seed - low) / TWO_32) | 0, first, paths);
  for (let strike = 0; strike < request.strikes.length; strike++) {
    for (const kind of KINDS) counts[strike * KINDS.length + kind] = kernel.count(strike, kind);
  }
}

function twinFor({ estimator, model, sigma }: MonteCarloRequest, plan: Plan): Twin | null {
  return estimator === "control" ? twinOf(plan, diffusionOf(model, sigma)) : null;
}

/** The answer to a request, from the counts of all of its blocks. */
export function answerOf(request: MonteCarloRequest, counts: Counts): MonteCarloAnswer {
  const plan = planOf(request);
  const twin = twinFor(request, plan);
  const width = countsPerStrike(request);
  const estimates = plan.thresholds.map((threshold, strike): Estimate => {
    // A mean of prices is above 0: what was seen has decided.
    if (threshold <= -1) return { probability: 1, standardError: 0 };
    const own = counts.subarray(strike * width, (strike + 1) * width);
    return estimate(request, own, twin?.probabilities[strike] ?? NaN);
  });
  const probabilities = estimates.map(({ probability }) => probability);
  fallWithStrike(request.strikes, probabilities);
  return { probabilities, standardErrors: estimates.map(({ standardError }) => standardError), paths: request.paths };
}

function estimate(request: MonteCarloRequest, counts: Counts, twinProbability: number): Estimate {
  const walked = walkedPaths(request);
  const [hits, others, both] = counts;
  switch (request.estimator) {
    case "plain":
      return plainEstimate(hits, walked);
    case "antithetic":
      return antitheticEstimate(hits, others, both, walked);
    case "control":
      return controlEstimate(hits, others, both, walked, twinProbability);
    case "sobol":
      return sobolEstimate([...counts], request.paths);
  }
}

/** Counts fall with the strike by themselves; `control` corrects each strike on its own and may put two out of order. */
function fallWithStrike(strikes: readonly number[], probabilities: number[]): void {
  const order = strikes.map((_, index) => index).sort((a, b) => strikes[a] - strikes[b]);
  for (let k = 1; k < order.length; k++) {
    probabilities[order[k]] = Math.min(probabilities[order[k]], probabilities[order[k - 1]]);
  }
}

/**
 * Answers a request at once and to the end, on this thread: some 0.8 ns per path and step. {@link fitsInPlace} tells
 * whether that is short enough for a thread that trades; what is not goes to the pool (ops/monte_carlo_pool).
 *
 * @example
 * ```ts
 * import { simulate } from "./monte_carlo.ts";
 * import assert from "node:assert/strict";
 * const answer = simulate({
 *   spot: 84_000, strikes: [84_010, 84_020], sigma: 0.0002, seconds: 25, seenMean: 84_020.5, seenCount: 35,
 *   model: { name: "gbm" }, mode: "exact_jump", estimator: "plain", kernel: "strict", paths: 10_000, seed: 1,
 * });
 * assert.ok(!("error" in answer));
 * assert.ok(Math.abs(answer.probabilities[0] - 0.5373) < 4 * answer.standardErrors[0]);
 * ```
 */
export function simulate(request: MonteCarloRequest): MonteCarloAnswer | MonteCarloRefusal {
  const error = refusalOf(request);
  if (error !== null) return { error };
  return answerOf(request, runBlocks(request, 0, blockCount(request)));
}
