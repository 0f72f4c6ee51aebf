/**
 * One job in the hands of a worker.
 *
 * | delivered for the | with | what is done |
 * | --- | --- | --- |
 * | first time | one or several trials | they are run side by side |
 * | second time or later | several | each becomes a job of its own: one of them may have been what ended the last worker |
 * | second time | one | it is run |
 * | third time or later | one | it is run while nothing else runs in this process |
 * | sixth time or later | one | it is answered as failed: it ended five workers |
 *
 * Trials that are answered already are left out. A trial that fails without taking its worker along is given to others, and is
 * answered as failed the third time. Whatever happens, an answer is stored before the job is taken away.
 * @module
 */

import type { JsMsg } from "@nats-io/jetstream";
import type { SweepPool, TrialRan } from "../../backtest/search/sweep_pool.ts";
import type { TrialAsked } from "../../backtest/search/trial.ts";
import { decodeAnswer, encodeAnswer, isSameAnswer } from "./answer.ts";
import { decodeJob, encodeJob, type Job, trialKey } from "./job.ts";
import type { Quiet } from "./quiet.ts";
import type { WorkServers } from "./work_servers.ts";

export interface JobRunOptions {
  readonly servers: Pick<WorkServers, "answer" | "answered" | "forgetAnswer" | "put">;
  readonly sweep: string;
  readonly worker: string;
  readonly ackWaitMs: number;
  readonly quiet: Quiet;
  /** Of one thread. */
  readonly pool: Pick<SweepPool, "run">;
  onTrouble(text: string): void;
  isStopped(): boolean;
}

/** What a job came in. */
export type JobMessage =
  & Pick<JsMsg, "data" | "working" | "nak" | "term" | "ackAck">
  & { readonly info: Pick<JsMsg["info"], "deliveryCount"> };

export interface JobRan {
  readonly ran: number;
  readonly failed: number;
}

interface Failure {
  readonly trial: TrialAsked;
  readonly reason: string;
}

type Result = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/** Nobody waits for it before all trials ran. */
const settled = (work: Promise<void>): Promise<Result> =>
  work.then((): Result => ({ ok: true }), (error): Result => ({ ok: false, error }));

/** From this delivery on a trial runs alone. */
const ALONE_FROM = 3;
/** From this delivery on a trial that fails is answered so. */
const FAILED_FROM = 3;
/** More deliveries than these mean that whoever ran it died. */
const DELIVERIES_MAX = 5;
const AGAIN_AFTER_MS = 1_000;
/** So many words in the time after which a worker counts as gone. */
const WORDS_PER_WAIT = 4;

export class JobRun {
  readonly #options: JobRunOptions;
  readonly #message: JobMessage;

  constructor(options: JobRunOptions, message: JobMessage) {
    this.#options = options;
    this.#message = message;
  }

  /** @throws what the servers say, where an answer cannot be stored: the job comes again */
  async run(): Promise<JobRan> {
    const heartbeat = setInterval(() => this.#message.working(), this.#options.ackWaitMs / WORDS_PER_WAIT);
    try {
      return await this.#run();
    } finally {
      clearInterval(heartbeat);
    }
  }

  async #run(): Promise<JobRan> {
    const { onTrouble, quiet, worker } = this.#options;
    const read = decodeJob(this.#message.data);
    if (!read.ok) {
      onTrouble(`A job is thrown away, and its trials come again: ${read.reason}`);
      this.#message.term();
      return { ran: 0, failed: 0 };
    }
    const job = read.value;
    const { deliveryCount } = this.#message.info;
    const open = await this.#open(job);
    if (open.length === 0) return await this.#done();
    if (deliveryCount > 1 && job.pass.trials.length > 1) return await this.#split(job, open);
    if (deliveryCount > DELIVERIES_MAX) {
      const reason = `It was given to ${DELIVERIES_MAX} workers, and each was gone before it was done`;
      for (const trial of open) await this.#store(job, trial, { ok: false, reason });
      onTrouble(`Trial ${open.map(({ number }) => number).join(", ")} is left out: ${reason}`);
      return await this.#done(0, open.length);
    }
    const failures = await quiet.run(deliveryCount >= ALONE_FROM, () => this.#runTrials(job, open));
    if (failures.length === 0) return await this.#done(open.length);
    if (this.#options.isStopped()) {
      this.#message.nak();
      return { ran: open.length - failures.length, failed: 0 };
    }
    if (deliveryCount < FAILED_FROM) {
      this.#message.nak(AGAIN_AFTER_MS);
      return { ran: open.length - failures.length, failed: failures.length };
    }
    for (const { trial, reason } of failures) {
      await this.#store(job, trial, { ok: false, reason: `${worker}: ${reason}` });
    }
    return await this.#done(open.length - failures.length, failures.length);
  }

  /** Trials without an answer. */
  async #open({ pass }: Job): Promise<TrialAsked[]> {
    const { servers, sweep } = this.#options;
    const kept = await Promise.all(pass.trials.map((trial) => servers.answered(sweep, trialKey(trial, pass))));
    return pass.trials.filter((_, k) => kept[k] === null);
  }

  async #split({ id, pass }: Job, open: readonly TrialAsked[]): Promise<JobRan> {
    const { servers, sweep } = this.#options;
    for (const trial of open) {
      const part: Job = { id: `${id}.${trial.number}`, pass: { ...pass, trials: [trial] } };
      await servers.put({ sweep, id: part.id, bytes: encodeJob(part) });
    }
    return await this.#done();
  }

  async #runTrials(job: Job, open: readonly TrialAsked[]): Promise<Failure[]> {
    const failures: Failure[] = [];
    const stored: Promise<Result>[] = [];
    await this.#options.pool.run({ ...job.pass, trials: open }, (trial, ran) => {
      if (ran.ok) stored.push(settled(this.#store(job, trial, ran)));
      else failures.push({ trial, reason: ran.reason });
    });
    for (const result of await Promise.all(stored)) {
      if (!result.ok) throw result.error;
    }
    return failures;
  }

  /** The first answer stays; one that differs would mean that somebody counts otherwise. */
  async #store({ pass }: Job, trial: TrialAsked, ran: TrialRan): Promise<void> {
    const { servers, sweep, worker, onTrouble } = this.#options;
    const key = trialKey(trial, pass);
    const bytes = encodeAnswer({ worker, ran });
    const kept = await servers.answer(sweep, key, bytes);
    if (kept === null) return;
    const before = decodeAnswer(kept);
    if (before.ok && isSameAnswer(before.value.ran, ran)) return;
    if (ran.ok && (!before.ok || !before.value.ran.ok)) {
      await servers.forgetAnswer(sweep, key);
      await servers.answer(sweep, key, bytes);
    } else if (ran.ok && before.ok) {
      onTrouble(`Trial ${trial.number} came out otherwise than at worker ${before.value.worker}, whose answer counts`);
    }
  }

  /** A server that does not hear it gives the job out again, and the answers are found. */
  async #done(ran = 0, failed = 0): Promise<JobRan> {
    await this.#message.ackAck().catch(() => false);
    return { ran, failed };
  }
}
