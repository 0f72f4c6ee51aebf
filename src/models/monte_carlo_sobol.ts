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

/** The paths of a request, prepared once for any of its shifts. */
export class SobolPaths {
  readonly #request: MonteCarloRequest;
  readonly #thresholds: readonly number[];
  readonly #times: readonly number[];
  readonly #points: SobolPoints;
  readonly #bridge: BrownianBridge;
  readonly #normals: Float64Array;
  readonly #path: Float64Array;

  constructor(request: MonteCarloRequest, plan: Plan) {
    const times = timesOf(plan);
    this.#request = request;
    this.#thresholds = plan.thresholds;
    this.#times = times;
    this.#points = new SobolPoints(times.length);
    this.#bridge = new BrownianBridge(times);
    this.#normals = new Float64Array(times.length);
    this.#path = new Float64Array(times.length);
  }

  /** Per strike: how many paths of one shift end above it. */
  run(shift: number): Float64Array {
    const { seed, paths } = this.#request;
    const counts = new Float64Array(this.#thresholds.length);
    this.#points.start(shiftOf(seed, shift, this.#times.length));
    for (let left = pathsOfShift(paths, shift); left > 0; left--) {
      const move = this.#nextMove();
      for (let strike = 0; strike < counts.length; strike++) {
        if (move > this.#thresholds[strike]) counts[strike]++;
      }
    }
    return counts;
  }

  /** Mean over the averaged prices of price / spot, less 1, at the next point. */
  #nextMove(): number {
    const { sigma } = this.#request;
    const normals = this.#normals;
    this.#points.next();
    for (let k = 0; k < normals.length; k++) normals[k] = normalInverse(this.#points.coordinates[k]);
    this.#bridge.write(normals, this.#path);
    const drift = -0.5 * sigma * sigma;
    let sum = 0;
    for (let k = 0; k < normals.length; k++) sum += exponential(sigma * this.#path[k] + drift * this.#times[k]);
    return sum / normals.length - 1;
  }
}

function shiftOf(seed: number, shift: number, dimensions: number): Uint32Array {
  const first = STREAM + BigInt(shift * dimensions);
  return Uint32Array.from({ length: dimensions }, (_, k) => Number(splitMix(BigInt(seed), first + BigInt(k)) >> 32n));
}
