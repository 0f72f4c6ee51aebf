/**
 * A volatility forecaster that learns: the heterogeneous autoregression of F. Corsi, "A simple approximate long-memory
 * model of realized volatility" (J. Financial Econometrics 7, 2009), from days to minutes. The logarithm of the next
 * minute's realised variance is a linear function of those of the last 1, 5, 15 and 60 minutes; a regression refits it
 * with every minute (recursive_least_squares.ts).
 *
 * | part | how |
 * | --- | --- |
 * | a minute's realised variance | squares of its one-second returns over the seconds that they span |
 * | beginning | weights that decline with the span; data move them as soon as there are any |
 * | several minutes ahead | step by step: a forecast minute is taken in as if it had happened |
 * | from a logarithm to its variance | times the mean of exp(error) of the forecasts so far (N. Duan, "Smearing estimate", J. American Statistical Association 78, 1983): errors need not be normal, a minute that hardly moved makes a large one |
 * | seconds against minutes | trades jump between bid and ask, prices of seconds move less freely than those of minutes: the ratio of the minutes' own squared returns to their realised variance scales the forecast |
 *
 * @module
 */

import { exponential, logarithm } from "./elementary.ts";
import { RecursiveLeastSquares } from "./recursive_least_squares.ts";
import { StepReturns } from "./step_returns.ts";
import { DEFAULT_LIMITS, Returns } from "./volatility.ts";
import {
  type ForecasterDescription,
  isHorizon,
  priceRefusal,
  SIGMA_MAX,
  SIGMA_MIN,
  sigmaOf,
  type VolatilityForecaster,
} from "./volatility_forecaster.ts";

const MINUTE = 60;
const SPANS = [1, 5, 15, 60] as const;
/** Minutes remembered: the longest span. */
const MEMORY = 60;
/** Of a minute, seconds that its returns must span: half a minute says too little of the whole. */
const COVERED_MIN = 40;
/** Steps that a forecast goes ahead; all that lies beyond is as the last one. */
const STEPS_MAX = 60;
/** Intercept, then a weight for each span: as it was, so it goes on, until the data know better. */
const PRIOR = [0, 0.35, 0.25, 0.2, 0.2] as const;
/** Logarithms are measured from here, so that they are small numbers: 28 % a year, calm for a coin. */
const LEVEL = 2 * logarithm(5e-5);
/** The prior counts as much as some ten minutes. */
const PRIOR_VARIANCE = 0.1;
/** Half of what was learnt is forgotten within 23 hours. */
const FORGETTING = 0.9995;
/** Variance of the logarithm's error before any was seen, and the mean of its exponential. */
const PRIOR_ERROR = 0.3;
const PRIOR_SMEAR = 1.15;
/** An error counts as at most this, up or down: one crash must not scale the forecasts of a day. */
const ERROR_MAX = 3;
/** Minutes that the beliefs about errors and ratio count for at the beginning. */
const PRIOR_MINUTES = 30;
const RATIO_MIN = 0.25;
const RATIO_MAX = 4;
const LOG_MIN = 2 * logarithm(SIGMA_MIN);
const LOG_MAX = 2 * logarithm(SIGMA_MAX);

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/**
 * @example
 * ```ts
 * import { HarVolatility } from "./volatility_har.ts";
 * import assert from "node:assert/strict";
 * const forecaster = new HarVolatility();
 * for (let second = 0; second <= 600; second++) forecaster.push(second, second % 2 === 0 ? 100 : 100.01);
 * const sigma = forecaster.forecast(300);
 * assert.ok(sigma !== null && sigma > 0 && sigma < 0.0001);
 * ```
 */
