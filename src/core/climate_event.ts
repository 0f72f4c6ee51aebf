/**
 * From the ticker of a daily temperature event or market to what it is about: a station, a climate day, and whether the
 * day's highest or lowest temperature counts (KALSHI.md 9).
 * @module
 */

import { calendarDay, type ClimateDaySpan, climateDaySpan } from "./climate_day.ts";
import { CLIMATE_STATIONS, type ClimateStation } from "./climate_station.ts";
import { parseTicker } from "./ticker.ts";

/** Which of a day's temperatures a series is on. */
export type DayExtreme = "high" | "low";

export interface ClimateSeries {
  readonly station: ClimateStation;
  readonly extreme: DayExtreme;
}

export interface ClimateEvent extends ClimateSeries {
  /** `KXHIGHNY`. */
  readonly series: string;
  /** `KXHIGHNY-26SEP16`. */
  readonly event: string;
  /** The climate day, as `2026-09-16`. */
  readonly day: string;
  readonly span: ClimateDaySpan;
}

const EVENT = /^[^-]*-[^-]*$/;

const BY_SERIES: ReadonlyMap<string, ClimateSeries> = new Map(
  CLIMATE_STATIONS.flatMap((station): [string, ClimateSeries][] => [
    [station.highSeries, { station, extreme: "high" }],
    [station.lowSeries, { station, extreme: "low" }],
  ]),
);

/** What a series is on, `null` for one that is no daily temperature of a known station. */
export const climateSeries = (series: string): ClimateSeries | null => BY_SERIES.get(series) ?? null;

/**
 * Reads an event's ticker or that of one of its markets.
 *
 * @example
 * ```ts
 * import { climateEvent } from "./climate_event.ts";
 * import assert from "node:assert/strict";
 * const event = climateEvent("KXHIGHNY-26SEP16-B81.5");
 * assert.deepEqual([event?.station.id, event?.extreme, event?.day], ["KNYC", "high", "2026-09-16"]);
 * ```
 */
export function climateEvent(ticker: string): ClimateEvent | null {
  // Any strike will do for an event: it says nothing on the day.
  const parsed = parseTicker(EVENT.test(ticker) ? `${ticker}-T0` : ticker);
  if (parsed?.kind !== "daily") return null;
  const about = climateSeries(parsed.series);
  const day = calendarDay(parsed.year, parsed.month, parsed.day);
  if (about === null || day === null) return null;
  const span = climateDaySpan(day, about.station.standardTime);
  return span === null ? null : { ...about, series: parsed.series, event: parsed.event, day, span };
}
