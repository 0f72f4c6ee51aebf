/**
 * Kalshi's own city temperature index, which the hourly temperature markets settle on, as observations of stations of its
 * own ({@link indexStation}). It needs no key.
 * @module
 */

import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Feed, FeedContext, FeedStatus } from "../feed.ts";
import { askAll, Poll } from "../poll.ts";
import { Refusals } from "../refusals.ts";
import { Rest } from "../rest.ts";
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

export class WeatherIndexFeed implements Feed {
  readonly name = NAME;
  readonly #context: FeedContext;
  readonly #options: WeatherIndexFeedOptions;
  readonly #refusals: Refusals;
  readonly #rest: Rest;
  readonly #poll: Poll;
  /** The newest minute told of each city: minutes come in order once they are final. */
  readonly #told = new Map<string, Micros>();
  #heardAt: Micros | null = null;
  #latency: number | null = null;

  constructor(context: FeedContext, options: WeatherIndexFeedOptions) {
    this.#context = context;
    this.#options = options;
    this.#refusals = new Refusals(NAME, context.log);
    this.#rest = new Rest({ name: NAME, context });
    this.#poll = new Poll({
      context,
      refusals: this.#refusals,
      every: options.everySeconds * MICROS_PER_SECOND,
      round: () => askAll(this.#rest, this.#questions(), ({ city }, body) => this.#read(city, body)),
      onChange: (trouble) => context.log("warn", `${NAME}: ${trouble ?? "answers again"}`),
    });
  }

  start(): void {
    this.#poll.start();
  }

  async stop(): Promise<void> {
    this.#poll.stop();
    this.#rest.stop();
    await this.#poll.idle();
  }

  status(): FeedStatus {
    const { trouble } = this.#poll;
    return {
      name: NAME,
      kind: "weather",
      by: trouble === null && this.#heardAt !== null ? "rest" : "none",
      messages: this.#rest.bodies,
      refused: this.#refusals.byReason(),
      reconnects: 0,
      ageMs: this.#heardAt === null ? null : (this.#context.clock.now() - this.#heardAt) / MICROS_PER_MILLISECOND,
      latencyMs: this.#latency === null ? null : this.#latency / MICROS_PER_MILLISECOND,
      trouble,
    };
  }

  framesReceived(): number {
    return 0;
  }

  async idle(): Promise<void> {
    await this.#poll.idle();
  }

  #questions(): { readonly city: string; readonly url: string }[] {
    return this.#options.cities.map((city) => {
      const seconds = this.#told.has(city) ? LOOK_BACK_SECONDS : FIRST_LOOK_BACK_SECONDS;
      return { city, url: `${this.#options.rest}/live_data/weather/${city}?last_sec=${seconds}` };
    });
  }

  #read(city: string, body: unknown): void {
    const now = this.#context.clock.now();
    this.#heardAt = now;
    const answer = readWeatherIndex(body, city);
    if (!answer.ok) return this.#refusals.count(answer.reason, `weather index of ${city}`);
    for (const reason of answer.value.refused) this.#refusals.count(reason, `weather index of ${city}`);
    for (const observation of answer.value.observations) {
      if (observation.observedAt <= (this.#told.get(city) ?? -Infinity)) continue;
      if (observation.observedAt > now + AHEAD_MAX) {
        this.#refusals.count("index point from the future", `weather index of ${city}`);
        continue;
      }
      this.#told.set(city, observation.observedAt);
      this.#latency = now - observation.observedAt;
      this.#context.sink({ type: "weather_observation", at: now, station: indexStation(city), ...observation });
    }
  }
}
