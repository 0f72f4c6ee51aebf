/**
 * The simulated weather: the temperature of every station at every moment, as a function of seed, station and time alone.
 * Nothing depends on who asks when, and the forecast errs around the same truth that later comes to pass.
 *
 * Temperature is the season's mean for the latitude, plus the day's anomaly (drawn for each noon, straight lines between),
 * plus a daily wave that peaks in the middle of the afternoon, plus a little unrest.
 * @module
 */

import { climateDayOf, climateDaySpan, climateHourOf } from "../../../core/climate_day.ts";
import type { ClimateStation } from "../../../core/climate_station.ts";
import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../../core/units.ts";
import { Random } from "../random.ts";

/** Stations measure this often. */
export const MEASURED_EVERY = 5 * MICROS_PER_MINUTE;
const HOUR = 60 * MICROS_PER_MINUTE;
const YEAR = 365.2425 * MICROS_PER_DAY;
/** The warmest day of the year, about 21 July, and the warmest hour of the day by standard time. */
const WARMEST_DAY = Date.UTC(2026, 6, 21) * 1_000;
const WARMEST_HOUR = 15.25;
const DAILY_AMPLITUDE_F = 8.5;
const ANOMALY_F = 5;
const UNREST_F = 0.35;
/** Standard deviation of a forecast's error at once, and what each hour adds, up to a bound. */
const FORECAST_ERROR_F = 0.8;
const FORECAST_ERROR_PER_HOUR_F = 0.04;
const FORECAST_ERROR_MAX_F = 5;
/** Days whose extremes are kept: 20 stations, a week and its forecast. */
const EXTREMES_MAX = 400;

export interface Extremes {
  /** Whole degrees Fahrenheit, `null` before anything was measured. */
  readonly highF: number | null;
  readonly lowF: number | null;
  readonly highAt: Micros;
  readonly lowAt: Micros;
}

export class SimulatedWeather {
  readonly #seed: number;
  readonly #wholeDays = new Map<string, Extremes>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Degrees Fahrenheit, unrounded. */
  at(station: ClimateStation, time: Micros): number {
    const season = Math.cos(2 * Math.PI * (time - WARMEST_DAY) / YEAR);
    const { latitude } = station;
    const mean = 108 - 1.33 * latitude + Math.max(4, 0.65 * latitude - 8) * season;
    const wave = Math.cos(2 * Math.PI * (climateHourOf(time, station.standardTime) - WARMEST_HOUR) / 24);
    const unrest = this.#normal(`unrest/${station.id}/${Math.floor(time / MEASURED_EVERY)}`);
    return mean + this.#anomaly(station, time) + DAILY_AMPLITUDE_F * wave + UNREST_F * unrest;
  }

  /** What a thermometer shows: whole degrees Fahrenheit at the last full five minutes. */
  measured(station: ClimateStation, time: Micros): number {
    return Math.round(this.at(station, micros(Math.floor(time / MEASURED_EVERY) * MEASURED_EVERY)));
  }

  /** What was forecast at `issued` for a later hour: whole degrees. */
  forecast(station: ClimateStation, issued: Micros, hour: Micros): number {
    const lead = Math.max(0, (hour - issued) / HOUR);
    const spread = Math.min(FORECAST_ERROR_MAX_F, FORECAST_ERROR_F + FORECAST_ERROR_PER_HOUR_F * lead);
    return Math.round(this.at(station, hour) + spread * this.#normal(`forecast/${station.id}/${issued}`));
  }

  /** Highest and lowest of what was measured from `from` up to and with `to`. */
  extremes(station: ClimateStation, from: Micros, to: Micros): Extremes {
    let [highF, lowF, highAt, lowAt]: [number | null, number | null, Micros, Micros] = [null, null, from, from];
    for (let time = Math.ceil(from / MEASURED_EVERY) * MEASURED_EVERY; time <= to; time += MEASURED_EVERY) {
      const degrees = this.measured(station, micros(time));
      if (highF === null || degrees > highF) [highF, highAt] = [degrees, micros(time)];
      if (lowF === null || degrees < lowF) [lowF, lowAt] = [degrees, micros(time)];
    }
    return { highF, lowF, highAt, lowAt };
  }

  /** Of a whole climate day. */
  dayExtremes(station: ClimateStation, day: string): Extremes | null {
    const span = climateDaySpan(day, station.standardTime);
    if (span === null) return null;
    const key = `${station.id}/${day}`;
    const known = this.#wholeDays.get(key);
    if (known !== undefined) return known;
    const extremes = this.extremes(station, span.start, micros(span.end - 1));
    if (this.#wholeDays.size >= EXTREMES_MAX) this.#wholeDays.clear();
    this.#wholeDays.set(key, extremes);
    return extremes;
  }

  #anomaly(station: ClimateStation, time: Micros): number {
    const noon = (at: number) =>
      this.#normal(`anomaly/${station.id}/${climateDayOf(micros(at), station.standardTime)}`);
    const sinceNoon = (climateHourOf(time, station.standardTime) - 12) / 24;
    const [first, share] = sinceNoon < 0 ? [time - MICROS_PER_DAY, 1 + sinceNoon] : [time, sinceNoon];
    return ANOMALY_F * ((1 - share) * noon(first) + share * noon(first + MICROS_PER_DAY));
  }

  #normal(name: string): number {
    return Random.named(this.#seed, `feeds/nws/${name}`).normal();
  }
}
