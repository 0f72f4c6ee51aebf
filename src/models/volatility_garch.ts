/**
 * A volatility forecaster that learns: GARCH(1,1) of T. Bollerslev, "Generalized autoregressive conditional
 * heteroskedasticity" (J. Econometrics 31, 1986), on the returns of equal steps of time,
 *
 *     h(t+1) = omega + alpha r(t)^2 + beta h(t),
 *
 * refitted by greatest Gaussian likelihood on a rolling window. A step without a known return is taken at its
 * expectation, r^2 = h. Expected over n steps the variance is v + (h - v) (1 - p^n) / (n (1 - p)), with p = alpha + beta
 * and v = omega / (1 - p).
 * @module
 */

import { boundedMinimum, type Bounds } from "./bounded_minimum.ts";
import { exponential, logarithm } from "./elementary.ts";
import { StepReturns } from "./step_returns.ts";
import {
  type ForecasterDescription,
  isHorizon,
  priceRefusal,
  SIGMA_MIN,
  sigmaOf,
  type VolatilityForecaster,
} from "./volatility_forecaster.ts";

const LN_2_PI = 1.8378770664093453;
/** Far below any variance: a factor that cannot carry a product out of the float range. */
const VARIANCE_LEAST = 1e-100;
const PRODUCT_LOW = 1e-150;
const PRODUCT_HIGH = 1e150;

export interface GarchParameters {
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
}

/**
 * Gaussian log likelihood of returns; those that are `NaN` are not known and say nothing.
 *
 * @param first variance of the first return
 * @param varianceMin no variance counts as less: a price that stands still is not certain
 */
export function garchLogLikelihood(
  returns: ArrayLike<number>,
  { omega, alpha, beta }: GarchParameters,
  first: number,
  varianceMin: number,
): number {
  const least = Math.max(VARIANCE_LEAST, varianceMin);
  let variance = first;
  let sum = 0;
  // Variances are multiplied until their product leaves the middle of the float range: a logarithm for many of them.
  let product = 1;
  for (let k = 0; k < returns.length; k++) {
    if (variance < least) variance = least;
    const known = !Number.isNaN(returns[k]);
    const square = known ? returns[k] * returns[k] : variance;
    if (known) {
      sum += LN_2_PI + square / variance;
      product *= variance;
      if (product < PRODUCT_LOW || product > PRODUCT_HIGH) {
        sum += logarithm(product);
        product = 1;
      }
    }
    variance = omega + alpha * square + beta * variance;
  }
  return -0.5 * (sum + logarithm(product));
}

/** Without a fit: a return weighs 5 %, and half of a shock is gone after 14 steps. */
const DEFAULT_ALPHA = 0.05;
const DEFAULT_PERSISTENCE = 0.95;
/**
 * Long-run variance as a multiple of the window's mean square (its logarithm), alpha, and alpha + beta: at most a
 * half-life of 1,400 steps, so that the long-run variance exists and is felt.
 */
const BOUNDS: Bounds = { low: [-1.5, 0, 0], high: [1.5, 0.6, 0.9995] };
/** A fit settles within a hundred or two; a start on the last fit within fewer. */
const EVALUATIONS_MAX = 300;
/** In log likelihood: far below what any return says. */
const TOLERANCE = 1e-4;
/** Known returns before the first answer, and before the first fit. */
const RETURNS_MIN = 10;
const FIT_RETURNS_MIN = 120;
const STEP_SECONDS_MAX = 3_600;
const WINDOW_MAX = 20_000;

export interface GarchSettings {
  readonly stepSeconds: number;
  /** Steps that a fit looks back. */
  readonly windowSteps: number;
  /** Known returns between two fits. */
  readonly refitEvery: number;
}

/** Steps of ten seconds: four hours of them, fitted again every quarter of an hour. */
export const GARCH_DEFAULTS: GarchSettings = { stepSeconds: 10, windowSteps: 1_440, refitEvery: 90 };

/**
 * @example
 * ```ts
 * import { GarchVolatility } from "./volatility_garch.ts";
 * import assert from "node:assert/strict";
 * const forecaster = new GarchVolatility();
 * for (let second = 0; second <= 600; second++) forecaster.push(second, second % 20 < 10 ? 100 : 100.01);
 * assert.equal(forecaster.forecast(300)?.toFixed(8), (Math.log(1.0001) / Math.sqrt(10)).toFixed(8));
 * ```
 */
export class GarchVolatility implements VolatilityForecaster {
  readonly name = "garch";
  readonly #settings: GarchSettings;
  readonly #steps: StepReturns;
  /** The window, its oldest return at `#at` once it is full. */
  readonly #returns: Float64Array;
  readonly #inOrder: Float64Array;
  readonly #varianceMin: number;
  #at = 0;
  #second = -1;
  #sinceFit = 0;
  #fits = 0;
  #evaluations = 0;
  /** Long-run variance of a step over the window's mean square. */
  #scale = 1;
  #alpha = DEFAULT_ALPHA;
  #persistence = DEFAULT_PERSISTENCE;
  #squares = 0;
  #known = 0;
  /** Of the next step's return. */
  #variance = NaN;

