/**
 * How many wrong tokens are answered as such. The token has 256 bits, so nobody guesses it; what is bounded is what a flood
 * of guesses costs and writes. The right token always passes: whoever shares an address with an attacker, as all do behind a
 * proxy, must still be able to stop the trading.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";

/** Wrong tokens in one window, of one address and of all together. */
export const FAILURES_OF_ONE_MAX = 10;
export const FAILURES_OF_ALL_MAX = 100;
export const WINDOW_SECONDS = 60;
/** Addresses remembered; beyond it the one that began longest ago is forgotten, and those of all still count. */
export const ADDRESSES_MAX = 1_000;

interface Window {
  readonly since: Micros;
  failures: number;
}

export class FailureLimit {
  readonly #now: () => Micros;
  readonly #byAddress = new Map<string, Window>();
  #all: Window | null = null;

  constructor(now: () => Micros) {
    this.#now = now;
  }

  get addresses(): number {
    return this.#byAddress.size;
  }

  /** Takes note of a wrong token. `told`: it is within bounds; `first`: the first beyond them in its window; else `over`. */
  failed(address: string): "told" | "first" | "over" {
    const now = this.#now();
    const own = this.#windowOf(address, now);
    this.#all = isOver(this.#all, now) ? { since: now, failures: 0 } : this.#all;
    own.failures++;
    this.#all.failures++;
    if (own.failures <= FAILURES_OF_ONE_MAX && this.#all.failures <= FAILURES_OF_ALL_MAX) return "told";
    const begins = own.failures === FAILURES_OF_ONE_MAX + 1 || this.#all.failures === FAILURES_OF_ALL_MAX + 1;
    return begins ? "first" : "over";
  }

  #windowOf(address: string, now: Micros): Window {
    const known = this.#byAddress.get(address) ?? null;
    if (!isOver(known, now)) return known;
    this.#byAddress.delete(address);
    if (this.#byAddress.size >= ADDRESSES_MAX) {
      for (const oldest of this.#byAddress.keys()) {
        this.#byAddress.delete(oldest);
        break;
      }
    }
    const window = { since: now, failures: 0 };
    this.#byAddress.set(address, window);
    return window;
  }
}

const isOver = (window: Window | null, now: Micros): window is null =>
  window === null || now - window.since >= WINDOW_SECONDS * MICROS_PER_SECOND;
