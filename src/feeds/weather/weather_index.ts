/**
 * Reads Kalshi's own city temperature index, `GET /live_data/weather/{city}` (KALSHI.md 3.16): a value for each minute, in
 * degrees Fahrenheit to 0.01, which the hourly temperature markets settle on. Its shape is that of the official
 * OpenAPI 3.30 (docs.kalshi.com, "Get Weather Index", read as of 2026-09-12).
 *
 * It is a mean of several stations of a metropolitan area with offsets, and not the temperature of the one station that
 * the daily markets are on: so it has a station name of its own, `INDEX:miami`, and is never mixed with `KMIA`. Nothing in
 * it is a daily high or low: no climate report can be made of it.
 * @module
 */

import { type Micros, micros, MICROS_PER_MILLISECOND } from "../../core/units.ts";
import { type Answer, isEarthly, isObject, refused } from "./answer.ts";
import type { Observation } from "./observations.ts";

/** A day of minutes, with room. */
const POINTS_MAX = 5_000;
const TIME_MS_MAX = 7_258_118_400_000;
const ROUNDING_F = 0.005;

/** City ids are lower case: `miami`, `sf-bay`. They become part of an address, so nothing else passes. */
export const isIndexCity = (text: string): boolean => /^[a-z][a-z0-9-]{0,40}$/.test(text);

/** The name under which an index's values go on as observations. */
export const indexStation = (city: string): string => `INDEX:${city}`;

export interface IndexValues {
  /** In order of time, one for each minute. */
  readonly observations: readonly Observation[];
  /** Why points were left out, one entry for each. */
  readonly refused: readonly string[];
}

/** Reads one parsed answer. Points without a final value are passed over: they come again. */
export function readWeatherIndex(body: unknown, city: string): Answer<IndexValues> {
  if (!isObject(body)) return refused("no JSON object");
  if (body.city !== city) return refused("index of another city");
  if (body.units !== "fahrenheit") return refused("unit of an index");
  const rows = body.timeseries;
  if (!Array.isArray(rows)) return refused("index without a series");
  if (rows.length > POINTS_MAX) return refused("too many index points");
  const reasons: string[] = [];
  const byTime = new Map<Micros, Observation>();
  for (const row of rows as readonly unknown[]) {
    const point = readPoint(row);
    if (point === null) continue;
    if (typeof point === "string") reasons.push(point);
    else if (byTime.has(point.observedAt)) reasons.push("repeated index point");
    else byTime.set(point.observedAt, point);
  }
  const observations = [...byTime.values()].sort((a, b) => a.observedAt - b.observedAt);
  return { ok: true, value: { observations, refused: reasons } };
}

/** A value, the reason why the point is refused, or `null` for one that is not final or was filled in afterwards. */
function readPoint(row: unknown): Observation | string | null {
  if (!isObject(row)) return "index point that is no object";
  if (row.status === "incomplete" || row.receipt_basis !== undefined) return null;
  if (row.status !== "normal" && row.status !== "degraded") return "status of an index point";
  if (typeof row.t !== "number" || !Number.isSafeInteger(row.t) || row.t <= 0 || row.t > TIME_MS_MAX) {
    return "time of an index point";
  }
  if (typeof row.v !== "number" || !isEarthly(row.v)) return "value of an index point";
  return { observedAt: micros(row.t * MICROS_PER_MILLISECOND), temperatureF: row.v, roundingF: ROUNDING_F };
}
