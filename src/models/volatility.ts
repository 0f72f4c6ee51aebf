/**
 * Volatility from one-second prices: the standard deviation of the log return per square root of a second (DESIGN.md 3).
 *
 * Prices come with the whole second they belong to; the first price of a second is the one that counts. A return r over
 * k seconds, because k - 1 of them brought no price, says r^2 / k about the variance of one second, and every return
 * says it equally loudly: under Brownian motion the mean of r^2 / k is the estimate of greatest likelihood, whatever the
 * gaps. The mean return is taken as 0, which over minutes it is for all that can be measured.
 *
 * Both estimators take O(1) time per price (a window adds up its sum afresh once around), allocate nothing after their construction, and answer `null` until they
 * have seen enough returns.
 * @module
 */

import { exponential, logarithm } from "./elementary.ts";

const LN_2 = 0.6931471805599453;
/** The longest window: a day of seconds, 700 kB. */
export const MAX_WINDOW_SECONDS = 86_400;

/** What both estimators may be told; absent ones are as in {@link DEFAULT_LIMITS}. */
export interface VolatilityLimits {
  /** Answers start with this many returns, at least 1. */
  readonly returnsMin: number;
  /** No answer is below this, per square root of a second: a feed that stands still must not make a price certain. */
  readonly floor: number;
  /**
   * A gap of more seconds than this breaks the chain: the next price starts anew and the return across is not counted,
   * because what happened in an outage says little about the seconds after it.
   */
  readonly longestGapSeconds: number;
}

/** Two returns, no floor, a minute of silence at most. */
export const DEFAULT_LIMITS: VolatilityLimits = { returnsMin: 2, floor: 0, longestGapSeconds: 60 };

/** Turns prices into returns per second; the part that all estimators from seconds share. */
export class Returns {
  #second = NaN;
  #price = NaN;
  readonly #longestGap: number;
  /** Seconds since the price before, once {@link Returns.advance} said true. */
  elapsed = 0;
  /** r^2 / k of the newest return, finite; `NaN` where a gap broke the chain. */
  squarePerSecond = NaN;

  constructor(longestGap: number) {
    this.#longestGap = longestGap;
  }

  /** Takes a price; whether it moved the clock on from an earlier one. */
  advance(second: number, price: number): boolean {
    if (!(price > 0 && price < Infinity) || !Number.isSafeInteger(second)) return false;
    const elapsed = second - this.#second;
    if (elapsed <= 0) return false;
    const before = this.#price;
    this.#second = second;
    this.#price = price;
    if (Number.isNaN(before)) return false;
    this.elapsed = elapsed;
    const logReturn = logarithm(price / before);
    // A leap that no number holds says as little as a return across a gap.
    const isKnown = elapsed <= this.#longestGap && Number.isFinite(logReturn);
    this.squarePerSecond = isKnown ? logReturn * logReturn / elapsed : NaN;
    return true;
  }

  reset(): void {
    this.#second = NaN;
    this.#price = NaN;
  }
}

function assertWithin(name: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  throw new RangeError(`Volatility setting ${name} must be from ${low} to ${high}, not ${value}`);
}

function completeLimits(given: Partial<VolatilityLimits>): VolatilityLimits {
  const limits = { ...DEFAULT_LIMITS, ...given };
  assertWithin("returnsMin", limits.returnsMin, 1, MAX_WINDOW_SECONDS);
  assertWithin("floor", limits.floor, 0, 1);
  assertWithin("longestGapSeconds", limits.longestGapSeconds, 1, MAX_WINDOW_SECONDS);
  return limits;
}

/**
 * Realised volatility over the last `windowSeconds` seconds: of all returns that ended within them, each counts alike.
 *
 * @example
 * ```ts
 * import { RealisedVolatility } from "./volatility.ts";
 * import assert from "node:assert/strict";
 * const volatility = new RealisedVolatility(60, { returnsMin: 2 });
 * volatility.push(100, 84_000);
 * volatility.push(101, 84_000 * Math.exp(0.0002));
 * volatility.push(102, 84_000);
 * assert.equal(volatility.perSqrtSecond?.toFixed(8), "0.00020000");
 * ```
 */
export class RealisedVolatility {
  readonly #limits: VolatilityLimits;
  readonly #returns: Returns;
  /** r^2 / k of the returns that ended in the last seconds, a slot per second; `NaN` where none ended. */
  readonly #squares: Float64Array;
  #at = 0;
  #sum = 0;
  #count = 0;

  /** @param windowSeconds a whole number from 1 to {@link MAX_WINDOW_SECONDS} */
  constructor(windowSeconds: number, limits: Partial<VolatilityLimits> = {}) {
    assertWithin("windowSeconds", windowSeconds, 1, MAX_WINDOW_SECONDS);
    if (!Number.isInteger(windowSeconds)) {
      throw new RangeError(`Not a whole number of seconds for windowSeconds: ${windowSeconds}`);
    }
    this.#limits = completeLimits(limits);
    this.#returns = new Returns(this.#limits.longestGapSeconds);
    this.#squares = new Float64Array(windowSeconds).fill(NaN);
  }

