/**
 * Keeps what is known of fees fresh: the series, what events say in their place, and what is announced of both
 * (KALSHI.md 3.16, 7.3). Where something cannot be read, what is known goes on to count. The same bodies of events tell
 * which of them have one winner at most.
 * @module
 */

import { seriesOf } from "../../core/ticker.ts";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Series } from "./bodies.ts";
import { ExclusiveEvents } from "./exclusive_events.ts";
import { type ApiFailure, type ApiResult, describeFailure } from "./failure.ts";
import { FeeBook } from "./fee_book.ts";
import type { FeeNotice } from "./frames_lifecycle.ts";
import type { Log } from "./log.ts";
import type { KalshiRest } from "./rest.ts";

export interface FeeWatchOptions {
  readonly rest: KalshiRest;
  readonly series: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  /** Some fee may be another now, and some event be known to have one winner. */
  readonly onChange: () => void;
}

const EVERY = 5 * MICROS_PER_MINUTE;

export class FeeWatch {
  readonly book = new FeeBook();
  readonly exclusive = new ExclusiveEvents();
  readonly #options: FeeWatchOptions;
  #dueAt = -Infinity;
  /** The reading before was whole: series may have changed since. */
  #before = false;
  #trouble: string | null = null;

  constructor(options: FeeWatchOptions) {
    this.#options = options;
  }

  /** Reads a series, and what it charges with it. */
  async readSeries(ticker: string): Promise<ApiResult<Series>> {
    const result = await this.#options.rest.series(ticker);
    if (result.ok) this.book.learnSeries(ticker, result.value.fees, this.#options.clock.now());
    return result;
  }

  /** The socket told what an event charges from now on. */
  heard({ eventTicker, override }: FeeNotice): void {
    this.book.learnEvent(eventTicker, override, this.#options.clock.now());
    this.#options.onChange();
  }

  /** Reads everything anew where that was done more than five minutes ago; what fails is tried again at the next call. */
  async refresh(): Promise<void> {
    const now = this.#options.clock.now();
    if (now < this.#dueAt) return;
    for (const series of this.#options.series) if (!await this.#refreshSeries(series)) return;
    const changes = await this.#options.rest.eventFeeChanges();
    if (!changes.ok) return void this.#failed("fee changes of events", changes.failure);
    const ours = new Set(this.#options.series);
    this.book.learnEventChanges(changes.value.items.filter((change) => ours.has(seriesOf(change.event))));
    this.#dueAt = now + EVERY;
    this.#before = true;
    this.#trouble = null;
    this.#options.onChange();
  }

  async #refreshSeries(series: string): Promise<boolean> {
    const { rest, clock } = this.#options;
    if (this.#before) {
      const own = await this.readSeries(series);
      if (!own.ok) return this.#failed(`series ${series}`, own.failure);
    }
    const changes = await rest.seriesFeeChanges(series);
    if (!changes.ok) return this.#failed(`fee changes of ${series}`, changes.failure);
    this.book.learnSeriesChanges(series, changes.value);
    const events = await rest.events({ series, minCloseSeconds: Math.floor(clock.now() / MICROS_PER_SECOND) });
    if (!events.ok) return this.#failed(`events of ${series}`, events.failure);
    for (const { ticker, feeOverride, mutuallyExclusive } of events.value.items) {
      this.book.learnEvent(ticker, feeOverride, clock.now());
      this.exclusive.learn(ticker, mutuallyExclusive);
    }
    return true;
  }

  /** The same trouble is said once. */
  #failed(what: string, failure: ApiFailure): false {
    const text = `Cannot read ${what}: ${describeFailure(failure)}; fees stay as they are known`;
    if (this.#trouble !== text) this.#options.log("warn", text);
    this.#trouble = text;
    return false;
  }
}
