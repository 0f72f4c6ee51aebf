/**
 * Whether the exchange takes orders, by its own word (KALSHI.md 3.5): asked at the start, every minute, more often while it
 * pauses, and soon after it refused something as one does in a pause. Where it cannot be asked, its last word counts.
 * @module
 */

import type { ExchangeStatusInput, ShardPause } from "../../core/input.ts";
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import type { ExchangeStatus } from "./bodies_exchange.ts";
import { Complaints } from "./complaints.ts";
import { DueTimer } from "./due_timer.ts";
import { describeFailure } from "./failure.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import type { KalshiRest } from "./rest.ts";

export interface StatusWatchOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
}

/** A bucket of the smallest account just covers what the first order needs: this waits until it is full again. */
const AFTER_START = MICROS_PER_SECOND;
const EVERY = MICROS_PER_MINUTE;
/** So soon it is noticed that a pause is over. */
const WHILE_PAUSED = 5 * MICROS_PER_SECOND;
/** After a refusal, and not more often than that. */
const AFTER_REFUSAL = 2 * MICROS_PER_SECOND;

type Word = Pick<ExchangeStatusInput, "shards" | "others" | "resumeTime">;

/** Before the exchange was asked, and while all is well. */
const OPEN = wordKey({ shards: [], others: "none", resumeTime: null });

export class StatusWatch {
  readonly #options: StatusWatchOptions;
  readonly #complaints: Complaints;
  readonly #timer: DueTimer;
  #told = OPEN;
  #readAt = -Infinity;
  #reading = false;
  #stopped = false;

  constructor(options: StatusWatchOptions) {
    this.#options = options;
    this.#complaints = new Complaints(options.log);
    this.#timer = new DueTimer(options.clock, () => this.#read());
  }

  start(): void {
    this.#timer.schedule(this.#options.clock.now() + AFTER_START);
  }

  /** The exchange refused something, or the connection to it is gone: it may be at rest. */
  refused(): void {
    if (!this.#reading) this.#timer.schedule(this.#readAt + AFTER_REFUSAL);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.stop();
  }

  #read(): void {
    this.#reading = true;
    this.#options.lane.run(async () => {
      const { rest, clock } = this.#options;
      const status = this.#stopped ? null : await rest.status();
      this.#reading = false;
      this.#readAt = clock.now();
      if (status?.ok === true) this.#heard(status.value);
      // What nobody can reach is told by those who need it more.
      if (status?.ok === false && status.failure.kind !== "network" && status.failure.kind !== "timeout") {
        this.#complaints.tell("status", "warn", `Status of the exchange: ${describeFailure(status.failure)}`);
      }
      this.#timer.schedule(this.#readAt + (this.#told === OPEN ? EVERY : WHILE_PAUSED));
    });
  }

  #heard(status: ExchangeStatus): void {
    if (this.#stopped) return;
    this.#complaints.over("status", "Status of the exchange can be read again");
    const word = wordOf(status);
    const key = wordKey(word);
    if (key === this.#told) return;
    this.#told = key;
    this.#options.sink({ type: "exchange_status", at: this.#options.clock.now(), ...word });
  }
}

interface Flags {
  readonly exchangeActive: boolean;
  readonly tradingActive: boolean;
}

const pauseOf = ({ exchangeActive, tradingActive }: Flags): ShardPause =>
  !exchangeActive ? "exchange" : tradingActive ? "none" : "trading";

/** The flags on top are about shard 0; where no shard is named, they are all there is to go by. */
function wordOf(status: ExchangeStatus): Word {
  const others = pauseOf(status);
  const shards = status.shards.map((each) => ({ shard: each.shard, pause: pauseOf(each) }));
  return { shards: shards.sort((a, b) => a.shard - b.shard), others, resumeTime: status.resumeTime };
}

/** The same for two words of which nothing else follows: where nothing pauses, which shards there are does not matter. */
function wordKey({ shards, others, resumeTime }: Word): string {
  const pausing = others !== "none" || shards.some(({ pause }) => pause !== "none");
  return pausing ? JSON.stringify([shards, others, resumeTime]) : "open";
}
