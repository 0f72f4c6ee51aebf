/**
 * The order in which requests are made and frames handed on.
 *
 * Free: every job starts at once, frames pass straight through. Ordered (a run in lockstep with the embedded exchange):
 * one job at a time in the order asked, and frames that arrive while a job is wanted or under way wait until all its
 * inputs were delivered. Then the order of inputs depends on what happened, and not on how fast sockets are.
 *
 * It relies on a sink that performs the actions of an input before it returns.
 * @module
 */

const HELD_MAX = 1_000_000;

export type Job = () => Promise<void>;

export class Lane {
  readonly #ordered: boolean;
  readonly #queue: Job[] = [];
  #held: (() => void)[] = [];
  #running = 0;
  #waiting = 0;
  #draining = false;
  readonly #sleepers: (() => void)[] = [];

  constructor(ordered: boolean) {
    this.#ordered = ordered;
  }

  /** Runs a job: now, or in lockstep after those asked before it. A job that throws is a bug and ends the process. */
  run(job: Job): void {
    if (this.#ordered && this.#running > 0) {
      this.#queue.push(job);
      return;
    }
    void this.#start(job);
  }

  /** Hands on what arrived: now, or in lockstep once nothing is under way. Beyond a million held, at once again. */
  deliver(task: () => void): void {
    if (!this.#ordered || this.#held.length >= HELD_MAX) {
      task();
      return;
    }
    this.#held.push(task);
    this.#drain();
  }

  /** A request began or stopped waiting for the run's clock: meanwhile the run may move on. */
  waiting(begins: boolean): void {
    this.#waiting += begins ? 1 : -1;
    if (begins) this.#drain();
  }

  /** Resolves when no job is under way or queued (but for those that wait for the clock) and nothing is held back. */
  async idle(): Promise<void> {
    while (this.#busy() || this.#held.length > 0) {
      await new Promise<void>((wake) => this.#sleepers.push(wake));
    }
  }

  #busy(): boolean {
    return this.#running > this.#waiting || (this.#waiting === 0 && this.#queue.length > 0);
  }

  async #start(job: Job): Promise<void> {
    this.#running++;
    try {
      await job();
    } finally {
      this.#running--;
      const next = this.#ordered ? this.#queue.shift() : undefined;
      if (next !== undefined) void this.#start(next);
      else this.#drain();
    }
  }

  /** A task may ask for new jobs: then the rest waits for those. */
  #drain(): void {
    if (!this.#draining) {
      this.#draining = true;
      try {
        let at = 0;
        while (at < this.#held.length && !this.#busy()) this.#held[at++]();
        this.#held = at === this.#held.length ? [] : this.#held.slice(at);
      } finally {
        this.#draining = false;
      }
    }
    if (this.#busy() || this.#held.length > 0) return;
    for (const wake of this.#sleepers.splice(0)) wake();
  }
}
