/**
 * What the settlement indices were before their first live value: read once at the start, and again after a long silence,
 * so that a volatility and a price history are known at once instead of half a minute later.
 *
 * The values come out as `index` inputs like live ones, oldest first, and never one that is older than what was heard of
 * that index already. Whatever goes wrong is said in the log and changes nothing: the history is a head start, no need.
 * @module
 */

import { formatTime, type Micros, MICROS_PER_SECOND, microsFromSeconds } from "../../core/units.ts";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { type ApiResult, describeFailure } from "./failure.ts";
import type { IndexValue } from "./index_values.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";

export interface IndexHistoryOptions {
  readonly read: (index: string) => Promise<ApiResult<readonly IndexValue[]>>;
  readonly indices: readonly string[];
  readonly clock: Clock;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  /** One-second returns that a volatility needs, for the message where there is no history. */
  readonly warmUpSeconds: number;
  /** {@link IndexHistory.settled} has become true. */
  readonly onSettled: () => void;
}

/** A shorter silence leaves a hole that the volatility spans by itself. */
const SILENCE = 60 * MICROS_PER_SECOND;
/** Live values wait no longer than this for those before them. */
export const PATIENCE = 3 * MICROS_PER_SECOND;
/** A quarter of an hour: what one window of a market is about. */
const VALUES_MAX = 900;
/** The engine refuses what is stamped a minute in the future. */
const AHEAD_MAX_SECONDS = 59;

export class IndexHistory {
  readonly #options: IndexHistoryOptions;
  /** The newest second told, by index. */
  readonly #newest = new Map<string, number>();
  /** When an index was heard or its history asked for, by the run's clock. */
  readonly #touchedAt = new Map<string, Micros>();
  /** Indices without a history, by what there is to say about it: of the reading under way, and of the one before. */
  #failures = new Map<string, string[]>();
  #said: ReadonlyMap<string, unknown> = new Map();
  #pending = 0;
  #awaited = false;
  #stopped = false;
  #cancelPatience: CancelTimer = () => {};

  constructor(options: IndexHistoryOptions) {
    this.#options = options;
  }

  /** False while a history is being read that should come before the next live value. */
  get settled(): boolean {
    return !this.#awaited;
  }

  /** Reads the history of every index that was not heard for more than a minute. */
  refresh(): void {
    const { clock, lane, indices } = this.#options;
    const now = clock.now();
    const silent = indices.filter((index) => now - (this.#touchedAt.get(index) ?? -Infinity) > SILENCE);
    if (this.#stopped || this.#pending > 0 || silent.length === 0) return;
    this.#pending = silent.length;
    this.#awaited = true;
    this.#cancelPatience = clock.after(PATIENCE, () => this.#settle());
    for (const index of silent) {
      this.#touchedAt.set(index, now);
      lane.run(() => this.#read(index));
    }
  }

  /** A live value came. */
  heard(index: string, sourceTime: Micros): void {
    const second = Math.floor(sourceTime / MICROS_PER_SECOND);
    this.#newest.set(index, Math.max(second, this.#newest.get(index) ?? second));
    this.#touchedAt.set(index, this.#options.clock.now());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelPatience();
  }

  async #read(index: string): Promise<void> {
    const result = this.#stopped ? null : await this.#options.read(index);
    this.#pending--;
    if (this.#stopped || result === null) return;
    const reason = result.ok ? this.#tell(index, result.value) : describeFailure(result.failure);
    if (reason !== null) this.#failed(index, reason);
    if (this.#pending > 0) return;
    this.#sayFailures();
    this.#settle();
  }

  /** Hands on what is new; the reason where nothing is. */
  #tell(index: string, values: readonly IndexValue[]): string | null {
    const { clock, sink, log } = this.#options;
    const at = clock.now();
    const nowSecond = Math.floor(at / MICROS_PER_SECOND);
    const after = Math.max(this.#newest.get(index) ?? 0, nowSecond - VALUES_MAX);
    const fresh = values.filter(({ second }) => second > after && second <= nowSecond + AHEAD_MAX_SECONDS)
      .slice(-VALUES_MAX);
    if (fresh.length === 0) {
      const last = values.at(-1);
      if (last === undefined) return "the answer holds no values";
      return `the newest value in the answer, of ${formatTime(microsFromSeconds(last.second))}, tells nothing new`;
    }
    for (const { second, value } of fresh) {
      const sourceTime = microsFromSeconds(second);
      sink({ type: "index", at, index, value, sourceTime, source: "official", venueAverage: null });
      this.heard(index, sourceTime);
    }
    log("debug", `Index history: ${fresh.length} values of ${index}`);
    return null;
  }

  #failed(index: string, reason: string): void {
    const consequence = this.#newest.has(index)
      ? "the seconds missed stay unknown"
      : `volatility will be known after ${this.#options.warmUpSeconds} seconds`;
    const text = `${reason}; ${consequence}`;
    this.#failures.set(text, [...this.#failures.get(text) ?? [], index]);
  }

  /** What was said of the reading before is not said again: whoever lacks the entitlement lacks it at every reconnect. */
  #sayFailures(): void {
    for (const [text, indices] of this.#failures) {
      if (!this.#said.has(text)) this.#options.log("info", `No index history: ${indices.join(", ")}: ${text}`);
    }
    this.#said = this.#failures;
    this.#failures = new Map();
  }

  #settle(): void {
    if (!this.#awaited) return;
    this.#awaited = false;
    this.#cancelPatience();
    this.#options.onSettled();
  }
}
