/**
 * Fed funds (D10): the effective rate and the target range from the New York Fed, futures from the source that the user
 * has. Every round that reads anything is told, so that whoever uses it sees by the arrival that it is still looked after,
 * and by `sourceTime` how old the prices are.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { FeedContext } from "../feed.ts";
import type { Rest, RestFailure } from "../rest.ts";
import { RestFeed } from "../rest_feed.ts";
import { CsvFutures, type CsvFuturesOptions } from "./csv_futures.ts";
import { type EffectiveRate, readEffectiveRate } from "./effective_rate.ts";
import { type Futures, type FuturesSource, readFutures } from "./futures.ts";
import { JsonFutures, type JsonFuturesOptions } from "./json_futures.ts";

/** Answers without a key. */
export const NEW_YORK_FED_REST = "https://markets.newyorkfed.org";

const NAME = "rates";
const EFFECTIVE_PATH = "/api/rates/unsecured/effr/last/1.json";
/** Clocks differ; prices that claim to be later than this are wrong. */
const AHEAD_MAX = 60 * MICROS_PER_SECOND;
/** Prices of the last trading day before a long weekend are older than three days. */
const PRICES_AGE_MAX = 5 * 86_400 * MICROS_PER_SECOND;

/** Where futures prices come from; there is no free public source, so none by default. */
export type FuturesSetting =
  | { readonly kind: "none" }
  | { readonly kind: "csv" } & CsvFuturesOptions
  | { readonly kind: "json" } & JsonFuturesOptions;

export interface RatesFeedOptions {
  /** {@link NEW_YORK_FED_REST}, or a simulated service's. */
  readonly rest: string;
  readonly futures: FuturesSetting;
  readonly everySeconds: number;
}

/** What D10 asks for. */
export const RATES_DEFAULTS = {
  rest: NEW_YORK_FED_REST,
  futures: { kind: "none" },
  everySeconds: 300,
} as const satisfies RatesFeedOptions;

function sourceOf(setting: FuturesSetting, rest: Rest): FuturesSource | null {
  switch (setting.kind) {
    case "none":
      return null;
    case "csv":
      return new CsvFutures(setting, rest);
    case "json":
      return new JsonFutures(setting, rest);
  }
}

interface Prices {
  readonly contracts: Futures["contracts"];
  readonly time: Micros;
}

export class RatesFeed extends RestFeed {
  readonly #options: RatesFeedOptions;
  readonly #source: FuturesSource | null;
  #rate: EffectiveRate | null = null;
  #prices: Prices | null = null;
  /** Why there are no prices, although their source was reached. */
  #pricesTrouble: string | null = null;
  #messages = 0;

  constructor(context: FeedContext, options: RatesFeedOptions) {
    super(context, { name: NAME, kind: "rates" });
    this.#options = options;
    this.#source = sourceOf(options.futures, this.rest);
    this.ask(options.everySeconds, () => this.#round());
    if (this.#source === null) context.log("info", `${NAME}: ${this.#noPrices()}`);
  }

  /** Files are read, too. */
  protected override get messages(): number {
    return this.#messages;
  }

  protected override complaint(): string | null {
    return this.#noPrices();
  }

  /** Both are asked whatever becomes of the other; the first failure is the round's. */
  async #round(): Promise<RestFailure | null> {
    const rateFailed = await this.#askRate();
    const pricesFailed = await this.#askPrices();
    if (rateFailed === null || pricesFailed === null) this.#tell();
    if (rateFailed !== null && pricesFailed !== null) this.refusals.count(pricesFailed.reason, pricesFailed.detail);
    return rateFailed ?? pricesFailed;
  }

  async #askRate(): Promise<RestFailure | null> {
    const answer = await this.rest.json(this.#options.rest + EFFECTIVE_PATH);
    if (!answer.ok) return answer;
    this.#heard();
    const read = readEffectiveRate(answer.body);
    if (!read.ok) this.refusals.count(read.reason, "effective rate");
    else if (this.#rate !== null && read.value.effective.day < this.#rate.effective.day) {
      this.refusals.count("rate older than the last", read.value.effective.day);
    } else this.#rate = read.value;
    return null;
  }

  async #askPrices(): Promise<RestFailure | null> {
    if (this.#source === null) return null;
    const answer = await this.#source.read();
    if (!answer.ok) {
      if ("detail" in answer) return answer;
      this.#refusePrices(answer.reason);
      return null;
    }
    this.#heard();
    const now = this.context.clock.now();
    const time = answer.value.time ?? now;
    const read = readFutures(answer.value, now);
    if (!read.ok) this.#refusePrices(read.reason);
    else if (time > now + AHEAD_MAX) this.#refusePrices("prices from the future");
    else if (time < now - PRICES_AGE_MAX) this.#refusePrices("old prices");
    else {
      for (const reason of read.value.refused) this.refusals.count(reason, this.#source.name);
      this.#prices = { contracts: read.value.contracts, time };
      this.#pricesTrouble = null;
    }
    return null;
  }

  #heard(): void {
    this.heard();
    this.#messages++;
  }

  /** What was known of prices is dropped: nobody knows what has become of them. */
  #refusePrices(reason: string): void {
    this.#prices = null;
    this.#pricesTrouble = reason;
    this.refusals.count(reason, this.#source?.name);
  }

  #noPrices(): string | null {
    if (this.#source === null) return "No source of fed funds futures is set: meetings have no probabilities";
    return this.#pricesTrouble === null ? null : `Futures of ${this.#source.name}: ${this.#pricesTrouble}`;
  }

  #tell(): void {
    const now = this.context.clock.now();
    const { contracts, time } = this.#prices ?? { contracts: [], time: now };
    this.context.sink({
      type: "fed_funds",
      at: now,
      effective: this.#rate?.effective ?? null,
      target: this.#rate?.target ?? null,
      futures: contracts,
      sourceTime: time,
    });
  }
}
