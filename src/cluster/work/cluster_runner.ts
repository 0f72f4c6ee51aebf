/**
 * Has the trials of a sweep run by workers on any number of machines: a {@link TrialRunner} in the place of the threads of one.
 *
 * | what happens | what becomes of the trials |
 * | --- | --- |
 * | a worker dies | given to another once nothing was heard for {@link ACK_WAIT_MS} |
 * | a worker stores an answer and dies before it says so | the next one finds the answer and runs nothing |
 * | two workers run the same | the first answer counts; both are compared |
 * | one trial kills every worker | after some deliveries it is answered as failed, alone |
 * | a server dies | asked again until another leads |
 * | the sweep dies | answers are kept; the same sweep finds them, and asks for the others |
 * | jobs get lost at the servers | what is neither waiting nor under way is put there again |
 * | the sweep is stopped | what nobody has begun is taken back |
 *
 * @module
 */

import type { TrialRan } from "../../backtest/search/sweep_pool.ts";
import { type PassAsked, SIDE_BY_SIDE_MAX, type TrialAsked } from "../../backtest/search/trial.ts";
import type { TrialRunner } from "../../backtest/search/trial_book.ts";
import { messageOf } from "../../store/message.ts";
import { decodeAnswer } from "./answer.ts";
import { answerSubject, workerSubject } from "./names.ts";
import { encodeJob, trialKey } from "./job.ts";
import type { EncodedOffer } from "./offer.ts";
import { Workers } from "./workers.ts";
import type { WorkServers } from "./work_servers.ts";

/** A worker says every third of it that it works on. */
export const ACK_WAIT_MS = 20_000;
/** How often a sweep looks whether what it waits for is still at the servers. */
const LOOK_MS = 5_000;
/** A trial that gets lost more often is not lost by accident. */
const LOST_MAX = 5;
/** The listening is looked after so often: a server that led it and died is noticed after two of them. */
const HEARTBEAT_MS = 1_000;
/** Answers from before are waited for so long; they come at once, or not. */
const BEFORE_MS = 10_000;
/** So long for the first worker to say that it takes part, and then for others. */
const GATHER_MS = 5_000;
const GATHER_MORE_MS = 1_000;
const GATHER_LOOK_MS = 50;

export interface ClusterRunnerOptions {
  readonly servers: WorkServers;
  readonly sweep: string;
  readonly offer: EncodedOffer;
  readonly ackWaitMs?: number;
  readonly lookMs?: number;
  readonly gatherMs?: number;
  /** Told how many inputs were taken since, all workers together. */
  onProgress(inputs: number): void;
  /** Told in words what went wrong, and what is done about it. */
  onTrouble(text: string): void;
}

/** A trial that was asked for, until it is answered. */
interface Open {
  readonly trial: TrialAsked;
  readonly pass: PassAsked;
  readonly settle: (ran: TrialRan) => void;
  /** Its job is at the servers, as far as they said. */
  isPut: boolean;
  /** How often it got lost there. */
  lost: number;
}

export class ClusterRunner implements TrialRunner {
  readonly workers: Workers;
  readonly #options: ClusterRunnerOptions;
  /** By the trial's key; the same may be asked for by two passes at once. */
  readonly #open = new Map<string, Open[]>();
  /** What was answered before anybody asked: by workers that went on while the sweep was away. Each is handed out once. */
  readonly #early = new Map<string, TrialRan>();
  readonly #forgetting = new Set<Promise<void>>();
  #gathered: Promise<void> | null = null;
  #stopListening: () => void = () => {};
  #looking: ReturnType<typeof setInterval> | undefined;
  #isLooking = false;
  #over: string | null = null;
  #named = 0;

  private constructor(options: ClusterRunnerOptions) {
    this.#options = options;
    this.workers = new Workers(options.onTrouble);
  }

