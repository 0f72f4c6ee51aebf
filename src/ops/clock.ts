/**
 * The one clock of a run (DESIGN.md 1). Everything at the edges that reads time or waits takes one of these.
 * @module
 */

import type { Micros } from "../core/units.ts";

/** Stops a scheduled call that has not run yet; harmless afterwards. */
export type CancelTimer = () => void;

export interface Clock {
  now(): Micros;
  /** Runs `task` once, `delay` microseconds of this clock from now. */
  after(delay: number, task: () => void): CancelTimer;
}

/**
 * Real time, or real time shifted and scaled to follow a simulated exchange in another process:
 * `now = base + (wall - wallBase) x speed`.
 */
export class WallClock implements Clock {
  readonly #base: number;
  readonly #wallBase: number;
  readonly #speed: number;

  constructor(base: number = Date.now() * 1_000, speed = 1) {
    this.#base = base;
    this.#wallBase = performance.now() * 1_000;
    this.#speed = speed;
  }

  now(): Micros {
    return Math.round(this.#base + (performance.now() * 1_000 - this.#wallBase) * this.#speed) as Micros;
  }

  after(delay: number, task: () => void): CancelTimer {
    const timer = setTimeout(task, Math.max(0, delay / 1_000 / this.#speed));
    return () => clearTimeout(timer);
  }
}

interface Waiting {
  readonly due: number;
  readonly order: number;
  readonly task: () => void;
}

/** Time that stands still until it is moved: the clock of a run in lockstep with the embedded exchange. */
export class SteppedClock implements Clock {
  #now: number;
  #waiting: Waiting[] = [];
  #order = 0;

  constructor(start: Micros) {
    this.#now = start;
  }

  now(): Micros {
    return this.#now as Micros;
  }

  after(delay: number, task: () => void): CancelTimer {
    const entry = { due: this.#now + Math.max(0, delay), order: this.#order++, task };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  /** Moves time forward, running what falls due on the way, in order of due time. */
  advanceTo(target: Micros): void {
    for (;;) {
      let next: Waiting | undefined;
      for (const entry of this.#waiting) {
        if (entry.due > target) continue;
        if (next === undefined || entry.due < next.due || (entry.due === next.due && entry.order < next.order)) {
          next = entry;
        }
      }
      if (next === undefined) break;
      const due = next;
      this.#waiting = this.#waiting.filter((entry) => entry !== due);
      this.#now = Math.max(this.#now, due.due);
      due.task();
    }
    this.#now = Math.max(this.#now, target);
  }
}
