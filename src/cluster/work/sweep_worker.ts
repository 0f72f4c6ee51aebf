/**
 * Takes jobs of sweeps and answers them, one on each of its threads: `kbot worker`.
 * @module
 */

import type { Consumer, ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import { pause } from "../../ops/pause.ts";
import { within } from "../../ops/within.ts";
import { messageOf } from "../../store/message.ts";
import { ServersLost } from "../served.ts";
import { JobRun, type JobRunOptions } from "./job_run.ts";
import { Membership } from "./membership.ts";
import { decodeHead, type OfferHead } from "./offer.ts";
import { Quiet } from "./quiet.ts";
import type { WorkServers } from "./work_servers.ts";
import type { WorkerData } from "./worker_data.ts";

export interface SweepWorkerOptions {
  readonly servers: WorkServers;
  readonly data: WorkerData;
  /** The program, as by `buildName`. */
  readonly build: string;
  /** Differs from every other worker's. */
  readonly name: string;
  readonly threads: number;
  /** Told what happens, for a person. */
  onNews(text: string): void;
}

export interface WorkerCounts {
  readonly sweeps: number;
  readonly refused: number;
  readonly jobs: number;
  readonly trials: number;
  readonly failed: number;
}

/** Sweeps that are taken part in at once; an older one waits until another one is over. */
const SWEEPS_MAX = 64;
/** A thread asks so long for a job of one sweep before it asks for one of the next. */
const ASK_MS = 1_000;
const WORDS_MS = 2_000;
const IDLE_MS = 500;
const HEARTBEAT_MS = 1_000;
const FLUSH_MS = 1_000;

export class SweepWorker {
  readonly #options: SweepWorkerOptions;
  readonly #sweeps = new Map<string, Membership>();
  readonly #quiet = new Quiet();
  readonly #counts = { sweeps: 0, refused: 0, jobs: 0, trials: 0, failed: 0 };
  readonly #stopping = new AbortController();
  #heads: ConsumerMessages | null = null;

  constructor(options: SweepWorkerOptions) {
    this.#options = options;
  }

  get counts(): WorkerCounts {
    return this.#counts;
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Lets go of what is under way, for others to do at once. */
  stop(): void {
    this.#stopping.abort();
    void this.#heads?.close();
    for (const membership of this.#sweeps.values()) membership.close();
  }

  /** Works until it is stopped. @throws ServersLost where they have not answered for too long */
  async run(): Promise<void> {
    const { servers, threads } = this.#options;
    const consumer = await servers.heads();
    this.#heads = await consumer.consume({
      idle_heartbeat: HEARTBEAT_MS,
      callback: ({ data }) => this.#heard(data),
    });
    const words = setInterval(() => this.#say(), WORDS_MS);
    try {
      await Promise.all(Array.from({ length: threads }, (_, seat) => this.#work(seat)));
    } finally {
      clearInterval(words);
      this.stop();
      for (const membership of this.#sweeps.values()) membership.leave();
      await this.#flushed();
    }
  }

  /** What was said last has left, where anybody can be reached. */
  async #flushed(): Promise<void> {
    await within(FLUSH_MS, this.#options.servers.connection.nats.flush().catch(() => {}));
  }

  #heard(bytes: Uint8Array): void {
    if (this.#isStopped) return;
    const read = decodeHead(bytes);
    if (!read.ok) return this.#options.onNews(`A sweep cannot be taken part in: ${read.reason}`);
    const head = read.value;
    const known = this.#sweeps.get(head.sweep);
    if (known?.isOf(head) === true) return known.renew();
    known?.close();
    this.#sweeps.delete(head.sweep);
    if (this.#sweeps.size < SWEEPS_MAX) this.#join(head);
  }

  #join(head: OfferHead): void {
    const membership = new Membership({ ...this.#options, head });
    const reason = membership.refusal;
    if (reason !== null) {
      this.#counts.refused++;
      return membership.refuse(reason);
    }
    this.#counts.sweeps++;
    this.#sweeps.set(head.sweep, membership);
    this.#options.onNews(`Takes part in a sweep of ${head.strategy} from ${head.from}`);
    membership.say();
  }

  #say(): void {
    for (const membership of this.#sweeps.values()) membership.say();
  }

  /** What one thread does, job after job. */
  async #work(seat: number): Promise<void> {
    for (let turn = seat; !this.#isStopped; turn++) {
      const sweeps = [...this.#sweeps.values()];
      if (sweeps.length === 0) {
        await pause(IDLE_MS, this.#stopping.signal);
        continue;
      }
      const membership = sweeps[turn % sweeps.length];
      try {
        await this.#workFor(membership, seat);
      } catch (error) {
        if (error instanceof ServersLost) throw error;
        if (this.#isStopped) return;
        membership.trouble(messageOf(error));
        membership.askAnew();
        membership.examineAnew();
        await pause(IDLE_MS, this.#stopping.signal);
      }
    }
  }

  async #workFor(membership: Membership, seat: number): Promise<void> {
    const { renewals } = membership;
    const setup = await membership.examined();
    const taker = setup === null ? null : await membership.taker();
    if (setup === null || taker === null) return this.#drop(membership, renewals);
    const message = await this.#next(taker.consumer, membership);
    if (message === null) return membership.isIdle ? this.#drop(membership, renewals) : undefined;
    if (this.#isStopped) return message.nak();
    const { servers, name } = this.#options;
    const options: JobRunOptions = {
      servers,
      sweep: membership.sweep,
      worker: name,
      ackWaitMs: taker.ackWaitMs,
      quiet: this.#quiet,
      pool: membership.pool(seat, setup),
      onTrouble: (text) => membership.trouble(text),
      isStopped: () => this.#isStopped || membership.isClosed,
    };
    membership.begin();
    try {
      const { ran, failed } = await new JobRun(options, message).run();
      this.#counts.jobs++;
      this.#counts.trials += ran;
      this.#counts.failed += failed;
      // What failed here may go well elsewhere: perhaps the data is not what it was.
      if (failed > 0) membership.examineAnew();
    } finally {
      membership.end();
    }
  }

  /** A job; `null` where there was none, or the servers were between two leaders. */
  async #next(consumer: Consumer, membership: Membership): Promise<JsMsg | null> {
    try {
      return await consumer.next({ expires: ASK_MS });
    } catch {
      membership.askAnew();
      return null;
    }
  }

  /** The sweep is over, as it seems; not where it was offered again in between. */
  #drop(membership: Membership, renewals: number): void {
    if (membership.renewals !== renewals) return;
    membership.close();
    if (this.#sweeps.get(membership.sweep) === membership) this.#sweeps.delete(membership.sweep);
  }
}