  /** Offers the sweep to the workers. @throws what the servers say, where they will not have it */
  static async open(options: ClusterRunnerOptions): Promise<ClusterRunner> {
    const { servers, sweep, offer, ackWaitMs = ACK_WAIT_MS, lookMs = LOOK_MS } = options;
    const runner = new ClusterRunner(options);
    // What a process that was killed has put there is asked for anew, as far as it is not answered.
    await servers.withdraw(sweep);
    await runner.#listen();
    await servers.offer(sweep, offer, ackWaitMs);
    runner.#looking = setInterval(() => void runner.#look(), lookMs);
    return runner;
  }

  /** Answers in the order of the trials. @throws what the servers say, where they will not take a job */
  async run(pass: PassAsked, onRan: (trial: TrialAsked, ran: TrialRan) => void = () => {}): Promise<TrialRan[]> {
    const answers = new Map<number, TrialRan>();
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked: TrialAsked[] = [];
    const early: { readonly open: Open; readonly ran: TrialRan }[] = [];
    for (const trial of pass.trials) {
      const settle = (ran: TrialRan): void => {
        answers.set(trial.number, ran);
        onRan(trial, ran);
        if (answers.size === pass.trials.length) resolve();
      };
      const open: Open = { trial, pass, settle, isPut: false, lost: 0 };
      const key = trialKey(trial, pass);
      const ran = this.#early.get(key);
      if (ran !== undefined) {
        this.#early.delete(key);
        early.push({ open, ran });
      } else {
        const same = this.#open.get(key);
        if (same === undefined) asked.push(trial);
        this.#open.set(key, [...same ?? [], open]);
      }
    }
    for (const { open, ran } of early) open.settle(ran);
    if (pass.trials.length === 0) return [];
    if (this.#over !== null) this.#end(this.#over);
    else await this.#put(pass, asked);
    await promise;
    return pass.trials.flatMap(({ number }) => answers.get(number) ?? []);
  }

  /** Ends the waiting at once; trials without an answer get one that says so. */
  close(): void {
    this.#end("The sweep was stopped");
  }

  /**
   * Takes back what nobody has begun.
   *
   * @param isDone whether all answers were fetched, so that none needs to be kept for the next time
   */
  async leave(isDone: boolean): Promise<void> {
    const { servers, sweep } = this.#options;
    this.close();
    await servers.withdraw(sweep);
    if (isDone) await servers.forget(sweep);
  }

  #end(reason: string): void {
    this.#over ??= reason;
    clearInterval(this.#looking);
    this.#stopListening();
    const open = [...this.#open.values()].flat();
    this.#open.clear();
    for (const { settle } of open) settle({ ok: false, reason: this.#over });
  }

  /** In jobs of so many trials that every thread has one, as far as that is known. */
  async #put(pass: PassAsked, trials: readonly TrialAsked[]): Promise<void> {
    await (this.#gathered ??= this.#gather());
    const threads = Math.max(1, this.workers.threads);
    const size = Math.min(SIDE_BY_SIDE_MAX, Math.ceil(trials.length / threads));
    for (let from = 0; from < trials.length && this.#over === null; from += size) {
      await this.#putJob({ ...pass, trials: trials.slice(from, from + size) });
    }
  }

  /** Before the first job: those workers that are there say so at once. */
  async #gather(): Promise<void> {
    const { gatherMs = GATHER_MS, onTrouble } = this.#options;
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const ends = performance.now() + gatherMs;
    while (this.workers.count === 0 && this.#over === null && performance.now() < ends) await wait(GATHER_LOOK_MS);
    if (this.#over !== null) return;
    if (this.workers.count > 0) return void await wait(GATHER_MORE_MS);
    onTrouble("No worker takes part yet; the trials wait for one: kbot worker --data PATH");
  }

  async #putJob(pass: PassAsked): Promise<void> {
    const { servers, sweep } = this.#options;
    const id = `${sweep}-${crypto.randomUUID()}-${++this.#named}`;
    try {
      await servers.put({ sweep, id, bytes: encodeJob({ id, pass }) });
      for (const trial of pass.trials) {
        for (const open of this.#open.get(trialKey(trial, pass)) ?? []) open.isPut = true;
      }
    } catch (error) {
      if (this.#over === null) throw error;
    }
  }

  /** Hears of answers and of workers; what was answered before comes first. */
  async #listen(): Promise<void> {
    const { servers, sweep, onProgress } = this.#options;
    const words = servers.connection.nats.subscribe(workerSubject(sweep), {
      callback: (_, message) => onProgress(this.workers.hear(message.data)),
    });
    const consumer = await servers.answers(sweep);
    const { promise, resolve } = Promise.withResolvers<void>();
    const prefix = answerSubject(sweep, "").length;
    const messages = await consumer.consume({
      idle_heartbeat: HEARTBEAT_MS,
      callback: ({ subject, data, info }) => {
        this.#heard(subject.slice(prefix), data);
        if (info.pending === 0) resolve();
      },
    });
    this.#stopListening = () => {
      words.unsubscribe();
      void messages.close();
    };
    if ((await consumer.info(true)).num_pending === 0) resolve();
    // What comes later is heard of, too, and at worst was run twice.
    const timeout = setTimeout(resolve, BEFORE_MS);
    await promise;
    clearTimeout(timeout);
    await Promise.all(this.#forgetting);
  }

  #heard(key: string, bytes: Uint8Array): void {
    const answer = decodeAnswer(bytes);
    const ran: TrialRan = answer.ok ? answer.value.ran : { ok: false, reason: answer.reason };
    if (this.#settle(key, ran)) return;
    // What failed while nobody asked is tried again, as it would be here.
    const { servers, sweep, onTrouble } = this.#options;
    if (ran.ok) this.#early.set(key, ran);
    else {
      const forgotten = servers.forgetAnswer(sweep, key)
        .catch((error) => onTrouble(`A failed trial is not tried again: ${messageOf(error)}`))
        .finally(() => this.#forgetting.delete(forgotten));
      this.#forgetting.add(forgotten);
    }
  }

  /** Whether somebody waited for it. */
  #settle(key: string, ran: TrialRan): boolean {
    const waiting = this.#open.get(key);
    if (waiting === undefined) return false;
    this.#open.delete(key);
    for (const { settle } of waiting) settle(ran);
    return true;
  }

  /** Finds what is lost: a trial that is neither answered nor waiting nor under way is put there again. */
  async #look(): Promise<void> {
    if (this.#isLooking || this.#open.size === 0 || this.#over !== null) return;
    this.#isLooking = true;
    const { servers, sweep, offer, ackWaitMs = ACK_WAIT_MS, onTrouble } = this.#options;
    try {
      const missed = [...this.#open].filter(([, [{ isPut }]]) => isPut).map(([key]) => key);
      const open = await servers.openJobs(sweep);
      // A worker that has heard nothing for long does not ask any more.
      if (open === null || this.workers.count === 0) await servers.offer(sweep, offer, ackWaitMs);
      if (open !== null && open.waiting + open.underWay > 0) return;
      await this.#putAgain(missed);
    } catch (error) {
      if (this.#over === null) onTrouble(`The servers could not be looked at: ${messageOf(error)}`);
    } finally {
      this.#isLooking = false;
    }
  }

  async #putAgain(keys: readonly string[]): Promise<void> {
    const { servers, sweep, onTrouble } = this.#options;
    let lost = 0;
    for (const key of keys) {
      const [open] = this.#open.get(key) ?? [];
      if (open === undefined || this.#over !== null) continue;
      const kept = await servers.answered(sweep, key);
      if (kept !== null) this.#heard(key, kept);
      else if (++open.lost > LOST_MAX) {
        this.#settle(key, { ok: false, reason: `It got lost at the servers ${LOST_MAX} times` });
      } else if (this.#open.has(key)) {
        lost++;
        await this.#putJob({ ...open.pass, trials: [open.trial] });
      }
    }
    if (lost > 0) onTrouble(`Trials that were lost at the servers and are put there again: ${lost}`);
  }
}
