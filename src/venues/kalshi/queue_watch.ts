/**
 * How many contracts stand ahead of our resting orders, by the exchange's own count (KALSHI.md 3.12): asked every few seconds
 * while something rests, for all of it at once, in the read budget's background. What cannot be read is asked for next time.
 * @module
 */

import type { Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { Complaints } from "./complaints.ts";
import { DueTimer } from "./due_timer.ts";
import { describeFailure } from "./failure.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import type { OpenOrders } from "./open_orders.ts";
import type { KalshiRest } from "./rest.ts";

export interface QueueWatchOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  readonly open: OpenOrders;
  /** Between two questions, microseconds; 0 for none. */
  readonly every: number;
}

/** Tickers of one question: an address has to stay below some 8 KiB. */
const TICKERS_MAX = 100;
/** Questions of one round. What rests in more markets has to do without. */
const QUESTIONS_MAX = 5;

export class QueueWatch {
  readonly #options: QueueWatchOptions;
  readonly #timer: DueTimer;
  readonly #complaints: Complaints;
  #stopped = false;

  constructor(options: QueueWatchOptions) {
    this.#options = options;
    this.#timer = new DueTimer(options.clock, () => this.#read());
    this.#complaints = new Complaints(options.log);
  }

  start(): void {
    if (this.#options.every > 0) this.#timer.schedule(this.#options.clock.now() + this.#options.every);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.stop();
  }

  #read(): void {
    const { open, lane } = this.#options;
    const tickers = open.tickers.slice(0, TICKERS_MAX * QUESTIONS_MAX);
    if (tickers.length === 0) return this.start();
    lane.run(async () => {
      for (let first = 0; first < tickers.length && !this.#stopped; first += TICKERS_MAX) {
        if (!await this.#ask(tickers.slice(first, first + TICKERS_MAX))) break;
      }
      this.start();
    });
  }

  async #ask(tickers: readonly string[]): Promise<boolean> {
    const { rest, clock, sink } = this.#options;
    const read = await rest.queuePositions({ tickers });
    if (!read.ok) {
      this.#complaints.tell("queues", "warn", `Places in queues cannot be read: ${describeFailure(read.failure)}`);
      return false;
    }
    this.#complaints.over("queues", "Places in queues can be read again");
    const positions = read.value.map(({ orderId, ahead }) => ({ orderId, ahead }));
    if (positions.length > 0) sink({ type: "queue_position", at: clock.now(), positions });
    return true;
  }
}
