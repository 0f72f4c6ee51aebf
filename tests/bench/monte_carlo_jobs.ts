/**
 * The jobs of the Monte Carlo that are timed: 10,000 paths of 900 seconds, every second simulated, the last sixty averaged.
 * @module
 */

import { simulate } from "../../src/models/monte_carlo.ts";
import { kernelOf } from "../../src/models/monte_carlo_kernels.ts";
import { describe, planOf } from "../../src/models/monte_carlo_plan.ts";
import type { MonteCarloRequest, PriceModel } from "../../src/models/monte_carlo_request.ts";
import { ScalarKernel } from "../../src/models/monte_carlo_scalar.ts";

export const REFERENCE_JOB: MonteCarloRequest = {
  spot: 1,
  strikes: [1.002],
  sigma: 0.0002,
  seconds: 900,
  model: { name: "gbm" },
  mode: "every_second",
  estimator: "plain",
  kernel: "strict",
  paths: 10_000,
  seed: 1,
};

/** A jump every hundred seconds, which make a quarter of the variance; tails as fat as those of one-second returns. */
export const TIMED_MODELS: readonly PriceModel[] = [
  { name: "gbm" },
  { name: "jump", intensity: 0.01, mean: 0, deviation: 0.001 },
  { name: "student", degrees: 4 },
  { name: "heston", reversion: 0.01, volatility: 0.05, correlation: -0.3 },
  { name: "bootstrap", returns: Array.from({ length: 900 }, (_, k) => ((k * 7919) % 900 - 449.5) * 1e-7) },
];

export interface Timed {
  readonly ms: number;
  readonly standardError: number;
}

/** What a request takes on this thread, and how good its answer is. */
export function timed(request: MonteCarloRequest): Timed {
  const begun = performance.now();
  const answer = simulate(request);
  const ms = performance.now() - begun;
  if ("error" in answer) throw new Error(answer.error);
  return { ms, standardError: answer.standardErrors[0] };
}

const scalar = new ScalarKernel();

/** Milliseconds of the same without SIMD. */
export function timedScalar(request: MonteCarloRequest): number {
  const begun = performance.now();
  describe(scalar, request, planOf(request), null);
  scalar.run(request.seed, 0, 0, request.paths);
  return performance.now() - begun;
}

export const hasRelaxed = kernelOf("relaxed") !== null;
