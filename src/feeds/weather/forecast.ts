/**
 * Reads the hourly forecast of api.weather.gov (KALSHI.md 11.7): `/points/{lat},{lon}` names the cell of the grid,
 * `/gridpoints/{office}/{x},{y}/forecast/hourly` has a period for each hour. Hours may be missing.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import { type Answer, fahrenheit, isEarthly, isObject, parseOffsetTime, refused } from "./answer.ts";

/** A cell of the forecast grid. */
export interface GridCell {
  readonly office: string;
  readonly x: number;
  readonly y: number;
}

/** Reads what `/points` answers. Only the cell's numbers are taken: requests go where settings say, not where an answer does. */
export function readPoint(body: unknown): Answer<GridCell> {
  const properties = isObject(body) ? body.properties : undefined;
  if (!isObject(properties)) return refused("point without properties");
  const { gridId, gridX, gridY } = properties;
  if (typeof gridId !== "string" || !/^[A-Z]{3}$/.test(gridId)) return refused("office of a grid cell");
  if (!isCoordinate(gridX) || !isCoordinate(gridY)) return refused("place of a grid cell");
  return { ok: true, value: { office: gridId, x: gridX, y: gridY } };
}

const isCoordinate = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 1_000;

export interface ForecastHour {
  readonly start: Micros;
  readonly temperatureF: number;
}

export interface Forecast {
  readonly issuedAt: Micros;
  /** In order of time, each hour once. */
  readonly hours: readonly ForecastHour[];
  /** Why periods were left out, one entry for each. */
  readonly refused: readonly string[];
}

/** The service gives 156 hours. */
const PERIODS_MAX = 500;
const HOUR = 3_600_000_000;

/** Reads what `/forecast/hourly` answers; a forecast without one good hour is none. */
export function readForecast(body: unknown): Answer<Forecast> {
  const properties = isObject(body) ? body.properties : undefined;
  if (!isObject(properties)) return refused("forecast without properties");
  const issuedAt = parseOffsetTime(properties.updateTime) ?? parseOffsetTime(properties.generatedAt);
  if (issuedAt === null) return refused("forecast without a time of issue");
  const periods = properties.periods;
  if (!Array.isArray(periods)) return refused("forecast without periods");
  if (periods.length > PERIODS_MAX) return refused("too many periods");
  const reasons: string[] = [];
  const hours = new Map<Micros, ForecastHour>();
  for (const period of periods as readonly unknown[]) {
    const hour = readPeriod(period);
    if (!hour.ok) reasons.push(hour.reason);
    else if (hours.has(hour.value.start)) reasons.push("repeated hour");
    else hours.set(hour.value.start, hour.value);
  }
  if (hours.size === 0) return refused(reasons[0] ?? "forecast without hours");
  return {
    ok: true,
    value: { issuedAt, hours: [...hours.values()].sort((a, b) => a.start - b.start), refused: reasons },
  };
}

function readPeriod(period: unknown): Answer<ForecastHour> {
  if (!isObject(period)) return refused("period that is no object");
  const start = parseOffsetTime(period.startTime);
  const end = parseOffsetTime(period.endTime);
  if (start === null || end === null) return refused("period without a time");
  if (end - start !== HOUR || start % HOUR !== 0) return refused("period that is no hour");
  const { value, unit } = temperatureOf(period.temperature, period.temperatureUnit);
  if (typeof value !== "number" || !Number.isFinite(value)) return refused("forecast temperature is no number");
  if (unit !== "F" && unit !== "C") return refused("unit of a forecast temperature");
  const temperatureF = unit === "F" ? value : fahrenheit(value);
  return isEarthly(temperatureF)
    ? { ok: true, value: { start, temperatureF } }
    : refused("forecast temperature out of range");
}

/** A number beside its unit, or, as the service writes it where it is asked to, both in one object. */
function temperatureOf(temperature: unknown, unit: unknown): { readonly value: unknown; readonly unit: unknown } {
  if (!isObject(temperature)) return { value: temperature, unit };
  const code = typeof temperature.unitCode === "string" ? temperature.unitCode.replace(/^.*:deg/, "") : "";
  return { value: temperature.value, unit: code };
}
