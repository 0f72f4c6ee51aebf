/**
 * What every volatility forecaster is, and the plain ones: the realised volatility of a window of seconds, of a window
 * of minutes (D8), and the exponentially weighted one. They forecast that the near future is as the near past was.
 * HAR, GARCH and the time of day stand in files of their own; volatility_selection.ts compares them all.
 * @module
 */

import { StepReturns } from "./step_returns.ts";
import { EwmaVolatility, RealisedVolatility, type VolatilityLimits } from "./volatility.ts";

/** No forecast is below this, per square root of a second: half a percent a year. */
export const SIGMA_MIN = 1e-6;
/** No forecast is above this: 5,600 % a year. */
export const SIGMA_MAX = 1e-2;
/** A forecast looks ahead by at most a day. */
export const HORIZON_SECONDS_MAX = 86_400;
const PRICE_MAX = 1e12;

/** What a forecaster is and what it has learnt, as plain data for people and programs. */
export interface ForecasterDescription {
  readonly name: string;
  /** In words. */
  readonly method: string;
  /** Returns, or steps of time, that it has learnt from. */
  readonly observations: number;
  /** What was set and what was fitted. */
  readonly parameters: Readonly<Record<string, number>>;
}

/**
 * Learns from the prices of an index, second by second, and says how far it will move. Its state is bounded, its answers
 * follow from what it was given alone.
 */
export interface VolatilityForecaster {
  readonly name: string;
  /**
   * Takes the price of a whole second.
   *
   * @returns why it was passed over, `null` where it was taken
   */
  push(second: number, price: number): string | null;
  /**
   * Standard deviation of the log return per square root of a second over the next `horizonSeconds`, within
   * {@link SIGMA_MIN} and {@link SIGMA_MAX}; `null` while too little is known, and for a horizon that is no positive time
   * up to {@link HORIZON_SECONDS_MAX}.
   */
  forecast(horizonSeconds: number): number | null;
  describe(): ForecasterDescription;
}

/** Why this is no price of a second; `null` where it is. */
export function priceRefusal(second: number, price: number, secondBefore: number): string | null {
  if (!Number.isSafeInteger(second) || second < 0) return "The second is no whole number from 0";
  if (!(price > 0 && price <= PRICE_MAX)) return "The price is not above 0 and at most 1e12";
  return second <= secondBefore ? "The second is not after the last one" : null;
}

export const isHorizon = (seconds: number): boolean => seconds > 0 && seconds <= HORIZON_SECONDS_MAX;

/** A variance per second as a forecast, within its bounds; `null` where it is no number. */
export function sigmaOf(variance: number): number | null {
  if (Number.isNaN(variance)) return null;
  return Math.min(SIGMA_MAX, Math.max(SIGMA_MIN, variance > 0 ? Math.sqrt(variance) : 0));
}

/** An estimator of volatility.ts as a forecaster: what was, goes on. */
class Persistence implements VolatilityForecaster {
  readonly name: string;
  readonly #method: string;
  readonly #estimator: EwmaVolatility | RealisedVolatility;
  readonly #parameters: Readonly<Record<string, number>>;
  #second = -1;

  constructor(
    name: string,
    method: string,
    estimator: EwmaVolatility | RealisedVolatility,
    parameters: Readonly<Record<string, number>>,
  ) {
    this.name = name;
    this.#method = method;
    this.#estimator = estimator;
    this.#parameters = parameters;
  }

  push(second: number, price: number): string | null {
    const refusal = priceRefusal(second, price, this.#second);
    if (refusal !== null) return refusal;
    this.#second = second;
    this.#estimator.push(second, price);
    return null;
  }

  forecast(horizonSeconds: number): number | null {
    const sigma = this.#estimator.perSqrtSecond;
    return sigma === null || !isHorizon(horizonSeconds) ? null : sigmaOf(sigma * sigma);
  }

  describe(): ForecasterDescription {
    const { name } = this;
    const observations = this.#estimator.returns;
    return { name, method: this.#method, observations, parameters: this.#parameters };
  }
}

/** The engine's own estimator ({@link EwmaVolatility}) as a forecaster. */
export function ewmaForecaster(halfLifeSeconds: number, limits?: Partial<VolatilityLimits>): VolatilityForecaster {
  const estimator = new EwmaVolatility(halfLifeSeconds, limits);
  const method = "Exponentially weighted squares of one-second returns";
  return new Persistence("ewma", method, estimator, { half_life_seconds: halfLifeSeconds });
}

/** {@link RealisedVolatility} of the last `windowSeconds` as a forecaster. */
export function realisedForecaster(windowSeconds: number, limits?: Partial<VolatilityLimits>): VolatilityForecaster {
  const estimator = new RealisedVolatility(windowSeconds, limits);
  const method = "Mean square of the one-second returns of a window";
  return new Persistence(`realised_${windowSeconds}s`, method, estimator, { window_seconds: windowSeconds });
}

const MINUTE = 60;
/** A mean square of fewer one-minute returns is off by more than a factor of 1.6 in one of three cases. */
const MINUTES_MIN = 5;
/** Twice the longest window of D8. */
const WINDOW_MINUTES_MAX = 240;

/**
 * Root mean square of the one-minute returns of a window, as of D8. Unlike one-second returns they hardly feel that
 * trades jump between bid and ask, but there are few of them.
 *
 * @example
 * ```ts
 * import { MinuteWindowForecaster } from "./volatility_forecaster.ts";
 * import assert from "node:assert/strict";
 * const forecaster = new MinuteWindowForecaster(15);
 * for (let minute = 0; minute <= 15; minute++) forecaster.push(minute * 60, minute % 2 === 0 ? 100 : 100.1);
 * assert.equal(forecaster.forecast(300)?.toFixed(8), (Math.log(1.001) / Math.sqrt(60)).toFixed(8));
 * ```
 */
export class MinuteWindowForecaster implements VolatilityForecaster {
  readonly name: string;
  readonly #squares: Float64Array;
  readonly #steps: StepReturns;
  #at = 0;
  #second = -1;

  /** @param minutes a whole number from 5 to 240 */
  constructor(minutes: number) {
    if (!Number.isInteger(minutes) || minutes < MINUTES_MIN || minutes > WINDOW_MINUTES_MAX) {
      throw new RangeError(`A window must have ${MINUTES_MIN} to ${WINDOW_MINUTES_MAX} whole minutes, not ${minutes}`);
    }
    this.name = `window_${minutes}m`;
    this.#squares = new Float64Array(minutes).fill(NaN);
    this.#steps = new StepReturns(MINUTE, minutes, (logReturn) => {
      this.#squares[this.#at] = logReturn * logReturn;
      this.#at = (this.#at + 1) % minutes;
    });
  }

  push(second: number, price: number): string | null {
    const refusal = priceRefusal(second, price, this.#second);
    if (refusal !== null) return refusal;
    this.#second = second;
    this.#steps.push(second, price);
    return null;
  }

  forecast(horizonSeconds: number): number | null {
    let sum = 0;
    let count = 0;
    for (const square of this.#squares) {
      if (Number.isNaN(square)) continue;
      sum += square;
      count++;
    }
    return count < MINUTES_MIN || !isHorizon(horizonSeconds) ? null : sigmaOf(sum / count / MINUTE);
  }

  describe(): ForecasterDescription {
    return {
      name: this.name,
      method: "Mean square of the one-minute returns of a window",
      observations: this.#squares.reduce((count, square) => count + (Number.isNaN(square) ? 0 : 1), 0),
      parameters: { window_minutes: this.#squares.length },
    };
  }
}
