/**
 * The distribution of a climate day's highest or lowest temperature, from what was observed so far and the hourly forecast
 * of the rest. A function of its inputs alone.
 *
 * The extreme of the whole day is the more extreme of two: that of the hours seen and that of the hours to come. In what
 * follows a low is a high of negative temperatures.
 *
 * | part | distribution |
 * | --- | --- |
 * | seen | Each observation is an interval, as wide as its rounding (a whole degree Celsius is 1.8 F wide). The highest lies evenly between the highest lower end and the highest upper end; what happened between observations goes beyond it by an exponential amount with the mean `unseenF`. Nothing is below the highest lower end: a maximum cannot fall. |
 * | to come | Each hour is normal around its forecast with the error of its lead time (forecast_errors.ts). Errors of one day's hours go together: the highest is below x as often as the hour is for which that is least likely. |
 * | both | independent of each other, so that their distribution functions multiply |
 *
 * A fresh observation corrects the hours to come: the forecast's present error d persists as d e^(-h / persistenceHours),
 * and takes the same share out of their deviation.
 *
 * | what is missing | what is done |
 * | --- | --- |
 * | an hour of the forecast | interpolated between its neighbours, or the nearest, or the same hour a day apart, whichever is widened least: by `missingHourF` for each hour away, by `dayApartF` for a day |
 * | observations of hours past | these hours count as hours to come, as the forecast or what stands for it has them |
 * | a forecast, with hours to come | refused with a reason |
 * @module
 */

import type { ClimateDaySpan } from "../core/climate_day.ts";
import type { DayExtreme } from "../core/climate_event.ts";
import type { WeatherForecastInput, WeatherObservationInput } from "../core/input.ts";
import type { Micros } from "../core/units.ts";
import { exponential } from "./elementary.ts";
import { FORECAST_ERRORS, forecastErrorAt, type ForecastErrors, forecastErrorsError } from "./forecast_errors.ts";
import { normalCdf } from "./normal.ts";
import { HIGHEST_F, LOWEST_F, TemperatureDistribution } from "./temperature_distribution.ts";

export type DayObservation = Pick<WeatherObservationInput, "observedAt" | "temperatureF" | "roundingF">;
export type DayForecast = Pick<WeatherForecastInput, "issuedAt" | "hours">;

/** What the climate report of the day said, for the extreme in question. */
export interface DayReport {
  /** Whole degrees. */
  readonly extremeF: number;
  readonly final: boolean;
}

export interface DayTemperatureState {
  readonly extreme: DayExtreme;
  readonly span: ClimateDaySpan;
  readonly now: Micros;
  /** In any order; those of other days, and those after `now`, are passed over. */
  readonly observations: readonly DayObservation[];
  readonly forecast: DayForecast | null;
  readonly report: DayReport | null;
}

export interface DayTemperatureSettings {
  readonly errors: { readonly high: ForecastErrors; readonly low: ForecastErrors };
  /** How long the forecast's present error lasts. */
  readonly persistenceHours: number;
  /** An older observation says nothing about the forecast's present error. */
  readonly freshHours: number;
  /** By how much on average the true extreme goes beyond the observed. */
  readonly unseenF: number;
  /** Added to the deviation, as a square, for each hour that a forecast hour is away. */
  readonly missingHourF: number;
  /** The same for a temperature of a day before or after. */
  readonly dayApartF: number;
  /** No hour to come is known better than this. */
  readonly deviationMinF: number;
}

export const DAY_TEMPERATURE_DEFAULTS: DayTemperatureSettings = {
  errors: { high: FORECAST_ERRORS, low: FORECAST_ERRORS },
  persistenceHours: 4,
  freshHours: 1.5,
  unseenF: 0.3,
  missingHourF: 1.5,
  dayApartF: 4,
  deviationMinF: 0.5,
};

export type DayTemperatureResult =
  | { readonly ok: true; readonly distribution: TemperatureDistribution; readonly hoursLeft: number }
  | { readonly ok: false; readonly reason: string };

