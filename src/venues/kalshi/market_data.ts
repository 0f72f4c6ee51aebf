/**
 * The socket's side of the client: subscribes, hands every frame on in order, and repairs what breaks.
 * @module
 */

import type { Book } from "../../core/book.ts";
import type { BookDeltaInput, BookSnapshotInput, BookStaleInput } from "../../core/input.ts";
import type { OrderReport } from "../../core/order.ts";
import type { Micros } from "../../core/units.ts";
import { type CancelTimer, type Clock, WallClock } from "../../ops/clock.ts";
import type { InputSink } from "../venue.ts";
import type { ClockOffset } from "./clock_offset.ts";
import { WasmBooks } from "./fast/wasm_books.ts";
import { describeRefusal, type UnknownFields } from "./fields.ts";
import { FrameIntake } from "./frame_intake.ts";
import type { Frames, ParsedFrame, RefusedFrame } from "./frames.ts";
import type { Notice } from "./frames_lifecycle.ts";
import type { CountedNotice, OrderGroupNotice } from "./frames_notices.ts";
import type { IndexHistory } from "./index_history.ts";
import type { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import type { Signer } from "./signer.ts";
import { SnapshotRequests } from "./snapshots.ts";
import { KalshiSocket } from "./socket.ts";
import { SubscriptionCommands } from "./subscription_commands.ts";
import { type Channel, type Command, type ReplyOutcome, Subscriptions } from "./subscriptions.ts";

export interface MarketDataOptions {
  readonly url: string;
  readonly signer: Signer;
  /** The name of the link in `link` inputs. */
  readonly link: string;
  readonly clock: Clock;
  readonly lockstep: boolean;
  readonly lane: Lane;
  readonly sink: InputSink;
  readonly log: Log;
  readonly jitter: () => number;
  readonly unknown: UnknownFields;
  readonly frames: Frames;
  /** The engine's book of a market, to be compared with the one in WASM. Not asked in lockstep, where inputs wait. */
  readonly bookOf?: (ticker: string) => Book | undefined;
  /** Index ids wanted. */
  readonly indices: readonly string[];
  /** Whether the indices are heard between two seconds, too. */
  readonly liveIndices: boolean;
  /** What the indices were before: live values are not asked for while it is read. */
  readonly history: IndexHistory;
  /** Learns from when frames were sent. */
  readonly offset: ClockOffset;
  /** Whether our own fills and orders are wanted too. */
  readonly account: boolean;
  /** Markets whose books are wanted now. */
  readonly desired: () => ReadonlySet<string>;
  /** Whether the market is one of ours. */
  readonly covers: (ticker: string) => boolean;
  readonly onNotice: (notice: Notice) => void;
  /** Hears what became of an order group. */
  readonly onOrderGroup: (notice: OrderGroupNotice) => void;
  readonly onEnded: (ticker: string, event: "determined" | "settled") => void;
  readonly onOrder: (order: OrderReport) => void;
  /** Private channels are live from now on and have told nothing of what was before. */
  readonly onPrivate: () => void;
  /** The connection is gone, and private frames with it. */
  readonly onLost: () => void;
  readonly onRefused: (path: string) => void;
  /** Hears every frame as it came. */
  readonly onRaw?: (text: string, at: Micros) => void;
}

const RETRY_AFTER = 1_000_000;

export class MarketData {
  readonly #options: MarketDataOptions;
  readonly #socket: KalshiSocket;
  readonly #commands: SubscriptionCommands;
  readonly #subscriptions: Subscriptions;
  readonly #snapshots: SnapshotRequests;
  /** A second opinion on the engine's books. */
  readonly #books: WasmBooks | null;
  readonly #lastSeq = new Map<number, number>();
  readonly #noticed = new Map<CountedNotice["event"], number>();
  #connection = 0;
  /** `null` until the first attempt ended; a row of failed attempts is told once. */
  #linkUp: boolean | null = null;
  #trouble: string | null = null;
  #gaps = 0;
  #cancelRetry: CancelTimer = () => {};
  #stopped = false;

  constructor(options: MarketDataOptions) {
    this.#options = options;
    const { frames, bookOf, lockstep } = options;
    this.#books = frames === "wasm" && bookOf !== undefined && !lockstep ? new WasmBooks() : null;
    this.#subscriptions = new Subscriptions(options.indices, options.account, options.liveIndices);
    this.#snapshots = new SnapshotRequests({
      clock: options.clock,
      jitter: options.jitter,
      ask: (tickers) => this.#command(this.#subscriptions.snapshots(tickers)),
      resubscribe: (reason) => this.#resubscribe(reason),
    });
    this.#commands = new SubscriptionCommands({
      lane: options.lane,
      timers: new WallClock(),
      send: (text) => this.#socket.send(text),
      onSilence: (reason) => this.#socket.drop(reason),
    });
    const intake = new FrameIntake(options, (frame, connection) => this.#parsed(frame, connection));
    this.#socket = new KalshiSocket({
      url: options.url,
      signer: options.signer,
      timers: lockstep ? options.clock : new WallClock(),
      watchdog: !lockstep,
      jitter: options.jitter,
      attempt: (job) => options.lane.run(job),
      onOpen: (connection) => options.lane.deliver(() => this.#opened(connection)),
      onText: (text, connection) => intake.text(text, connection),
      bytes: intake.bytes(),
      onDown: (connection, wasOpen, detail, isNews) => {
        this.#commands.forget();
        options.lane.deliver(() => {
          options.log(isNews ? "warn" : "debug", detail);
          this.#down(connection, wasOpen, detail);
        });
      },
    });
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  get trouble(): string | null {
    return this.#trouble;
  }

  /** This process runs: where it stood still, what was heard before is given up at once. */
  beat(): void {
    this.#socket.beat();
  }

  get framesReceived(): number {
    return this.#socket.framesReceived;
  }

  /** Holes in the numbering of subscriptions that carry no books. */
  get gaps(): number {
    return this.#gaps;
  }

  /** Notices that nothing follows from, by what they are about. */
  get noticed(): Readonly<Partial<Record<CountedNotice["event"], number>>> {
    return Object.fromEntries(this.#noticed);
  }

  start(): void {
    this.#socket.start();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry();
    this.#snapshots.clear();
    this.#commands.forget();
    return this.#socket.stop();
  }

  /** Brings the subscriptions in line with the markets that are wanted now. */
  reconcile(): void {
    if (this.#stopped || !this.#socket.connected || this.#connection === 0) return;
    const desired = this.#options.desired();
    const before = new Set(this.#subscriptions.bookTickers());
    const { settled } = this.#options.history;
    for (const command of this.#subscriptions.reconcile(desired, settled)) this.#command(command);
    const after = this.#subscriptions.bookTickers();
    const added = [...after].filter((ticker) => !before.has(ticker));
    if (added.length > 0) this.#snapshots.expect(added);
    const dropped = [...before].filter((ticker) => !after.has(ticker));
    this.#snapshots.forget(dropped);
    for (const ticker of dropped) this.#books?.forget(ticker);
  }

  /** Asks for fresh snapshots of these books. Without a connection the next one brings them anyway. */
  resync(tickers: readonly string[]): void {
    const subscribed = this.#subscriptions.bookTickers();
    if (this.#socket.connected) this.#snapshots.want(tickers.filter((ticker) => subscribed.has(ticker)));
  }

  #opened(connection: number): void {
    this.#connection = connection;
    this.#trouble = null;
    this.#subscriptions.reset();
    this.#lastSeq.clear();
    this.#linkUp = true;
    const { link, sink, clock, history } = this.#options;
    sink({ type: "link", at: clock.now(), link, up: true, detail: `Connection ${connection}` });
    history.refresh();
    this.reconcile();
  }

  #down(connection: number, wasOpen: boolean, detail: string): void {
    this.#trouble = detail;
    this.#subscriptions.reset();
    this.#snapshots.clear();
    const { link, sink, clock } = this.#options;
    // The books first: whatever the engine does about the rest, it must not still believe them.
    if (wasOpen) this.#stale("all", detail);
    if (this.#linkUp !== false) {
      sink({ type: "link", at: clock.now(), link, up: false, detail: `Connection ${connection}: ${detail}` });
    }
    this.#linkUp = false;
    this.#options.onLost();
  }

  /** Parsed on arrival, so that whoever waits for an answer learns of it; handed on when the lane lets it. */
  #parsed(parsed: ParsedFrame, connection: number): void {
    const id = parsed.kind === "input" ? parsed.id : parsed.kind === "reply" ? parsed.reply.id : null;
    if (id !== null) this.#answered(id, parsed);
    this.#options.lane.deliver(() => {
      if (!this.#stopped && connection === this.#connection) this.#handle(parsed);
    });
  }

  #handle(parsed: ParsedFrame): void {
    const channel = parsed.sequence === null ? null : this.#channelOf(parsed);
    if (parsed.sequence !== null && channel !== "orderbook_delta") {
      this.#watchSequence(parsed.sequence.sid, parsed.sequence.seq, channel);
    }
    if (parsed.kind !== "input" && parsed.sequence !== null && channel === "orderbook_delta") {
      // Consumed a number of the books' subscription and says nothing about a book.
      this.#books?.observe(parsed.sequence);
      this.#options.sink({ type: "sequence", at: this.#options.clock.now(), sequence: parsed.sequence });
    }
    switch (parsed.kind) {
      case "input":
        return this.#input(parsed);
      case "notice":
        return this.#notice(parsed.notice);
      case "reply": {
        const outcome = this.#subscriptions.take(parsed.reply);
        if (parsed.reply.channel === "user_orders") this.#options.onPrivate();
        return this.#replied(outcome);
      }
      case "refused":
        return this.#refused(parsed);
      case "quote":
      case "ignored":
        return;
    }
  }

  #notice(notice: Notice | CountedNotice): void {
    switch (notice.event) {
      case "event_lifecycle":
      case "position":
      case "order_group":
      case "index_list":
        if (notice.event === "order_group") this.#options.onOrderGroup(notice);
        this.#noticed.set(notice.event, (this.#noticed.get(notice.event) ?? 0) + 1);
        return;
      default:
        return this.#options.onNotice(notice);
    }
  }

  #channelOf(parsed: ParsedFrame): Channel | null {
    if (parsed.kind === "input" && (parsed.input.type === "book_delta" || parsed.input.type === "book_snapshot")) {
      return "orderbook_delta";
    }
    return parsed.sequence === null ? null : this.#subscriptions.channelOf(parsed.sequence.sid);
  }

  #input(parsed: Extract<ParsedFrame, { kind: "input" }>): void {
    const { input } = parsed;
    // Lifecycle frames come for every market of the exchange.
    if (input.type === "lifecycle" && !this.#options.covers(input.ticker)) return;
    if (input.type === "book_snapshot") this.#snapshots.got(input.ticker);
    if (input.type === "index") {
      this.#options.offset.observeFrame(input.sourceTime, input.at);
      if (input.live !== true) this.#options.history.heard(input.index, input.sourceTime);
    }
    if (input.type === "order_update") this.#options.onOrder(input.order);
    this.#options.sink(input);
    if (input.type === "book_delta" || input.type === "book_snapshot") this.#compare(input);
    if (input.type === "lifecycle") this.#options.onEnded(input.ticker, input.event);
  }

  /** The engine has taken the input: where the book in WASM is another one then, neither is believed. */
  #compare(input: BookDeltaInput | BookSnapshotInput): void {
    const { ticker } = input;
    this.#books?.take(input);
    const own = this.#books === null ? undefined : this.#options.bookOf?.(ticker);
    if (own === undefined || this.#books?.agreesWith(ticker, own) !== false) return;
    this.#books.markStale(ticker);
    const reason = "Two books kept from the same frames differ";
    this.#options.onRefused("book.differs");
    this.#options.log("error", `${reason}: that of ${ticker} is asked for anew`);
    this.#stale([ticker], reason);
    this.resync([ticker]);
  }

  #watchSequence(sid: number, seq: number, channel: Channel | null): void {
    const last = this.#lastSeq.get(sid);
    this.#lastSeq.set(sid, seq);
    if (last === undefined || seq <= last + 1) return;
    this.#gaps++;
    this.#options.log("warn", `Frames of ${channel ?? `sid ${sid}`} were lost: number ${seq} came after ${last}`);
  }

  #replied(outcome: ReplyOutcome): void {
    if (outcome.problem !== null) {
      this.#options.log("warn", outcome.problem);
      this.#options.onRefused("reply.error");
    }
    if (outcome.lost.length > 0) {
      this.#snapshots.forget(outcome.lost);
      this.#stale(outcome.lost, outcome.problem ?? "Subscription ended");
    }
    if (outcome.problem === null) {
      this.reconcile();
      return;
    }
    if (!outcome.retry) return;
    this.#cancelRetry();
    this.#cancelRetry = this.#options.clock.after(RETRY_AFTER, () => this.reconcile());
  }

  #refused(frame: RefusedFrame): void {
    this.#options.onRefused(`${frame.type ?? "frame"} ${frame.path}`);
    this.#options.log("error", `Frame of type ${frame.type ?? "unknown"} is refused: ${describeRefusal(frame)}`);
    if (frame.type === "fill" || frame.type === "user_order") this.#options.onPrivate();
    const channel = frame.sid === null ? null : this.#subscriptions.channelOf(frame.sid);
    if (channel !== null && channel !== "orderbook_delta") return;
    const about = frame.ticker !== null && this.#subscriptions.bookTickers().has(frame.ticker);
    const tickers = about && frame.ticker !== null ? [frame.ticker] : [...this.#subscriptions.bookTickers()];
    if (tickers.length === 0) return;
    this.#stale(tickers, `Frame refused: ${describeRefusal(frame)}`);
    this.resync(tickers);
  }

  #resubscribe(reason: string): void {
    this.#options.log("warn", `${reason}: subscribing anew`);
    const command = this.#subscriptions.dropBooks();
    if (command === null) return;
    // From here on their changes may be missing, and the confirmation may be late.
    this.#stale([...this.#subscriptions.bookTickers()], reason);
    this.#command(command);
  }

  #stale(tickers: BookStaleInput["tickers"], reason: string): void {
    this.#options.sink({ type: "book_stale", at: this.#options.clock.now(), tickers, reason });
  }

  #command(command: Command | null): boolean {
    if (command === null) return false;
    const connection = this.#connection;
    this.#commands.send(command, () => connection === this.#connection);
    return true;
  }

  #answered(id: number, parsed: ParsedFrame): void {
    const failed = parsed.kind === "reply" && parsed.reply.reply === "error";
    if (this.#subscriptions.answered(id) || failed) this.#commands.answered(id);
  }
}
