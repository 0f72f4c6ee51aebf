/**
 * Whether simulated time passes as fast as was asked for.
 * @module
 */

import { type Micros, MICROS_PER_MILLISECOND } from "../core/units.ts";

/** Over how long the pace is judged, and which share of it is too little. */
const WINDOW_MS = 10_000;
const SHARE_MIN = 0.9;

/** Notices, once, that this machine cannot hold the speed that was asked for. */
export class PaceWatch {
  readonly #speed: number;
  readonly #consequence: string;
  #window: { readonly wallMs: number; readonly at: Micros } | null = null;
  #told = false;

  /** @param consequence what follows from it, as a sentence of its own without its full stop */
  constructor(speed: number, consequence: string) {
    this.#speed = speed;
    this.#consequence = consequence;
  }

  /** What to say after simulated time has reached `at`, or `null`. */
  observe(wallMs: number, at: Micros): string | null {
    this.#window ??= { wallMs, at };
    const passedMs = wallMs - this.#window.wallMs;
    if (this.#told || passedMs < WINDOW_MS) return null;
    const speed = (at - this.#window.at) / MICROS_PER_MILLISECOND / passedMs;
    this.#window = { wallMs, at };
    if (speed >= this.#speed * SHARE_MIN) return null;
    this.#told = true;
    return `This machine cannot hold ${this.#speed}x speed: simulated time runs at ${speed.toFixed(1)}x. ` +
      this.#consequence;
  }
}