export class HarVolatility implements VolatilityForecaster {
  readonly name = "har";
  readonly #returns = new Returns(DEFAULT_LIMITS.longestGapSeconds);
  readonly #minuteReturns = new StepReturns(MINUTE, 1, (logReturn, end) => this.#endMinute(logReturn, end));
  readonly #regression = new RecursiveLeastSquares({
    coefficients: PRIOR,
    priorVariance: PRIOR_VARIANCE,
    forgetting: FORGETTING,
  });
  /** Realised variance per second, the oldest minute first; `NaN` where it is not known. */
  readonly #variances = new Float64Array(MEMORY).fill(NaN);
  /** What a forecast works on: the memory, then the minutes ahead. */
  readonly #ahead = new Float64Array(MEMORY + STEPS_MAX);
  readonly #regressors = new Float64Array(PRIOR.length);
  readonly #scratch = new Float64Array(PRIOR.length);
  /** Whether the regressors are those that the minute under way follows from. */
  #waiting = false;
  #second = -1;
  #minuteEnd = NaN;
  #squares = 0;
  #covered = 0;
  #errorSum = PRIOR_ERROR * PRIOR_MINUTES;
  #smearSum = PRIOR_SMEAR * PRIOR_MINUTES;
  #errorCount = PRIOR_MINUTES;
  #ratioOf = 0;
  #ratioTo = 0;
  #ratioCount = 0;

  push(second: number, price: number): string | null {
    const refusal = priceRefusal(second, price, this.#second);
    if (refusal !== null) return refusal;
    this.#second = second;
    // A price on the full minute still belongs to it, one after it ends it first.
    if (second % MINUTE !== 0) this.#minuteReturns.push(second, price);
    if (this.#returns.advance(second, price) && !Number.isNaN(this.#returns.squarePerSecond)) {
      this.#squares += this.#returns.squarePerSecond * this.#returns.elapsed;
      this.#covered += this.#returns.elapsed;
    }
    if (second % MINUTE === 0) this.#minuteReturns.push(second, price);
    return null;
  }

  forecast(horizonSeconds: number): number | null {
    if (!isHorizon(horizonSeconds)) return null;
    const ahead = this.#ahead;
    ahead.set(this.#variances);
    const minutes = horizonSeconds / MINUTE;
    const steps = Math.min(STEPS_MAX, Math.ceil(minutes));
    const smear = this.#smearSum / this.#errorCount;
    let sum = 0;
    for (let step = 0; step < steps; step++) {
      if (!fillRegressors(ahead, MEMORY + step, this.#scratch)) return null;
      const log = within(this.#regression.predict(this.#scratch) + LEVEL, LOG_MIN, LOG_MAX);
      const variance = exponential(log) * smear;
      ahead[MEMORY + step] = variance;
      const last = step + 1 === steps;
      sum += variance * (last ? minutes - step : 1);
    }
    return sigmaOf(sum / minutes * this.ratio);
  }

  /** Squared returns of whole minutes over what their seconds add up to, drawn towards 1 while few were seen. */
  get ratio(): number {
    if (this.#ratioCount === 0 || !(this.#ratioTo > 0)) return 1;
    const prior = PRIOR_MINUTES * this.#ratioTo / this.#ratioCount;
    return within((this.#ratioOf + prior) / (this.#ratioTo + prior), RATIO_MIN, RATIO_MAX);
  }

  describe(): ForecasterDescription {
    const [intercept, minute, five, quarter, hour] = this.#regression.coefficients;
    return {
      name: this.name,
      method: "Regression of the next minute's log variance on those of 1, 5, 15 and 60 minutes, refitted every minute",
      observations: this.#regression.count,
      parameters: {
        intercept,
        weight_1m: minute,
        weight_5m: five,
        weight_15m: quarter,
        weight_60m: hour,
        error_variance: this.#errorSum / this.#errorCount,
        smearing: this.#smearSum / this.#errorCount,
        minute_ratio: this.ratio,
      },
    };
  }

  #endMinute(logReturn: number, end: number): void {
    const passed = Number.isNaN(this.#minuteEnd) ? 1 : (end - this.#minuteEnd) / MINUTE;
    // After a silence of minutes, what was gathered is of the minute that it began in.
    const known = passed === 1 && this.#covered >= COVERED_MIN;
    const variance = known ? Math.max(SIGMA_MIN * SIGMA_MIN, this.#squares / this.#covered) : NaN;
    this.#squares = 0;
    this.#covered = 0;
    this.#minuteEnd = end;
    this.#shift(passed);
    this.#variances[MEMORY - 1] = variance;
    if (known && this.#waiting) this.#learn(logarithm(variance) - LEVEL);
    if (known && !Number.isNaN(logReturn)) this.#compare(logReturn * logReturn / MINUTE, variance);
    this.#waiting = known && fillRegressors(this.#variances, MEMORY, this.#regressors);
  }

  /** Makes room for minutes that have passed; the older ones of them are not known. */
  #shift(minutes: number): void {
    const kept = Math.max(0, MEMORY - minutes);
    this.#variances.copyWithin(0, MEMORY - kept);
    this.#variances.fill(NaN, kept);
  }

  #learn(log: number): void {
    const error = within(log - this.#regression.predict(this.#regressors), -ERROR_MAX, ERROR_MAX);
    this.#errorSum = FORGETTING * this.#errorSum + error * error;
    this.#smearSum = FORGETTING * this.#smearSum + exponential(error);
    this.#errorCount = FORGETTING * this.#errorCount + 1;
    this.#regression.learn(this.#regressors, log);
  }

  #compare(ofMinute: number, ofSeconds: number): void {
    this.#ratioOf = FORGETTING * this.#ratioOf + ofMinute;
    this.#ratioTo = FORGETTING * this.#ratioTo + ofSeconds;
    this.#ratioCount = FORGETTING * this.#ratioCount + 1;
  }
}

/**
 * The logarithms of the mean variance of each span before `end`, and 1 for the intercept. A span of which no minute is
 * known is taken to be as the next longer one.
 *
 * @returns false where no minute is known at all
 */
function fillRegressors(variances: Float64Array, end: number, into: Float64Array): boolean {
  into[0] = 1;
  let sum = 0;
  let count = 0;
  let at = end;
  let unknown = 0;
  for (let span = 0; span < SPANS.length; span++) {
    for (; at > end - SPANS[span]; at--) {
      const variance = variances[at - 1];
      if (Number.isNaN(variance)) continue;
      sum += variance;
      count++;
    }
    if (count === 0) {
      unknown++;
      continue;
    }
    into[span + 1] = logarithm(sum / count) - LEVEL;
    for (; unknown > 0; unknown--) into[span + 1 - unknown] = into[span + 1];
  }
  return unknown === 0;
}
