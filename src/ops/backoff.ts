/**
 * How long to wait before trying again: doubling, bounded, and never in step with other clients.
 * @module
 */

import { MICROS_PER_SECOND } from "../core/units.ts";

export const BACKOFF_MIN = MICROS_PER_SECOND;
export const BACKOFF_MAX = 60 * MICROS_PER_SECOND;

export class Backoff {
  readonly #jitter: () => number;
  #failures = 0;

  /** @param jitter gives numbers from 0 up to but without 1 */
  constructor(jitter: () => number) {
    this.#jitter = jitter;
  }

  /** Microseconds to wait after one more failure: 1 s at first, at most 60 s. */
  next(): number {
    const full = Math.min(BACKOFF_MAX, BACKOFF_MIN * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    return Math.round(Math.max(BACKOFF_MIN, full * (0.5 + 0.5 * this.#jitter())));
  }

  /** It worked: the next failure starts at the beginning again. */
  reset(): void {
    this.#failures = 0;
  }
}

/** `4 s`, for a message to a person. */
export const inSeconds = (delay: number): string => `${Math.ceil(delay / MICROS_PER_SECOND)} s`;
