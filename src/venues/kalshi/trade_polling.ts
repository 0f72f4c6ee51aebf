/**
 * Public trades by REST, for those without a key: paper fills are made of them. Each trade is told once, by its id; those
 * of one answer in the order in which they happened.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import type { TradeBody } from "./bodies.ts";
import { describeFailure } from "./failure.ts";
import type { Log } from "./log.ts";
import { PollingPlan } from "./polling_plan.ts";
import type { KalshiRest } from "./rest.ts";

export interface TradePollingOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly sink: InputSink;
  readonly log: Log;
  readonly closeTimeOf: (ticker: string) => Micros | null;
}

/** The list may lag behind: it is read again from a little before the newest trade known. */
const OVERLAP = 5 * MICROS_PER_SECOND;
/** A thousand trades each. */
const PAGES_MAX = 3;
const SEEN_MAX = 20_000;

export class TradePolling {
  readonly #options: TradePollingOptions;
  readonly #plan: PollingPlan;
  readonly #seen = new Set<string>();
  readonly #newest = new Map<string, Micros>();
  readonly #start: Micros;
  #trouble: string | null = null;

  constructor(options: TradePollingOptions) {
    this.#options = options;
    this.#plan = new PollingPlan(options.closeTimeOf);
    this.#start = options.clock.now();
  }

  /** Reads the trades of at most `count` markets whose turn it is. Books do not depend on it: a failure is said, no more. */
  async poll(desired: ReadonlySet<string>, count: number): Promise<void> {
    const { rest, clock, log } = this.#options;
    for (const ticker of this.#newest.keys()) if (!desired.has(ticker)) this.#newest.delete(ticker);
    for (const ticker of this.#plan.due(desired, clock.now(), count)) {
      this.#plan.done(ticker, clock.now());
      const since = Math.max(this.#start, (this.#newest.get(ticker) ?? this.#start) - OVERLAP);
      const trades = await rest.trades(ticker, Math.floor(since / MICROS_PER_SECOND), PAGES_MAX, "background");
      const trouble = trades.ok ? null : `Trades cannot be read: ${describeFailure(trades.failure)}`;
      if (trouble !== null && trouble !== this.#trouble) log("warn", trouble);
      this.#trouble = trouble;
      if (!trades.ok) return;
      for (const trade of [...trades.value.items].sort((a, b) => a.createdTime - b.createdTime)) this.#tell(trade);
    }
  }

  #tell(trade: TradeBody): void {
    const { tradeId, ticker, price, count, takerSide, createdTime: exchangeTime } = trade;
    // Whole seconds are asked for: what was before the start is no news.
    if (exchangeTime < this.#start || !this.#isNew(tradeId)) return;
    this.#newest.set(ticker, Math.max(exchangeTime, this.#newest.get(ticker) ?? exchangeTime) as Micros);
    const at = this.#options.clock.now();
    this.#options.sink({ type: "trade", at, ticker, tradeId, price, count, takerSide, exchangeTime });
  }

  #isNew(tradeId: string): boolean {
    if (this.#seen.has(tradeId)) return false;
    if (this.#seen.size >= SEEN_MAX) {
      const oldest = this.#seen.keys().next();
      if (!oldest.done) this.#seen.delete(oldest.value);
    }
    this.#seen.add(tradeId);
    return true;
  }
}
