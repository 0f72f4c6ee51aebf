/**
 * The step under way: what time it is, and what is to be done because of it. The parts of the engine share one, so that
 * every action leaves in the order in which it was decided, and goes into the hash of decisions on its way out.
 * @module
 */

import type { Action } from "../core/action.ts";
import type { StateRecord } from "../core/record.ts";
import type { Micros } from "../core/units.ts";
import { DecisionHash } from "./decision_hash.ts";
import type { Watcher } from "./watcher.ts";

const NOTHING: readonly Action[] = [];

export class Step {
  watcher: Watcher | null = null;
  readonly #hash = new DecisionHash();
  #at: Micros;
  #actions: Action[] = [];
  #audits = 0;
  #number = 0;

  constructor(startedAt: Micros) {
    this.#at = startedAt;
  }

  /** The time of the newest input. Never goes back. */
  get at(): Micros {
    return this.#at;
  }

  /** Counts the steps: two moments of one step bear the same. */
  get number(): number {
    return this.#number;
  }

  /** 16 hex digits over every decision so far. */
  get hash(): string {
    return this.#hash.digest();
  }

  /** A step begins. */
  begin(at: Micros): void {
    this.#number++;
    if (at > this.#at) this.#at = at;
  }

  /** All that was decided since the last call, in order. The array is the caller's. */
  take(): readonly Action[] {
    // Of a hundred steps one decides anything.
    if (this.#actions.length === 0) return NOTHING;
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  /** Has something done. Log texts are no decisions. */
  act(action: Action): void {
    this.#actions.push(action);
    if (action.type !== "log") this.#hash.add(JSON.stringify(action));
  }

  /** What a decision rests on goes into the hash, even where nothing comes of it. */
  weigh(value: number | string): void {
    if (typeof value === "number") this.#hash.addNumber(value);
    else this.#hash.add(value);
  }

  record(record: StateRecord): void {
    this.act({ type: "record", record });
  }

  audit(event: string, ticker: string | null, text: string): void {
    this.record({ kind: "audit", at: this.#at, number: ++this.#audits, event, ticker, text });
  }

  log(level: "debug" | "info" | "warn" | "error", text: string): void {
    this.act({ type: "log", level, text });
  }
}
