/**
 * The settlement average under `gbm` by Sobol points along a Brownian bridge, in float64 and plain arithmetic.
 * @module
 */

import { BrownianBridge } from "./brownian_bridge.ts";
import { exponential } from "./elementary.ts";
import { type Plan, timesOf } from "./monte_carlo_plan.ts";
import { type MonteCarloRequest, SOBOL_SHIFTS } from "./monte_carlo_request.ts";
import { splitMix } from "./monte_carlo_scalar_random.ts";
import { normalInverse } from "./normal.ts";
import { SobolPoints } from "./sobol.ts";

/** Keeps the shifts apart from the seeds of the other estimators' blocks. */
const STREAM = 1n << 62n;

/** Paths of one shift: the first ones take what does not divide. */
export function pathsOfShift(paths: number, shift: number): number {
  return Math.floor(paths / SOBOL_SHIFTS) + (shift < paths % SOBOL_SHIFTS ? 1 : 0);
}

/** Per strike: how many paths of one shift end above it. */
export function runShift({ sigma, seed, paths }: MonteCarloRequest, plan: Plan, shift: number): Float64Array {
  const times = timesOf(plan);
  const points = new SobolPoints(times.length);
  const bridge = new BrownianBridge(times);
  const normals = new Float64Array(times.length);
  const path = new Float64Array(times.length);
  const counts = new Float64Array(plan.thresholds.length);
  const drift = -0.5 * sigma * sigma;
  points.start(shiftOf(seed, shift, times.length));
  for (let left = pathsOfShift(paths, shift); left > 0; left--) {
    points.next();
    for (let k = 0; k < normals.length; k++) normals[k] = normalInverse(points.coordinates[k]);
    bridge.write(normals, path);
    let sum = 0;
    for (let k = 0; k < path.length; k++) sum += exponential(sigma * path[k] + drift * times[k]);
    const move = sum / times.length - 1;
    for (let strike = 0; strike < counts.length; strike++) {
      if (move > plan.thresholds[strike]) counts[strike]++;
    }
  }
  return counts;
}

function shiftOf(seed: number, shift: number, dimensions: number): Uint32Array {
  const first = STREAM + BigInt(shift * dimensions);
  return Uint32Array.from({ length: dimensions }, (_, k) => Number(splitMix(BigInt(seed), first + BigInt(k)) >> 32n));
}
