/**
 * A venue that is heard by way of a feed: market data alone, for trading on paper. What another process heard word for word becomes
 * inputs here, unless it is too old, or something is missing.
 *
 * | what happens | what the engine hears |
 * | --- | --- |
 * | a line that follows, not older than a second | what it says |
 * | lines that are older: a server or the way there was slow | all books stale; once they are young again, what was missed that counts, and all books anew |
 * | no sign of life for one and a half seconds, or nobody knows the publisher's clock | the same |
 * | missing lines, another publisher | all books stale; from the next keyframe on all that is known |
 *
 * Ages are those since the publisher heard it, with what is not known of its clock added ({@link FeedClockWatch}). A feed has no
 * account and takes no orders: what reaches {@link RelayedVenue.perform} but asking for books is left undone.
 * @module
 */

import type { VenueAction } from "../../core/action.ts";
import type { Input } from "../../core/input.ts";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../core/units.ts";
import { readInput, TapeInputs } from "../../backtest/recording/tape_inputs.ts";
import type { Clock } from "../../ops/clock.ts";
import type { TapeMessage } from "../../store/tape_lines.ts";
import { messageOf } from "../../store/message.ts";
import type { InputSink, Venue, VenueHealth, VenueVitals } from "../../venues/venue.ts";
import type { ClusterConnection } from "../connection.ts";
import { askClock, FeedClockWatch } from "./feed_clock.ts";
import { type Batch, FEED_INPUT_SOURCE, type Keyframe } from "./feed_messages.ts";
import { type FeedListener, FeedTaker } from "./feed_taker.ts";
import { KEYS_MAX, Mirror } from "./mirror.ts";

export interface RelayedVenueOptions {
  readonly connection: ClusterConnection;
  readonly feed: string;
  readonly name: string;
  readonly simulated: boolean;
  /** Simulated seconds per second. */
  readonly speed: number;
  readonly clock: Clock;
  readonly sink: InputSink;
  readonly log: (level: "info" | "warn" | "error", text: string) => void;
}

/** What is older is not traded on. */
export const AGE_MAX = MICROS_PER_SECOND;
/** Six signs of life. */
const SILENCE_MAX_MS = 1_500;
const LOOK_MS = 250;
const ASK_CLOCK_MS = 2_000;

/** What the engine hears of a feed, and when it hears nothing: everything but the way there. */
export class RelayedInputs implements FeedListener {
  readonly #options: Pick<RelayedVenueOptions, "feed" | "speed" | "clock" | "sink" | "log">;
  readonly #steadyMs: () => number;
  readonly #mirror = new Mirror();
  readonly clock = new FeedClockWatch();
  #inputs = new TapeInputs();
  /** Of the publisher that is heard. */
  #epoch = "";
  /** Between a keyframe and a gap. */
  #isKnown = false;
  #isTold = false;
  /** Of the mirror, up to where all that is kept was told. */
  #toldTo = -1;
  /** The newest of each index and each price's minutes that was told; of as many as the mirror keeps. */
  readonly #newest = new Map<string, number>();
  #heardMs = -Infinity;
  #why = "Nothing was heard yet";
  #lines = 0;
  #refused = 0;

  /** @param steadyMs milliseconds of a clock that only goes forward */
  constructor(
    options: Pick<RelayedVenueOptions, "feed" | "speed" | "clock" | "sink" | "log">,
    steadyMs: () => number = () => performance.now(),
  ) {
    this.#options = options;
    this.#steadyMs = steadyMs;
  }

  get isTold(): boolean {
    return this.#isTold;
  }

  /** Why the engine hears nothing at the moment; `null` while it does. */
  get trouble(): string | null {
    return this.#isTold ? null : this.#why;
  }