const HOUR = 3_600_000_000;
const HALF_HOUR = HOUR / 2;
const HOURS = 24;
/** More than this is no day's worth of anything. */
const OBSERVATIONS_MAX = 10_000;
const FORECAST_HOURS_MAX = 1_000;
/** Half of what a whole degree hides. */
const HALF_DEGREE = 0.5;

/**
 * @example
 * ```ts
 * import { climateDaySpan } from "../core/climate_day.ts";
 * import { micros } from "../core/units.ts";
 * import { dayTemperature } from "./day_temperature.ts";
 * import assert from "node:assert/strict";
 * const span = climateDaySpan("2026-07-16", "eastern");
 * assert.ok(span !== null);
 * const { start } = span;
 * const hours = Array.from({ length: 25 }, (_, k) => ({
 *   start: micros(start + k * 3_600_000_000),
 *   temperatureF: 85 - Math.abs(k - 15),
 * }));
 * const observed = { observedAt: micros(start + 15 * 3_600_000_000), temperatureF: 87, roundingF: 0.09 };
 * const result = dayTemperature({
 *   extreme: "high", span, now: observed.observedAt, observations: [observed], forecast: { issuedAt: start, hours }, report: null,
 * });
 * assert.ok(result.ok);
 * // A maximum cannot fall.
 * assert.equal(result.distribution.atMost(86), 0);
 * ```
 */
export function dayTemperature(
  state: DayTemperatureState,
  settings: DayTemperatureSettings = DAY_TEMPERATURE_DEFAULTS,
): DayTemperatureResult {
  const error = settingsError(settings) ?? stateError(state);
  if (error !== null) return { ok: false, reason: error };
  const { extreme, span, now, report } = state;
  const hoursLeft = Math.max(0, Math.min(HOURS, (span.end - now) / HOUR));
  if (report?.final === true) {
    return { ok: true, distribution: TemperatureDistribution.certain(report.extremeF), hoursLeft };
  }
  const observations = ofTheDay(state);
  const seen = seenExtreme(observations, state, settings.unseenF);
  const coming = comingHours(state, settings);
  if (typeof coming === "string") return { ok: false, reason: coming };
  if (seen === null && coming.length === 0) {
    return { ok: false, reason: "Nothing was observed on this day, and none of it is to come" };
  }
  const reached = (x: number): number => (seen === null ? 1 : seenBelow(seen, x)) * comingBelow(coming, x);
  // A low is a high of negative temperatures: it is below a boundary where that high is not below its negative.
  const below = extreme === "high" ? reached : (boundaryF: number): number => 1 - reached(-boundaryF);
  return { ok: true, distribution: new TemperatureDistribution(below), hoursLeft };
}

function settingsError(settings: DayTemperatureSettings): string | null {
  const { errors, ...numbers } = settings;
  for (const [name, value] of Object.entries(numbers)) {
    if (!(value >= 0 && value < Infinity)) return `Weather setting ${name} must be a number from 0, not ${value}`;
  }
  if (settings.persistenceHours === 0) return "Weather setting persistenceHours must be above 0";
  return forecastErrorsError(errors.high) ?? forecastErrorsError(errors.low);
}

const isEarthly = (temperatureF: number): boolean => temperatureF >= LOWEST_F && temperatureF <= HIGHEST_F;

