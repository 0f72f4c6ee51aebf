/**
 * The markets of the configured series: finds them, watches them through their lives, forgets them.
 * @module
 */

import type { Market } from "../../core/market.ts";
import { seriesOf } from "../../core/ticker.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { Backoff, inSeconds } from "../../ops/backoff.ts";
import { Complaints } from "./complaints.ts";
import { type ApiFailure, type ApiResult, describeFailure, isUnreachable } from "./failure.ts";
import type { FeesOf } from "./bodies.ts";
import { FeeWatch } from "./fee_watch.ts";
import { describeRefusal } from "./fields.ts";
import type { Notice } from "./frames_lifecycle.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import type { Pages } from "./pages.ts";
import type { KalshiRest, MarketFilter } from "./rest.ts";
import type { ReadUrgency } from "./rest_calls.ts";
import * as tracked from "./tracked_market.ts";

export interface DirectoryOptions {
  readonly rest: KalshiRest;
  /** Where `rest` points, for messages. */
  readonly origin: string;
  readonly series: readonly string[];
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  readonly jitter: () => number;
  /** Read what is announced of fees before the first market is told: where requests are few, that comes later. */
  readonly feesFirst: boolean;
  /** The set of markets whose books are wanted may have changed. */
  readonly onChange: () => void;
  /** A body was refused, for the counters. */
  readonly onRefused: (path: string) => void;
}

const FULL_EVERY = 30 * MICROS_PER_SECOND;
const LOOK_EVERY = MICROS_PER_SECOND;
/** Right at a boundary the exchange still shows the old state. */
const AFTER_BOUNDARY = 100_000;
/** Markets that open later than this are not of interest yet. */
const HORIZON = 20 * 60 * MICROS_PER_SECOND;
const FORGET_SETTLED_AFTER = 10 * 60 * MICROS_PER_SECOND;
const FORGET_ANY_AFTER = 48 * 3_600 * MICROS_PER_SECOND;
/** Notices that come within this are answered by one read. */
const GATHERED_FOR = 50_000;
const MARKETS_MAX = 5_000;
const TICKERS_PER_READ = 100;
const ENDINGS_MAX = 20_000;

