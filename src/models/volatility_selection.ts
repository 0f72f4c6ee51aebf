/**
 * Which volatility forecaster to believe: the one whose forecasts, made before, gave what then happened the greatest
 * density. Every `horizonSeconds` each candidate forecasts; when they are over, the log return is scored under
 * N(0, sigma^2 horizon). What was seen is forgotten slowly, so that another one may become the better one.
 *
 * | rule | why |
 * | --- | --- |
 * | scores are compared as differences from the first candidate, on returns that both had forecast | a candidate that was silent in wild times must not look better for it |
 * | a density counts as at least e^-20 | one jump must not decide for days |
 * | another one is chosen only with enough returns, a margin, and two standard errors | no flapping between equals |
 *
 * @module
 */

import { exponential, logarithm } from "./elementary.ts";
import { FadingMean } from "./fading_mean.ts";
import {
  type ForecasterDescription,
  HORIZON_SECONDS_MAX,
  priceRefusal,
  type VolatilityForecaster,
} from "./volatility_forecaster.ts";
import { StepReturns } from "./step_returns.ts";

const LN_2_PI = 1.8378770664093453;
const LOG_DENSITY_MIN = -20;
const CANDIDATES_MAX = 32;
const STANDARD_ERRORS = 2;

export interface SelectionSettings {
  /** What is forecast and scored, whole seconds. */
  readonly horizonSeconds: number;
  /** Half of a score is forgotten after this many returns. */
  readonly halfLifeReturns: number;
  /** Scored returns before another candidate than the first may be chosen. */
  readonly returnsMin: number;
  /** By how much the mean log density must be better. */
  readonly margin: number;
}

/** Returns of a minute: half a day of them fades to half, half an hour is enough to begin with. */
export const SELECTION_DEFAULTS: SelectionSettings = {
  horizonSeconds: 60,
  halfLifeReturns: 720,
  returnsMin: 30,
  margin: 0.01,
};

export interface CandidateScore {
  readonly name: string;
  /** Returns that it had forecast. */
  readonly n: number;
  /** Mean log density of those returns, newer ones weighing more; `null` before the first. */
  readonly logLikelihood: number | null;
  /** The same less that of the first candidate, on the returns that both had forecast, and its standard error. */
  readonly advantage: number | null;
  readonly standardError: number | null;
  /** Of the next `horizonSeconds`. */
  readonly forecast: number | null;
  readonly description: ForecasterDescription;
}

/** The choice and what it rests on, as plain data. */
export interface SelectionExplanation {
  readonly chosen: string;
  /** Second since when; `null` where it is the first candidate, by default. */
  readonly since: number | null;
  readonly why: string;
  readonly horizonSeconds: number;
  readonly scores: readonly CandidateScore[];
}

interface Candidate {
  readonly forecaster: VolatilityForecaster;
  readonly own: FadingMean;
  readonly against: FadingMean;
  /** Made a horizon ago, `null` where it had none. */
  forecast: number | null;
}

export class ForecastSelection {
  readonly #settings: SelectionSettings;
  readonly #candidates: readonly Candidate[];
  readonly #steps: StepReturns;
  readonly #decay: number;
  #chosen = 0;
  #since: number | null = null;
  #why = "It is the first candidate, and none has proved better";
  #second = -1;

