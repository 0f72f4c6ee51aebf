/**
 * The one clock of a run (DESIGN.md 1). Everything at the edges that reads time or waits takes one of these.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";

/** Stops a scheduled call that has not run yet; harmless afterwards. */
export type CancelTimer = () => void;

export interface Clock {
  now(): Micros;
  /** Runs `task` once, `delay` microseconds of this clock from now. */
  after(delay: number, task: () => void): CancelTimer;
}

/** What the machine knows of time; replaced in tests. */
export interface TimeSources {
  /** The system's time in milliseconds, which a person, NTP or the end of a suspend may set. */
  wallMs(): number;
  /** Milliseconds that never go backwards and are never set, but stand still while the machine is suspended. */
  steadyMs(): number;
}

const MACHINE: TimeSources = { wallMs: () => Date.now(), steadyMs: () => performance.now() };

/** A jump by less is the clock's own unrest, not worth a word. */
const JUMP_TOLD = MICROS_PER_SECOND;

export interface WallClockOptions {
  readonly sources?: TimeSources;
  /** Told when the system's time jumped ahead by more than a second: the machine slept, or its clock was set. */
  readonly onJump?: (micros: number) => void;
}

/**
 * Real time, or real time shifted and scaled to follow a simulated exchange in another process:
 * `now = base + (steady - steadyBase) x speed`.
 *
 * Real time (no base, speed 1) also follows the system's time wherever that is ahead, after a suspend or when NTP sets
 * it; between, it runs as smoothly as the steady source. It never goes backwards: where the system's time is set back, it
 * runs on from where it was.
 */
export class WallClock implements Clock {
  #base: number;
  readonly #steadyBase: number;
  readonly #speed: number;
  readonly #follows: boolean;
  readonly #sources: TimeSources;
  readonly #onJump: (micros: number) => void;

  /**
   * @param base simulated time at this moment, in microseconds; left out for real time
   * @throws RangeError for a speed at which time would stand still, run backwards or be over at once
   */
  constructor(base?: number, speed = 1, options: WallClockOptions = {}) {
    if (!(speed > 0 && Number.isFinite(speed))) {
      throw new RangeError(`Clock at speed ${speed}: wanted a finite number above 0`);
    }
    this.#sources = options.sources ?? MACHINE;
    this.#onJump = options.onJump ?? (() => {});
    this.#base = base ?? this.#sources.wallMs() * 1_000;
    this.#steadyBase = this.#sources.steadyMs() * 1_000;
    this.#speed = speed;
    this.#follows = base === undefined && speed === 1;
  }

  now(): Micros {
    const time = this.#base + (this.#sources.steadyMs() * 1_000 - this.#steadyBase) * this.#speed;
    return Math.round(this.#follows ? this.#followed(time) : time) as Micros;
  }

  /** The system's time comes in whole milliseconds, cut off: it is never ahead for that reason alone. */
  #followed(time: number): number {
    const ahead = this.#sources.wallMs() * 1_000 - time;
    if (ahead <= 0) return time;
    this.#base += ahead;
    if (ahead > JUMP_TOLD) this.#onJump(Math.round(ahead));
    return time + ahead;
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
