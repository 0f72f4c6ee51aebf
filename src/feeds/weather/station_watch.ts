/**
 * What the feed has told of one station so far, so that each thing is told once and nothing older replaces anything newer.
 * @module
 */

import { climateDayOf, climateDaySpan } from "../../core/climate_day.ts";
import type { ClimateStation } from "../../core/climate_station.ts";
import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { ClimateSummary } from "./climate_report.ts";
import type { Forecast, GridCell } from "./forecast.ts";
import type { Observation, RefusedFeature } from "./observations.ts";
import type { ListedProduct } from "./products.ts";

/** METARs come in late, and corrected: so far back the service is asked again. */
const LATE = 3 * 60 * MICROS_PER_MINUTE;
/** And never further than this, which holds a climate day whole. */
const ASKED_BACK_MAX = MICROS_PER_DAY;
/** What was told is remembered for longer than anything is asked back for. */
const REMEMBERED = 2 * MICROS_PER_DAY;
/** A station has some 600 moments in that time. */
const MOMENTS_MAX = 5_000;
/** Clocks differ; what claims to be issued later than this is wrong, and would keep out what comes after it. */
const AHEAD_MAX = 10 * MICROS_PER_MINUTE;
/** Enough for the final report of yesterday and the preliminary ones of today. */
const REPORTS_AT_ONCE = 4;
/** Days whose reports are told apart. */
const REPORTED_DAYS = 10;
/** An hourly forecast is made anew within hours. */
const FORECAST_AGE_MAX = MICROS_PER_DAY;

export class StationWatch {
  readonly station: ClimateStation;
  cell: GridCell | null = null;
  /** When the newest temperature was measured, `null` before the first. */
  newest: Micros | null = null;
  /** How far rounding may have moved what was told of a moment. */
  readonly #told = new Map<Micros, number>();
  #forecast: Forecast | null = null;
  /** When what was refused was measured: answers overlap, and nothing is counted twice. */
  readonly #refused = new Set<Micros>();
  #products = new Set<string>();
  readonly #reported = new Map<string, Micros>();

  constructor(station: ClimateStation) {
    this.station = station;
  }

  /** From when on observations are to be asked for: at first the whole climate day. */
  since(now: Micros): Micros {
    const { standardTime } = this.station;
    const today = climateDaySpan(climateDayOf(now, standardTime), standardTime)?.start ?? now;
    return micros(Math.max(Math.min(this.newest ?? today, now) - LATE, now - ASKED_BACK_MAX));
  }

  /** Whether an observation is to be told: a new moment, or a known one more exactly. */
  takes({ observedAt, roundingF }: Observation, now: Micros): boolean {
    if (observedAt < now - REMEMBERED) return false;
    const told = this.#told.get(observedAt);
    if (told !== undefined && told <= roundingF) return false;
    this.#told.set(observedAt, roundingF);
    if (this.#told.size > MOMENTS_MAX) this.#told.delete(oldestOf(this.#told));
    return true;
  }

  /** Whether a refused feature is one that was not refused before. */
  refusesAnew({ observedAt }: RefusedFeature): boolean {
    if (observedAt === null) return true;
    if (this.#refused.has(observedAt)) return false;
    this.#refused.add(observedAt);
    if (this.#refused.size > MOMENTS_MAX) this.#refused.delete(oldestOf(this.#refused));
    return true;
  }

  /** Forgets moments that are not asked back for, and refused ones that claim to lie far ahead. */
  forget(now: Micros): void {
    for (const moments of [this.#told, this.#refused]) {
      for (const observedAt of moments.keys()) {
        if (Math.abs(now - observedAt) > REMEMBERED) moments.delete(observedAt);
      }
    }
  }

  /** Whether a forecast is to be told; a text where it is to be refused. */
  takesForecast(forecast: Forecast, now: Micros): boolean | string {
    if (forecast.issuedAt > now + AHEAD_MAX) return "forecast from the future";
    if (forecast.issuedAt < now - FORECAST_AGE_MAX) return "old forecast";
    const known = this.#forecast;
    if (known !== null && forecast.issuedAt < known.issuedAt) return "forecast older than the last";
    this.#forecast = forecast;
    return known === null || forecast.issuedAt > known.issuedAt || !sameHours(forecast, known);
  }

  /** Those of a list (newest first) that are still to be read, oldest first. */
  unread(products: readonly ListedProduct[]): readonly ListedProduct[] {
    const newest = products.slice(0, REPORTS_AT_ONCE);
    this.#products = new Set(newest.map(({ id }) => id).filter((id) => this.#products.has(id)));
    return newest.filter(({ id }) => !this.#products.has(id)).reverse();
  }

  wasRead({ id }: ListedProduct): void {
    this.#products.add(id);
  }

  /** Why a report of this station is to be refused, `null` where it is to be told. The newest for a day wins. */
  refusesReport({ day }: ClimateSummary, issuedAt: Micros, now: Micros): string | null {
    if (issuedAt > now + AHEAD_MAX) return "climate report from the future";
    const span = climateDaySpan(day, this.station.standardTime);
    if (span === null || issuedAt < span.start) return "climate report before its day";
    if (span.start < now - REPORTED_DAYS * MICROS_PER_DAY) return "old climate report";
    const reported = this.#reported.get(day);
    if (reported !== undefined && issuedAt < reported) return "climate report older than the last";
    this.#reported.set(day, issuedAt);
    for (const known of this.#reported.keys()) {
      if (this.#reported.size > REPORTED_DAYS) this.#reported.delete(known);
    }
    return null;
  }
}

/** The one that was put in first. */
function oldestOf(moments: Map<Micros, unknown> | Set<Micros>): Micros {
  for (const moment of moments.keys()) return moment;
  throw new Error("No moment in an empty collection");
}

const sameHours = (a: Forecast, b: Forecast): boolean =>
  a.hours.length === b.hours.length &&
  a.hours.every(({ start, temperatureF }, k) => {
    const other = b.hours[k];
    return start === other.start && temperatureF === other.temperatureF;
  });
