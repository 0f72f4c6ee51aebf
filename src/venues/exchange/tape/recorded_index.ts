/**
 * The index values of a recording: one for every second that it has.
 * @module
 */

import type { IndexId } from "../index_process.ts";
import type { IndexSource } from "../index_source.ts";

/** Seconds of history kept, as the simulated index keeps them. */
const HISTORY_SECONDS = 14_400;

export class RecordedIndex implements IndexSource {
  readonly #id: IndexId;
  /** By second, in order of time: at most {@link HISTORY_SECONDS}. */
  readonly #values = new Map<number, number>();

  /** @param id the index that the recorded prices stand for: no other has any */
  constructor(id: IndexId) {
    this.#id = id;
  }

  get oldestSecond(): number {
    return this.#values.keys().next().value ?? Infinity;
  }

  /** Takes the value of a second later than all before it. */
  store(second: number, value: number): void {
    this.#values.set(second, value);
    if (this.#values.size > HISTORY_SECONDS) this.#values.delete(this.oldestSecond);
  }

  value(id: IndexId, second: number): number | null {
    return id === this.#id ? this.#values.get(second) ?? null : null;
  }

  sum(id: IndexId, from: number, to: number): { readonly sum: number; readonly count: number } {
    let sum = 0;
    let count = 0;
    for (let second = Math.max(from, this.oldestSecond); second <= to; second++) {
      const value = this.value(id, second);
      if (value === null) continue;
      sum += value;
      count++;
    }
    return { sum, count };
  }
}
