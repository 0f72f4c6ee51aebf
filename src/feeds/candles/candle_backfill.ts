/**
 * Fills the price history of before the start, and of outages: first from what the store kept, then from Coinbase's
 * one-minute candles. Everything comes out as `minute` inputs; the engine takes what it does not know better itself.
 *
 * | minute | asked for |
 * | --- | --- |
 * | in the store | not at all |
 * | over, within the history's length | once, newest first, 300 to a request |
 * | over, without a row in the answer | once more in the next round while it is among the last ten: rows come late; then it had no trade |
 * @module
 */

import { minuteOf, MINUTES_KEPT, type PriceMinute } from "../../core/price_history.ts";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import { STORED } from "../../engine/price_history.ts";
import type { Feed, FeedContext, FeedStatus } from "../feed.ts";
import { Poll } from "../poll.ts";
import { Refusals } from "../refusals.ts";
import { Rest, type RestFailure } from "../rest.ts";
import { candlesUrl, readCandleRows, ROWS_MAX } from "./coinbase_candles.ts";

const NAME = "coinbase_candles";
const EVERY = 5 * MICROS_PER_MINUTE;
/** A candle asked for sooner may still lack trades. */
const SETTLED_AFTER = 5 * MICROS_PER_SECOND;
/** Rows of minutes older than this come no more. */
const LATE_MINUTES = 10;
/** Five a second: half of what Coinbase lets one address ask. */
const PAUSE = MICROS_PER_SECOND / 5;
/** A day takes five; a hole here and there in the store's minutes may take as many more. */
const REQUESTS_PER_ROUND = 12;

export interface CandleBackfillOptions {
  /** {@link COINBASE_REST}, or a simulated exchange's. */
  readonly rest: string;
  /** `BTC`, `ETH`. */
  readonly assets: readonly string[];
  /** How far back the history is filled: at most a day. */
  readonly minutes: number;
  /** What the store kept of an asset since a moment, oldest first. */
  readonly stored: (asset: string, since: Micros) => Promise<readonly PriceMinute[]>;
}

export class CandleBackfill implements Feed {
  readonly name = NAME;
  readonly #context: FeedContext;
  readonly #options: CandleBackfillOptions;
  readonly #refusals: Refusals;
  readonly #rest: Rest;
  readonly #poll: Poll;
  /** Minutes that need not be asked for any more, by asset; an asset is there once the store was asked. */
  readonly #settled = new Map<string, Set<number>>();
  #heardAt: Micros | null = null;

  constructor(context: FeedContext, options: CandleBackfillOptions) {
    this.#context = context;
    this.#options = { ...options, minutes: Math.min(options.minutes, MINUTES_KEPT) };
    this.#refusals = new Refusals(NAME, context.log);
    this.#rest = new Rest({ name: NAME, context });
    this.#poll = new Poll({
      context,
      refusals: this.#refusals,
      every: EVERY,
      round: () => this.#round(),
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
      kind: "spot",
      by: trouble === null && this.#heardAt !== null ? "rest" : "none",
      messages: this.#rest.bodies,
      refused: this.#refusals.byReason(),
      reconnects: 0,
      ageMs: this.#heardAt === null ? null : (this.#context.clock.now() - this.#heardAt) / MICROS_PER_MILLISECOND,
      latencyMs: null,
      trouble,
    };
  }

  framesReceived(): number {
    return 0;
  }

  async idle(): Promise<void> {
    await this.#poll.idle();
  }

  async #round(): Promise<RestFailure | null> {
    for (const asset of this.#options.assets) {
      const settled = this.#settled.get(asset) ?? await this.#fromStore(asset);
      const failed = await this.#fromCoinbase(asset, settled);
      if (failed !== null) return failed;
    }
    return null;
  }

  async #fromStore(asset: string): Promise<Set<number>> {
    const { stored, minutes } = this.#options;
    const now = this.#context.clock.now();
    const settled = new Set<number>();
    this.#settled.set(asset, settled);
    try {
      for (const minute of await stored(asset, (now - minutes * MICROS_PER_MINUTE) as Micros)) {
        if (settled.size >= MINUTES_KEPT) break;
        settled.add(minuteOf(minute.start));
        this.#tell(asset, { ...minute, source: STORED + minute.source });
      }
    } catch (error) {
      // Coinbase has those minutes as well.
      const reason = error instanceof Error ? error.message : String(error);
      this.#context.log("warn", `${NAME}: the store's minutes of ${asset} cannot be read: ${reason}`);
    }
    return settled;
  }

  /** Asks for what is not settled, newest first. */
  async #fromCoinbase(asset: string, settled: Set<number>): Promise<RestFailure | null> {
    const { rest, minutes } = this.#options;
    const newest = minuteOf((this.#context.clock.now() - SETTLED_AFTER) as Micros) - 1;
    const oldest = newest - minutes + 1;
    for (const minute of settled) if (minute < oldest) settled.delete(minute);
    let last = newest;
    for (let requests = 0; requests < REQUESTS_PER_ROUND; requests++) {
      while (last >= oldest && settled.has(last)) last--;
      if (last < oldest) break;
      const first = Math.max(oldest, last - ROWS_MAX + 1);
      if (requests > 0) await this.#pause();
      const answer = await this.#rest.json(candlesUrl(rest, asset, first, last));
      if (!answer.ok) return answer;
      this.#heardAt = answer.at;
      const failed = this.#take(asset, answer.body, first, last, settled);
      if (failed !== null) return failed;
      for (let minute = first; minute <= last; minute++) {
        if (minute <= newest - LATE_MINUTES) settled.add(minute);
      }
      last = first - 1;
    }
    return null;
  }

  #take(asset: string, body: unknown, first: number, last: number, settled: Set<number>): RestFailure | null {
    const read = readCandleRows(body, first, last);
    if (!read.ok) return { ok: false, reason: read.reason, detail: `Coinbase's candles of ${asset}`, retryAfter: null };
    for (const reason of read.refused) this.#refusals.count(reason, `candles of ${asset}`);
    for (const candle of read.candles) {
      const minute = minuteOf(candle.start);
      if (settled.has(minute)) continue;
      settled.add(minute);
      this.#tell(asset, candle);
    }
    return null;
  }

  #tell(asset: string, { start, open, high, low, close, source }: PriceMinute): void {
    const at = this.#context.clock.now();
    this.#context.sink({ type: "minute", at, asset, start, open, high, low, close, source });
  }

  /** A simulated exchange in lockstep holds time until the round is over, so that there is nothing to wait for. */
  #pause(): Promise<void> {
    if (this.#context.lockstep || !this.#poll.active) return Promise.resolve();
    return new Promise((resolve) => void setTimeout(resolve, PAUSE / MICROS_PER_MILLISECOND));
  }
}
