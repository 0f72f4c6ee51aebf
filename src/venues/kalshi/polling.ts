/**
 * Books and trades by REST, for those without a key: the socket's upgrade needs one even for public channels
 * (KALSHI.md 2.5). All requests of a keyless client share five a second, so markets that close soon go first.
 *
 * Books come a hundred to a request; where the exchange does not hand them out like that, one by one. How a market ended is
 * read by whoever follows the markets.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { Backoff, inSeconds } from "../../ops/backoff.ts";
import type { BookBody } from "./bodies.ts";
import { Complaints } from "./complaints.ts";
import { type ApiFailure, describeFailure, isUnreachable } from "./failure.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import { PollingPlan } from "./polling_plan.ts";
import type { KalshiRest } from "./rest.ts";
import { TICKERS_PER_READ } from "./rest_markets.ts";
import { BEAT_EVERY, STANDSTILL_MIN } from "./socket.ts";
import { TradePolling } from "./trade_polling.ts";

export interface PollingOptions {
  readonly rest: KalshiRest;
  readonly origin: string;
  /** The name of the link in `link` inputs. */
  readonly link: string;
  readonly clock: Clock;
  /** Wall time, by which this process finds that it stood still; `null` in lockstep, where only time itself does. */
  readonly timers: Clock | null;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  readonly jitter: () => number;
  readonly desired: () => ReadonlySet<string>;
  readonly closeTimeOf: (ticker: string) => Micros | null;
}

const POLL_EVERY = MICROS_PER_SECOND;
/** Trades cost one request a market, as do books where there is no other way. */
const TRADES_PER_POLL = 2;
const SINGLE_BOOKS_PER_POLL = 2;
const BATCH_AGAIN_AFTER = 10 * MICROS_PER_MINUTE;

export class BookPolling {
  readonly #options: PollingOptions;
  readonly #backoff: Backoff;
  readonly #complaints: Complaints;
  readonly #books: PollingPlan;
  readonly #trades: TradePolling;
  #singlyUntil = -Infinity;
  #up = false;
  #trouble: string | null = null;
  #stopped = false;
  #cancelTimer: CancelTimer = () => {};
  #cancelBeat: CancelTimer = () => {};
  #beatAt = -Infinity;
  /** Of the times between which this process stood still: what was asked for in an earlier one is old. */
  #era = 0;

  constructor(options: PollingOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.jitter);
    this.#complaints = new Complaints(options.log);
    this.#books = new PollingPlan(options.closeTimeOf);
    this.#trades = new TradePolling(options);
  }

  get connected(): boolean {
    return this.#up;
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  start(): void {
    this.#startBeat();
    this.#poll();
  }

  /**
   * This process runs. Where it did not for a while, every book is of before: nobody may trade on one until it was read anew,
   * and an answer that waited meanwhile is not taken.
   */
  beat(): void {
    const { timers, clock, sink } = this.#options;
    if (timers === null || this.#stopped) return;
    const now = timers.now();
    const still = now - this.#beatAt;
    this.#beatAt = now;
    if (still < STANDSTILL_MIN || still === Infinity) return;
    this.#era++;
    if (!this.#up) return;
    const reason = `This process stood still for ${inSeconds(still)}, and what was read before is old`;
    this.#options.log("warn", reason);
    sink({ type: "book_stale", at: clock.now(), tickers: "all", reason });
  }

  #startBeat(): void {
    const { timers } = this.#options;
    if (timers === null || this.#stopped) return;
    this.beat();
    this.#cancelBeat = timers.after(BEAT_EVERY, () => this.#startBeat());
  }

  /** Whether an answer to what was asked in an era is of now. */
  #isOf(era: number): boolean {
    this.beat();
    return era === this.#era && !this.#stopped;
  }

  #poll(): void {
    this.#cancelTimer();
    if (this.#stopped) return;
    this.#options.lane.run(async () => {
      const begun = this.#options.clock.now();
      const failure = this.#stopped ? null : await this.#pollOnce();
      if (this.#stopped) return;
      const passed = this.#options.clock.now() - begun;
      const delay = failure === null ? Math.max(0, POLL_EVERY - passed) : this.#failed(failure);
      this.#cancelTimer = this.#options.clock.after(delay, () => this.#poll());
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#cancelBeat();
  }

  async #pollOnce(): Promise<ApiFailure | null> {
    const desired = this.#options.desired();
    const failure = this.#options.clock.now() < this.#singlyUntil
      ? await this.#pollSingly(desired)
      : await this.#pollTogether(desired);
    if (failure === null && !this.#stopped) await this.#trades.poll(desired, TRADES_PER_POLL);
    return failure;
  }

  async #pollTogether(desired: ReadonlySet<string>): Promise<ApiFailure | null> {
    const { rest, clock } = this.#options;
    const tickers = this.#books.due(desired, clock.now(), TICKERS_PER_READ);
    if (tickers.length === 0) return null;
    const era = this.#era;
    const books = await rest.orderbooks(tickers);
    if (!books.ok) {
      if (!isNotForUs(books.failure)) return books.failure;
      this.#singlyUntil = clock.now() + BATCH_AGAIN_AFTER;
      const reason = describeFailure(books.failure);
      this.#options.log("warn", `Books are read one by one, because together they are refused: ${reason}`);
      return await this.#pollSingly(desired);
    }
    if (!this.#isOf(era)) return null;
    for (const ticker of tickers) {
      const book = books.value.get(ticker);
      if (book !== undefined) this.#tell(ticker, book);
      this.#books.done(ticker, clock.now());
    }
    return null;
  }

  async #pollSingly(desired: ReadonlySet<string>): Promise<ApiFailure | null> {
    const { rest, clock } = this.#options;
    for (const ticker of this.#books.due(desired, clock.now(), SINGLE_BOOKS_PER_POLL)) {
      const era = this.#era;
      const book = await rest.orderbook(ticker);
      if (!book.ok) return book.failure;
      if (!this.#isOf(era)) return null;
      this.#tell(ticker, book.value);
      this.#books.done(ticker, clock.now());
    }
    return null;
  }

  #tell(ticker: string, { yes, no }: BookBody): void {
    this.#worked();
    const at = this.#options.clock.now();
    this.#options.sink({ type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null });
  }

  #worked(): void {
    this.#backoff.reset();
    this.#complaints.over("books", "Books can be read again");
    this.#trouble = null;
    if (this.#up) return;
    this.#up = true;
    const detail = "Books are read by REST: the socket needs a key";
    this.#options.sink({ type: "link", at: this.#options.clock.now(), link: this.#options.link, up: true, detail });
  }

  #failed(failure: ApiFailure): number {
    const delay = this.#backoff.next();
    const problem = isUnreachable(failure) ? `Cannot reach ${this.#options.origin}` : "Cannot read books";
    const cause = `${problem} (${describeFailure(failure)})`;
    const detail = `${cause}: retrying in ${inSeconds(delay)}`;
    this.#trouble = detail;
    this.#complaints.tell("books", "warn", detail, cause);
    if (this.#up) {
      this.#up = false;
      const at = this.#options.clock.now();
      this.#options.sink({ type: "link", at, link: this.#options.link, up: false, detail });
      this.#options.sink({ type: "book_stale", at, tickers: "all", reason: detail });
    }
    return delay;
  }
}

/** The call is not for those without a key, or is no more. */
const isNotForUs = (failure: ApiFailure): boolean =>
  failure.kind === "http" && [401, 403, 404, 405].includes(failure.status);
