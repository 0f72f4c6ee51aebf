/**
 * Our executions as the REST list tells them, and from when on they have to be read. Private channels do not replay
 * (KALSHI.md 5.8), and one that was heard says nothing of one that was missed before it: so each reading starts where the
 * last whole one ended. Repeats are recognised by their trade id further on, so that reading too much does no harm.
 * @module
 */

import type { FillReport } from "../../core/order.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { Complaints } from "./complaints.ts";
import { describeFailure } from "./failure.ts";
import { describeRefusal } from "./fields.ts";
import type { Log } from "./log.ts";
import type { Pages } from "./pages.ts";
import type { KalshiRest } from "./rest.ts";
import { PRIMARY } from "./subaccounts.ts";

export interface FillsOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly sink: InputSink;
  readonly log: Log;
  /** From when on fills are read at first. */
  readonly since: Micros;
}

/**
 * Fills are asked for from a little before the last whole reading: the list lags by a second or two, and our clock differs
 * from the exchange's by less than what it accepts signatures with (KALSHI.md 2.2).
 */
const OVERLAP = 60 * MICROS_PER_SECOND;

export class Fills {
  readonly #options: FillsOptions;
  readonly #complaints: Complaints;
  /** Where the next reading starts. */
  #since: Micros;
  #readTo: Micros;

  constructor(options: FillsOptions) {
    this.#options = options;
    this.#complaints = new Complaints(options.log);
    this.#since = options.since;
    this.#readTo = options.since;
  }

  /** Up to when all of them were read whole. */
  get readTo(): Micros {
    return this.#readTo;
  }

  /** Hands one execution on. */
  tell(fill: FillReport): void {
    this.#options.sink({ type: "fill", at: this.#options.clock.now(), fill });
  }

  /** Reads whatever may have been missed; false where it has to be tried again. */
  async catchUp(): Promise<boolean> {
    const begun = this.#options.clock.now();
    if (!await this.read(this.#since)) return false;
    this.#readTo = micros(Math.max(this.#readTo, begun));
    this.#since = micros(Math.max(0, this.#readTo - OVERLAP));
    return true;
  }

  /** Reads all since a moment, oldest first. Where one page fails nothing of the list is told. */
  async read(since: Micros): Promise<boolean> {
    const result = await this.#options.rest.fills({
      minSeconds: Math.floor(since / MICROS_PER_SECOND),
      subaccount: PRIMARY,
    });
    if (!result.ok) {
      this.#complaints.tell("list", "warn", `Fills cannot be read: ${describeFailure(result.failure)}`);
      return false;
    }
    this.#complaints.over("list", "Fills can be read again");
    const { refused } = result.value;
    // Reading it again would not help, so the list counts as read.
    for (const refusal of refused) {
      this.#complaints.tell("item", "error", `Fill cannot be read and is not counted: ${describeRefusal(refusal)}`);
    }
    if (refused.length === 0) this.#complaints.over("item");
    for (const fill of oldestFirst(result.value)) this.tell(fill);
    return true;
  }
}

/** Pages come newest first. */
export const oldestFirst = (fills: Pages<FillReport>): readonly FillReport[] =>
  [...fills.items].sort((a, b) => a.executedAt - b.executedAt);
