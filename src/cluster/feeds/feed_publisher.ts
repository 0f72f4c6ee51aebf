/**
 * Publishes what one process hears, for any number of others: word for word, in order, with the time at which it came.
 *
 * One message is under way at a time, so that they are stored in the order in which they were made. Sent again after no answer,
 * one is kept once; and each but the first names the place behind the one before it, so that of two publishers of one feed the
 * older one finds out at once, and ends: wherever the first message of the newer one came to stand, none of the older fits behind.
 *
 * | what happens | then |
 * | --- | --- |
 * | a server dies | what is heard meanwhile waits in memory, and goes out late; takers see how late |
 * | that takes longer than memory | what does not fit is lost, counted, and its numbers are missing; takers see that |
 * | nothing is heard | a sign of life all the same, four times a second |
 * | this process stood still | the venue says so first, and all books are stale |
 * | a hole in the exchange's own sequence | all books are stale for everybody, and the exchange is asked for them |
 *
 * @module
 */

import { jetstream, type JetStreamClient, jetstreamManager } from "@nats-io/jetstream";
import type { Input } from "../../core/input.ts";
import type { Micros } from "../../core/units.ts";
import { within } from "../../ops/within.ts";
import { messageOf } from "../../store/message.ts";
import { encodeMessage, INPUT_SOURCE } from "../../store/tape_lines.ts";
import type { ClusterConnection } from "../connection.ts";
import { FIRST_PATIENCE_MS, served } from "../served.ts";
import { cameBetween, openStream } from "../streams.ts";
import { encodeBatch, encodeClock, encodeKeyframe, FEED_INPUT_SOURCE, type FeedClock } from "./feed_messages.ts";
import { Mirror } from "./mirror.ts";
import { clockSubject, dataSubject, keySubject, wantedStream } from "./names.ts";

export interface FeedPublisherOptions {
  readonly connection: ClusterConnection;
  readonly feed: string;
  readonly replicas: number;
  readonly venue: string;
  readonly simulated: boolean;
  readonly speed: number;
  now(): Micros;
  /** The venue is asked for these books. */
  onWanted(tickers: readonly string[]): void;
  /** Told in words what went wrong, and what is done about it. */
  onTrouble(text: string): void;
  /** Somebody else publishes this feed from now on, in words. */
  onReplaced(text: string): void;
}

export interface PublisherCounts {
  readonly published: number;
  readonly lost: number;
  readonly keyframes: number;
}

/** What waits while the servers elect a leader; a busy exchange says a megabyte a second. */
const WAITING_CHARACTERS_MAX = 64 << 20;
/** One line may be longer: packed, almost anything fits into the 1 MiB that NATS takes with its headers. */
const BATCH_CHARACTERS_MAX = 256 * 1024;
const MESSAGE_BYTES_MAX = 1_000_000;
/** What is heard within so long goes out together. */
const GATHER_MS = 5;
/** Takers believe nothing that they have heard no sign of life of for six times as long. */
const BEAT_MS = 250;
/** Who begins to listen reads at most so much of the past. */
const KEYFRAME_MS = 5_000;
/** What waits at the end may take so long: nobody who ends waits for servers that are gone. */
const LAST_WORDS_MS = 3_000;
/** A book that stays stale is asked for again after this. */
const WANTED_MS = 5_000;

export class FeedPublisher {
  readonly epoch = crypto.randomUUID();
  readonly #options: FeedPublisherOptions;
  readonly #js: JetStreamClient;
  readonly #mirror = new Mirror();
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  /** Of the newest message in the stream that this one made; `null` before the first. */
  #last: number | null = null;
  #waiting: string[] = [];
  #characters = 0;
  /** Number of the first line that waits. */
  #first = 0;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;
  #wantsBeat = true;
  #wantsKeyframe = true;
  #wantedAt = -Infinity;
  #lost = 0;
  #keyframes = 0;
  #over = false;
  #stopClock: () => void = () => {};

  private constructor(options: FeedPublisherOptions, js: JetStreamClient) {
    this.#options = options;
    this.#js = js;
  }

  /** @throws what the servers say, where they will not have the feed */
  static async open(options: FeedPublisherOptions): Promise<FeedPublisher> {
    const { connection: { nats }, feed, replicas, onTrouble } = options;
    const asking = { isOver: () => false, onTrouble, patienceMs: FIRST_PATIENCE_MS };
    const jsm = await served(asking, () => jetstreamManager(nats));
    await served(asking, () => openStream(jsm, wantedStream(feed, replicas)));
    const publisher = new FeedPublisher(options, jetstream(nats));
    publisher.#begin();
    return publisher;
  }

  get counts(): PublisherCounts {
    return { published: this.#first, lost: this.#lost, keyframes: this.#keyframes };
  }

  /** A line as it goes on a tape. */
  line(source: string, raw: string, at: Micros): void {
    if (this.#over) return;
    const line = encodeMessage(source, raw, at);
    this.#waiting.push(line);
    if (this.#characters + line.length > WAITING_CHARACTERS_MAX) {
      return this.#lose(this.#waiting.length, "the NATS servers take less than is heard");
    }
    this.#characters += line.length;
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#send();
    }, GATHER_MS);
  }

