/**
 * A task that falls due at a moment and may be wanted sooner: of all moments it was scheduled for, the soonest counts.
 * @module
 */

import type { CancelTimer, Clock } from "../../ops/clock.ts";

export class DueTimer {
  readonly #clock: Clock;
  readonly #task: () => void;
  #dueAt = Infinity;
  #stopped = false;
  #cancel: CancelTimer = () => {};

  constructor(clock: Clock, task: () => void) {
    this.#clock = clock;
    this.#task = task;
  }

  /** Runs the task at that moment, at once where it is past; nothing where it is due by then already. */
  schedule(at: number): void {
    if (this.#stopped || at >= this.#dueAt) return;
    this.#dueAt = at;
    this.#cancel();
    this.#cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#dueAt = Infinity;
      this.#task();
    });
  }

  /** For good: what is scheduled afterwards does not run either. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }
}
