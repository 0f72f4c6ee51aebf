/**
 * Trials on all cores: passes are given to Workers, one at a time to each. A pass whose Worker dies, falls silent or says that it
 * failed is done again once, every trial of it by itself, so that one trial which breaks a Worker does not take others with it.
 * @module
 */

import { WORKERS_MAX } from "./choices.ts";
import type { SweepSetup, WorkerSaid, WorkerTold } from "./sweep_messages.ts";
import { type PassAsked, SIDE_BY_SIDE_MAX, type TrialAsked, type TrialResult } from "./trial.ts";

export interface SweepPoolOptions {
  /** How many Workers, 1 to 64. */
  readonly workers: number;
  readonly setup: SweepSetup;
  /** Told how many inputs were taken since, all trials together. */
  onProgress(inputs: number): void;
  /** Told in words what went wrong and is done again. */
  onTrouble(text: string): void;
  /** How long a Worker may say nothing, milliseconds, until it counts as stuck; two minutes where absent. */
  readonly silenceMs?: number;
  /** The Worker's program; for tests. */
  readonly program?: URL;
}

/** What came of a trial, or why nothing did: it failed twice, or the sweep was stopped. */
export type TrialRan =
  | { readonly ok: true; readonly result: TrialResult }
  | { readonly ok: false; readonly reason: string };

const SILENCE_MS = 120_000;

type Timeout = ReturnType<typeof setTimeout>;

/** A pass on its way. */
interface Job {
  readonly pass: PassAsked;
  /** Whether it was done before, in vain. */
  readonly again: boolean;
  readonly settle: (trial: TrialAsked, ran: TrialRan) => void;
}

interface Seat {
  readonly name: string;
  readonly worker: Worker;
  /** `starting` until it is set up. */
  job: Job | "starting" | null;
  timeout: Timeout | undefined;
}

/** So many trials that all Workers have as many passes to do, or nearly. */
function sizeOfPass(trials: number, workers: number): number {
  const passes = workers * Math.ceil(trials / (workers * SIDE_BY_SIDE_MAX));
  return Math.ceil(trials / passes);
}

export class SweepPool {
  readonly #options: SweepPoolOptions;
  readonly #program: URL;
  readonly #seats: Seat[] = [];
  readonly #waiting: Job[] = [];
  #named = 0;
  /** Workers that did not even start; more than there are seats is no accident. */
  #stillborn = 0;
  #over: string | null = null;

  constructor(options: SweepPoolOptions) {
    const { workers, program } = options;
    if (!Number.isInteger(workers) || workers < 1 || workers > WORKERS_MAX) {
      throw new RangeError(`Workers must be a whole number from 1 to ${WORKERS_MAX}, not ${workers}`);
    }
    this.#options = options;
    this.#program = program ?? new URL("./sweep_worker.ts", import.meta.url);
  }

