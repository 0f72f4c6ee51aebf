/**
 * What is known of the weather at the stations that decide markets: observations of the last days, the newest forecast,
 * and what the climate reports said.
 * @module
 */

import type { ClimateEvent } from "../core/climate_event.ts";
import { climateStation } from "../core/climate_station.ts";
import type { ClimateReportInput, Input, WeatherForecastInput, WeatherObservationInput } from "../core/input.ts";
import { MICROS_PER_DAY } from "../core/units.ts";
import type { ClimateReading } from "../strategies/view.ts";

export type WeatherInput = Extract<Input, { type: "weather_observation" | "weather_forecast" | "climate_report" }>;

const OBSERVATIONS_KEPT = 2 * MICROS_PER_DAY;
/** One every five minutes for two days, with room. */
const OBSERVATIONS_MAX = 1_000;
/** Days with a report, of one station. */
const REPORTS_MAX = 8;
/** Stations times days of which something was asked. */
const READINGS_MAX = 256;
/** No thermometer on earth has shown more or less, in degrees Fahrenheit. */
const HOTTEST = 140;
const COLDEST = -130;

interface Station {
  observations: readonly WeatherObservationInput[];
  forecast: WeatherForecastInput | null;
  readonly reports: Map<string, ClimateReportInput>;
}

export class WeatherReadings {
  /** Of known stations only, of which there are few. */
  readonly #stations = new Map<string, Station>();
  /** One object as long as nothing new is heard: what follows from it need not be worked out again. */
  readonly #readings = new Map<string, ClimateReading>();

  /** Takes one word in; the reason where it is refused. */
  take(input: WeatherInput): string | null {
    if (climateStation(input.station) === null) return `${input.station} decides no market that is known`;
    const wrong = temperaturesOf(input).find((degrees) => !(degrees > COLDEST && degrees < HOTTEST));
    if (wrong !== undefined) return `${input.station}: ${wrong} F is no temperature`;
    let station = this.#stations.get(input.station);
    if (station === undefined) {
      this.#stations.set(input.station, station = { observations: [], forecast: null, reports: new Map() });
    }
    switch (input.type) {
      case "weather_observation":
        station.observations = withOne(station.observations, input);
        break;
      case "weather_forecast":
        station.forecast = input;
        break;
      case "climate_report":
        report(station.reports, input);
    }
    for (const key of [...this.#readings.keys()]) if (key.startsWith(`${input.station} `)) this.#readings.delete(key);
    return null;
  }

  /** What is known of the day that decides a market; `null` where it is no daily temperature, or nothing was heard. */
  reading(about: ClimateEvent | null): ClimateReading | null {
    const station = about === null ? undefined : this.#stations.get(about.station.id);
    if (about === null || station === undefined) return null;
    const key = `${about.station.id} ${about.day}`;
    let reading = this.#readings.get(key);
    if (reading === undefined) {
      const { observations, forecast, reports } = station;
      if (this.#readings.size >= READINGS_MAX) this.#readings.clear();
      this.#readings.set(key, reading = { observations, forecast, report: reports.get(about.day) ?? null });
    }
    return reading;
  }
}

function temperaturesOf(input: WeatherInput): readonly number[] {
  switch (input.type) {
    case "weather_observation":
      return [input.temperatureF];
    case "weather_forecast":
      return input.hours.map(({ temperatureF }) => temperatureF);
    case "climate_report":
      return [input.highF, input.lowF].filter((degrees) => degrees !== null);
  }
}

/** In order of time; one that is heard again replaces the first. */
function withOne(
  observations: readonly WeatherObservationInput[],
  input: WeatherObservationInput,
): readonly WeatherObservationInput[] {
  const newest = Math.max(input.observedAt, observations.at(-1)?.observedAt ?? 0);
  const kept = observations.filter(({ observedAt }) =>
    observedAt !== input.observedAt && observedAt >= newest - OBSERVATIONS_KEPT
  );
  if (input.observedAt >= newest - OBSERVATIONS_KEPT) {
    const after = kept.findIndex(({ observedAt }) => observedAt > input.observedAt);
    kept.splice(after < 0 ? kept.length : after, 0, input);
  }
  return kept.slice(-OBSERVATIONS_MAX);
}

/** The newest on each day, but a final one stays final. */
function report(reports: Map<string, ClimateReportInput>, input: ClimateReportInput): void {
  const known = reports.get(input.day);
  if (known !== undefined && (known.final && !input.final || known.issuedAt > input.issuedAt)) return;
  reports.set(input.day, input);
  if (reports.size <= REPORTS_MAX) return;
  const oldest = [...reports.keys()].sort()[0];
  if (oldest !== undefined) reports.delete(oldest);
}
