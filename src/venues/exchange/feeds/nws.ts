/**
 * A simulated National Weather Service: the stations that settle Kalshi's markets, at the paths of api.weather.gov.
 *
 * | trouble | what it does here, beside the refusals that all feeds share |
 * | --- | --- |
 * | `silent` | stations give no data: empty lists, 404 for the latest |
 * | `outlier` | temperatures ten degrees too high, which the quality control rejects (letter X) |
 * | `gap` | every second observation and every seventh hour of a forecast is missing |
 *
 * Like the real one it refuses whoever does not say who he is.
 * @module
 */

import { type Context, Hono } from "hono";
import { climateDayOf, climateDaySpan } from "../../../core/climate_day.ts";
import { CLIMATE_STATIONS, type ClimateStation, climateStation } from "../../../core/climate_station.ts";
import { formatTime, type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE, parseTime } from "../../../core/units.ts";
import { Random } from "../random.ts";
import { json } from "../replies.ts";
import type { FeedSimulator, FeedWorld } from "./feed_simulator.ts";
import { climateReportText, metarText, tenthsCelsius } from "./nws_texts.ts";
import { MEASURED_EVERY, SimulatedWeather } from "./nws_weather.ts";

const NAME = "nws";
const HOUR = 60 * MICROS_PER_MINUTE;
/** The minute of each hour's METAR, and how long anything measured takes until it can be asked for. */
const METAR_MINUTE = 53;
const DELAY = 4 * MICROS_PER_MINUTE;
const OBSERVATIONS_MAX = 500;
const KEPT = 3 * MICROS_PER_DAY;
const FORECAST_HOURS = 156;
const REPORT_DAYS = 3;
/** From the begin of a climate day: the evening's preliminary report, valid as of 4 PM, and the final one of the night. */
const PRELIMINARY_VALID = 16 * HOUR;
const PRELIMINARY_AFTER = 16 * HOUR + 42 * MICROS_PER_MINUTE;
const FINAL_AFTER = MICROS_PER_DAY + 86 * MICROS_PER_MINUTE;
/** Of a hundred values one is null, and one waits longer for its check than the others. */
const ODD = 0.01;
const CHECKED_AFTER = 20 * MICROS_PER_MINUTE;
const OUTLIER_F = 10;

/** RFC 3339 with an offset in place of the `Z`, as the service writes times. */
const stamp = (at: Micros): string => `${formatTime(at).slice(0, 19)}+00:00`;

function problem(status: number, title: string): Response {
  return json({ correlationId: "simulated", title, type: `https://api.weather.gov/problems/${title}`, status }, status);
}

/** The page of the real host's gate. */
function accessDenied(): Response {
  const page = "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1></BODY></HTML>";
  return new Response(page, { status: 403, headers: { "content-type": "text/html" } });
}

interface Report {
  readonly id: string;
  readonly station: ClimateStation;
  readonly day: string;
  readonly final: boolean;
  readonly issuedAt: Micros;
}

class WeatherService {
  readonly #world: FeedWorld;
  readonly #weather: SimulatedWeather;

  constructor(world: FeedWorld) {
    this.#world = world;
    this.#weather = new SimulatedWeather(world.seed);
  }