  /**
   * Takes the price of a whole second. A price that is not above 0, and a second that is not after the last one, are
   * passed over.
   */
  push(second: number, price: number): void {
    const returns = this.#returns;
    if (!returns.advance(second, price)) return;
    const squares = this.#squares;
    const slots = returns.elapsed < squares.length ? returns.elapsed : squares.length;
    for (let k = 0; k < slots; k++) this.#step();
    const square = returns.squarePerSecond;
    if (Number.isNaN(square)) return;
    squares[this.#at] = square;
    this.#sum += square;
    this.#count++;
  }

  /** Moves on by one second and forgets what leaves the window. Once around, the sum is taken anew: no drift. */
  #step(): void {
    const squares = this.#squares;
    this.#at++;
    if (this.#at === squares.length) {
      this.#at = 0;
      this.#sum = 0;
      for (let k = 0; k < squares.length; k++) if (!Number.isNaN(squares[k])) this.#sum += squares[k];
    }
    const leaving = squares[this.#at];
    if (Number.isNaN(leaving)) return;
    squares[this.#at] = NaN;
    this.#sum -= leaving;
    this.#count--;
  }

  /** Per square root of a second and not below the floor; `null` while the window holds too few returns. */
  get perSqrtSecond(): number | null {
    if (this.#count < this.#limits.returnsMin) return null;
    const variance = this.#sum / this.#count;
    const sigma = variance > 0 ? Math.sqrt(variance) : 0;
    return sigma < this.#limits.floor ? this.#limits.floor : sigma;
  }

  /** Returns within the window. */
  get returns(): number {
    return this.#count;
  }

  /** Forgets everything, as after a change of source. */
  reset(): void {
    this.#returns.reset();
    this.#squares.fill(NaN);
    this.#at = 0;
    this.#sum = 0;
    this.#count = 0;
  }
}

/**
 * Exponentially weighted volatility: a return that ended t seconds ago weighs 2^(-t / half-life). Weights are divided by
 * their own sum, so that the first answers are not drawn towards any starting value.
 *
 * @example
 * ```ts
 * import { EwmaVolatility } from "./volatility.ts";
 * import assert from "node:assert/strict";
 * const volatility = new EwmaVolatility(120, { returnsMin: 1 });
 * volatility.push(100, 84_000);
 * volatility.push(104, 84_000 * Math.exp(0.0004));
 * assert.equal(volatility.perSqrtSecond?.toFixed(8), "0.00020000");
 * ```
 */
export class EwmaVolatility {
  readonly #limits: VolatilityLimits;
  readonly #returns: Returns;
  /** ln 2 / half-life. */
  readonly #decayRate: number;
  /** The weight that one second leaves: nearly every step is one. */
  readonly #decayOfOneSecond: number;
  #weighted = 0;
  #weight = 0;
  #count = 0;

  /** @param halfLifeSeconds above 0, up to {@link MAX_WINDOW_SECONDS} */
  constructor(halfLifeSeconds: number, limits: Partial<VolatilityLimits> = {}) {
    assertWithin("halfLifeSeconds", halfLifeSeconds, Number.MIN_VALUE, MAX_WINDOW_SECONDS);
    this.#limits = completeLimits(limits);
    this.#returns = new Returns(this.#limits.longestGapSeconds);
    this.#decayRate = LN_2 / halfLifeSeconds;
    this.#decayOfOneSecond = exponential(-this.#decayRate);
  }

  /**
   * Takes the price of a whole second. A price that is not above 0, and a second that is not after the last one, are
   * passed over.
   */
  push(second: number, price: number): void {
    const returns = this.#returns;
    if (!returns.advance(second, price)) return;
    const elapsed = returns.elapsed;
    const decay = elapsed === 1 ? this.#decayOfOneSecond : exponential(-this.#decayRate * elapsed);
    this.#weighted *= decay;
    this.#weight *= decay;
    const square = returns.squarePerSecond;
    if (Number.isNaN(square)) return;
    this.#weighted += square;
    this.#weight += 1;
    this.#count++;
  }

  /** Per square root of a second and not below the floor; `null` while too few returns were seen. */
  get perSqrtSecond(): number | null {
    if (this.#count < this.#limits.returnsMin || !(this.#weight > 0)) return null;
    const sigma = Math.sqrt(this.#weighted / this.#weight);
    return sigma < this.#limits.floor ? this.#limits.floor : sigma;
  }

  /** Returns seen since the start or the last reset. */
  get returns(): number {
    return this.#count;
  }

  /** Forgets everything, as after a change of source. */
  reset(): void {
    this.#returns.reset();
    this.#weighted = 0;
    this.#weight = 0;
    this.#count = 0;
  }
}
