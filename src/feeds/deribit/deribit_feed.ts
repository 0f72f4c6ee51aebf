/**
 * Implied volatility from Deribit's public API (D16), for each asset and for a bounded set of horizons:
 *
 * | source | horizon | from |
 * | --- | --- | --- |
 * | `deribit_dvol` | 30 days | the newest close of the volatility index |
 * | `deribit_options` | seconds to each of the next expiries, the three soonest that are an hour away or more | the options' own volatilities, at the money |
 *
 * It is asked by REST: volatility over hours and days needs no socket. Without an answer nothing is told, and whoever
 * uses the values sees by their `sourceTime` how old they are.
 * @module
 */

import type { ImpliedVolatilityInput } from "../../core/input.ts";
import { type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import { atTheMoney, perRootSecond } from "../../models/implied_volatility.ts";
import type { FeedContext } from "../feed.ts";
import { askAll } from "../poll.ts";
import { RestFeed } from "../rest_feed.ts";
import { type ExpirySmile, readOptionChain, readVolatilityIndex } from "./answers.ts";
import { Plausibility } from "./plausible.ts";

/** Answers without a key. */
export const DERIBIT_REST = "https://www.deribit.com";

const NAME = "deribit";
const DVOL_SECONDS = 30 * 86_400;
/** In the last hour before an expiry its volatility is that of a single fixing, and no longer the market's. */
const HORIZON_MIN = 3_600;
const EXPIRIES_TOLD = 3;
/** How far back the newest candle is looked for. */
const LOOK_BACK = 10 * MICROS_PER_MINUTE;
/** Clocks differ; what claims to be later than this is wrong. */
const AHEAD_MAX = MICROS_PER_MINUTE;

export interface DeribitFeedOptions {
  /** {@link DERIBIT_REST}, or a simulated exchange's. */
  readonly rest: string;
  /** `BTC`, `ETH`: what Deribit has a volatility index for. */
  readonly assets: readonly string[];
  /** From one round of questions to the next. */
  readonly everySeconds: number;
}

interface Question {
  readonly url: string;
  readonly asset: string;
  readonly about: "index" | "options";
}

/** One value before it is judged: annualised percent. */
interface Reading {
  readonly asset: string;
  readonly source: string;
  /** What later values are held against: an expiry stays the same while its horizon shrinks. */
  readonly series: string;
  readonly percent: number;
  readonly horizon: number;
  readonly time: Micros;
}

export class DeribitFeed extends RestFeed {
  readonly #options: DeribitFeedOptions;
  readonly #plausibility = new Plausibility();

  constructor(context: FeedContext, options: DeribitFeedOptions) {
    super(context, { name: NAME, kind: "options" });
    this.#options = options;
    this.ask(
      options.everySeconds,
      () => askAll(this.rest, this.#questions(), ({ about, asset }, body) => this.#read(about, asset, body)),
    );
  }

  #questions(): Question[] {
    const now = Math.floor(this.context.clock.now() / MICROS_PER_MILLISECOND);
    const root = `${this.#options.rest}/api/v2/public`;
    const span = `start_timestamp=${now - LOOK_BACK / MICROS_PER_MILLISECOND}&end_timestamp=${now}&resolution=60`;
    return this.#options.assets.flatMap((asset): Question[] => [
      { asset, about: "index", url: `${root}/get_volatility_index_data?currency=${asset}&${span}` },
      { asset, about: "options", url: `${root}/get_book_summary_by_currency?currency=${asset}&kind=option` },
    ]);
  }

  #read(about: Question["about"], asset: string, body: unknown): void {
    this.heard();
    if (about === "index") this.#readIndex(asset, body);
    else this.#readOptions(asset, body);
  }

  /** A candle stands for its end, or for now while it is still open. */
  #readIndex(asset: string, body: unknown): void {
    const answer = readVolatilityIndex(body);
    if (!answer.ok) return this.refusals.count(answer.reason, `volatility index of ${asset}`);
    const { percent, time: begin } = answer.value;
    const time = micros(Math.min(begin + MICROS_PER_MINUTE, Math.max(begin, this.context.clock.now())));
    this.#tell({ asset, source: "deribit_dvol", series: "dvol", percent, horizon: DVOL_SECONDS, time });
  }

  #readOptions(asset: string, body: unknown): void {
    const answer = readOptionChain(body, asset);
    if (!answer.ok) return this.refusals.count(answer.reason, `options of ${asset}`);
    const { smiles, refused } = answer.value;
    for (const reason of refused) this.refusals.count(reason, `options of ${asset}`);
    const ahead = smiles.filter(({ expiry, time }) => expiry - time >= HORIZON_MIN * MICROS_PER_SECOND);
    for (const smile of ahead.slice(0, EXPIRIES_TOLD)) this.#readSmile(asset, smile);
  }

  #readSmile(asset: string, { expiry, forward, points, time }: ExpirySmile): void {
    this.heard(this.context.clock.now() - time);
    const percent = atTheMoney(points, forward);
    if (percent === null) return this.refusals.count("no strikes around the money", `options of ${asset}`);
    const horizon = Math.round((expiry - time) / MICROS_PER_SECOND);
    this.#tell({ asset, source: "deribit_options", series: `${expiry}`, percent, horizon, time });
  }

  #tell({ asset, source, series, percent, horizon, time }: Reading): void {
    const now = this.context.clock.now();
    const reason = time < now - LOOK_BACK
      ? "old volatility"
      : time > now + AHEAD_MAX
      ? "time in the future"
      : this.#plausibility.judge(`${asset}/${series}`, percent, time);
    if (reason !== null) return this.refusals.count(reason, `${source} of ${asset}: ${percent} %`);
    const input: ImpliedVolatilityInput = {
      type: "implied_volatility",
      asset,
      volatility: perRootSecond(percent),
      horizon,
      source,
      sourceTime: time,
      at: now,
    };
    this.context.sink(input);
  }
}
