/**
 * What is known of a day's highest or lowest temperature, as an outlook on the event (event_outlook.ts): its outcomes are
 * whole degrees, as it is settled.
 *
 * The other suppositions are forecast errors that are larger or smaller by `spread_doubt`, and a forecast that lies higher
 * or lower by `forecast_doubt`. What was observed limits all of them alike: where the maximum of a day has been reached,
 * there is little doubt left.
 * @module
 */

import type { ClimateEvent } from "../core/climate_event.ts";
import type { Market } from "../core/market.ts";
import { outcome } from "../core/settlement.ts";
import { parseTicker } from "../core/ticker.ts";
import { type Micros, MICROS_PER_MINUTE } from "../core/units.ts";
import {
  DAY_TEMPERATURE_DEFAULTS,
  dayTemperature,
  type DayTemperatureSettings,
  type DayTemperatureState,
} from "../models/day_temperature.ts";
import { FORECAST_ERRORS, type ForecastErrors } from "../models/forecast_errors.ts";
import { HIGHEST_F, LOWEST_F, type TemperatureDistribution } from "../models/temperature_distribution.ts";
import type { Refusal } from "../risk/limits.ts";
import type { EventOutlook } from "./event_outlook.ts";
import { no } from "./obstacles.ts";
import type { ClimateReading } from "./view.ts";

/** What of the parameters the outlook rests on. */
export interface WeatherSuppositions {
  readonly max_observation_age: number;
  readonly max_missing_hours: number;
  readonly max_forecast_age: number;
  readonly error_scale: number;
  readonly spread_doubt: number;
  readonly forecast_doubt: number;
}

const MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE;
const HOURS = 24;
/** A close at midnight, and the report of the next morning (KALSHI.md 9). */
const PAYOUT_SECONDS = 7 * 3_600;
/** A strike in a market's ticker is that of the market. */
const SAME_STRIKE = 1e-6;

/** The outlook on an event, or why there is none. */
export function weatherOutlook(
  event: ClimateEvent,
  reading: ClimateReading,
  now: Micros,
  suppositions: WeatherSuppositions,
): EventOutlook | Refusal {
  const obstacle = observationObstacle(event, reading, now, suppositions) ??
    forecastObstacle(event, reading, now, suppositions);
  if (obstacle !== null) return obstacle;
  const state = stateOf(event, reading, now);
  const { error_scale, spread_doubt, forecast_doubt } = suppositions;
  const by = (scale: number, shiftF: number) => dayTemperature(shifted(state, shiftF), settingsOf(error_scale * scale));
  const found = by(1, 0);
  if (!found.ok) return no("no_model", found.reason);
  const { distribution } = found;
  const others = [
    by(1 + spread_doubt, 0),
    by(1 - spread_doubt, 0),
    by(1, forecast_doubt),
    by(1, -forecast_doubt),
  ];
  return {
    probabilities: degreesOf(distribution),
    alternatives: others.flatMap((each) => each.ok ? [degreesOf(each.distribution)] : []),
    ruleOf,
    expected: distribution.mean,
    payoutSeconds: PAYOUT_SECONDS,
  };
}

/** Observations of the day that are fresh and leave out few of its hours, once it has begun. */
function observationObstacle(
  { span, station }: ClimateEvent,
  { observations, report }: ClimateReading,
  now: Micros,
  { max_observation_age, max_missing_hours }: WeatherSuppositions,
): Refusal | null {
  if (report?.final === true) return no("report_final", `The climate report on ${station.city} is final`);
  if (now < span.start) return null;
  const heard = observations.filter(({ observedAt }) => observedAt <= now);
  const newest = heard.reduce((latest, { observedAt }) => Math.max(latest, observedAt), 0);
  const age = (now - newest) / MICROS_PER_MINUTE;
  if (!(age <= max_observation_age)) {
    const text = heard.length === 0 ? "Nothing was observed" : `The newest observation is ${age.toFixed(0)} min old`;
    return no("observations_stale", text);
  }
  const hours = Math.min(HOURS, Math.floor((now - span.start) / MICROS_PER_HOUR));
  const missing = Array.from({ length: hours + 1 }, (_, hour) => span.start + hour * MICROS_PER_HOUR)
    .filter((at) => !heard.some(({ observedAt }) => Math.abs(observedAt - at) <= MICROS_PER_HOUR / 2)).length;
  if (missing <= max_missing_hours) return null;
  return no("observations_missing", `Of ${hours + 1} hours of the day ${missing} were not observed`);
}

/** A forecast that is fresh, as long as the day is not over. */
function forecastObstacle(
  { span }: ClimateEvent,
  { forecast }: ClimateReading,
  now: Micros,
  { max_forecast_age }: WeatherSuppositions,
): Refusal | null {
  if (now >= span.end) return null;
  if (forecast === null) return no("no_forecast", "No forecast was heard");
  const age = (now - forecast.issuedAt) / MICROS_PER_HOUR;
  return age <= max_forecast_age ? null : no("forecast_stale", `The forecast is ${age.toFixed(1)} h old`);
}

function stateOf(
  { extreme, span }: ClimateEvent,
  { observations, forecast, report }: ClimateReading,
  now: Micros,
): DayTemperatureState {
  const extremeF = extreme === "high" ? report?.highF : report?.lowF;
  const said = extremeF === undefined || extremeF === null ? null : { extremeF, final: false };
  return { extreme, span, now, observations, forecast, report: said };
}

/** With a forecast that lies so much higher. */
function shifted(state: DayTemperatureState, shiftF: number): DayTemperatureState {
  const { forecast } = state;
  if (forecast === null || shiftF === 0) return state;
  const hours = forecast.hours.map(({ start, temperatureF }) => ({ start, temperatureF: temperatureF + shiftF }));
  return { ...state, forecast: { ...forecast, hours } };
}

const settingsOf = (scale: number): DayTemperatureSettings => {
  const errors: ForecastErrors = FORECAST_ERRORS.map((row) => ({ ...row, deviationF: row.deviationF * scale }));
  return { ...DAY_TEMPERATURE_DEFAULTS, errors: { high: errors, low: errors } };
};

const degreesOf = (distribution: TemperatureDistribution): readonly number[] =>
  Array.from({ length: HIGHEST_F - LOWEST_F + 1 }, (_, at) => distribution.of(LOWEST_F + at));

/** By the market's own rule, where its ticker says the same. */
function ruleOf(market: Market): ((place: number) => boolean) | null {
  const { strikeType, floorStrike, capStrike } = market;
  if (strikeType === null || !isNamedRight(market)) return null;
  if (outcome(strikeType, LOWEST_F, floorStrike, capStrike) === null) return null;
  return (place) => outcome(strikeType, LOWEST_F + place, floorStrike, capStrike) === "yes";
}

/** `B81.5` is named by its middle, `T82` by its only strike. */
function isNamedRight({ ticker, floorStrike, capStrike }: Market): boolean {
  const parsed = parseTicker(ticker);
  if (parsed?.kind !== "daily") return false;
  const { letter, value } = parsed.strike;
  const own = letter === "B"
    ? floorStrike === null || capStrike === null ? NaN : (floorStrike + capStrike) / 2
    : floorStrike ?? capStrike ?? NaN;
  return Math.abs(own - value) <= SAME_STRIKE;
}
