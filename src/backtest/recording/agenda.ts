/**
 * @module
 */

import type { Input } from "../../core/input.ts";

/** Inputs that wait for their time: a few for each market that is open. */
export class Agenda {
  /** The last to happen first. */
  readonly #waiting: Input[] = [];

  /** When the next one happens, `Infinity` where none waits. */
  get next(): number {
    return this.#waiting.at(-1)?.at ?? Infinity;
  }

  /** Of equal times what was added first comes first. */
  add(input: Input): void {
    let low = 0;
    let high = this.#waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#waiting[middle].at > input.at) low = middle + 1;
      else high = middle;
    }
    this.#waiting.splice(low, 0, input);
  }

  /** The next one, taken out. */
  take(): Input | undefined {
    return this.#waiting.pop();
  }
}
