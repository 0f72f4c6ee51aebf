/**
 * The parts of the scalar kernel's walks that have a state of their own: wasm/assembly/monte_carlo/jump.ts and heston.ts for
 * one lane.
 * @module
 */

import { SLOT } from "./monte_carlo_kernel.ts";
import { multiplyAdd } from "./monte_carlo_scalar_math.ts";
import {
  cosine,
  type LaneRandom,
  lowDirection,
  signedRadius,
  sine,
  squaredRadius,
} from "./monte_carlo_scalar_random.ts";

const f32 = Math.fround;

/** The jumps of the paths A and B of one lane. */
export class Jumps {
  readonly #random: LaneRandom;
  readonly #half: number;
  readonly #mean: number;
  readonly #deviation: number;
  readonly #gaps = new Float32Array(2);
  readonly even = new Float32Array(2);
  readonly odd = new Float32Array(2);

  constructor(random: LaneRandom, slots: Float64Array) {
    this.#random = random;
    this.#half = f32(slots[SLOT.halfGap]);
    this.#mean = f32(slots[SLOT.jumpMean]);
    this.#deviation = f32(slots[SLOT.jumpDeviation]);
    random.fillDraws(2);
    this.#gaps[0] = squaredRadius(random.draws[0]) * this.#half;
    this.#gaps[1] = squaredRadius(random.draws[1]) * this.#half;
  }

  pass(seconds: number): void {
    const passed = f32(seconds);
    const { draws } = this.#random;
    this.#gaps[0] -= passed;
    this.#gaps[1] -= passed;
    while (this.#gaps[0] <= 0 || this.#gaps[1] <= 0) {
      this.#random.fillDraws(4);
      const deviation = f32(signedRadius(draws[0]) * this.#deviation);
      const h = lowDirection(draws[1]);
      const square = f32(h * h);
      const parts = [cosine(square), sine(h, square)];
      for (let path = 0; path < 2; path++) {
        if (!(this.#gaps[path] <= 0)) continue;
        this.even[path] += this.#mean;
        this.odd[path] += f32(deviation * parts[path]);
        this.#gaps[path] += f32(squaredRadius(draws[2 + path]) * this.#half);
      }
    }
  }
}

/** One path with a variance of its own. */
export class HestonPath {
  readonly #along: number;
  readonly #across: number;
  readonly #halfSquare: number;
  readonly #volatility: number;
  readonly #reversion: number;
  #variance = 1;
  even = 0;
  odd = 0;
  twin = 0;

  constructor(slots: Float64Array) {
    const sigma = slots[SLOT.sigma];
    this.#along = f32(sigma * slots[SLOT.correlation]);
    this.#across = f32(sigma * slots[SLOT.independence]);
    this.#halfSquare = f32(-0.5 * sigma * sigma);
    this.#volatility = f32(slots[SLOT.varianceVolatility]);
    this.#reversion = slots[SLOT.reversion];
  }

  step(own: number, other: number, length: number): void {
    const held = this.#variance < 0 ? 0 : this.#variance;
    const root = f32(Math.sqrt(held));
    const moved = f32(root * own);
    this.even = multiplyAdd(held, f32(this.#halfSquare * f32(length)), multiplyAdd(moved, this.#along, this.even));
    this.odd = multiplyAdd(f32(root * other), this.#across, this.odd);
    const drawn = multiplyAdd(f32(1 - held), f32(this.#reversion * length), this.#variance);
    this.#variance = multiplyAdd(moved, this.#volatility, drawn);
    this.twin = multiplyAdd(other, this.#across, multiplyAdd(own, this.#along, this.twin));
  }
}