  /** Newest first, as the real list. */
  observations(station: ClimateStation, from: Micros, to: Micros): readonly unknown[] {
    if (this.#world.struck(NAME, "silent")) return [];
    const newest = Math.min(to, this.#world.now() - DELAY);
    const oldest = Math.max(from, this.#world.now() - KEPT);
    const features: unknown[] = [];
    for (let at = Math.floor(newest / MICROS_PER_MINUTE) * MICROS_PER_MINUTE; at >= oldest; at -= MICROS_PER_MINUTE) {
      if (features.length >= OBSERVATIONS_MAX) break;
      const minute = Math.floor(at / MICROS_PER_MINUTE) % 60;
      const isMetar = minute === METAR_MINUTE;
      if (!isMetar && at % MEASURED_EVERY !== 0) continue;
      if (!isMetar && this.#world.struck(NAME, "gap") && minute % 10 === 0) continue;
      features.push(this.#feature(station, micros(at), isMetar));
    }
    return features;
  }

  #feature(station: ClimateStation, at: Micros, isMetar: boolean): unknown {
    const outlier = this.#world.struck(NAME, "outlier");
    const degreesF = this.#weather.measured(station, at) + (outlier ? OUTLIER_F : 0);
    const celsius = tenthsCelsius(degreesF);
    const odd = Random.named(this.#world.seed, `feeds/nws/odd/${station.id}/${at}`).uniform();
    const missing = odd < ODD;
    const value = missing ? null : isMetar ? celsius : Math.round(celsius);
    const waits = missing || (odd < 2 * ODD && at > this.#world.now() - CHECKED_AFTER);
    const qualityControl = outlier ? "X" : waits ? "Z" : "V";
    const id = `https://api.weather.gov/stations/${station.id}/observations/${stamp(at)}`;
    return {
      id,
      type: "Feature",
      geometry: { type: "Point", coordinates: [station.longitude, station.latitude] },
      properties: {
        "@id": id,
        "@type": "wx:ObservationStation",
        station: `https://api.weather.gov/stations/${station.id}`,
        stationId: station.id,
        timestamp: stamp(at),
        rawMessage: isMetar && !missing ? this.#metar(station, at, degreesF) : "",
        textDescription: "Clear (simulated)",
        temperature: { unitCode: "wmoUnit:degC", value, qualityControl },
      },
    };
  }

  /** Every sixth hour a METAR looks back. */
  #metar(station: ClimateStation, at: Micros, degreesF: number): string {
    const looksBack = (Math.floor(at / HOUR) + 1) % 6 === 0;
    const sixHours = looksBack ? this.#weather.extremes(station, micros(at - 6 * HOUR), at) : null;
    return metarText(station.id, at, degreesF, sixHours);
  }

  forecast(station: ClimateStation): unknown {
    const now = this.#world.now();
    const issued = micros(Math.floor(now / HOUR) * HOUR);
    const periods = Array.from({ length: FORECAST_HOURS }, (_, k) => {
      const start = micros(issued + k * HOUR);
      return {
        number: k + 1,
        name: "",
        startTime: stamp(start),
        endTime: stamp(micros(start + HOUR)),
        temperature: this.#weather.forecast(station, issued, start),
        temperatureUnit: "F",
        shortForecast: "Clear (simulated)",
      };
    });
    const kept = this.#world.struck(NAME, "gap") ? periods.filter(({ number }) => number % 7 !== 0) : periods;
    const properties = { units: "us", generatedAt: stamp(now), updateTime: stamp(issued), periods: kept };
    return { type: "Feature", properties };
  }

  /** Newest first. */
  reports(station: ClimateStation): readonly Report[] {
    const now = this.#world.now();
    const reports: Report[] = [];
    for (let back = 0; back <= REPORT_DAYS; back++) {
      const day = climateDayOf(micros(now - back * MICROS_PER_DAY), station.standardTime);
      const start = climateDaySpan(day, station.standardTime)?.start ?? now;
      for (const [final, after] of [[true, FINAL_AFTER], [false, PRELIMINARY_AFTER]] as const) {
        const issuedAt = micros(start + after);
        const id = `CLI-${station.cli}-${day}-${final ? "final" : "preliminary"}`;
        if (issuedAt <= now) reports.push({ id, station, day, final, issuedAt });
      }
    }
    return reports;
  }

  report(id: string): unknown {
    const [, cli] = /^CLI-([A-Z]{3})-/.exec(id) ?? [];
    const station = CLIMATE_STATIONS.find((each) => each.cli === cli);
    const report = station === undefined ? undefined : this.reports(station).find((each) => each.id === id);
    const extremes = report === undefined ? null : this.#extremesOf(report);
    if (report === undefined || extremes === null) return null;
    return { ...listed(report), productText: climateReportText({ ...report, extremes }) };
  }

  #extremesOf({ station, day, final }: Report) {
    if (final) return this.#weather.dayExtremes(station, day);
    const span = climateDaySpan(day, station.standardTime);
    return span === null ? null : this.#weather.extremes(station, span.start, micros(span.start + PRELIMINARY_VALID));
  }
}

const listed = ({ id, station, issuedAt }: Report) => ({
  "@id": `https://api.weather.gov/products/${id}`,
  id,
  wmoCollectiveId: "CDUS41",
  issuingOffice: `K${station.office}`,
  issuanceTime: stamp(issuedAt),
  productCode: "CLI",
  productName: "Climatological Report (Daily)",
});

/** A time of a query, in UTC with `Z`. */
const queryTime = (context: Context, name: string, standard: Micros): Micros =>
  parseTime(context.req.query(name) ?? "") ?? standard;

/** Each station is alone in a cell of its own: its place in the table. */
function routesOf(service: WeatherService, world: FeedWorld): Hono {
  const routes = new Hono();
  routes.use(
    "*",
    async (context, next) => (context.req.header("user-agent") ?? "") === "" ? accessDenied() : await next(),
  );
  const ofStation = (context: Context) => climateStation(context.req.param("station") ?? "");
  routes.get("/stations/:station/observations", (context) => {
    const station = ofStation(context);
    if (station === null) return problem(404, "NotFound");
    const to = queryTime(context, "end", world.now());
    const from = queryTime(context, "start", micros(to - MICROS_PER_DAY));
    const limit = Math.min(
      OBSERVATIONS_MAX,
      Number(context.req.query("limit") ?? OBSERVATIONS_MAX) || OBSERVATIONS_MAX,
    );
    return json({ type: "FeatureCollection", features: service.observations(station, from, to).slice(0, limit) });
  });
  routes.get("/stations/:station/observations/latest", (context) => {
    const station = ofStation(context);
    const [latest] = station === null ? [] : service.observations(station, micros(world.now() - 2 * HOUR), world.now());
    return latest === undefined ? problem(404, "NotFound") : json(latest);
  });
  routes.get("/points/:point", (context) => {
    const at = CLIMATE_STATIONS.findIndex(({ latitude, longitude }) =>
      `${latitude},${longitude}` === context.req.param("point")
    );
    if (at < 0) return problem(404, "InvalidPoint");
    const { office, timeZone } = CLIMATE_STATIONS[at];
    return json({ type: "Feature", properties: { gridId: office, gridX: at, gridY: at, timeZone } });
  });
  routes.get("/gridpoints/:office/:cell/forecast/hourly", (context) => {
    const station = CLIMATE_STATIONS[Number(/^(\d+),\1$/.exec(context.req.param("cell"))?.[1] ?? -1)];
    const known = station !== undefined && station.office === context.req.param("office");
    return known ? json(service.forecast(station)) : problem(404, "InvalidPoint");
  });
  routes.get("/products/types/CLI/locations/:place", (context) => {
    const station = CLIMATE_STATIONS.find(({ cli }) => cli === context.req.param("place"));
    return json({ "@context": {}, "@graph": station === undefined ? [] : service.reports(station).map(listed) });
  });
  routes.get("/products/:id", (context) => {
    const report = service.report(context.req.param("id"));
    return report === null ? problem(404, "NotFound") : json(report);
  });
  return routes;
}

export function nwsSimulator(world: FeedWorld): FeedSimulator {
  return { name: NAME, routes: routesOf(new WeatherService(world), world) };
}