  /** @param forecasters the first one is believed until another one has proved better */
  constructor(forecasters: readonly VolatilityForecaster[], given: Partial<SelectionSettings> = {}) {
    const settings = { ...SELECTION_DEFAULTS, ...given };
    assertSettings(forecasters, settings);
    this.#settings = settings;
    this.#candidates = forecasters.map((forecaster) => ({
      forecaster,
      own: new FadingMean(),
      against: new FadingMean(),
      forecast: null,
    }));
    this.#decay = exponential(-Math.LN2 / settings.halfLifeReturns);
    this.#steps = new StepReturns(settings.horizonSeconds, 1, (logReturn, end) => this.#score(logReturn, end));
  }

  /** In the order of their scores in {@link ForecastSelection.explain}. */
  get candidates(): readonly VolatilityForecaster[] {
    return this.#candidates.map(({ forecaster }) => forecaster);
  }

  /** The candidate that is believed. */
  get chosen(): VolatilityForecaster {
    return this.#candidates[this.#chosen].forecaster;
  }

  /**
   * Gives a price to every candidate. The returns that it ends are scored first, on what was forecast before.
   *
   * @returns why it was passed over, `null` where it was taken
   */
  push(second: number, price: number): string | null {
    const refusal = priceRefusal(second, price, this.#second);
    if (refusal !== null) return refusal;
    this.#second = second;
    this.#steps.push(second, price);
    for (const { forecaster } of this.#candidates) forecaster.push(second, price);
    if (second % this.#settings.horizonSeconds === 0) this.#forecastAll();
    return null;
  }

  /** Of the candidate that is believed; of the first other one that knows enough, while that does not. */
  forecast(horizonSeconds: number): number | null {
    const believed = this.chosen.forecast(horizonSeconds);
    if (believed !== null) return believed;
    for (const { forecaster } of this.#candidates) {
      const forecast = forecaster.forecast(horizonSeconds);
      if (forecast !== null) return forecast;
    }
    return null;
  }

  explain(): SelectionExplanation {
    const { horizonSeconds } = this.#settings;
    return {
      chosen: this.chosen.name,
      since: this.#since,
      why: this.#why,
      horizonSeconds,
      scores: this.#candidates.map(({ forecaster, own, against }) => ({
        name: forecaster.name,
        n: own.count,
        logLikelihood: own.mean,
        advantage: against.mean,
        standardError: against.standardError,
        forecast: forecaster.forecast(horizonSeconds),
        description: forecaster.describe(),
      })),
    };
  }

  #forecastAll(): void {
    for (const candidate of this.#candidates) {
      candidate.forecast = candidate.forecaster.forecast(this.#settings.horizonSeconds);
    }
  }

  #score(logReturn: number, end: number): void {
    const { horizonSeconds } = this.#settings;
    const baseline = this.#candidates[0].forecast;
    for (const candidate of this.#candidates) {
      const { forecast, own, against } = candidate;
      candidate.forecast = null;
      if (forecast === null || Number.isNaN(logReturn)) continue;
      const density = logDensity(logReturn, forecast, horizonSeconds);
      own.add(density, this.#decay);
      if (baseline !== null) against.add(density - logDensity(logReturn, baseline, horizonSeconds), this.#decay);
    }
    this.#choose(end);
  }

  #choose(second: number): void {
    const { returnsMin, margin } = this.#settings;
    const advantage = ({ against }: Candidate): number => against.mean ?? -Infinity;
    const current = this.#candidates[this.#chosen];
    let best = this.#chosen;
    for (let k = 0; k < this.#candidates.length; k++) {
      const enough = k === 0 || this.#candidates[k].against.count >= returnsMin;
      if (enough && advantage(this.#candidates[k]) > advantage(this.#candidates[best])) best = k;
    }
    if (best === this.#chosen) return;
    const challenger = this.#candidates[best];
    const lead = advantage(challenger) - advantage(current);
    const error = Math.max(challenger.against.standardError ?? 0, current.against.standardError ?? 0);
    if (!(lead > margin + STANDARD_ERRORS * error)) return;
    this.#chosen = best;
    this.#since = second;
    this.#why = `Its mean log density of ${this.#settings.horizonSeconds}-second returns is ${lead.toFixed(4)} above ` +
      `that of ${current.forecaster.name}, over ${challenger.against.count} returns`;
  }
}

/** Of a log return over a horizon. */
function logDensity(logReturn: number, sigma: number, horizonSeconds: number): number {
  const variance = sigma * sigma * horizonSeconds;
  const density = -0.5 * (LN_2_PI + logarithm(variance) + logReturn * logReturn / variance);
  return Math.max(LOG_DENSITY_MIN, density);
}

function assertSettings(forecasters: readonly VolatilityForecaster[], settings: SelectionSettings): void {
  const { horizonSeconds, halfLifeReturns, returnsMin, margin } = settings;
  const names = new Set(forecasters.map(({ name }) => name));
  if (forecasters.length === 0 || forecasters.length > CANDIDATES_MAX || names.size !== forecasters.length) {
    throw new RangeError(`A selection needs 1 to ${CANDIDATES_MAX} candidates of different names`);
  }
  if (!Number.isInteger(horizonSeconds) || horizonSeconds < 1 || horizonSeconds > HORIZON_SECONDS_MAX) {
    throw new RangeError(`horizonSeconds must be whole, 1 to ${HORIZON_SECONDS_MAX}, not ${horizonSeconds}`);
  }
  if (!(halfLifeReturns >= 1 && halfLifeReturns < Infinity)) {
    throw new RangeError(`halfLifeReturns must be from 1, not ${halfLifeReturns}`);
  }
  if (!(Number.isInteger(returnsMin) && returnsMin >= 2)) {
    throw new RangeError(`returnsMin must be a whole number from 2, not ${returnsMin}`);
  }
  if (!(margin >= 0 && margin < Infinity)) throw new RangeError(`margin must be from 0, not ${margin}`);
}
