/**
 * Gaussian process regression: what a smooth, noisy function of a few numbers is likely to be between the points where it is
 * known (C. E. Rasmussen and C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006, algorithm 2.1).
 *
 * The kernel is Matern 5/2 with a length scale for each number, so that numbers which do not matter are told from those that do;
 * the noise is part of the model, because a backtest of neighbouring parameters jumps.
 * @module
 */

const SQRT_5 = Math.sqrt(5);
/** Keeps the matrix positive definite where points lie on one another. */
const JITTER = 1e-10;

/** Scales are of the numbers' own unit; the noise is a variance, as a part of that of the function. */
export interface KernelSettings {
  readonly lengths: readonly number[];
  readonly noise: number;
}

export interface Prediction {
  readonly mean: number;
  /** Of the function itself, without the noise of looking at it. */
  readonly deviation: number;
}

export class GaussianProcess {
  readonly #points: readonly (readonly number[])[];
  readonly #settings: KernelSettings;
  /** Lower triangle, row by row. */
  readonly #factor: Float64Array;
  readonly #weights: Float64Array;
  readonly #variance: number;
  /**
   * The logarithm of the likelihood of the values under these settings, with the variance of the function at what makes it
   * largest: settings are compared by it.
   */
  readonly logLikelihood: number;

  /** Values are taken to vary around 0. */
  constructor(points: readonly (readonly number[])[], values: readonly number[], settings: KernelSettings) {
    const size = points.length;
    if (size === 0 || size !== values.length) {
      throw new RangeError(
        `Every point needs a value, and there must be some: ${size} points, ${values.length} values`,
      );
    }
    this.#points = points;
    this.#settings = settings;
    const matrix = new Float64Array(size * size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < row; column++) {
        matrix[row * size + column] = matern(points[row], points[column], settings.lengths);
      }
      matrix[row * size + row] = 1 + settings.noise + JITTER;
    }
    this.#factor = factorise(matrix, size);
    const halfway = solveLower(this.#factor, Float64Array.from(values), size);
    let quadratic = 0;
    for (const each of halfway) quadratic += each * each;
    this.#variance = Math.max(quadratic / size, Number.MIN_VALUE);
    this.#weights = solveUpper(this.#factor, halfway, size);
    let logDeterminant = 0;
    for (let k = 0; k < size; k++) logDeterminant += 2 * Math.log(this.#factor[k * size + k]);
    this.logLikelihood = -0.5 * (size * Math.log(2 * Math.PI * this.#variance) + logDeterminant + size);
  }

  predict(point: readonly number[]): Prediction {
    const size = this.#points.length;
    const near = new Float64Array(size);
    let mean = 0;
    for (let k = 0; k < size; k++) {
      near[k] = matern(point, this.#points[k], this.#settings.lengths);
      mean += near[k] * this.#weights[k];
    }
    const explained = solveLower(this.#factor, near, size).reduce((sum, each) => sum + each * each, 0);
    return { mean, deviation: Math.sqrt(this.#variance * Math.max(0, 1 - explained)) };
  }
}

function matern(a: readonly number[], b: readonly number[], lengths: readonly number[]): number {
  let square = 0;
  for (let k = 0; k < lengths.length; k++) square += ((a[k] - b[k]) / lengths[k]) ** 2;
  const distance = SQRT_5 * Math.sqrt(square);
  return (1 + distance + 5 / 3 * square) * Math.exp(-distance);
}

/** Cholesky's factor of a symmetric matrix, in place. */
function factorise(matrix: Float64Array, size: number): Float64Array {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column];
      for (let k = 0; k < column; k++) sum -= matrix[row * size + k] * matrix[column * size + k];
      if (row !== column) matrix[row * size + column] = sum / matrix[column * size + column];
      else matrix[row * size + row] = Math.sqrt(Math.max(sum, JITTER));
    }
  }
  return matrix;
}

function solveLower(factor: Float64Array, right: Float64Array, size: number): Float64Array {
  const solution = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let sum = right[row];
    for (let k = 0; k < row; k++) sum -= factor[row * size + k] * solution[k];
    solution[row] = sum / factor[row * size + row];
  }
  return solution;
}

/** With the transposed factor. */
function solveUpper(factor: Float64Array, right: Float64Array, size: number): Float64Array {
  const solution = new Float64Array(size);
  for (let row = size - 1; row >= 0; row--) {
    let sum = right[row];
    for (let k = row + 1; k < size; k++) sum -= factor[k * size + row] * solution[k];
    solution[row] = sum / factor[row * size + row];
  }
  return solution;
}
