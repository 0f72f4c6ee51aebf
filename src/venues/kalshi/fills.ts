/**
 * Our executions as the REST list tells them, and from when on they have to be read. Private channels do not replay
 * (KALSHI.md 5.8); repeats are recognised by their trade id further on, so that reading too much does no harm.
 * @module
 */

import type { FillReport } from "../../core/order.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { Clock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import { describeFailure } from "./failure.ts";
import { describeRefusal } from "./fields.ts";
import type { Log } from "./log.ts";
import type { Pages } from "./pages.ts";
import type { KalshiRest } from "./rest.ts";

export interface FillsOptions {
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly sink: InputSink;
  readonly log: Log;
  /** From when on fills are read at first. */
  readonly since: Micros;
}

/** Fills are asked for from a little before the newest known one: the list may lag behind. */
const OVERLAP = 30 * MICROS_PER_SECOND;

export class Fills {
  readonly #options: FillsOptions;
  #newest: Micros;
  /** From when on fills have to be read, because private frames may have been missed; `null` where none were. */
  #owedSince: Micros | null;

  constructor(options: FillsOptions) {
    this.#options = options;
    this.#newest = options.since;
    this.#owedSince = options.since;
  }

  /** The connection broke: what is heard on the next one does not mean that nothing was missed in between. */
  lost(): void {
    this.#owedSince ??= this.#newest;
  }

  /** Notes an execution that was told, so that the next reading starts there. */
  heard(fill: FillReport): void {
    if (fill.executedAt > this.#newest) this.#newest = fill.executedAt;
  }

  /** Hands one execution on. */
  tell(fill: FillReport): void {
    this.heard(fill);
    this.#options.sink({ type: "fill", at: this.#options.clock.now(), fill });
  }

  /** Reads whatever may have been missed; false where it has to be tried again. */
  async catchUp(): Promise<boolean> {
    const owed = this.#owedSince ??= this.#newest;
    if (!await this.read(Math.max(0, owed - OVERLAP) as Micros)) return false;
    if (this.#owedSince === owed) this.#owedSince = null;
    return true;
  }

  /** Reads all since a moment, oldest first. Where one page fails nothing of the list is told. */
  async read(since: Micros): Promise<boolean> {
    const { rest, log } = this.#options;
    const result = await rest.fills({ minSeconds: Math.max(0, Math.floor(since / MICROS_PER_SECOND)) });
    if (!result.ok) {
      log("warn", `Fills cannot be read: ${describeFailure(result.failure)}`);
      return false;
    }
    for (const refusal of result.value.refused) {
      log("error", `Fill cannot be read and is not counted: ${describeRefusal(refusal)}`);
    }
    for (const fill of oldestFirst(result.value)) this.tell(fill);
    return true;
  }
}

/** Pages come newest first. */
export const oldestFirst = (fills: Pages<FillReport>): readonly FillReport[] =>
  [...fills.items].sort((a, b) => a.executedAt - b.executedAt);
