/**
 * A made-up day of weather for tests: coldest at 3, warmest at 15 hours, observed hourly, and forecast the same.
 * @module
 */

import assert from "node:assert/strict";
import { type ClimateEvent, climateEvent } from "../core/climate_event.ts";
import type { WeatherForecastInput, WeatherObservationInput } from "../core/input.ts";
import { type Micros, micros, MICROS_PER_MINUTE, parseTime } from "../core/units.ts";
import type { ClimateReading } from "./view.ts";

export const HOUR = 60 * MICROS_PER_MINUTE;

export function time(text: string): Micros {
  const at = parseTime(text);
  assert.ok(at !== null, text);
  return at;
}

export function eventOf(ticker: string): ClimateEvent {
  const event = climateEvent(ticker);
  assert.ok(event !== null, ticker);
  return event;
}

export interface Weather {
  /** Degrees at 15 hours; twenty less at 3. */
  readonly peakF: number;
  /** What of it was observed: hourly until now. */
  readonly observedUntil?: Micros;
  /** Hours before now that the forecast was issued. */
  readonly forecastAge?: number;
}

/** What is known at a moment. Everything arrived when it was made, the forecast an hour ago. */
export function readingOf(event: ClimateEvent, now: Micros, weather: Weather): ClimateReading {
  const { station: { id: station }, span } = event;
  const { peakF, observedUntil = now, forecastAge = 1 } = weather;
  const curve = (at: number): number => peakF - 10 * (1 - Math.cos(2 * Math.PI * ((at - span.start) / HOUR - 15) / 24));
  const observations: WeatherObservationInput[] = [];
  for (let at = span.start - HOUR; at <= observedUntil; at += HOUR) {
    const observedAt = micros(at);
    observations.push({
      type: "weather_observation",
      at: observedAt,
      station,
      observedAt,
      temperatureF: curve(at),
      roundingF: 0.09,
    });
  }
  const issuedAt = micros(now - forecastAge * HOUR);
  const hours = Array.from({ length: 49 }, (_, hour) => ({
    start: micros(span.start + hour * HOUR),
    temperatureF: curve(span.start + hour * HOUR),
  }));
  const forecast: WeatherForecastInput = { type: "weather_forecast", at: issuedAt, station, issuedAt, hours };
  return { observations, forecast, report: null };
}
