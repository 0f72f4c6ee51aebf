/**
 * How much the hour of the day matters: markets move more when New York and London are awake. A factor for each hour of
 * UTC, and a forecaster that puts it on top of another one.
 *
 * A factor is the hour's mean square of one-minute returns over that of all hours, drawn towards 1 as if `PRIOR_MINUTES`
 * minutes of the average hour had been seen in it too: an hour that was hardly seen says hardly anything.
 * @module
 */

import { StepReturns } from "./step_returns.ts";
import {
  type ForecasterDescription,
  isHorizon,
  priceRefusal,
  sigmaOf,
  type VolatilityForecaster,
} from "./volatility_forecaster.ts";

const MINUTE = 60;
const HOUR = 3_600;
const HOURS = 24;
/** Four hours: with the 60 minutes of a first day a factor moves a fifth of the way. */
const PRIOR_MINUTES = 240;
/** What a minute leaves of the weight of its hour's earlier ones: half is forgotten within about ten days. */
const FORGETTING = 0.99885;
const FACTOR_MIN = 0.25;
const FACTOR_MAX = 4;
/** A return beyond this many standard deviations of its hour counts as this many: one crash is no time of day. */
const OUTLIER = 6;

const hourOf = (second: number): number => Math.floor(second / HOUR) % HOURS;

/** Variance factors by the hour of UTC, learnt from one-minute returns. */
export class IntradaySeasonality {
  readonly #sums = new Float64Array(HOURS);
  readonly #counts = new Float64Array(HOURS);

  /** Takes the squared return of a minute that ended at this second. */
  push(end: number, square: number): void {
    if (!(square >= 0 && square < Infinity) || !Number.isSafeInteger(end) || end < MINUTE) return;
    const hour = hourOf(end - 1);
    const mean = this.#mean;
    const most = OUTLIER * OUTLIER * mean;
    const counted = mean > 0 && square > most ? most : square;
    this.#sums[hour] = FORGETTING * this.#sums[hour] + counted;
    this.#counts[hour] = FORGETTING * this.#counts[hour] + 1;
  }

  /** The variance of an hour of UTC over that of the average hour, 0.25 to 4. */
  factor(hour: number): number {
    const mean = this.#mean;
    const sum = this.#sums[hour];
    if (!(mean > 0) || sum === undefined) return 1;
    const factor = (sum / mean + PRIOR_MINUTES) / (this.#counts[hour] + PRIOR_MINUTES);
    return Math.min(FACTOR_MAX, Math.max(FACTOR_MIN, factor));
  }

  /** The mean factor of the seconds from `from` up to `to`, at most a day. */
  between(from: number, to: number): number {
    let sum = 0;
    let at = Math.max(from, to - HOURS * HOUR);
    const span = to - at;
    if (!(span > 0)) return this.factor(hourOf(Math.max(0, Math.floor(to))));
    // At most 25 pieces: those of a day that begins within an hour.
    while (at < to) {
      const next = Math.min(to, (Math.floor(at / HOUR) + 1) * HOUR);
      sum += this.factor(hourOf(Math.max(0, at))) * (next - at);
      at = next;
    }
    return sum / span;
  }

  /** The factors of hours 0 to 23. */
  get factors(): readonly number[] {
    return Array.from({ length: HOURS }, (_, hour) => this.factor(hour));
  }

  /** Minutes that count now. */
  get minutes(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Of the hours that were seen, each for what it was seen. */
  get #mean(): number {
    const count = this.minutes;
    return count === 0 ? 0 : this.#sums.reduce((sum, each) => sum + each, 0) / count;
  }
}

/**
 * Another forecaster, corrected for the time of day: what it has learnt from comes from the hours just past, what it
 * forecasts lies in those to come.
 */
export class SeasonalVolatility implements VolatilityForecaster {
  readonly name: string;
  readonly seasonality = new IntradaySeasonality();
  readonly #base: VolatilityForecaster;
  readonly #memorySeconds: number;
  readonly #steps = new StepReturns(MINUTE, 1, (logReturn, end) => this.seasonality.push(end, logReturn * logReturn));
  #second = -1;

  /** @param memorySeconds what the other forecaster mainly looks back over, above 0 */
  constructor(base: VolatilityForecaster, memorySeconds: number) {
    if (!(memorySeconds > 0 && memorySeconds < Infinity)) {
      throw new RangeError(`A memory must last some seconds, not ${memorySeconds}`);
    }
    this.name = `${base.name}_by_hour`;
    this.#base = base;
    this.#memorySeconds = memorySeconds;
  }

  push(second: number, price: number): string | null {
    const refusal = priceRefusal(second, price, this.#second);
    if (refusal !== null) return refusal;
    this.#second = second;
    this.#steps.push(second, price);
    return this.#base.push(second, price);
  }

  forecast(horizonSeconds: number): number | null {
    const sigma = this.#base.forecast(horizonSeconds);
    if (sigma === null || !isHorizon(horizonSeconds)) return null;
    const now = this.#second;
    const ahead = this.seasonality.between(now, now + horizonSeconds);
    const past = this.seasonality.between(now - this.#memorySeconds, now);
    return sigmaOf(sigma * sigma * ahead / past);
  }

  describe(): ForecasterDescription {
    const base = this.#base.describe();
    const factors = Object.fromEntries(this.seasonality.factors.map((each, hour) => [`factor_${hour}h`, each]));
    return {
      name: this.name,
      method: `${base.method}; times the hour's factor`,
      observations: base.observations,
      parameters: { ...base.parameters, ...factors },
    };
  }
}