export class MarketDirectory {
  readonly #options: DirectoryOptions;
  readonly #series: ReadonlySet<string>;
  readonly #backoff: Backoff;
  readonly #complaints: Complaints;
  readonly #markets = new Map<string, Market>();
  readonly #fees: FeeWatch;
  /** Of followed series, heard of since the last look: as many as there are markets. */
  readonly #toLook = new Set<string>();
  readonly #wanted = new Set<string>();
  readonly #told = new Set<string>();
  readonly #shards = new Set<number>();
  #wasWhole = false;
  #fullAt = 0;
  #lookedAt = -Infinity;
  #retryAt = 0;
  #trouble: string | null = null;
  #stopped = false;
  #working = false;
  #cancelTimer: CancelTimer = () => {};
  #cancelLook: CancelTimer = () => {};

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#series = new Set(options.series);
    this.#backoff = new Backoff(options.jitter);
    this.#complaints = new Complaints(options.log);
    this.#fees = new FeeWatch({ ...options, onChange: () => this.#applyFees() });
  }

  /** What keeps the markets from being read, in words; `null` while they can be. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /**
   * The shards that the configured series trade on (KALSHI.md 3.15), in order; `null` before their markets were read whole,
   * and where there are none that would say.
   */
  get shards(): readonly number[] | null {
    if (!this.#wasWhole || this.#shards.size === 0) return null;
    return [...this.#shards].sort((a, b) => a - b);
  }

  /** When a market closes; `null` where it is not followed. */
  closeTimeOf(ticker: string): Micros | null {
    return this.#markets.get(ticker)?.closeTime ?? null;
  }

  /** The shard that a market trades on; `null` where it is not followed. */
  shardOf(ticker: string): number | null {
    return this.#markets.get(ticker)?.shard ?? null;
  }

  /** True for markets of the configured series: lifecycle frames come for all markets of the exchange. */
  covers(ticker: string): boolean {
    return this.#series.has(seriesOf(ticker));
  }

  start(): void {
    this.#wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#cancelLook();
  }

  /** Markets whose books are wanted now. */
  desired(): ReadonlySet<string> {
    const now = this.#options.clock.now();
    const desired = new Set<string>();
    for (const market of this.#markets.values()) if (tracked.isBookWanted(market, now)) desired.add(market.ticker);
    return desired;
  }

  /** Follows these too, whatever their state: those with an open position. */
  follow(tickers: readonly string[]): void {
    const added = tickers.filter((ticker) => this.covers(ticker) && !this.#markets.has(ticker));
    if (added.length === 0) return;
    for (const ticker of added) this.#wanted.add(ticker);
    if (this.#fullAt > 0) this.look(added);
  }

  /**
   * Reads these markets again soon, because something was heard about them. What is heard within a moment is read together:
   * when a ladder settles, hundreds of notices come one by one.
   */
  look(tickers: readonly string[]): void {
    const waits = this.#toLook.size > 0;
    for (const ticker of tickers) this.#toLook.add(ticker);
    if (waits || this.#toLook.size === 0) return;
    this.#cancelLook = this.#options.clock.after(GATHERED_FOR, () => this.#lookNow());
  }

  #lookNow(): void {
    const tickers = [...this.#toLook];
    this.#toLook.clear();
    this.#options.lane.run(async () => {
      if (this.#stopped) return;
      // Where it fails, the whole is read again after the pause that was announced.
      if (!await this.#read(tickers)) this.#fullAt = 0;
      this.#options.onChange();
      this.#schedule();
    });
  }

  /** Takes a notice of the socket into account: what it says at once, the rest by reading the market. */
  notice(notice: Notice): void {
    if (notice.event === "fee_update") {
      if (this.#series.has(seriesOf(notice.eventTicker))) this.#fees.heard(notice);
      return;
    }
    if (!this.covers(notice.ticker)) return;
    const known = this.#markets.get(notice.ticker);
    if (known !== undefined) this.#apply(tracked.applyNotice(known, notice));
    // Markets are created a day ahead: those are found when their time comes.
    if (known !== undefined || notice.event !== "created") this.look([notice.ticker]);
  }

  /** The socket told how a market ended, so that its body need not be told again. */
  ended(ticker: string, event: "determined" | "settled"): void {
    this.#tell(ticker, event);
    if (this.#markets.has(ticker)) this.look([ticker]);
  }

  #wake(): void {
    if (this.#stopped || this.#working) return;
    this.#working = true;
    this.#options.lane.run(async () => {
      const now = this.#options.clock.now();
      this.#applyFees(now);
      const whole = now >= this.#fullAt;
      const worked = this.#stopped || await (whole ? this.#full(now) : this.#overdue(now));
      this.#working = false;
      if (worked) {
        this.#backoff.reset();
        this.#complaints.over("reading", "Markets can be read again");
        this.#trouble = null;
        this.#retryAt = 0;
        if (whole) {
          this.#fullAt = now + FULL_EVERY;
          this.#wasWhole = true;
        }
      }
      this.#options.onChange();
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#stopped || this.#working) return;
    this.#cancelTimer();
    const now = this.#options.clock.now();
    // Time went on since the last look: a change that fell due in between would not be a next one any more.
    this.#applyFees(now);
    let next = Math.min(this.#fullAt, this.#fees.book.nextChange(now) ?? Infinity);
    for (const market of this.#markets.values()) {
      if (tracked.needsLook(market, now)) next = Math.min(next, this.#lookedAt + LOOK_EVERY);
      const moment = tracked.nextMoment(market, now);
      if (moment !== null) next = Math.min(next, moment + AFTER_BOUNDARY);
    }
    next = Math.max(next, this.#retryAt);
    this.#cancelTimer = this.#options.clock.after(Math.max(1_000, next - now), () => this.#wake());
  }

  async #full(now: Micros): Promise<boolean> {
    for (const series of this.#series) if (!await this.#learnFees(series)) return false;
    if (this.#options.feesFirst) await this.#fees.refresh();
    const seen = new Set<string>();
    for (const series of this.#series) {
      for (const status of ["open", "unopened"] as const) {
        const markets = await this.#list({ series, status }, this.#fullAt > 0 ? "background" : "read");
        if (markets === null) return false;
        for (const market of markets) {
          if (status === "unopened" && market.openTime > now + HORIZON) continue;
          seen.add(market.ticker);
          this.#apply(market);
        }
      }
    }
    const rest = [...this.#wanted, ...this.#markets.keys()].filter((ticker) =>
      !seen.has(ticker) && !this.#final(ticker)
    );
    this.#forget(now);
    if (rest.length > 0 && !await this.#read(rest)) return false;
    if (!this.#options.feesFirst) await this.#fees.refresh();
    return true;
  }

  async #overdue(now: Micros): Promise<boolean> {
    const due = [...this.#markets.values()].filter((market) => tracked.needsLook(market, now));
    return due.length === 0 || await this.#read(due.map((market) => market.ticker));
  }

  async #read(tickers: readonly string[]): Promise<boolean> {
    this.#lookedAt = this.#options.clock.now();
    const unique = [...new Set(tickers)];
    for (const ticker of unique) if (!await this.#learnFees(seriesOf(ticker))) return false;
    for (let start = 0; start < unique.length; start += TICKERS_PER_READ) {
      const markets = await this.#list({ tickers: unique.slice(start, start + TICKERS_PER_READ) }, "read");
      if (markets === null) return false;
      for (const market of markets) if (this.covers(market.ticker)) this.#apply(market);
    }
    return true;
  }

  async #learnFees(series: string): Promise<boolean> {
    if (this.#fees.book.knows(series)) return true;
    const result = await this.#fees.readSeries(series);
    if (!result.ok) return this.#failed(`series ${series}`, result.failure);
    if (result.value.shard !== null) this.#shards.add(result.value.shard);
    return true;
  }

  #applyFees(now: Micros = this.#options.clock.now()): void {
    for (const market of [...this.#markets.values()]) {
      if (market.status === "finalized") continue;
      const fees = this.#fees.book.of(market.event, now);
      const { type, multiplierMillionths } = market.fees;
      const isSameFee = fees.type === type && fees.multiplierMillionths === multiplierMillionths;
      const isExclusive = this.#fees.exclusive.has(market.event);
      if (isSameFee && (market.exclusive ?? false) === isExclusive) continue;
      this.#apply({ ...market, fees });
    }
  }

  /** A market's own body does not say whether its event has one winner at most: the event's does. */
  #asInEvent(market: Market): Market {
    if (this.#fees.exclusive.has(market.event)) return { ...market, exclusive: true };
    const { exclusive: _, ...alone } = market;
    return market.exclusive === undefined ? market : alone;
  }

  async #list(filter: MarketFilter, urgency: ReadUrgency): Promise<readonly Market[] | null> {
    const now = this.#options.clock.now();
    const feesOf: FeesOf = (event, waivedUntil) => {
      if (waivedUntil !== null && waivedUntil > now) this.#fees.book.learnWaiver(event, waivedUntil);
      return this.#fees.book.of(event, now);
    };
    const result: ApiResult<Pages<Market>> = await this.#options.rest.markets(filter, feesOf, urgency);
    if (!result.ok) {
      this.#failed("markets", result.failure);
      return null;
    }
    for (const refusal of result.value.refused) {
      this.#options.onRefused(refusal.path);
      const text = `Market is left out because its body cannot be read: ${describeRefusal(refusal)}`;
      this.#complaints.tell("body", "warn", text);
    }
    return result.value.items;
  }

  #failed(what: string, failure: ApiFailure): false {
    // What the end itself cut off is nobody's trouble.
    if (this.#stopped) return false;
    const delay = this.#backoff.next();
    this.#retryAt = this.#options.clock.now() + delay;
    const problem = isUnreachable(failure) ? `Cannot reach ${this.#options.origin}` : `Cannot read ${what}`;
    const cause = `${problem} (${describeFailure(failure)})`;
    this.#trouble = `${cause}: retrying in ${inSeconds(delay)}`;
    this.#complaints.tell("reading", "warn", this.#trouble, cause);
    return false;
  }

  #apply(read: Market): void {
    const known = this.#markets.get(read.ticker);
    const market = this.#asInEvent(tracked.mergeMarket(known, read));
    if (known !== undefined && tracked.isSameMarket(known, market)) return;
    if (known === undefined && this.#markets.size >= MARKETS_MAX) {
      this.#options.log("error", `Market ${read.ticker} is not followed: there are ${MARKETS_MAX} already`);
      return;
    }
    this.#markets.set(market.ticker, market);
    this.#wanted.delete(market.ticker);
    this.#shards.add(market.shard);
    const at = this.#options.clock.now();
    this.#options.sink({ type: "market", at, market });
    const ending = tracked.endingOf(market, at);
    if (ending !== null && this.#tell(ending.ticker, ending.event)) this.#options.sink(ending);
  }

  /** True the first time that this is heard of this market. */
  #tell(ticker: string, event: "determined" | "settled"): boolean {
    const key = `${event} ${ticker}`;
    if (this.#told.has(key)) return false;
    if (this.#told.size >= ENDINGS_MAX) {
      const oldest = this.#told.keys().next();
      if (!oldest.done) this.#told.delete(oldest.value);
    }
    this.#told.add(key);
    return true;
  }

  #final(ticker: string): boolean {
    return this.#markets.get(ticker)?.status === "finalized";
  }

  #forget(now: Micros): void {
    for (const market of this.#markets.values()) {
      const after = market.status === "finalized" ? FORGET_SETTLED_AFTER : FORGET_ANY_AFTER;
      if (market.closeTime + after >= now) continue;
      this.#markets.delete(market.ticker);
      if (market.status === "finalized") continue;
      this.#options.log("warn", `Market ${market.ticker} has not settled in two days and is not followed any more`);
    }
  }
}
