/**
 * The National Weather Service (D9) by its public REST API, for a set of stations: what they measure, what is forecast for
 * them hour by hour, and the daily climate report.
 *
 * | every | asked for each station | told |
 * | --- | --- | --- |
 * | 60 s | `/stations/{id}/observations` | each verified temperature once, and again where a later answer has it more exactly |
 * | 15 min | `/points`, once; `/gridpoints/.../forecast/hourly` | a forecast that differs from the one before |
 * | 5 min | `/products/types/CLI/locations/{place}`, each new `/products/{id}` | each report, oldest first |
 *
 * One thing is asked at a time, round after round and station after station, so that the service is never pressed. What
 * fails for one station does not keep the others waiting; what fails for the host (a refusal, a page for people, no
 * answer) ends the round.
 * @module
 */

import { climateDaySpan } from "../../core/climate_day.ts";
import type { ClimateStation } from "../../core/climate_station.ts";
import { formatTime, type Micros, micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { FeedContext } from "../feed.ts";
import type { RestFailure } from "../rest.ts";
import { RestFeed } from "../rest_feed.ts";
import type { Answer } from "./answer.ts";
import { type ClimateSummary, readClimateReport } from "./climate_report.ts";
import { type GridCell, readForecast, readPoint } from "./forecast.ts";
import { type QualityLetter, readObservations } from "./observations.ts";
import { readProduct, readProductList } from "./products.ts";
import { StationWatch } from "./station_watch.ts";

/** Answers without a key, to whoever says who he is. */
export const NWS_REST = "https://api.weather.gov";

const NAME = "nws";
/** A METAR comes every hour; a station is called silent when the next one is well overdue. */
const SILENT_AFTER = 90 * MICROS_PER_MINUTE;
/** What the service holds of a day and a half. */
const OBSERVATIONS_AT_ONCE = 500;
/** A station that does not exist, and the service's frequent troubles with single stations. */
const OF_ONE_STATION = /^status (404|5\d\d)$/;

export interface WeatherFeedOptions {
  /** {@link NWS_REST}, or a simulated service's. */
  readonly rest: string;
  readonly stations: readonly ClimateStation[];
  /** Letters of the quality control that are believed. */
  readonly verified: readonly QualityLetter[];
  readonly observationsEverySeconds: number;
  readonly forecastsEverySeconds: number;
  readonly reportsEverySeconds: number;
}

/** What D9 asks for. */
export const WEATHER_DEFAULTS = {
  rest: NWS_REST,
  verified: ["V"],
  observationsEverySeconds: 60,
  forecastsEverySeconds: 900,
  reportsEverySeconds: 300,
} as const satisfies Partial<WeatherFeedOptions>;

type Question = (watch: StationWatch) => Promise<RestFailure | null>;

export class WeatherFeed extends RestFeed {
  readonly #options: WeatherFeedOptions;
  readonly #verified: ReadonlySet<string>;
  readonly #watches: readonly StationWatch[];
  /** Settles when no round is under way: one at a time, so that what is told comes in the same order every time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: FeedContext, options: WeatherFeedOptions) {
    super(context, { name: NAME, kind: "weather" });
    this.#options = options;
    this.#verified = new Set(options.verified);
    this.#watches = options.stations.map((station) => new StationWatch(station));
    const each = (ask: Question) => () => this.#inTurn(() => this.#round(ask));
    const { observationsEverySeconds, forecastsEverySeconds, reportsEverySeconds } = options;
    this.ask(observationsEverySeconds, each((watch) => this.#askObservations(watch)), "observations");
    this.ask(forecastsEverySeconds, each((watch) => this.#askForecast(watch)), "forecasts");
    this.ask(reportsEverySeconds, each((watch) => this.#askReports(watch)), "climate reports");
  }

  /** Runs after the rounds that asked for their turn before, also where one of them throws: that is its own caller's. */
  #inTurn<T>(round: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(round);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** Asks for every station; a failure of the round where the host fails, or every single station does. */
  async #round(ask: Question): Promise<RestFailure | null> {
    let answered = 0;
    let failed: RestFailure | null = null;
    for (const watch of this.#watches) {
      const failure = await ask(watch);
      if (failure === null) {
        answered++;
        continue;
      }
      if (!OF_ONE_STATION.test(failure.reason)) return explained(failure);
      if (failed !== null) this.refusals.count(failed.reason, failed.detail);
      failed = failure;
    }
    if (failed === null || answered === 0) return failed;
    this.refusals.count(failed.reason, failed.detail);
    return null;
  }

  /** The value of a body; `null`, counted, where it is refused. */
  #taken<T>(answer: Answer<T>, about: string): T | null {
    this.heard();
    if (answer.ok) return answer.value;
    this.refusals.count(answer.reason, about);
    return null;
  }

  #count(reasons: readonly string[], about: string): void {
    for (const reason of reasons) this.refusals.count(reason, about);
  }

  async #askObservations(watch: StationWatch): Promise<RestFailure | null> {
    const root = `${this.#options.rest}/stations/${watch.station.id}/observations`;
    const since = formatTime(watch.since(this.context.clock.now())).slice(0, 19);
    const answer = await this.rest.json(`${root}?start=${since}Z&limit=${OBSERVATIONS_AT_ONCE}`);
    if (!answer.ok) return answer;
    if (this.#readObservations(watch, answer.body) > 0) return null;
    // Nothing new within hours: how old the newest is, if there is one.
    if (watch.newest !== null) return null;
    const latest = await this.rest.json(`${root}/latest`);
    if (!latest.ok) return latest;
    this.#readObservations(watch, latest.body);
    return null;
  }

  /** @returns how many observations the answer held */
  #readObservations(watch: StationWatch, body: unknown): number {
    const { id: station, standardTime } = watch.station;
    const now = this.context.clock.now();
    const rules = { station, standardTime, verified: this.#verified, now };
    const read = this.#taken(readObservations(body, rules), `observations of ${station}`);
    if (read === null) return 0;
    watch.forget(now);
    const anew = read.refused.filter((feature) => watch.refusesAnew(feature));
    this.#count(anew.map(({ reason }) => reason), `observations of ${station}`);
    for (const observation of read.observations) {
      if (watch.newest === null || observation.observedAt > watch.newest) {
        watch.newest = observation.observedAt;
        this.heard(now - observation.observedAt);
      }
      if (!watch.takes(observation, now)) continue;
      this.context.sink({ type: "weather_observation", at: now, station, ...observation });
    }
    return read.observations.length;
  }

  async #askForecast(watch: StationWatch): Promise<RestFailure | null> {
    const cell = watch.cell ?? await this.#askCell(watch);
    if (cell === null) return null;
    if ("ok" in cell) return cell;
    const url = `${this.#options.rest}/gridpoints/${cell.office}/${cell.x},${cell.y}/forecast/hourly`;
    const answer = await this.rest.json(url);
    if (!answer.ok) {
      // Grids are laid anew now and then: the cell is looked up again.
      if (answer.reason === "status 404") watch.cell = null;
      return answer;
    }
    this.#readForecast(watch, answer.body);
    return null;
  }

  /** The cell that a station lies in; `null`, counted, where the answer is refused. */
  async #askCell(watch: StationWatch): Promise<GridCell | RestFailure | null> {
    const { id, latitude, longitude } = watch.station;
    const answer = await this.rest.json(`${this.#options.rest}/points/${latitude},${longitude}`);
    if (!answer.ok) return answer;
    watch.cell = this.#taken(readPoint(answer.body), `point of ${id}`);
    return watch.cell;
  }

  #readForecast(watch: StationWatch, body: unknown): void {
    const about = `forecast for ${watch.station.id}`;
    const forecast = this.#taken(readForecast(body), about);
    if (forecast === null) return;
    this.#count(forecast.refused, about);
    const now = this.context.clock.now();
    const takes = watch.takesForecast(forecast, now);
    if (typeof takes === "string") return this.refusals.count(takes, about);
    if (!takes) return;
    const { issuedAt, hours } = forecast;
    this.context.sink({ type: "weather_forecast", at: now, station: watch.station.id, issuedAt, hours });
  }

  async #askReports(watch: StationWatch): Promise<RestFailure | null> {
    const { id, cli } = watch.station;
    const answer = await this.rest.json(`${this.#options.rest}/products/types/CLI/locations/${cli}`);
    if (!answer.ok) return answer;
    const list = this.#taken(readProductList(answer.body), `climate reports of ${id}`);
    if (list === null) return null;
    this.#count(list.refused, `climate reports of ${id}`);
    for (const listed of watch.unread(list.products)) {
      const product = await this.rest.json(`${this.#options.rest}/products/${listed.id}`);
      if (!product.ok) return product;
      this.#readReport(watch, product.body);
      watch.wasRead(listed);
    }
    return null;
  }

  #readReport(watch: StationWatch, body: unknown): void {
    const about = `climate report of ${watch.station.id}`;
    const product = this.#taken(readProduct(body), about);
    if (product === null) return;
    const summaries = this.#taken(readClimateReport(product.text), about);
    if (summaries === null) return;
    const summary = summaryOf(summaries, watch.station);
    if (summary === null) return this.refusals.count("climate report of other places", about);
    this.#tellReport(watch, summary, product.issuedAt);
  }

  #tellReport(watch: StationWatch, summary: ClimateSummary, issuedAt: Micros): void {
    const { id: station, standardTime } = watch.station;
    const now = this.context.clock.now();
    const reason = watch.refusesReport(summary, issuedAt, now);
    if (reason !== null) return this.refusals.count(reason, `climate report of ${station} for ${summary.day}`);
    const { day, highF, lowF } = summary;
    // Under daylight time an office may report "yesterday" before the climate day is over at 1 AM.
    const isOver = issuedAt >= (climateDaySpan(day, standardTime)?.end ?? Infinity);
    const final = summary.final && isOver;
    this.context.sink({ type: "climate_report", at: now, station, day, highF, lowF, final, issuedAt, source: NAME });
  }

  /** Names stations whose temperatures are too old to say anything of now. */
  protected override complaint(): string | null {
    if (!this.answered) return null;
    const now = this.context.clock.now();
    const silent = this.#watches.filter(({ newest }) => newest === null || newest < micros(now - SILENT_AFTER));
    if (silent.length === 0) return null;
    const names = silent.map(({ station }) => station.id).join(", ");
    return `No verified temperature of the last ${SILENT_AFTER / MICROS_PER_MINUTE} minutes from ${names}`;
  }
}

/** The only summary of a product, or the one whose headline names the station. */
function summaryOf(summaries: readonly ClimateSummary[], { headline }: ClimateStation): ClimateSummary | null {
  if (summaries.length === 1) return summaries[0];
  const named = summaries.filter(({ place }) => place.includes(headline));
  return named.length === 1 ? named[0] : null;
}

/** The service refuses whoever does not say who he is, and says so only by the status. */
function explained(failure: RestFailure): RestFailure {
  if (failure.reason !== "status 403") return failure;
  return { ...failure, detail: `${failure.detail}, as it does without a User-Agent that names a contact` };
}
