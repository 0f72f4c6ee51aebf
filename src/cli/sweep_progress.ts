/**
 * How far a sweep is: a bar on a terminal, a line for each trial otherwise.
 * @module
 */

import { printError } from "./output.ts";
import { progressBar } from "./progress_bar.ts";

const MINUTE = 60;
const HOUR = 3_600;

/** `40s`, `3m`, `2h 10m`. */
export function timeLeft(seconds: number): string {
  if (seconds < MINUTE) return `${Math.ceil(seconds)}s`;
  if (seconds < HOUR) return `${Math.ceil(seconds / MINUTE)}m`;
  return `${Math.floor(seconds / HOUR)}h ${Math.floor(seconds % HOUR / MINUTE)}m`;
}

export interface SweepProgressOptions {
  /** Runs that there will be, about. */
  readonly runs: number;
  /** Inputs of one. */
  readonly events: number;
  readonly isTerminal: boolean;
  /** Seconds of a clock that only goes forward. */
  seconds(): number;
  /** Workers of a cluster that take part; `null` where the work is done in this process. */
  workers(): number | null;
}

export class SweepProgress {
  readonly #options: SweepProgressOptions;
  readonly #bar;
  readonly #started: number;
  #done = 0;
  #known = 0;
  /** Of the runs under way. */
  #inputs = 0;

  constructor(options: SweepProgressOptions) {
    this.#options = options;
    this.#bar = progressBar(options.isTerminal);
    this.#started = options.seconds();
  }

  /** Inputs were taken, all runs together. */
  inputs(more: number): void {
    this.#inputs += more;
    this.#show();
  }

  /** @param known it was kept from before, and took no time */
  done(text: string, known: boolean): void {
    this.#done++;
    if (known) this.#known++;
    else this.#inputs = Math.max(0, this.#inputs - this.#options.events);
    if (!this.#options.isTerminal) printError(`${text}; ${this.#pace()}${this.#workers()}`);
    this.#show();
  }

  /** Something that stays on the screen. */
  say(text: string): void {
    this.#bar.clear();
    printError(text);
  }

  clear(): void {
    this.#bar.clear();
  }

  #show(): void {
    const { runs, events } = this.#options;
    const under = Math.min(events === 0 ? 0 : this.#inputs / events, Math.max(0, runs - this.#done));
    this.#bar.show(this.#done + under, runs, `${this.#done} of ${runs} runs, ${this.#pace()}${this.#workers()}`);
  }

  #workers(): string {
    const workers = this.#options.workers();
    return workers === null ? "" : `, ${workers} ${workers === 1 ? "worker" : "workers"}`;
  }

  /** The rate so far, and what is left at that rate. */
  #pace(): string {
    const { runs, events, seconds } = this.#options;
    const ran = this.#done - this.#known + (events === 0 ? 0 : this.#inputs / events);
    const elapsed = seconds() - this.#started;
    if (!(ran > 0) || !(elapsed > 0)) return "the rate is not known yet";
    const left = Math.max(0, runs - this.#known - ran);
    return `${(ran / elapsed * MINUTE).toFixed(1)} a minute, ${timeLeft(left * elapsed / ran)} left`;
  }
}