function stateError({ observations, forecast, report, span, now }: DayTemperatureState): string | null {
  if (!(span.end > span.start) || !Number.isFinite(now)) return "The climate day or the time is none";
  if (observations.length > OBSERVATIONS_MAX) {
    return `More than ${OBSERVATIONS_MAX} observations: ${observations.length}`;
  }
  for (const { temperatureF, roundingF } of observations) {
    if (!isEarthly(temperatureF) || !(roundingF >= 0 && roundingF < 10)) {
      return `An observation must be a temperature on earth, not ${temperatureF} F rounded by ${roundingF} F`;
    }
  }
  if (report !== null && !(Number.isInteger(report.extremeF) && isEarthly(report.extremeF))) {
    return `A climate report must have a whole temperature on earth, not ${report.extremeF} F`;
  }
  if (forecast === null) return null;
  if (forecast.hours.length > FORECAST_HOURS_MAX) return `More than ${FORECAST_HOURS_MAX} forecast hours`;
  const wrong = forecast.hours.find(({ temperatureF }) => !isEarthly(temperatureF));
  return wrong === undefined ? null : `A forecast must be a temperature on earth, not ${wrong.temperatureF} F`;
}

const ofTheDay = ({ observations, span, now }: DayTemperatureState): DayObservation[] =>
  observations.filter(({ observedAt }) => observedAt >= span.start && observedAt < span.end && observedAt <= now);

/** 1 for a high, -1 for a low: what turns temperatures so that the extreme is the highest. */
const signOf = (extreme: DayExtreme): number => extreme === "high" ? 1 : -1;

/** The extreme so far lies between `least` and `most`, and beyond that by `unseenF` on average. */
interface Seen {
  readonly least: number;
  readonly most: number;
  readonly unseenF: number;
}

function seenExtreme(
  observations: readonly DayObservation[],
  { extreme, report }: DayTemperatureState,
  unseenF: number,
): Seen | null {
  const sign = signOf(extreme);
  let seen: Seen | null = null;
  for (const { temperatureF, roundingF } of observations) {
    const least = Math.max(seen?.least ?? -Infinity, sign * temperatureF - roundingF);
    const most = Math.max(seen?.most ?? -Infinity, sign * temperatureF + roundingF);
    seen = { least, most, unseenF };
  }
  if (report === null) return seen;
  // A preliminary report saw every minute until it was made.
  const reported = sign * report.extremeF;
  if (seen === null || seen.most <= reported + HALF_DEGREE) {
    return { least: reported - HALF_DEGREE, most: reported + HALF_DEGREE, unseenF: 0 };
  }
  return { ...seen, least: Math.max(seen.least, reported - HALF_DEGREE) };
}

/** P(extreme so far <= x): an even spread from `least` to `most` plus an exponential amount. */
function seenBelow({ least, most, unseenF }: Seen, x: number): number {
  if (x <= least) return 0;
  const width = most - least;
  if (unseenF === 0) return width === 0 ? 1 : Math.min(1, (x - least) / width);
  const beyondLeast = exponential(-(x - least) / unseenF);
  if (width === 0) return 1 - beyondLeast;
  if (x <= most) return (x - least - unseenF * (1 - beyondLeast)) / width;
  return 1 - unseenF * (exponential(-(x - most) / unseenF) - beyondLeast) / width;
}

/** One hour to come, normal. */
interface ComingHour {
  readonly mean: number;
  readonly deviation: number;
}

/** P(highest of the hours to come <= x). */
function comingBelow(hours: readonly ComingHour[], x: number): number {
  let below = 1;
  for (const { mean, deviation } of hours) below = Math.min(below, normalCdf((x - mean) / deviation));
  return below;
}

