/**
 * Kalshi's own city temperature index, which the hourly temperature markets settle on, as observations of stations of its
 * own ({@link indexStation}). It needs no key.
 * @module
 */

import { type Micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { FeedContext } from "../feed.ts";
import { askAll } from "../poll.ts";
import { RestFeed } from "../rest_feed.ts";
import { indexStation, readWeatherIndex } from "./weather_index.ts";

const NAME = "weather_index";
/** Asked for at each look: some minutes more than between looks, because a minute's value comes up to 5 minutes late. */
const LOOK_BACK_SECONDS = 900;
/** At the first look: what an hourly market may want to know of the hours before. */
const FIRST_LOOK_BACK_SECONDS = 4 * 3_600;
/** Clocks differ; what claims to be later than this is wrong. */
const AHEAD_MAX = MICROS_PER_MINUTE;

export interface WeatherIndexFeedOptions {
  /** Kalshi's REST root, which ends in `/trade-api/v2`. */
  readonly rest: string;
  /** City ids as Kalshi has them: `miami`, `nyc`. */
  readonly cities: readonly string[];
  readonly everySeconds: number;
}

export class WeatherIndexFeed extends RestFeed {
  readonly #options: WeatherIndexFeedOptions;
  /** The newest minute told of each city: minutes come in order once they are final. */
  readonly #told = new Map<string, Micros>();

  constructor(context: FeedContext, options: WeatherIndexFeedOptions) {
    super(context, { name: NAME, kind: "weather" });
    this.#options = options;
    this.ask(
      options.everySeconds,
      () => askAll(this.rest, this.#questions(), ({ city }, body) => this.#read(city, body)),
    );
  }

  #questions(): { readonly city: string; readonly url: string }[] {
    return this.#options.cities.map((city) => {
      const seconds = this.#told.has(city) ? LOOK_BACK_SECONDS : FIRST_LOOK_BACK_SECONDS;
      return { city, url: `${this.#options.rest}/live_data/weather/${city}?last_sec=${seconds}` };
    });
  }

  #read(city: string, body: unknown): void {
    const now = this.context.clock.now();
    this.heard();
    const answer = readWeatherIndex(body, city);
    if (!answer.ok) return this.refusals.count(answer.reason, `weather index of ${city}`);
    for (const reason of answer.value.refused) this.refusals.count(reason, `weather index of ${city}`);
    for (const observation of answer.value.observations) {
      if (observation.observedAt <= (this.#told.get(city) ?? -Infinity)) continue;
      if (observation.observedAt > now + AHEAD_MAX) {
        this.refusals.count("index point from the future", `weather index of ${city}`);
        continue;
      }
      this.#told.set(city, observation.observedAt);
      this.heard(now - observation.observedAt);
      this.context.sink({ type: "weather_observation", at: now, station: indexStation(city), ...observation });
    }
  }
}
