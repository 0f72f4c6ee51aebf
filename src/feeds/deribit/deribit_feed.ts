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
import type { Feed, FeedContext, FeedStatus } from "../feed.ts";
import { askAll, Poll } from "../poll.ts";
import { Refusals } from "../refusals.ts";
import { Rest } from "../rest.ts";
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

export class DeribitFeed implements Feed {
  readonly name = NAME;
  readonly #context: FeedContext;
  readonly #options: DeribitFeedOptions;
  readonly #refusals: Refusals;
  readonly #rest: Rest;
  readonly #poll: Poll;
  readonly #plausibility = new Plausibility();
  #heardAt: Micros | null = null;
  #latency: number | null = null;

  constructor(context: FeedContext, options: DeribitFeedOptions) {
    this.#context = context;
    this.#options = options;
    this.#refusals = new Refusals(NAME, context.log);
    this.#rest = new Rest({ name: NAME, context });
    this.#poll = new Poll({
      context,
      refusals: this.#refusals,
      every: options.everySeconds * MICROS_PER_SECOND,
      round: () => askAll(this.#rest, this.#questions(), ({ about, asset }, body) => this.#read(about, asset, body)),
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
      kind: "options",
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

  #questions(): Question[] {
    const now = Math.floor(this.#context.clock.now() / MICROS_PER_MILLISECOND);
    const root = `${this.#options.rest}/api/v2/public`;
    const span = `start_timestamp=${now - LOOK_BACK / MICROS_PER_MILLISECOND}&end_timestamp=${now}&resolution=60`;
    return this.#options.assets.flatMap((asset): Question[] => [
      { asset, about: "index", url: `${root}/get_volatility_index_data?currency=${asset}&${span}` },
      { asset, about: "options", url: `${root}/get_book_summary_by_currency?currency=${asset}&kind=option` },
    ]);
  }

  #read(about: Question["about"], asset: string, body: unknown): void {
    this.#heardAt = this.#context.clock.now();
    if (about === "index") this.#readIndex(asset, body);
    else this.#readOptions(asset, body);
  }

  /** A candle stands for its end, or for now while it is still open. */
  #readIndex(asset: string, body: unknown): void {
    const answer = readVolatilityIndex(body);
    if (!answer.ok) return this.#refusals.count(answer.reason, `volatility index of ${asset}`);
    const { percent, time: begin } = answer.value;
    const time = micros(Math.min(begin + MICROS_PER_MINUTE, Math.max(begin, this.#context.clock.now())));
    this.#tell({ asset, source: "deribit_dvol", series: "dvol", percent, horizon: DVOL_SECONDS, time });
  }

  #readOptions(asset: string, body: unknown): void {
    const answer = readOptionChain(body, asset);
    if (!answer.ok) return this.#refusals.count(answer.reason, `options of ${asset}`);
    const { smiles, refused } = answer.value;
    for (const reason of refused) this.#refusals.count(reason, `options of ${asset}`);
    const ahead = smiles.filter(({ expiry, time }) => expiry - time >= HORIZON_MIN * MICROS_PER_SECOND);
    for (const smile of ahead.slice(0, EXPIRIES_TOLD)) this.#readSmile(asset, smile);
  }

  #readSmile(asset: string, { expiry, forward, points, time }: ExpirySmile): void {
    this.#latency = this.#context.clock.now() - time;
    const percent = atTheMoney(points, forward);
    if (percent === null) return this.#refusals.count("no strikes around the money", `options of ${asset}`);
    const horizon = Math.round((expiry - time) / MICROS_PER_SECOND);
    this.#tell({ asset, source: "deribit_options", series: `${expiry}`, percent, horizon, time });
  }

  #tell({ asset, source, series, percent, horizon, time }: Reading): void {
    const now = this.#context.clock.now();
    const reason = time < now - LOOK_BACK
      ? "old volatility"
      : time > now + AHEAD_MAX
      ? "time in the future"
      : this.#plausibility.judge(`${asset}/${series}`, percent, time);
    if (reason !== null) return this.#refusals.count(reason, `${source} of ${asset}: ${percent} %`);
    const input: ImpliedVolatilityInput = {
      type: "implied_volatility",
      asset,
      volatility: perRootSecond(percent),
      horizon,
      source,
      sourceTime: time,
      at: now,
    };
    this.#context.sink(input);
  }
}
