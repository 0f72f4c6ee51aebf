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
import type { FeedContext } from "../feed.ts";
import type { RestFailure } from "../rest.ts";
import { RestFeed } from "../rest_feed.ts";
import { candlesUrl, readCandleRows, ROWS_MAX } from "./coinbase_candles.ts";

const NAME = "coinbase_candles";
const EVERY_SECONDS = 300;
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

export class CandleBackfill extends RestFeed {
  readonly #options: CandleBackfillOptions;
  /** Minutes that need not be asked for any more, by asset; an asset is there once the store was asked. */
  readonly #settled = new Map<string, Set<number>>();

  constructor(context: FeedContext, options: CandleBackfillOptions) {
    super(context, { name: NAME, kind: "spot" });
    this.#options = { ...options, minutes: Math.min(options.minutes, MINUTES_KEPT) };
    this.ask(EVERY_SECONDS, () => this.#round());
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
    const now = this.context.clock.now();
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
      this.context.log("warn", `${NAME}: the store's minutes of ${asset} cannot be read: ${reason}`);
    }
    return settled;
  }

  /** Asks for what is not settled, newest first. */
  async #fromCoinbase(asset: string, settled: Set<number>): Promise<RestFailure | null> {
    const { rest, minutes } = this.#options;
    const newest = minuteOf((this.context.clock.now() - SETTLED_AFTER) as Micros) - 1;
    const oldest = newest - minutes + 1;
    for (const minute of settled) if (minute < oldest) settled.delete(minute);
    let last = newest;
    for (let requests = 0; requests < REQUESTS_PER_ROUND; requests++) {
      while (last >= oldest && settled.has(last)) last--;
      if (last < oldest) break;
      const first = Math.max(oldest, last - ROWS_MAX + 1);
      if (requests > 0) await this.#pause();
      const answer = await this.rest.json(candlesUrl(rest, asset, first, last));
      if (!answer.ok) return answer;
      this.heard();
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
    for (const reason of read.refused) this.refusals.count(reason, `candles of ${asset}`);
    for (const candle of read.candles) {
      const minute = minuteOf(candle.start);
      if (settled.has(minute)) continue;
      settled.add(minute);
      this.#tell(asset, candle);
    }
    return null;
  }

  #tell(asset: string, { start, open, high, low, close, source }: PriceMinute): void {
    const at = this.context.clock.now();
    this.context.sink({ type: "minute", at, asset, start, open, high, low, close, source });
  }

  /** A simulated exchange in lockstep holds time until the round is over, so that there is nothing to wait for. */
  #pause(): Promise<void> {
    if (this.context.lockstep || !this.running) return Promise.resolve();
    return new Promise((resolve) => void setTimeout(resolve, PAUSE / MICROS_PER_MILLISECOND));
  }
}