  /** What the venue says, in the order in which its lines came. */
  venueInput(input: Input): void {
    const before = input.type === "book_stale";
    const told = this.#mirror.take(input);
    if (before || !told.some(({ type }) => type === "book_stale")) return;
    // A hole that was found here: who begins to listen behind it cannot see it.
    for (const each of told) if (each.type === "book_stale") this.line(INPUT_SOURCE, JSON.stringify(each), each.at);
    this.#want();
  }

  /** What another feed says. */
  feedInput(input: Input): void {
    this.#mirror.take(input);
    this.line(FEED_INPUT_SOURCE, JSON.stringify(input), input.at);
  }

  /** Sends what waits, where servers take it soon; what they do not take is lost. */
  async close(patienceMs = LAST_WORDS_MS): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#gathering);
    this.#send();
    await within(patienceMs, this.#sending);
    this.#over = true;
    this.#stopClock();
    const left = this.#waiting.length;
    if (left > 0) this.#lose(left, "no NATS server took them before the end");
  }

  #begin(): void {
    const { connection: { nats }, feed } = this.#options;
    const clock = nats.subscribe(clockSubject(feed), {
      callback: (_, message) => void message.respond(encodeClock(this.#clock())),
    });
    this.#stopClock = () => clock.unsubscribe();
    this.#timers.push(
      setInterval(() => {
        this.#wantsBeat = true;
        this.#want();
        this.#send();
      }, BEAT_MS),
      setInterval(() => this.#wantsKeyframe = true, KEYFRAME_MS),
    );
    this.#send();
  }

  #clock(): FeedClock {
    const { now, venue, simulated, speed } = this.#options;
    return { epoch: this.epoch, now: now(), venue, simulated, speed };
  }

  /** The first ones that wait. Their numbers are missing for takers, who begin anew with the next keyframe. */
  #lose(lines: number, why: string): void {
    this.#waiting = this.#waiting.slice(lines);
    this.#characters = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    this.#first += lines;
    this.#lost += lines;
    this.#wantsKeyframe = true;
    this.#options.onTrouble(`Lines that are lost to takers, who see the gap: ${lines}, because ${why}`);
  }

  #want(): void {
    const now = this.#options.now();
    const tickers = this.#mirror.wanted(now);
    if (tickers.length === 0 || performance.now() - this.#wantedAt < WANTED_MS) return;
    this.#wantedAt = performance.now();
    this.#options.onWanted(tickers);
  }

  #send(): void {
    if (this.#over) return;
    this.#sending ??= this.#sendAll().catch((error) => this.#failed(error)).finally(() => this.#sending = null);
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0 || this.#wantsBeat || this.#wantsKeyframe) {
      if (this.#waiting.length > 0 || this.#wantsBeat) await this.#sendBatch();
      // It stands for all that was heard, so that nothing may wait.
      if (this.#wantsKeyframe && this.#waiting.length === 0) await this.#sendKeyframe();
    }
  }

  async #sendBatch(): Promise<void> {
    const lines: string[] = [];
    let characters = 0;
    for (const line of this.#waiting) {
      if (lines.length > 0 && characters + line.length > BATCH_CHARACTERS_MAX) break;
      lines.push(line);
      characters += line.length;
    }
    const first = this.#first;
    const bytes = encodeBatch({ epoch: this.epoch, first, sent: this.#options.now(), lines });
    if (bytes.length > MESSAGE_BYTES_MAX) {
      return this.#lose(lines.length, `they take ${bytes.length} bytes even packed, more than a message may have`);
    }
    this.#wantsBeat = false;
    this.#waiting = this.#waiting.slice(lines.length);
    this.#characters -= characters;
    this.#first += lines.length;
    await this.#publish(dataSubject(this.#options.feed), bytes, `${this.epoch} ${first} ${performance.now()}`);
  }

  async #sendKeyframe(): Promise<void> {
    const { feed, now, onTrouble } = this.#options;
    this.#wantsKeyframe = false;
    const at = now();
    const bytes = encodeKeyframe({ epoch: this.epoch, next: this.#first, at, inputs: this.#mirror.since(-1, at) });
    if (bytes.length > MESSAGE_BYTES_MAX) {
      return onTrouble(
        `A keyframe of ${bytes.length} bytes is too large: nobody new can take the feed; follow fewer markets`,
      );
    }
    await this.#publish(keySubject(feed), bytes, `${this.epoch} key ${performance.now()}`);
    this.#keyframes++;
  }

  async #publish(subject: string, bytes: Uint8Array, msgID: string): Promise<void> {
    const asking = { isOver: () => this.#over, onTrouble: this.#options.onTrouble };
    const expect = this.#last === null ? {} : { lastSequence: this.#last };
    const { seq } = await served(asking, () => this.#js.publish(subject, bytes, { msgID, expect }));
    this.#last = seq;
  }

  #failed(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopClock();
    for (const timer of this.#timers) clearInterval(timer);
    const why = cameBetween(error) ? "another process publishes it now" : messageOf(error);
    this.#options.onReplaced(`Feed ${this.#options.feed} is not published any more: ${why}`);
  }
}
