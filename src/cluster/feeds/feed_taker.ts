/**
 * Takes a feed: from the newest keyframe on, in order and without a gap, or it says so.
 *
 * | what comes | what is done |
 * | --- | --- |
 * | the line that follows | handed on |
 * | lines that were handed on before | nothing |
 * | lines of which some before are missing, or of another publisher, or that cannot be read | a gap: nothing more until a keyframe |
 * | a keyframe, where nothing is known | handed on; what follows on it is handed on, too |
 *
 * @module
 */

import { type ConsumerMessages, jetstream, type JetStreamClient, jetstreamManager } from "@nats-io/jetstream";
import type { TapeMessage } from "../../store/tape_lines.ts";
import type { ClusterConnection } from "../connection.ts";
import { type Asking, served } from "../served.ts";
import { type Batch, decodeBatch, decodeKeyframe, type Keyframe } from "./feed_messages.ts";
import { keySubject, streamOf } from "./names.ts";

export interface FeedListener {
  /** What is to be known here. */
  begin(keyframe: Keyframe): void;
  /** What was heard next. */
  line(line: TapeMessage): void;
  /** All lines of a message were told: when it was made, by the publisher's clock, none of them a sign of life. */
  heard(batch: Batch): void;
  /** What comes next does not follow on what came before. */
  gap(reason: string): void;
}

/** Where a taker stands. */
export class FeedPlace {
  readonly #listener: FeedListener;
  #next: { readonly epoch: string; readonly line: number } | null = null;

  constructor(listener: FeedListener) {
    this.#listener = listener;
  }

  keyframe(keyframe: Keyframe): void {
    const { epoch, next } = keyframe;
    const known = this.#next;
    if (known?.epoch === epoch && known.line === next) return;
    // It is an old one that was stored behind newer lines, which cannot be, or a new publisher.
    if (known !== null) this.#gap(known.epoch === epoch ? `Lines ${known.line} to ${next} are missing` : NEW_PUBLISHER);
    this.#next = { epoch, line: next };
    this.#listener.begin(keyframe);
  }

  batch(batch: Batch): void {
    const known = this.#next;
    if (known === null) return;
    const { epoch, first, lines } = batch;
    if (epoch !== known.epoch) return this.#gap(NEW_PUBLISHER);
    if (first > known.line) return this.#gap(`Lines ${known.line} to ${first} are missing`);
    for (const line of lines.slice(known.line - first)) this.#listener.line(line);
    this.#next = { epoch, line: Math.max(known.line, first + lines.length) };
    this.#listener.heard(batch);
  }

  /** A message that cannot be read: nobody knows what was in it. */
  unreadable(reason: string): void {
    if (this.#next !== null) this.#gap(reason);
  }

  #gap(reason: string): void {
    this.#next = null;
    this.#listener.gap(reason);
  }
}

const NEW_PUBLISHER = "Another process publishes the feed";
/** A server that led the listening and died is noticed after two of them. */
const HEARTBEAT_MS = 1_000;

export class FeedTaker {
  readonly #messages: ConsumerMessages;

  private constructor(messages: ConsumerMessages) {
    this.#messages = messages;
  }

  /** @throws what the servers say, where there is no such feed */
  static async open(
    connection: ClusterConnection,
    feed: string,
    listener: FeedListener,
    asking: Asking,
  ): Promise<FeedTaker> {
    const jsm = await served(asking, () => jetstreamManager(connection.nats));
    const js: JetStreamClient = jetstream(connection.nats);
    const place = new FeedPlace(listener);
    const key = keySubject(feed);
    const newest = await served(asking, () => jsm.streams.getMessage(streamOf(feed), { last_by_subj: key }));
    const from = newest === null
      ? { deliver_policy: "new" as const }
      : { deliver_policy: "by_start_sequence" as const, opt_start_seq: newest.seq };
    const consumer = await served(asking, () => js.consumers.get(streamOf(feed), from));
    const messages = await consumer.consume({
      idle_heartbeat: HEARTBEAT_MS,
      callback: ({ subject, data }) => {
        if (subject === key) {
          const read = decodeKeyframe(data);
          if (read.ok) place.keyframe(read.value);
          else place.unreadable(read.reason);
        } else {
          const read = decodeBatch(data);
          if (read.ok) place.batch(read.value);
          else place.unreadable(read.reason);
        }
      },
    });
    return new FeedTaker(messages);
  }

  async close(): Promise<void> {
    await this.#messages.close();
  }
}