  /**
   * Runs trials, in as few passes as keep every Worker busy. Answers in their order, and never rejects.
   *
   * @param onRan told of each as soon as it is known
   */
  run(
    { trials, ...rest }: PassAsked,
    onRan: (trial: TrialAsked, ran: TrialRan) => void = () => {},
  ): Promise<TrialRan[]> {
    if (trials.length === 0) return Promise.resolve([]);
    return new Promise((resolve) => {
      const answers = new Map<number, TrialRan>();
      const settle = (trial: TrialAsked, ran: TrialRan): void => {
        answers.set(trial.number, ran);
        onRan(trial, ran);
        if (answers.size === trials.length) resolve(trials.flatMap(({ number }) => answers.get(number) ?? []));
      };
      const size = sizeOfPass(trials.length, this.#options.workers);
      for (let from = 0; from < trials.length; from += size) {
        this.#waiting.push({ pass: { trials: trials.slice(from, from + size), ...rest }, again: false, settle });
      }
      // Where all is known from before none is started.
      while (this.#over === null && this.#seats.length < this.#options.workers) this.#seat();
      this.#giveOut();
    });
  }

  /** Ends the Workers; trials without an answer get one that says so. */
  close(): void {
    this.#end("The sweep was stopped");
  }

  #end(reason: string): void {
    this.#over ??= reason;
    const jobs = this.#waiting.splice(0);
    for (const seat of this.#seats.splice(0)) {
      this.#vacate(seat);
      if (seat.job !== null && seat.job !== "starting") jobs.push(seat.job);
    }
    for (const { pass, settle } of jobs) {
      for (const trial of pass.trials) settle(trial, { ok: false, reason: this.#over });
    }
  }

  #seat(): void {
    const worker = new Worker(this.#program, { type: "module" });
    const seat: Seat = { name: `Worker ${++this.#named}`, worker, job: "starting", timeout: undefined };
    worker.onmessage = ({ data }: MessageEvent<WorkerSaid>) => this.#heard(seat, data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#lost(seat, `died: ${event.message}`);
    };
    this.#seats.push(seat);
    this.#tell(seat, { type: "setup", setup: this.#options.setup });
  }

  #tell(seat: Seat, told: WorkerTold): void {
    this.#watch(seat);
    seat.worker.postMessage(told);
  }

  #watch(seat: Seat): void {
    clearTimeout(seat.timeout);
    const silence = this.#options.silenceMs ?? SILENCE_MS;
    seat.timeout = setTimeout(() => this.#lost(seat, `said nothing for ${silence / 1_000} s`), silence);
  }

  #heard(seat: Seat, said: WorkerSaid): void {
    const { job } = seat;
    if (job === null) return;
    if (said.type === "progress") {
      this.#watch(seat);
      return this.#options.onProgress(said.inputs);
    }
    if (said.type === "failed" && job === "starting") return this.#lost(seat, `could not start: ${said.error}`);
    clearTimeout(seat.timeout);
    seat.job = null;
    if (job !== "starting") {
      if (said.type === "ran") {
        job.pass.trials.forEach((trial, k) => job.settle(trial, { ok: true, result: said.results[k] }));
      } else if (said.type === "failed") this.#again(job, `${seat.name} failed: ${said.error}`);
    }
    this.#giveOut();
  }

  /** A Worker is of no use any more: another one takes its place. */
  #lost(seat: Seat, what: string): void {
    const at = this.#seats.indexOf(seat);
    if (at < 0) return;
    this.#seats.splice(at, 1);
    this.#vacate(seat);
    const reason = `${seat.name} ${what}`;
    if (seat.job === "starting" && ++this.#stillborn > this.#options.workers) return this.#end(reason);
    if (seat.job !== null && seat.job !== "starting") this.#again(seat.job, reason);
    this.#seat();
    this.#giveOut();
  }

  #vacate({ worker, timeout }: Seat): void {
    clearTimeout(timeout);
    worker.onmessage = null;
    worker.onerror = null;
    worker.terminate();
  }

  #again({ pass, again, settle }: Job, reason: string): void {
    const numbers = pass.trials.map(({ number }) => number).join(", ");
    if (again) {
      for (const trial of pass.trials) settle(trial, { ok: false, reason });
      return this.#options.onTrouble(`${reason}; trial ${numbers} failed for the second time and is left out`);
    }
    this.#options.onTrouble(`${reason}; done again once: trial ${numbers}`);
    this.#waiting.unshift(...pass.trials.map((trial) => ({ pass: { ...pass, trials: [trial] }, again: true, settle })));
  }

  #giveOut(): void {
    if (this.#over !== null) return this.#end(this.#over);
    for (const seat of this.#seats) {
      if (seat.job !== null) continue;
      const job = this.#waiting.shift();
      if (job === undefined) return;
      seat.job = job;
      this.#tell(seat, { type: "pass", pass: job.pass });
    }
  }
}
