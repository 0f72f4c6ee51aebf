/**
 * A worker's part in one sweep: whether it may take part, what it takes jobs from, and the threads that it runs them on.
 * @module
 */

import type { Consumer } from "@nats-io/jetstream";
import type { SweepSetup } from "../../backtest/search/sweep_messages.ts";
import { SweepPool } from "../../backtest/search/sweep_pool.ts";
import { examine, placeOf } from "./examine.ts";
import { NANOS_PER_MS, workerSubject } from "./names.ts";
import { decodeBody, type OfferHead } from "./offer.ts";
import type { SweepWorkerOptions } from "./sweep_worker.ts";
import type { FoundData } from "./worker_data.ts";
import { encodeWords, shortText, type WorkerWords } from "./worker_words.ts";

export interface MembershipOptions extends SweepWorkerOptions {
  readonly head: OfferHead;
}

interface Taker {
  readonly consumer: Consumer;
  readonly ackWaitMs: number;
}

const IDLE_MS = 3_600_000;
/** As the server has it where a sweep set none. */
const ACK_WAIT_MS = 30_000;

export class Membership {
  readonly #options: MembershipOptions;
  readonly #place: FoundData | { readonly reason: string };
  /** One of one thread for each seat: a seat has one job at a time. */
  readonly #pools = new Map<number, SweepPool>();
  #examining: Promise<SweepSetup | null> | null = null;
  #taking: Promise<Taker | null> | null = null;
  #inputs = 0;
  /** Seats that work for it. */
  #busy = 0;
  #lastWork = performance.now();
  #isClosed = false;
  #renewals = 0;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#place = placeOf(options.head, options.build, options.data);
  }

  get sweep(): string {
    return this.#options.head.sweep;
  }

  /** How often it was offered again. */
  get renewals(): number {
    return this.#renewals;
  }

  /** Nothing has come for so long that the sweep was given up, or will have to offer it again. */
  get isIdle(): boolean {
    return this.#busy === 0 && performance.now() - this.#lastWork > IDLE_MS;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Why it may not take part, as far as the head tells. */
  get refusal(): string | null {
    return "reason" in this.#place ? this.#place.reason : null;
  }

  /** The same offer, made once more by a sweep that goes on. */
  isOf({ sha256, build }: OfferHead): boolean {
    return sha256 === this.#options.head.sha256 && build === this.#options.head.build;
  }

  /** The sweep goes on after a while: what is asked for jobs may be another. */
  renew(): void {
    this.#renewals++;
    this.#taking = null;
    this.say();
  }

  begin(): void {
    this.#busy++;
  }

  end(): void {
    this.#busy--;
    this.#lastWork = performance.now();
  }

  /** What the trials have in common; `null` where it may not take part, which is said, or the offer is gone. */
  examined(): Promise<SweepSetup | null> {
    return this.#examining ??= this.#examine();
  }

  /** Before the next job the data is looked at again. */
  examineAnew(): void {
    this.#examining = null;
  }

  /** `null` where the offer is gone. */
  taker(): Promise<Taker | null> {
    return this.#taking ??= this.#take();
  }

  askAnew(): void {
    this.#taking = null;
  }

  pool(seat: number, setup: SweepSetup): SweepPool {
    const known = this.#pools.get(seat);
    if (known !== undefined) return known;
    const pool = new SweepPool({
      workers: 1,
      setup,
      onProgress: (inputs) => this.#inputs += inputs,
      onTrouble: (text) => this.trouble(text),
    });
    this.#pools.set(seat, pool);
    return pool;
  }

  /** Says that it takes part, and how far it is. */
  say(): void {
    const { name, threads } = this.#options;
    this.#publish({ type: "working", worker: name, threads, busy: this.#busy, inputs: this.#inputs });
    this.#inputs = 0;
  }

  refuse(reason: string): void {
    const { name, head, onNews } = this.#options;
    onNews(`Does not take part in a sweep of ${head.strategy} from ${head.from}: ${reason}`);
    this.#publish({ type: "refused", worker: name, reason: shortText(reason) });
  }

  trouble(text: string): void {
    this.#options.onNews(text);
    this.#publish({ type: "trouble", worker: this.#options.name, text: shortText(text) });
  }

  leave(): void {
    this.#publish({ type: "gone", worker: this.#options.name });
  }

  close(): void {
    this.#isClosed = true;
    for (const pool of this.#pools.values()) pool.close();
    this.#pools.clear();
  }

  async #examine(): Promise<SweepSetup | null> {
    const { head, servers } = this.#options;
    if ("reason" in this.#place) return null;
    const pieces = await servers.pieces(head);
    if (pieces === null) return null;
    const body = decodeBody(head, pieces);
    const found = body.ok ? await examine(head, body.value, this.#place) : body;
    if (found.ok) return found.setup;
    this.refuse(found.reason);
    this.leave();
    return null;
  }

  async #take(): Promise<Taker | null> {
    const consumer = await this.#options.servers.taker(this.sweep);
    if (consumer === null) return null;
    const { config } = await consumer.info(true);
    return { consumer, ackWaitMs: config.ack_wait === undefined ? ACK_WAIT_MS : config.ack_wait / NANOS_PER_MS };
  }

  /** While the servers cannot be reached nobody hears it, which is as well. */
  #publish(words: WorkerWords): void {
    const { nats } = this.#options.servers.connection;
    if (!nats.isClosed()) nats.publish(workerSubject(this.sweep), encodeWords(words));
  }
}
