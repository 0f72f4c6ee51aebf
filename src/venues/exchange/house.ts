/**
 * What stands behind the exchange's doors: everything that the HTTP routes and the sockets share.
 * @module
 */

import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Authenticator } from "./auth.ts";
import type { ExchangeCore } from "./exchange_core.ts";
import type { FaultSwitches } from "./faults.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { RateLimiter } from "./rate_limit.ts";
import { LOOPING_CURSOR, page } from "./replies.ts";
import type { StaleReads } from "./stale_reads.ts";

/** Every n-th request is refused under the fault `rate-429`. */
const REFUSED_EVERY = 7;
/** Every n-th create is taken and not acknowledged under the faults that lose answers. */
const UNANSWERED_EVERY = 5;
/** Under the fault `burst-429`. */
const BURST_PERIOD = 15 * MICROS_PER_SECOND;
const BURST_LENGTH = 2 * MICROS_PER_SECOND;
/** What is older is only at `/historical`: about two months, for orders two weeks (KALSHI.md 3.11). */
const LIVE_DAYS = { trades: 60, orders: 14 } as const;
const SHORT_HISTORY = 10 * MICROS_PER_MINUTE;

export interface HouseClock {
  readonly speed: number;
  readonly mode: "free" | "stepped";
  /** The exchange's time; in free mode the exchange is moved up to it first. */
  now(): Micros;
}

export interface HouseParts {
  readonly exchange: ExchangeCore;
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  readonly stale: StaleReads;
  readonly clock: HouseClock;
}

/** Where live data ends and history begins. */
export interface Cutoffs {
  /** Markets settled, trades made. */
  readonly trades: Micros;
  readonly orders: Micros;
}

export class House {
  readonly exchange: ExchangeCore;
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  readonly faults: FaultSwitches;
  readonly stale: StaleReads;
  readonly clock: HouseClock;
  #requests = 0;
  #creates = 0;

  constructor(parts: HouseParts) {
    this.exchange = parts.exchange;
    this.authenticator = parts.authenticator;
    this.limiter = parts.limiter;
    this.faults = parts.exchange.faults;
    this.stale = parts.stale;
    this.clock = parts.clock;
  }

  /** Whether this request is one that a fault refuses with 429. */
  refusesByFault(signed: boolean): boolean {
    this.#requests++;
    if (this.faults.has("rate-429") && this.#requests % REFUSED_EVERY === 0) return true;
    const sinceStart = this.exchange.now - this.exchange.settings.startAt;
    return signed && this.faults.has("burst-429") && sinceStart % BURST_PERIOD >= BURST_PERIOD - BURST_LENGTH;
  }

  /** What becomes of the answer to a create that was taken. */
  fateOfAnswer(): "send" | "lose" | "503" {
    this.#creates++;
    if (this.#creates % UNANSWERED_EVERY !== 0) return "send";
    if (this.faults.has("accept-then-timeout")) return "lose";
    return this.faults.has("accept-then-503") ? "503" : "send";
  }

  /** One page of a list; under the fault `cursor-loop` there is always a next one. */
  page<Item>(
    items: readonly Item[],
    limit: number,
    cursor: string | undefined,
    keyOf: (item: Item) => string,
  ): { readonly items: readonly Item[]; readonly cursor: string } {
    const part = page(items, limit, cursor, keyOf);
    const loops = part.cursor === "" && part.items.length > 0 && this.faults.has("cursor-loop");
    return loops ? { ...part, cursor: LOOPING_CURSOR } : part;
  }

  /** Whether a market is on the far side of the cutoff. */
  #isHistorical(market: ListedMarket): boolean {
    return market.settledAt !== null && market.settledAt < this.cutoffs.trades;
  }

  /** Markets that the live endpoints tell of, in order of listing. */
  liveMarkets(): readonly ListedMarket[] {
    return [...this.exchange.markets.values()].filter((market) => !this.#isHistorical(market));
  }

  liveMarket(ticker: string): ListedMarket | null {
    const market = this.exchange.markets.get(ticker);
    return market === undefined || this.#isHistorical(market) ? null : market;
  }

  /** Markets that only `/historical` tells of. */
  historicalMarkets(): readonly ListedMarket[] {
    return [...this.exchange.markets.values()].filter((market) => this.#isHistorical(market));
  }

  get cutoffs(): Cutoffs {
    const { now } = this.exchange;
    const short = this.faults.has("short-history");
    return {
      trades: micros(now - (short ? SHORT_HISTORY : LIVE_DAYS.trades * MICROS_PER_DAY)),
      orders: micros(now - (short ? SHORT_HISTORY : LIVE_DAYS.orders * MICROS_PER_DAY)),
    };
  }
}
