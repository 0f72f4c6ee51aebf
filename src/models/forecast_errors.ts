/**
 * How far the highest or lowest temperature of a day lies from what the hourly forecast says, by lead time: data, to be
 * replaced by what a station's own outcomes teach.
 * @module
 */

/** The error at one lead time. Between rows it is interpolated, beyond the last it stays. */
export interface ForecastError {
  /** From the forecast's issue to the hour. */
  readonly leadHours: number;
  /**
   * How far on average the day's extreme goes beyond the forecast's hours: up for a high, down for a low. Hours miss the
   * peak that lies between them.
   */
  readonly beyondF: number;
  /** Standard deviation around that. */
  readonly deviationF: number;
}

/** In order of lead time. */
export type ForecastErrors = readonly ForecastError[];

/**
 * What is taken until outcomes teach better: chosen on the careful side and not fitted to anything. For orientation: the
 * weather service's maxima a day ahead are publicly reported with mean absolute errors of 2 to 3 degrees F, which is a
 * standard deviation of 2.5 to 3.8; in the last hours before a peak the present observation explains most of the rest.
 */
export const FORECAST_ERRORS: ForecastErrors = [
  { leadHours: 0, beyondF: 0.4, deviationF: 1.2 },
  { leadHours: 3, beyondF: 0.4, deviationF: 1.6 },
  { leadHours: 6, beyondF: 0.4, deviationF: 2.0 },
  { leadHours: 12, beyondF: 0.4, deviationF: 2.5 },
  { leadHours: 24, beyondF: 0.4, deviationF: 3.0 },
  { leadHours: 48, beyondF: 0.4, deviationF: 3.6 },
  { leadHours: 96, beyondF: 0.4, deviationF: 5.0 },
  { leadHours: 168, beyondF: 0.4, deviationF: 7.5 },
];

/** More rows than this are no table that anybody wrote. */
const ROWS_MAX = 200;
const DEVIATION_MAX_F = 50;

/** Why this is no table of errors, `null` where it is one. */
export function forecastErrorsError(errors: ForecastErrors): string | null {
  if (errors.length === 0 || errors.length > ROWS_MAX) {
    return `Forecast errors must have 1 to ${ROWS_MAX} rows, found ${errors.length}`;
  }
  let before = -Infinity;
  for (const { leadHours, beyondF, deviationF } of errors) {
    if (!(leadHours > before && leadHours >= 0 && leadHours < Infinity)) {
      return `Lead times of forecast errors must rise from 0: found ${leadHours} h after ${before} h`;
    }
    if (!(deviationF > 0 && deviationF <= DEVIATION_MAX_F)) {
      return `A forecast error's deviation must be above 0 and at most ${DEVIATION_MAX_F} F, not ${deviationF}`;
    }
    if (!(Math.abs(beyondF) <= DEVIATION_MAX_F)) {
      return `A forecast error's mean must be at most ${DEVIATION_MAX_F} F, not ${beyondF}`;
    }
    before = leadHours;
  }
  return null;
}

/** The error at a lead time; of a lead below 0 that of the first row. */
export function forecastErrorAt(errors: ForecastErrors, leadHours: number): ForecastError {
  const after = errors.findIndex((row) => row.leadHours >= leadHours);
  if (after === 0) return errors[0];
  if (after < 0) return errors[errors.length - 1];
  const [low, high] = [errors[after - 1], errors[after]];
  const share = (leadHours - low.leadHours) / (high.leadHours - low.leadHours);
  const between = (a: number, b: number): number => a + share * (b - a);
  return {
    leadHours,
    beyondF: between(low.beyondF, high.beyondF),
    deviationF: between(low.deviationF, high.deviationF),
  };
}

/** What became of one forecast. */
export interface ForecastOutcome {
  readonly leadHours: number;
  /** How far the day's extreme went beyond the forecast's hours: up for a high, down for a low; negative where it fell short. */
  readonly beyondF: number;
}

/**
 * A table that has learnt from outcomes. Each row weighs what it said before like `priorOutcomes` outcomes, and hears those
 * whose lead time it is nearest to.
 *
 * @returns the table, or in words what is wrong with an outcome
 * @example
 * ```ts
 * import { learnForecastErrors } from "./forecast_errors.ts";
 * import assert from "node:assert/strict";
 * const before = [{ leadHours: 24, beyondF: 0, deviationF: 3 }];
 * const learnt = learnForecastErrors(before, Array(60).fill({ leadHours: 20, beyondF: 1 }), 20);
 * assert.ok(typeof learnt !== "string");
 * assert.deepEqual([learnt[0].beyondF, learnt[0].deviationF.toFixed(2)], [0.75, "1.56"]);
 * ```
 */
export function learnForecastErrors(
  errors: ForecastErrors,
  outcomes: readonly ForecastOutcome[],
  priorOutcomes = 30,
): ForecastErrors | string {
  const error = forecastErrorsError(errors);
  if (error !== null) return error;
  if (!(priorOutcomes > 0 && priorOutcomes < Infinity)) {
    return `The weight of a row must be above 0 outcomes, not ${priorOutcomes}`;
  }
  const sums = errors.map(({ beyondF, deviationF }) => ({
    weight: priorOutcomes,
    first: priorOutcomes * beyondF,
    second: priorOutcomes * (beyondF * beyondF + deviationF * deviationF),
  }));
  for (const { leadHours, beyondF } of outcomes) {
    if (!(leadHours >= 0 && leadHours < Infinity)) {
      return `An outcome's lead time must be from 0 hours, not ${leadHours}`;
    }
    if (!(Math.abs(beyondF) <= DEVIATION_MAX_F)) {
      return `An outcome's error must be at most ${DEVIATION_MAX_F} F, not ${beyondF}`;
    }
    const sum = sums[nearestRow(errors, leadHours)];
    sum.weight++;
    sum.first += beyondF;
    sum.second += beyondF * beyondF;
  }
  return errors.map(({ leadHours }, at) => {
    const { weight, first, second } = sums[at];
    const mean = first / weight;
    return { leadHours, beyondF: mean, deviationF: Math.sqrt(Math.max(0, second / weight - mean * mean)) };
  });
}

function nearestRow(errors: ForecastErrors, leadHours: number): number {
  let nearest = 0;
  for (let at = 1; at < errors.length; at++) {
    if (Math.abs(errors[at].leadHours - leadHours) < Math.abs(errors[nearest].leadHours - leadHours)) nearest = at;
  }
  return nearest;
}
