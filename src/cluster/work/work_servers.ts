/**
 * The streams of sweeps at the NATS servers: what is offered, asked and answered lies there and outlives whoever put it.
 * @module
 */

import {
  type Consumer,
  jetstream,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type OrderedConsumerOptions,
} from "@nats-io/jetstream";
import type { ClusterConnection } from "../connection.ts";
import { type Asking, FIRST_PATIENCE_MS, served } from "../served.ts";
import { cameBetween, isGone, openStream } from "../streams.ts";
import {
  ANSWERS,
  answerSubject,
  answerSubjects,
  headSubject,
  JOBS,
  jobSubject,
  NANOS_PER_MS,
  OFFERS,
  offerSubjects,
  pieceSubject,
  takerName,
  wantedStreams,
} from "./names.ts";
import type { EncodedOffer, OfferHead } from "./offer.ts";

export interface WorkServersOptions extends Asking {
  /** Servers that keep each message. */
  readonly replicas: number;
}

export interface PublishedJob {
  readonly sweep: string;
  /** The same job twice within ten minutes is kept once. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Jobs that nobody has answered yet. */
export interface OpenJobs {
  readonly waiting: number;
  readonly underWay: number;
}

/** A sweep whose workers and whose own process are gone lets go of its jobs after so long. */
const UNASKED_MS = 48 * 3_600_000;
/** Jobs under way at once, of a sweep with more threads than anybody has. */
const UNDER_WAY_MAX = 10_000;

export class WorkServers {
  readonly connection: ClusterConnection;
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;
  readonly #options: WorkServersOptions;

  private constructor(
    connection: ClusterConnection,
    js: JetStreamClient,
    jsm: JetStreamManager,
    options: WorkServersOptions,
  ) {
    this.connection = connection;
    this.#js = js;
    this.#jsm = jsm;
    this.#options = options;
  }

  /** Makes the streams that are not there yet. @throws what the servers say, where they will not */
  static async open(connection: ClusterConnection, options: WorkServersOptions): Promise<WorkServers> {
    const first = { ...options, patienceMs: FIRST_PATIENCE_MS };
    const jsm = await served(first, () => jetstreamManager(connection.nats));
    const servers = new WorkServers(connection, jetstream(connection.nats), jsm, options);
    for (const wanted of wantedStreams(options.replicas)) {
      await served(first, () => openStream(jsm, wanted));
    }
    return servers;
  }

  #served<Result>(ask: () => Promise<Result>): Promise<Result> {
    return served(this.#options, ask);
  }

  /** The head goes last: whoever sees it finds the rest. @param ackWaitMs a worker that says nothing for so long has lost its job */
  async offer(sweep: string, { head, pieces }: EncodedOffer, ackWaitMs: number): Promise<void> {
    await this.#served(() =>
      this.#jsm.consumers.add(JOBS, {
        durable_name: takerName(sweep),
        filter_subject: jobSubject(sweep),
        ack_policy: "explicit",
        ack_wait: ackWaitMs * NANOS_PER_MS,
        // Workers bound it themselves, and say so in an answer: the server would only fall silent.
        max_deliver: -1,
        max_ack_pending: UNDER_WAY_MAX,
        inactive_threshold: UNASKED_MS * NANOS_PER_MS,
      })
    );
    for (const [k, piece] of pieces.entries()) {
      await this.#served(() => this.#js.publish(pieceSubject(sweep, k), piece));
    }
    await this.#served(() => this.#js.publish(headSubject(sweep), head));
  }

  /** The pieces of an offer; `null` where it was withdrawn. */
  async pieces({ sweep, pieces }: OfferHead): Promise<readonly Uint8Array[] | null> {
    const found: Uint8Array[] = [];
    for (let k = 0; k < pieces; k++) {
      const query = { last_by_subj: pieceSubject(sweep, k) };
      const message = await this.#served(() => this.#jsm.streams.getMessage(OFFERS, query));
      if (message === null) return null;
      found.push(message.data);
    }
    return found;
  }

  async put({ sweep, id, bytes }: PublishedJob): Promise<void> {
    await this.#served(() => this.#js.publish(jobSubject(sweep), bytes, { msgID: id }));
  }

  /** What is not done yet; `null` where the sweep is not offered any more. */
  async openJobs(sweep: string): Promise<OpenJobs | null> {
    return await this.#served(async () => {
      try {
        const { num_pending, num_ack_pending } = await this.#jsm.consumers.info(JOBS, takerName(sweep));
        return { waiting: num_pending, underWay: num_ack_pending };
      } catch (error) {
        if (isGone(error)) return null;
        throw error;
      }
    });
  }

  /** What all workers take a sweep's jobs from; `null` where it is not offered any more. */
  async taker(sweep: string): Promise<Consumer | null> {
    return await this.#served(async () => {
      try {
        return await this.#js.consumers.get(JOBS, takerName(sweep));
      } catch (error) {
        if (isGone(error)) return null;
        throw error;
      }
    });
  }

  /**
   * Keeps an answer, unless there is one.
   *
   * @returns the one that was there before; `null` where it is this one
   */
  async answer(sweep: string, trial: string, bytes: Uint8Array): Promise<Uint8Array | null> {
    const subject = answerSubject(sweep, trial);
    return await this.#served(async () => {
      try {
        await this.#js.publish(subject, bytes, { expect: { lastSubjectSequence: 0 } });
        return null;
      } catch (error) {
        if (!cameBetween(error)) throw error;
        const kept = await this.#jsm.streams.getMessage(ANSWERS, { last_by_subj: subject });
        // It was let go of in between.
        if (kept === null) throw new Error("An answer came and went");
        return kept.data;
      }
    });
  }

  /** An answer that is kept; `null` where there is none. */
  async answered(sweep: string, trial: string): Promise<Uint8Array | null> {
    const query = { last_by_subj: answerSubject(sweep, trial) };
    const kept = await this.#served(() => this.#jsm.streams.getMessage(ANSWERS, query));
    return kept?.data ?? null;
  }

  /** Lets go of an answer, so that there may be another. */
  async forgetAnswer(sweep: string, trial: string): Promise<void> {
    await this.#served(() => this.#jsm.streams.purge(ANSWERS, { filter: answerSubject(sweep, trial) }));
  }

  /** The heads of all offers, those that are there and those that come. */
  async heads(): Promise<Consumer> {
    return await this.#ordered(OFFERS, { filter_subjects: headSubject(), deliver_policy: "last_per_subject" });
  }

  /** All answers of a sweep, those that are there and those that come. */
  async answers(sweep: string): Promise<Consumer> {
    return await this.#ordered(ANSWERS, { filter_subjects: answerSubjects(sweep), deliver_policy: "all" });
  }

  async #ordered(stream: string, options: Partial<OrderedConsumerOptions>): Promise<Consumer> {
    return await this.#served(() => this.#js.consumers.get(stream, options));
  }

  /** Takes back what nobody has begun, and the offer. */
  async withdraw(sweep: string): Promise<void> {
    await this.#served(() => this.#jsm.streams.purge(OFFERS, { filter: offerSubjects(sweep) }));
    await this.#served(() => this.#jsm.streams.purge(JOBS, { filter: jobSubject(sweep) }));
    await this.#served(async () => {
      await this.#jsm.consumers.delete(JOBS, takerName(sweep)).catch((error) => {
        if (!isGone(error)) throw error;
      });
    });
  }

  /** Lets go of all answers of a sweep. */
  async forget(sweep: string): Promise<void> {
    await this.#served(() => this.#jsm.streams.purge(ANSWERS, { filter: answerSubjects(sweep) }));
  }
}