  constructor(given: Partial<GarchSettings> = {}) {
    const settings = { ...GARCH_DEFAULTS, ...given };
    assertWhole("stepSeconds", settings.stepSeconds, 1, STEP_SECONDS_MAX);
    assertWhole("windowSteps", settings.windowSteps, FIT_RETURNS_MIN, WINDOW_MAX);
    assertWhole("refitEvery", settings.refitEvery, 1, WINDOW_MAX);
    this.#settings = settings;
    this.#returns = new Float64Array(settings.windowSteps).fill(NaN);
    this.#inOrder = new Float64Array(settings.windowSteps);
    this.#varianceMin = SIGMA_MIN * SIGMA_MIN * settings.stepSeconds;
    this.#steps = new StepReturns(settings.stepSeconds, settings.windowSteps, (logReturn) => this.#take(logReturn));
  }

  push(second: number, price: number): string | null {
    const refusal = priceRefusal(second, price, this.#second);
    if (refusal !== null) return refusal;
    this.#second = second;
    this.#steps.push(second, price);
    return null;
  }

  forecast(horizonSeconds: number): number | null {
    if (this.#known < RETURNS_MIN || !isHorizon(horizonSeconds)) return null;
    const { stepSeconds } = this.#settings;
    const steps = Math.max(1, horizonSeconds / stepSeconds);
    const longRun = this.#longRun;
    const p = this.#persistence;
    const left = p > 0 ? exponential(steps * logarithm(p)) : 0;
    const variance = longRun + (this.#variance - longRun) * (1 - left) / (steps * (1 - p));
    return sigmaOf(variance / stepSeconds);
  }

  describe(): ForecasterDescription {
    const { stepSeconds, windowSteps } = this.#settings;
    const ready = this.#known >= RETURNS_MIN;
    return {
      name: this.name,
      method: "GARCH(1,1) by greatest likelihood over a rolling window",
      observations: this.#known,
      parameters: {
        step_seconds: stepSeconds,
        window_steps: windowSteps,
        alpha: this.#alpha,
        beta: this.#persistence - this.#alpha,
        ...(ready ? { omega: this.#longRun * (1 - this.#persistence) } : {}),
        fits: this.#fits,
        evaluations: this.#evaluations,
      },
    };
  }

  get #longRun(): number {
    return Math.max(this.#varianceMin, this.#scale * this.#squares / this.#known);
  }

  #take(logReturn: number): void {
    const leaving = this.#returns[this.#at];
    if (!Number.isNaN(leaving)) this.#known--;
    this.#returns[this.#at] = logReturn;
    this.#at = (this.#at + 1) % this.#returns.length;
    const isKnown = !Number.isNaN(logReturn);
    if (isKnown) this.#known++;
    this.#squares += (isKnown ? logReturn * logReturn : 0) - (Number.isNaN(leaving) ? 0 : leaving * leaving);
    // Once around, the sum is taken anew: what rounding left over does not stay.
    if (this.#at === 0) this.#squares = this.#sumOfSquares();
    if (this.#known === 0) return;
    if (Number.isNaN(this.#variance)) this.#variance = this.#longRun;
    const square = isKnown ? logReturn * logReturn : this.#variance;
    this.#variance = this.#next(square, this.#variance);
    if (!isKnown) return;
    this.#sinceFit++;
    if (this.#known >= FIT_RETURNS_MIN && (this.#sinceFit >= this.#settings.refitEvery || this.#fits === 0)) {
      this.#fit();
    }
  }

  #next(square: number, variance: number): number {
    const beta = this.#persistence - this.#alpha;
    const next = this.#longRun * (1 - this.#persistence) + this.#alpha * square + beta * variance;
    return Math.max(this.#varianceMin, next);
  }

  #sumOfSquares(): number {
    let sum = 0;
    for (const each of this.#returns) if (!Number.isNaN(each)) sum += each * each;
    return sum;
  }

  /** Fits the window, from where the last fit ended, and follows the variance through it once more. */
  #fit(): void {
    this.#sinceFit = 0;
    this.#fits++;
    const split = this.#returns.length - this.#at;
    this.#inOrder.set(this.#returns.subarray(this.#at));
    this.#inOrder.set(this.#returns.subarray(0, this.#at), split);
    const first = Math.max(this.#varianceMin, this.#squares / this.#known);
    const target = ([logScale, alpha, persistence]: readonly number[]): number => {
      if (alpha > persistence) return Infinity;
      const omega = first * exponential(logScale) * (1 - persistence);
      const parameters = { omega, alpha, beta: persistence - alpha };
      return -garchLogLikelihood(this.#inOrder, parameters, first, this.#varianceMin);
    };
    const start = [logarithm(this.#scale), this.#alpha, this.#persistence];
    const found = boundedMinimum(target, start, BOUNDS, EVALUATIONS_MAX, TOLERANCE);
    this.#evaluations = found.evaluations;
    if (!Number.isFinite(found.value)) return;
    const [logScale, alpha, persistence] = found.at;
    this.#scale = exponential(logScale);
    this.#alpha = alpha;
    this.#persistence = persistence;
    this.#variance = first;
    for (const each of this.#inOrder) {
      this.#variance = this.#next(Number.isNaN(each) ? this.#variance : each * each, this.#variance);
    }
  }
}

function assertWhole(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(`GARCH setting ${name} must be a whole number from ${low} to ${high}, not ${value}`);
}
