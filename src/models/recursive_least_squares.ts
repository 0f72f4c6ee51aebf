/**
 * Linear regression that takes one observation after the other and lets old ones fade: recursive least squares with
 * exponential forgetting (L. Ljung, "System Identification", 1999, 11.2), in constant time and memory.
 *
 * The prior is a ridge: the coefficients begin at given values, as if known with a given variance, and leave them only
 * as far as the data say so. Forgetting is switched off in any direction that the data have not excited for so long that
 * its variance would exceed the prior's, which bounds the state for ever.
 * @module
 */

export interface LeastSquaresSettings {
  readonly coefficients: readonly number[];
  /** Variance of each prior coefficient, in units of the noise variance. */
  readonly priorVariance: number;
  /** What one observation leaves of the weight of those before it, above 0 and at most 1. */
  readonly forgetting: number;
}

export class RecursiveLeastSquares {
  readonly #settings: LeastSquaresSettings;
  readonly #coefficients: Float64Array;
  /** Row by row. */
  readonly #covariance: Float64Array;
  readonly #gain: Float64Array;
  #count = 0;

  constructor(settings: LeastSquaresSettings) {
    const { coefficients, priorVariance, forgetting } = settings;
    if (!(forgetting > 0 && forgetting <= 1)) {
      throw new RangeError(`Forgetting must be above 0 and at most 1, not ${forgetting}`);
    }
    if (!(priorVariance > 0 && priorVariance < Infinity)) {
      throw new RangeError(`The prior variance must be above 0, not ${priorVariance}`);
    }
    this.#settings = settings;
    this.#coefficients = new Float64Array(coefficients.length);
    this.#covariance = new Float64Array(coefficients.length ** 2);
    this.#gain = new Float64Array(coefficients.length);
    this.reset();
  }

  get coefficients(): readonly number[] {
    return [...this.#coefficients];
  }

  /** Observations taken since the start. */
  get count(): number {
    return this.#count;
  }

  predict(regressors: ArrayLike<number>): number {
    let sum = 0;
    for (let k = 0; k < this.#coefficients.length; k++) sum += this.#coefficients[k] * regressors[k];
    return sum;
  }

  /** Takes one observation; one that is not finite is passed over. */
  learn(regressors: ArrayLike<number>, value: number): void {
    const error = value - this.predict(regressors);
    if (!Number.isFinite(error)) return;
    const size = this.#coefficients.length;
    const covariance = this.#covariance;
    const gain = this.#gain;
    let spread = this.#settings.forgetting;
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let column = 0; column < size; column++) sum += covariance[row * size + column] * regressors[column];
      gain[row] = sum;
      spread += sum * regressors[row];
    }
    for (let row = 0; row < size; row++) this.#coefficients[row] += gain[row] * error / spread;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column <= row; column++) {
        const value = covariance[row * size + column] - gain[row] * gain[column] / spread;
        covariance[row * size + column] = value;
        covariance[column * size + row] = value;
      }
    }
    this.#forget();
    this.#count++;
    // Rounding may in the end leave a covariance that is none: then it begins anew, but keeps what it has learnt.
    if (!this.#isSound()) this.#resetCovariance();
  }

  /** Forgets everything that was learnt. */
  reset(): void {
    this.#coefficients.set(this.#settings.coefficients);
    this.#resetCovariance();
    this.#count = 0;
  }

  #resetCovariance(): void {
    const size = this.#coefficients.length;
    this.#covariance.fill(0);
    for (let k = 0; k < size; k++) this.#covariance[k * size + k] = this.#settings.priorVariance;
  }

  /** Scales each pair of rows and columns by what its own two variances may still grow. */
  #forget(): void {
    const { forgetting, priorVariance } = this.#settings;
    const size = this.#coefficients.length;
    const grow = this.#gain;
    for (let k = 0; k < size; k++) {
      const variance = this.#covariance[k * size + k];
      grow[k] = variance / forgetting <= priorVariance ? Math.sqrt(1 / forgetting) : 1;
    }
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) this.#covariance[row * size + column] *= grow[row] * grow[column];
    }
  }

  #isSound(): boolean {
    const size = this.#coefficients.length;
    for (let k = 0; k < size; k++) {
      const variance = this.#covariance[k * size + k];
      if (!(variance > 0 && variance < Infinity) || !Number.isFinite(this.#coefficients[k])) return false;
    }
    return true;
  }
}
