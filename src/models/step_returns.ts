/**
 * Log returns over equal steps of time, made of prices that come by the second.
 * @module
 */

import { logarithm } from "./elementary.ts";

/** A price older than this is no step's closing price: what happened since is not known. */
const CARRY_SECONDS_MAX = 20;

/**
 * A step ends at every whole multiple of its length, its closing price is the last one known by then. A step of which
 * the closing price, or that of the step before, is not known gives `NaN`.
 */
export class StepReturns {
  readonly #step: number;
  readonly #carry: number;
  readonly #missingMax: number;
  readonly #take: (logReturn: number, end: number) => void;
  #second = NaN;
  #price = NaN;
  /** When the last step ended that was handed out, and its closing price, `NaN` where that is not known. */
  #end = NaN;
  #close = NaN;

  /**
   * @param stepSeconds length of a step, whole seconds
   * @param missingMax of the steps of a silence at most this many are handed out, the last ones
   * @param take is given each step's return and the second at which the step ended
   */
  constructor(stepSeconds: number, missingMax: number, take: (logReturn: number, end: number) => void) {
    if (!Number.isInteger(stepSeconds) || stepSeconds < 1) {
      throw new RangeError(`A step must last whole seconds, not ${stepSeconds}`);
    }
    this.#step = stepSeconds;
    this.#carry = Math.min(stepSeconds, CARRY_SECONDS_MAX);
    this.#missingMax = missingMax;
    this.#take = take;
  }

  /** Takes the price of a second that comes after the one before. */
  push(second: number, price: number): void {
    if (!Number.isNaN(this.#second)) this.#endStepsBefore(second);
    this.#second = second;
    this.#price = price;
    if (second % this.#step === 0) this.#endStep(second);
  }

  #endStepsBefore(second: number): void {
    const step = this.#step;
    const next = (Math.floor(this.#second / step) + 1) * step;
    const count = Math.ceil((second - next) / step);
    if (count > this.#missingMax) this.#close = NaN;
    for (let k = Math.max(0, count - this.#missingMax); k < count; k++) this.#endStep(next + k * step);
  }

  #endStep(end: number): void {
    const close = end - this.#second <= this.#carry ? this.#price : NaN;
    const known = this.#end === end - this.#step;
    const first = Number.isNaN(this.#end);
    const change = known ? logarithm(close / this.#close) : NaN;
    // A leap that no number holds is not known either.
    const logReturn = Number.isFinite(change) ? change : NaN;
    this.#end = end;
    this.#close = close;
    if (!first) this.#take(logReturn, end);
  }
}