  get counts(): { readonly lines: number; readonly refused: number } {
    return { lines: this.#lines, refused: this.#refused };
  }

  begin({ epoch, inputs, at }: Keyframe): void {
    this.#epoch = epoch;
    this.#inputs = new TapeInputs();
    this.#mirror.reset(inputs);
    this.#isKnown = true;
    this.#judge(at);
  }

  line({ source, raw, at }: TapeMessage): void {
    this.#lines++;
    // Its own age counts: the message that brings it may be young, and bring what waited.
    this.#judge(at);
    const read = source === FEED_INPUT_SOURCE ? readInput(raw) : this.#inputs.take({ source, raw }, at);
    if (read === null) return;
    if ("fault" in read) {
      this.#refused++;
      return this.gap(`A line cannot be understood, as of another version: ${read.fault}`);
    }
    for (const input of this.#mirror.take(read.input)) this.#tell(input);
  }

  heard({ sent }: Batch): void {
    this.#heardMs = this.#steadyMs();
    this.#judge(sent);
  }

  gap(reason: string): void {
    this.#isKnown = false;
    this.#toldTo = -1;
    this.#stop(reason);
  }

  /** Time passes. */
  look(): void {
    if (this.#steadyMs() - this.#heardMs > SILENCE_MAX_MS) this.#stop(`Feed ${this.#options.feed} is silent`);
  }

  /** Books that the engine does not believe any more, but that are well here. */
  resync(tickers: readonly string[]): void {
    if (!this.#isTold) return;
    for (const input of this.#mirror.snapshots(tickers, this.#options.clock.now())) this.#options.sink(input);
  }

  /** Whether what was heard at that moment, by the publisher's clock, is young enough. */
  #judge(theirs: Micros): void {
    const { clock, speed, feed } = this.#options;
    const age = this.clock.age(this.#epoch, theirs, clock.now());
    if (age === null) {
      return this.#stop(`How old feed ${feed} is cannot be told: its publisher's clock did not answer, or was set`);
    }
    if (age > AGE_MAX * speed) {
      return this.#stop(`Feed ${feed} is ${(age / speed / MICROS_PER_SECOND).toFixed(1)} s late`);
    }
    if (this.#isKnown && !this.#isTold) this.#start();
  }

  #start(): void {
    const { clock, log, feed } = this.#options;
    this.#isTold = true;
    this.#heardMs = this.#steadyMs();
    log("info", `Feed ${feed} is heard`);
    for (const input of this.#mirror.since(this.#toldTo, clock.now())) this.#tell(input);
  }

  #stop(reason: string): void {
    if (!this.#isTold) {
      this.#why = reason;
      return;
    }
    const { clock, log, sink } = this.#options;
    this.#isTold = false;
    this.#why = reason;
    if (this.#isKnown) this.#toldTo = this.#mirror.serial;
    log("warn", `${reason}: nothing is traded on it until it is well again`);
    sink({ type: "book_stale", at: clock.now(), tickers: "all", reason });
  }

  #tell(input: Input): void {
    if (!this.#isTold || this.#isOld(input)) return;
    this.#options.sink({ ...input, at: this.#options.clock.now() });
  }

  /** What comes again with a keyframe, and was told before. */
  #isOld(input: Input): boolean {
    if (input.type === "index" && input.live !== true) {
      return this.#isBefore(`${input.index} ${input.source} ${input.exchange ?? ""}`, input.sourceTime);
    }
    return input.type === "minute" && this.#isBefore(input.asset, input.start);
  }

  #isBefore(key: string, time: number): boolean {
    const newest = this.#newest.get(key);
    if (newest === undefined ? this.#newest.size >= KEYS_MAX : time <= newest) return true;
    this.#newest.set(key, time);
    return false;
  }
}

export class RelayedVenue implements Venue {
  readonly name: string;
  readonly simulated: boolean;
  readonly #options: RelayedVenueOptions;
  readonly #inputs: RelayedInputs;
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #taker: FeedTaker | null = null;
  #stopped = false;
  #trouble: string | null = null;
  #offsetMs: number | null = null;

  constructor(options: RelayedVenueOptions) {
    this.name = options.name;
    this.simulated = options.simulated;
    this.#options = options;
    const sink: InputSink = (input) => {
      if (!this.#stopped) options.sink(input);
    };
    this.#inputs = new RelayedInputs({ ...options, sink });
  }

  start(): void {
    const { connection, feed, log } = this.#options;
    this.#timers.push(
      setInterval(() => this.#inputs.look(), LOOK_MS),
      setInterval(() => void this.#askClock(), ASK_CLOCK_MS),
    );
    const asking = { isOver: () => this.#stopped, onTrouble: (text: string) => log("warn", text) };
    const opened = this.#askClock().then(() => FeedTaker.open(connection, feed, this.#inputs, asking));
    opened.then(async (taker) => {
      this.#taker = taker;
      if (this.#stopped) await taker.close();
    }).catch((error) => {
      this.#trouble = `Feed ${feed} cannot be taken: ${messageOf(error)}`;
      if (!this.#stopped) log("error", this.#trouble);
    });
  }

  perform(action: VenueAction): void {
    if (action.type === "resync") this.#inputs.resync(action.tickers);
  }

  beat(): void {
    this.#inputs.look();
  }

  /** Nothing is asked for, so that nothing is waited for. */
  idle(): Promise<void> {
    return Promise.resolve();
  }

  swept(): Promise<void> {
    return Promise.resolve();
  }

  framesReceived(): number {
    return this.#inputs.counts.lines;
  }

  health(): VenueHealth {
    const { lines, refused } = this.#inputs.counts;
    return {
      connected: this.#inputs.isTold,
      requests: 0,
      requestErrors: 0,
      requestLatencyMs: null,
      frames: lines,
      refused: refused === 0 ? {} : { "not understood": refused },
      unknownFields: {},
      clockOffsetMs: this.#offsetMs,
      paths: { data: `feed ${this.#options.feed} of the cluster`, orders: "none: nothing is traded there" },
      cashByShard: {},
      sweep: null,
      trouble: this.#trouble ?? this.#inputs.trouble,
      lacking: null,
    };
  }

  vitals(): VenueVitals {
    return { ended: 0, failed: 0, clock: null };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    await this.#taker?.close();
    await this.#options.connection.close();
  }

  async #askClock(): Promise<void> {
    const { connection: { nats }, feed, clock } = this.#options;
    const askedAt = clock.now();
    const answer = await askClock(nats, feed, ASK_CLOCK_MS);
    const answeredAt = clock.now();
    if (!answer.ok) return;
    const { epoch, now: theirs } = answer.value;
    this.#inputs.clock.observe({ epoch, askedAt, answeredAt, theirs });
    this.#offsetMs = (theirs - (askedAt + answeredAt) / 2) / MICROS_PER_MILLISECOND;
  }
}
