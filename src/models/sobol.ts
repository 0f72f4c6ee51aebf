/**
 * Sobol points: they fill the unit cube of up to sixty dimensions more evenly than random ones. A digital shift (an
 * exclusive or with random bits) makes each of them uniformly distributed and keeps the evenness.
 *
 * The direction numbers are those published with S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better
 * two-dimensional projections", SIAM J. Scientific Computing 30 (2008); the order of the points is the Gray code's (I. A.
 * Antonov and V. M. Saleev, USSR Computational Mathematics and Mathematical Physics 19, 1980).
 * @module
 */

const BITS = 32;

/** Of dimensions 2 to 60: degree s of the primitive polynomial, its inner coefficients as bits, the first s numbers. */
// deno-fmt-ignore
const DIRECTIONS: readonly (readonly number[])[] = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
  [6, 19, 1, 1, 1, 15, 7, 5],
  [6, 22, 1, 3, 1, 15, 13, 25],
  [6, 25, 1, 1, 5, 5, 19, 61],
  [7, 1, 1, 3, 7, 11, 23, 15, 103],
  [7, 4, 1, 3, 7, 13, 13, 15, 69],
  [7, 7, 1, 1, 3, 13, 7, 35, 63],
  [7, 8, 1, 3, 5, 9, 1, 25, 53],
  [7, 14, 1, 3, 1, 13, 9, 35, 107],
  [7, 19, 1, 3, 1, 5, 27, 61, 31],
  [7, 21, 1, 1, 5, 11, 19, 41, 61],
  [7, 28, 1, 3, 5, 3, 3, 13, 69],
  [7, 31, 1, 1, 7, 13, 1, 19, 1],
  [7, 32, 1, 3, 7, 5, 13, 19, 59],
  [7, 37, 1, 1, 3, 9, 25, 29, 41],
  [7, 41, 1, 3, 5, 13, 23, 1, 55],
  [7, 42, 1, 3, 7, 3, 13, 59, 17],
  [7, 50, 1, 3, 1, 3, 5, 53, 69],
  [7, 55, 1, 1, 5, 5, 23, 33, 13],
  [7, 56, 1, 1, 7, 7, 1, 61, 123],
  [7, 59, 1, 1, 7, 9, 13, 61, 49],
  [7, 62, 1, 3, 3, 5, 3, 55, 33],
  [8, 14, 1, 3, 1, 15, 31, 13, 49, 245],
  [8, 21, 1, 3, 5, 15, 31, 59, 63, 97],
  [8, 22, 1, 3, 1, 11, 11, 11, 77, 249],
  [8, 38, 1, 3, 1, 11, 27, 43, 71, 9],
  [8, 47, 1, 1, 7, 15, 21, 11, 81, 45],
  [8, 49, 1, 3, 7, 3, 25, 31, 65, 79],
  [8, 50, 1, 3, 1, 1, 19, 11, 3, 205],
  [8, 52, 1, 1, 5, 9, 19, 21, 29, 157],
  [8, 56, 1, 3, 7, 11, 1, 33, 89, 185],
  [8, 67, 1, 3, 3, 3, 15, 9, 79, 71],
  [8, 70, 1, 3, 7, 11, 15, 39, 119, 27],
  [8, 84, 1, 1, 3, 1, 11, 31, 97, 225],
  [8, 97, 1, 1, 1, 3, 23, 43, 57, 177],
  [8, 103, 1, 3, 7, 7, 17, 17, 37, 71],
  [8, 115, 1, 3, 1, 5, 27, 63, 123, 213],
  [8, 122, 1, 1, 3, 5, 11, 43, 53, 133],
  [9, 8, 1, 3, 5, 5, 29, 17, 47, 173, 479],
  [9, 13, 1, 3, 3, 11, 3, 1, 109, 9, 69],
  [9, 16, 1, 1, 1, 5, 17, 39, 23, 5, 343],
  [9, 22, 1, 3, 1, 5, 25, 15, 31, 103, 499],
  [9, 25, 1, 1, 1, 11, 11, 17, 63, 105, 183],
  [9, 44, 1, 1, 5, 11, 9, 29, 97, 231, 363],
  [9, 47, 1, 1, 5, 15, 19, 45, 41, 7, 383],
];

export const SOBOL_DIMENSIONS_MAX = DIRECTIONS.length + 1;

/** The 32 direction numbers of one dimension, from 0 on, each a 32-bit fraction. */
function directionsOf(dimension: number): Uint32Array {
  const result = new Uint32Array(BITS);
  if (dimension === 0) return result.map((_, k) => 2 ** (BITS - 1 - k));
  const [degree, coefficients, ...first] = DIRECTIONS[dimension - 1];
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      result[k] = first[k] * 2 ** (BITS - 1 - k);
      continue;
    }
    let number = result[k - degree] ^ (result[k - degree] >>> degree);
    for (let j = 1; j < degree; j++) {
      if (((coefficients >> (degree - 1 - j)) & 1) === 1) number ^= result[k - j];
    }
    result[k] = number;
  }
  return result;
}

/**
 * The points of one shift, one after the other; the object is the current point.
 *
 * @example
 * ```ts
 * import { SobolPoints } from "./sobol.ts";
 * import assert from "node:assert/strict";
 * const points = new SobolPoints(2);
 * points.start(new Uint32Array(2));
 * points.next();
 * points.next();
 * assert.deepEqual([...points.coordinates], [0.5, 0.5].map((x) => x + 2 ** -33));
 * ```
 */
export class SobolPoints {
  readonly #directions: readonly Uint32Array[];
  readonly #state: Uint32Array;
  #index = 0;
  /** The current point, each coordinate within (0, 1). */
  readonly coordinates: Float64Array;

  /** @param dimensions 1 to 60 */
  constructor(dimensions: number) {
    this.#directions = Array.from({ length: dimensions }, (_, k) => directionsOf(k));
    this.#state = new Uint32Array(dimensions);
    this.coordinates = new Float64Array(dimensions);
  }

  /** Begins anew before the first point. @param shift random bits for each dimension */
  start(shift: Uint32Array): void {
    this.#state.set(shift);
    this.#index = 0;
  }

  /** Moves on to the next point. */
  next(): void {
    const flipped = this.#index === 0 ? -1 : 31 - Math.clz32(this.#index & -this.#index);
    for (let k = 0; k < this.#state.length; k++) {
      if (flipped >= 0) this.#state[k] ^= this.#directions[k][flipped];
      this.coordinates[k] = (this.#state[k] + 0.5) / 2 ** BITS;
    }
    this.#index++;
  }
}
