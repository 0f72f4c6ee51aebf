/**
 * What stands behind the exchange's doors: everything that the HTTP routes and the sockets share.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { Authenticator } from "./auth.ts";
import type { Exchange } from "./exchange.ts";
import type { FaultName } from "./faults.ts";
import type { RateLimiter } from "./rate_limit.ts";
import type { StaleReads } from "./stale_reads.ts";

/** Every n-th request is refused under the fault `rate-429`. */
const REFUSED_EVERY = 7;
/** Every n-th create goes unanswered under the fault `accept-then-timeout`. */
const UNANSWERED_EVERY = 5;

export interface HouseClock {
  readonly speed: number;
  readonly mode: "free" | "stepped";
  /** The exchange's time; in free mode the exchange is moved up to it first. */
  now(): Micros;
}

export interface HouseParts {
  readonly exchange: Exchange;
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  readonly faults: ReadonlySet<FaultName>;
  readonly stale: StaleReads;
  readonly clock: HouseClock;
}

export class House {
  readonly exchange: Exchange;
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  readonly faults: ReadonlySet<FaultName>;
  readonly stale: StaleReads;
  readonly clock: HouseClock;
  #requests = 0;
  #creates = 0;

  constructor(parts: HouseParts) {
    this.exchange = parts.exchange;
    this.authenticator = parts.authenticator;
    this.limiter = parts.limiter;
    this.faults = parts.faults;
    this.stale = parts.stale;
    this.clock = parts.clock;
  }

  /** Whether this request is one that the fault `rate-429` refuses. */
  refusesByFault(): boolean {
    this.#requests++;
    return this.faults.has("rate-429") && this.#requests % REFUSED_EVERY === 0;
  }

  /** Whether the answer to this create is one that the fault `accept-then-timeout` loses. */
  losesAnswer(): boolean {
    this.#creates++;
    return this.faults.has("accept-then-timeout") && this.#creates % UNANSWERED_EVERY === 0;
  }
}
