/**
 * What time the exchange has, by the `Date` header of its answers. The header counts whole seconds, so each answer only
 * says that the exchange's clock minus ours lies within an interval; several answers narrow it.
 * @module
 */

import { MICROS_PER_SECOND } from "../../core/units.ts";

/** Exchange's clock minus ours, microseconds. */
export interface ClockOffset {
  readonly micros: number;
  /** How far the truth may be from it either way. */
  readonly within: number;
}

export class DateSamples {
  readonly #now: () => number;
  readonly #fetch: typeof fetch;
  #low = -Infinity;
  #high = Infinity;

  /** @param now the clock that the exchange's is compared with, microseconds */
  constructor(now: () => number, fetcher: typeof fetch = fetch) {
    this.#now = now;
    this.#fetch = fetcher;
  }

  /** A `fetch` that listens to the headers on their way. */
  readonly fetch: typeof fetch = async (input, init) => {
    const sent = this.#now();
    const response = await this.#fetch.call(undefined, input, init);
    const date = Date.parse(response.headers.get("date") ?? "");
    // An answer out of a cache tells what time it was when it was made.
    const cached = response.headers.has("age");
    if (Number.isFinite(date) && !cached) this.#take(date * 1_000, sent, this.#now());
    return response;
  };

  #take(date: number, sent: number, received: number): void {
    const low = date - received;
    const high = date + MICROS_PER_SECOND - sent;
    this.#low = Math.max(this.#low, low);
    this.#high = Math.min(this.#high, high);
    // Contradicting answers: a clock was set meanwhile, the newest counts.
    if (this.#low > this.#high) [this.#low, this.#high] = [low, high];
  }

  /** `null` while no answer named a time. */
  offset(): ClockOffset | null {
    if (this.#high === Infinity) return null;
    return { micros: (this.#low + this.#high) / 2, within: (this.#high - this.#low) / 2 };
  }
}