/** The moments of the day, hour by hour, that are to come or were not observed; a reason where nothing tells of them. */
function comingHours(state: DayTemperatureState, settings: DayTemperatureSettings): ComingHour[] | string {
  const { extreme, span, now, forecast } = state;
  // Those of the day before tell of its last hour, and of how far off the forecast is.
  const observations = state.observations.filter(({ observedAt }) => observedAt <= now);
  const moments = Array.from({ length: HOURS + 1 }, (_, hour) => span.start + hour * HOUR);
  const open = moments.filter((at) => at > now || !observations.some(({ observedAt }) => isNear(observedAt, at)));
  if (open.length === 0) return [];
  if (forecast === null || forecast.hours.length === 0) return "There is no forecast for the hours to come";
  const sign = signOf(extreme);
  const present = presentError(observations, forecast, now, settings.freshHours);
  const errors = settings.errors[extreme];
  return open.map((at) => {
    const { temperatureF, widenedF } = forecastAt(forecast, at, settings);
    const { beyondF, deviationF } = forecastErrorAt(errors, (at - forecast.issuedAt) / HOUR);
    const share = present === null ? 0 : exponential(-Math.abs(at - present.at) / HOUR / settings.persistenceHours);
    const corrected = temperatureF + share * (present?.errorF ?? 0);
    const rounding = share * (present?.roundingF ?? 0);
    const variance = deviationF * deviationF * (1 - share * share) + widenedF * widenedF + rounding * rounding / 3;
    return { mean: sign * corrected + beyondF, deviation: Math.max(settings.deviationMinF, Math.sqrt(variance)) };
  });
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= HALF_HOUR;

interface PresentError {
  readonly at: number;
  /** Observed less forecast. */
  readonly errorF: number;
  readonly roundingF: number;
}

/** How far the forecast is off now; `null` without a fresh observation at a time that the forecast covers. */
function presentError(
  observations: readonly DayObservation[],
  { hours }: DayForecast,
  now: Micros,
  freshHours: number,
): PresentError | null {
  let newest: DayObservation | null = null;
  for (const observation of observations) {
    if (newest === null || observation.observedAt > newest.observedAt) newest = observation;
  }
  if (newest === null || now - newest.observedAt > freshHours * HOUR) return null;
  const { observedAt, temperatureF, roundingF } = newest;
  const { before, after } = neighbours(hours, observedAt);
  if (before === null || after === null || after.start - before.start > 2 * HOUR) return null;
  return { at: observedAt, errorF: temperatureF - between(before, after, observedAt), roundingF };
}

type ForecastHour = DayForecast["hours"][number];

/** The hours at or next before and after a moment. */
function neighbours(
  hours: readonly ForecastHour[],
  at: number,
): { readonly before: ForecastHour | null; readonly after: ForecastHour | null } {
  let before: ForecastHour | null = null;
  let after: ForecastHour | null = null;
  for (const hour of hours) {
    if (hour.start <= at && (before === null || hour.start > before.start)) before = hour;
    if (hour.start >= at && (after === null || hour.start < after.start)) after = hour;
  }
  return { before, after };
}

function between(before: ForecastHour, after: ForecastHour, at: number): number {
  if (after.start === before.start) return before.temperatureF;
  const share = (at - before.start) / (after.start - before.start);
  return before.temperatureF + share * (after.temperatureF - before.temperatureF);
}

interface StandIn {
  readonly temperatureF: number;
  /** What its deviation is widened by, as a square. */
  readonly widenedF: number;
}

/** What the forecast says of a moment, or what stands for it; of a forecast with hours. */
function forecastAt({ hours }: DayForecast, at: number, settings: DayTemperatureSettings): StandIn {
  let best = nearby(hours, at, settings.missingHourF, 0);
  for (const days of [-1, 1]) {
    const apart = nearby(hours, at + days * HOURS * HOUR, settings.missingHourF, settings.dayApartF);
    if (apart.widenedF < best.widenedF) best = apart;
  }
  return best;
}

function nearby(hours: readonly ForecastHour[], at: number, missingHourF: number, dayApartF: number): StandIn {
  const { before, after } = neighbours(hours, at);
  const toBefore = before === null ? Infinity : (at - before.start) / HOUR;
  const toAfter = after === null ? Infinity : (after.start - at) / HOUR;
  const away = missingHourF * Math.min(toBefore, toAfter);
  const widenedF = Math.sqrt(away * away + dayApartF * dayApartF);
  if (before !== null && after !== null) return { temperatureF: between(before, after, at), widenedF };
  return { temperatureF: (before ?? after)?.temperatureF ?? NaN, widenedF };
}
