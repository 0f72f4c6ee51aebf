/**
 * A Monte Carlo request in the numbers that a kernel works with.
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { exponential, logarithm } from "./elementary.ts";
import { type Kernel, MODEL_NUMBER, SLOT } from "./monte_carlo_kernel.ts";
import { jumpVariance, type MonteCarloRequest, type PriceModel } from "./monte_carlo_request.ts";
import { normalCdf } from "./normal.ts";

/** Logarithms within this are in the range of the kernel's short e^x. */
const NARROW = 0.34;
/** A path that leaves the short range is rarer than one in 10^15. */
const NARROW_DEVIATIONS = 8;
/** Stands for a bound that every path exceeds; float32 holds it. */
const ALWAYS = -1e30;

export interface Plan {
  /** Steps before the first averaged price, and averaged prices. */
  readonly lead: number;
  readonly averaged: number;
  /** Length of the first step; all others take a second. */
  readonly firstStep: number;
  /** Per strike: what the mean of the averaged prices must exceed, relative to the spot, less 1. */
  readonly thresholds: readonly number[];
}

/** The plan of a request that has no error. */
export function planOf(request: MonteCarloRequest): Plan {
  const { spot, strikes, seconds, seenMean = 0, seenCount = 0, mode } = request;
  const missing = SETTLEMENT_SECONDS - seenCount;
  const ahead = Math.ceil(seconds);
  const averaged = Math.min(missing, ahead);
  const lead = mode === "every_second" ? ahead - averaged : 0;
  // As in the closed form: values that lie behind and never arrived count at the spot.
  const fixedSum = seenMean * seenCount + (missing - averaged) * spot;
  const thresholds = strikes.map((strike) => (SETTLEMENT_SECONDS * strike - fixedSum) / (averaged * spot) - 1);
  return { lead, averaged, firstStep: seconds - (lead + averaged - 1), thresholds };
}

/** Times of the averaged prices, seconds from now. */
export function timesOf({ lead, averaged, firstStep }: Plan): number[] {
  return Array.from({ length: averaged }, (_, k) => firstStep + lead + k);
}

/** The twin of every path: `gbm` without drift, whose sum of logarithms is normal. */
export interface Twin {
  /** Per strike: what that sum must exceed, as float32 has it, and how probable that is. */
  readonly needed: readonly number[];
  readonly probabilities: readonly number[];
}

/**
 * The twin's bounds lie where it does best: a mean of prices lies above their geometric mean by half the variance of the
 * logarithms around their own mean, sigma^2 (n^2 - 1) / (12 n) on average.
 */
export function twinOf(plan: Plan, sigma: number): Twin {
  const times = timesOf(plan);
  const n = times.length;
  const variance = sigma * sigma;
  const drift = -0.5 * variance * times.reduce((sum, time) => sum + time, 0);
  const excess = variance * (n * n - 1) / 12;
  const deviation = sigma * Math.sqrt(times.reduce((sum, time, k) => sum + (2 * (n - k) - 1) * time, 0));
  const needed = plan.thresholds.map((threshold) =>
    threshold <= -1 ? ALWAYS : Math.fround(n * logarithm(1 + threshold) - drift - excess)
  );
  return { needed, probabilities: needed.map((bound) => normalCdf(-bound / deviation)) };
}

/** Of the normals' share in a second's log return. */
export function diffusionOf(model: PriceModel, sigma: number): number {
  return model.name === "jump" ? Math.sqrt(sigma * sigma - jumpVariance(model)) : sigma;
}

/** Describes a request to a kernel. */
export function describe(kernel: Kernel, request: MonteCarloRequest, plan: Plan, twin: Twin | null): void {
  const { model, sigma, seconds, estimator } = request;
  // Without jumps a jump diffusion is the plain model.
  const name = model.name === "jump" && model.intensity === 0 ? "gbm" : model.name;
  const farthest = NARROW_DEVIATIONS * sigma * Math.sqrt(seconds) + 0.5 * sigma * sigma * seconds;
  const wide = name === "gbm" && farthest < NARROW ? 0 : 1;
  const paired = estimator === "antithetic" ? 1 : 0;
  kernel.begin(MODEL_NUMBER[name], plan.lead, plan.averaged, paired, twin === null ? 0 : 1, wide);
  kernel.setParameter(SLOT.sigma, diffusionOf(model, sigma));
  kernel.setParameter(SLOT.firstStep, plan.firstStep);
  kernel.setParameter(SLOT.drift, -0.5 * sigma * sigma);
  describeModel(kernel, model, sigma);
  plan.thresholds.forEach((threshold, index) => {
    const needed = threshold * plan.averaged;
    kernel.setStrike(index, needed, twin === null ? needed : twin.needed[index]);
  });
}

function describeModel(kernel: Kernel, model: PriceModel, sigma: number): void {
  switch (model.name) {
    case "gbm":
      return;
    case "jump": {
      const { intensity, mean, deviation } = model;
      const diffusion = diffusionOf(model, sigma);
      const expected = exponential(mean + 0.5 * deviation * deviation) - 1;
      kernel.setParameter(SLOT.drift, -0.5 * diffusion * diffusion - intensity * expected);
      kernel.setParameter(SLOT.halfGap, 0.5 / intensity);
      kernel.setParameter(SLOT.jumpMean, mean);
      kernel.setParameter(SLOT.jumpDeviation, deviation);
      return;
    }
    case "student":
      kernel.setParameter(SLOT.degrees, model.degrees);
      return;
    case "heston":
      kernel.setParameter(SLOT.reversion, model.reversion);
      kernel.setParameter(SLOT.varianceVolatility, model.volatility);
      kernel.setParameter(SLOT.correlation, model.correlation);
      kernel.setParameter(SLOT.independence, Math.sqrt(1 - model.correlation * model.correlation));
      return;
    case "bootstrap": {
      const { returns, drift } = levelled(model.returns, sigma);
      kernel.setParameter(SLOT.drift, drift);
      returns.forEach((value, index) => kernel.setReturn(index, returns.length, value));
    }
  }
}

/** Returns in ascending order with mean 0 and deviation sigma, and the drift that makes the expected price the spot. */
function levelled(returns: readonly number[], sigma: number): { returns: readonly number[]; drift: number } {
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const centred = returns.map((value) => value - mean);
  const variance = centred.reduce((sum, value) => sum + value * value, 0) / returns.length;
  const scale = sigma / Math.sqrt(variance);
  const result = centred.map((value) => value * scale).sort((a, b) => a - b);
  const expected = result.reduce((sum, value) => sum + exponential(value), 0) / result.length;
  return { returns: result, drift: -logarithm(expected) };
}
