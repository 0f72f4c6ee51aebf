/**
 * For the tests of this folder: stations by their names, and what was told sorted by kind.
 * @module
 */

import assert from "node:assert/strict";
import { type ClimateStation, climateStation } from "../../core/climate_station.ts";
import type { ClimateReportInput, Input, WeatherForecastInput, WeatherObservationInput } from "../../core/input.ts";
import { type Micros, parseTime } from "../../core/units.ts";

export function time(text: string): Micros {
  const at = parseTime(text);
  assert.ok(at !== null, text);
  return at;
}

export function stations(...ids: string[]): readonly ClimateStation[] {
  return ids.map((id) => {
    const station = climateStation(id);
    assert.ok(station !== null, id);
    return station;
  });
}

export const observationsOf = (inputs: readonly Input[], station: string): readonly WeatherObservationInput[] =>
  inputs.filter((input): input is WeatherObservationInput =>
    input.type === "weather_observation" && input.station === station
  );
export const forecastsOf = (inputs: readonly Input[]): readonly WeatherForecastInput[] =>
  inputs.filter((input): input is WeatherForecastInput => input.type === "weather_forecast");
export const reportsOf = (inputs: readonly Input[]): readonly ClimateReportInput[] =>
  inputs.filter((input): input is ClimateReportInput => input.type === "climate_report");
