/**
 * Books and trades by REST, for those without a key: the socket's upgrade needs one even for public channels
 * (KALSHI.md 2.5).
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { Backoff, inSeconds } from "./backoff.ts";
import type { TradeBody } from "./bodies.ts";
import { type ApiFailure, describeFailure, isUnreachable } from "./failure.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import type { KalshiRest } from "./rest.ts";

export interface PollingOptions {
  readonly rest: KalshiRest;
  readonly origin: string;
  /** The name of the link in `link` inputs. */
  readonly link: string;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  readonly jitter: () => number;
  readonly desired: () => ReadonlySet<string>;
}

const POLL_EVERY = MICROS_PER_SECOND;
const TICKERS_PER_READ = 100;
/** Trades cost one request a market; so many are read a round, one after the other in turn. */
const TRADES_PER_POLL = 2;
const SEEN_MAX = 20_000;

export class BookPolling {
  readonly #options: PollingOptions;
  readonly #backoff: Backoff;
  readonly #seenTrades = new Set<string>();
  readonly #tradesSince: Micros;
  #turn = 0;
  #up = false;
  #trouble: string | null = null;
  #stopped = false;
  #cancelTimer: CancelTimer = () => {};

  constructor(options: PollingOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.jitter);
    this.#tradesSince = options.clock.now();
  }

  get connected(): boolean {
    return this.#up;
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  start(): void {
    this.#cancelTimer();
    if (this.#stopped) return;
    this.#options.lane.run(async () => {
      const failure = this.#stopped ? null : await this.#poll();
      if (this.#stopped) return;
      const delay = failure === null ? POLL_EVERY : this.#failed(failure);
      this.#cancelTimer = this.#options.clock.after(delay, () => this.start());
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  async #poll(): Promise<ApiFailure | null> {
    const tickers = [...this.#options.desired()];
    if (tickers.length === 0) return null;
    for (let start = 0; start < tickers.length; start += TICKERS_PER_READ) {
      const books = await this.#options.rest.orderbooks(tickers.slice(start, start + TICKERS_PER_READ));
      if (!books.ok) return books.failure;
      this.#worked();
      for (const [ticker, { yes, no }] of books.value) {
        const at = this.#options.clock.now();
        this.#options.sink({ type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null });
      }
    }
    return await this.#pollTrades(tickers);
  }

  async #pollTrades(tickers: readonly string[]): Promise<ApiFailure | null> {
    for (let count = 0; count < Math.min(TRADES_PER_POLL, tickers.length); count++) {
      const ticker = tickers[this.#turn++ % tickers.length];
      const since = Math.floor(Math.max(this.#tradesSince, this.#options.clock.now() - 60 * MICROS_PER_SECOND) / 1e6);
      const trades = await this.#options.rest.trades(ticker, since);
      if (!trades.ok) return trades.failure;
      const fresh = trades.value.items.filter((trade) => this.#isFresh(trade));
      for (const trade of fresh.sort((a, b) => a.createdTime - b.createdTime)) {
        const { tradeId, price, count, takerSide, createdTime: exchangeTime } = trade;
        const at = this.#options.clock.now();
        this.#options.sink({ type: "trade", at, ticker, tradeId, price, count, takerSide, exchangeTime });
      }
    }
    return null;
  }

  #isFresh(trade: TradeBody): boolean {
    if (this.#seenTrades.has(trade.tradeId)) return false;
    if (this.#seenTrades.size >= SEEN_MAX) {
      const oldest = this.#seenTrades.keys().next();
      if (!oldest.done) this.#seenTrades.delete(oldest.value);
    }
    this.#seenTrades.add(trade.tradeId);
    return true;
  }

  #worked(): void {
    this.#backoff.reset();
    this.#trouble = null;
    if (this.#up) return;
    this.#up = true;
    const detail = "Books are read by REST: the socket needs a key";
    this.#options.sink({ type: "link", at: this.#options.clock.now(), link: this.#options.link, up: true, detail });
  }

  #failed(failure: ApiFailure): number {
    const delay = this.#backoff.next();
    const problem = isUnreachable(failure) ? `Cannot reach ${this.#options.origin}` : "Cannot read books";
    const detail = `${problem} (${describeFailure(failure)}): retrying in ${inSeconds(delay)}`;
    this.#trouble = detail;
    this.#options.log("warn", detail);
    if (this.#up) {
      this.#up = false;
      const at = this.#options.clock.now();
      this.#options.sink({ type: "link", at, link: this.#options.link, up: false, detail });
      this.#options.sink({ type: "book_stale", at, tickers: "all", reason: detail });
    }
    return delay;
  }
}
