/**
 * What the tests of the Monte Carlo share: a usual request, the price models, and the same question answered in the most
 * obvious way.
 */

import assert from "node:assert/strict";
import { type MonteCarloAnswer, simulate } from "./monte_carlo.ts";
import { type MonteCarloRequest, type PriceModel, usualMode } from "./monte_carlo_request.ts";
import { normalInverse } from "./normal.ts";
import { settlementAverageAbove } from "./settlement_average.ts";

export const REQUEST: MonteCarloRequest = {
  spot: 84_000,
  strikes: [84_050],
  sigma: 0.0002,
  seconds: 120,
  model: { name: "gbm" },
  mode: "exact_jump",
  estimator: "plain",
  kernel: "strict",
  paths: 20_000,
  seed: 7,
};

/** Returns with fat tails and a lean to one side, the same ones always. */
const RETURNS = Array.from({ length: 600 }, (_, k) => {
  const z = normalInverse((k + 0.5) / 600);
  return 1e-4 * (z + 0.3 * z * Math.abs(z) - 0.1 * z * z);
});

/** One of every kind, far enough from `gbm` to tell them apart. */
export const MODELS: readonly PriceModel[] = [
  { name: "gbm" },
  { name: "jump", intensity: 0.02, mean: -0.0003, deviation: 0.001 },
  { name: "student", degrees: 3 },
  { name: "heston", reversion: 0.02, volatility: 0.15, correlation: -0.6 },
  { name: "bootstrap", returns: RETURNS },
];

/** The usual request for a model, in a mode that it has. */
export function requestFor(model: PriceModel, given: Partial<MonteCarloRequest> = {}): MonteCarloRequest {
  return { ...REQUEST, model, mode: usualMode(model.name), ...given };
}

export function answerTo(request: MonteCarloRequest): MonteCarloAnswer {
  const answer = simulate(request);
  assert.ok(!("error" in answer), "error" in answer ? answer.error : "");
  return answer;
}

/** The probability of the first strike and its error. */
export function first(request: MonteCarloRequest): { readonly probability: number; readonly standardError: number } {
  const { probabilities, standardErrors } = answerTo(request);
  return { probability: probabilities[0], standardError: standardErrors[0] };
}

/** The closed form for the same question under `gbm`. */
export function closed(
  { spot, sigma, seconds, seenMean = 0, seenCount = 0 }: MonteCarloRequest,
  strike: number,
): number {
  return settlementAverageAbove(spot, strike, sigma, seconds, seenMean * seenCount, seenCount);
}

/** Numbers in [0, 1) of a small generator that has nothing to do with the kernels' (mulberry32). */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One price path of a model, second by second: the logarithm relative to the spot. */
function naivePath(model: PriceModel, sigma: number, seconds: number, uniform: () => number): number[] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const path: number[] = [];
  let logarithm = 0;
  let variance = 1;
  for (let second = 0; second < seconds; second++) {
    switch (model.name) {
      case "gbm":
        logarithm += sigma * normal() - sigma ** 2 / 2;
        break;
      case "jump": {
        const { intensity, mean, deviation } = model;
        const rest = sigma ** 2 - intensity * (mean ** 2 + deviation ** 2);
        logarithm += Math.sqrt(rest) * normal() - rest / 2 - intensity * (Math.exp(mean + deviation ** 2 / 2) - 1);
        // Poisson: as many as exponential times fit into the second.
        const gap = () => -Math.log(1 - uniform()) / intensity;
        let time = gap();
        while (time < 1) {
          logarithm += mean + deviation * normal();
          time += gap();
        }
        break;
      }
      case "student": {
        // A normal over the root of a mean of squares, for whole degrees of freedom.
        const { degrees } = model;
        let squares = 0;
        for (let k = 0; k < degrees; k++) squares += normal() ** 2;
        const t = normal() / Math.sqrt(squares / degrees);
        logarithm += sigma * Math.sqrt((degrees - 2) / degrees) * t - sigma ** 2 / 2;
        break;
      }
      case "heston": {
        const { reversion, volatility, correlation } = model;
        const held = Math.max(0, variance);
        const own = normal();
        const other = correlation * own + Math.sqrt(1 - correlation ** 2) * normal();
        logarithm += sigma * Math.sqrt(held) * other - sigma ** 2 * held / 2;
        variance += reversion * (1 - held) + volatility * Math.sqrt(held) * own;
        break;
      }
      case "bootstrap": {
        const { returns } = model;
        const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
        const spread = Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / returns.length);
        const drawn = returns[Math.floor(uniform() * returns.length)];
        logarithm += sigma * (drawn - mean) / spread - sigma ** 2 / 2;
        break;
      }
    }
    path.push(logarithm);
  }
  return path;
}

/** The share of naive paths above each strike, for whole seconds and nothing seen. */
export function naive({ model, sigma, seconds, spot, strikes }: MonteCarloRequest, paths: number): number[] {
  const uniform = uniforms(20_261_120);
  const hits = strikes.map(() => 0);
  for (let path = 0; path < paths; path++) {
    const averaged = naivePath(model, sigma, seconds, uniform).slice(-60);
    const mean = spot * averaged.reduce((sum, logarithm) => sum + Math.exp(logarithm), 0) / averaged.length;
    strikes.forEach((strike, k) => hits[k] += mean > strike ? 1 : 0);
  }
  return hits.map((count) => count / paths);
}
