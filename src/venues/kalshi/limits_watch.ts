/**
 * Keeps the pace of requests at what the account may really do: read at the start, every hour, and after the exchange has
 * said "too many requests", because tiers and costs change (KALSHI.md 3.3).
 * @module
 */

import { MICROS_PER_MINUTE } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import { DueTimer } from "./due_timer.ts";
import type { ApiFailure } from "./failure.ts";
import { describeFailure } from "./failure.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import type { KalshiRest } from "./rest.ts";

export interface LimitsWatchOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly log: Log;
}

const EVERY = 60 * MICROS_PER_MINUTE;
/** After "too many requests", and not more often than that. */
const AFTER_REFUSAL = MICROS_PER_MINUTE;

export class LimitsWatch {
  readonly #options: LimitsWatchOptions;
  readonly #timer: DueTimer;
  #readAt = -Infinity;
  #stopped = false;

  constructor(options: LimitsWatchOptions) {
    this.#options = options;
    this.#timer = new DueTimer(options.clock, () => this.#read());
  }

  start(): void {
    this.#read();
  }

  /** The exchange refused a request: what is believed of the limits may be wrong. */
  refused(): void {
    this.#timer.schedule(this.#readAt + AFTER_REFUSAL);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.stop();
  }

  #read(): void {
    const { rest, clock, lane } = this.#options;
    this.#readAt = clock.now();
    this.#timer.schedule(this.#readAt + EVERY);
    lane.run(async () => {
      const limits = this.#stopped ? null : await rest.accountLimits();
      if (limits?.ok === false) this.#failed("Rate limits", limits.failure);
      const costs = this.#stopped ? null : await rest.endpointCosts();
      if (costs?.ok === false) this.#failed("Costs of requests", costs.failure);
    });
  }

  #failed(what: string, failure: ApiFailure): void {
    if (this.#stopped) return;
    this.#options.log("debug", `${what} stay as they were assumed: ${describeFailure(failure)}`);
  }
}
