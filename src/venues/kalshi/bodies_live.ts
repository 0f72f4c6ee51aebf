/**
 * REST bodies of live data: what events are about, and Kalshi's own temperature index (KALSHI.md 3.16).
 * @module
 */

import type { Micros } from "../../core/units.ts";
import { type BodyReader, rows } from "./body_reader.ts";
import type { JsonObject } from "./fields.ts";

/** What an event is about, as the exchange's site draws it. */
export interface EventLiveData {
  /** Names the shape of the details. */
  readonly type: string;
  /** As they came: their shapes are not documented. */
  readonly details: JsonObject;
  /** The event is over and this is what it was; `null` where the body does not say. */
  readonly historical: boolean | null;
}

export const readEventLiveData: BodyReader<EventLiveData> = (read, body, path) => ({
  type: read.text(body, "type", path),
  details: read.object(body, "details", path),
  historical: body.is_historical === undefined || body.is_historical === null
    ? null
    : read.boolean(body, "is_historical", path),
});

/** One minute of a city's temperature. */
export interface WeatherPoint {
  /** The minute's beginning. */
  readonly at: Micros;
  /** Degrees Fahrenheit, to 0.01; `null` while the minute is incomplete. */
  readonly fahrenheit: number | null;
  /** `normal`, `degraded` (settles all the same), `incomplete`. */
  readonly status: string;
  /** Stations behind the value; `null` where the body does not say. */
  readonly contributors: number | null;
}

/** The exchange's own temperature index of a city, on which hourly markets settle. A minute without a value is missing. */
export interface WeatherIndex {
  readonly city: string;
  /** Names the stations and rules behind it; `""` where there are no points. */
  readonly version: string;
  /** Oldest first. */
  readonly points: readonly WeatherPoint[];
}

/** A week of minutes, and some more. */
const POINTS_MAX = 20_000;

export const readWeatherIndex: BodyReader<WeatherIndex> = (read, body, path, unknown) => {
  read.word(body, "units", path, ["fahrenheit"]);
  const points = rows("timeseries", POINTS_MAX, (reader, row, at): WeatherPoint => ({
    at: reader.milliseconds(row, "t", at),
    fahrenheit: reader.optionalNumber(row, "v", at),
    status: reader.text(row, "status", at),
    contributors: row.contributors === undefined || row.contributors === null
      ? null
      : reader.integer(row, "contributors", at),
  }))(read, body, path, unknown);
  return {
    city: read.text(body, "city", path),
    version: read.optionalText(body, "config_version", path) ?? "",
    points: [...points].sort((a, b) => a.at - b.at),
  };
};
