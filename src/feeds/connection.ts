/**
 * A WebSocket to a source of data, kept up: backoff, subscriptions sent anew, watchdog, pings. It carries texts and knows
 * nothing of what they say.
 *
 * The platform's own client: public feeds need no headers, and it is quick. It answers pings by itself. It has no way to
 * cut a connection whose other end is dead: such a one is closed, forgotten, and left to the system, which gives it up
 * after some minutes; there is at most one more of those a minute.
 *
 * In lockstep nothing may depend on how fast sockets are. So whatever is done because of a text (an answer sent, the
 * connection given up) is done at the next moment of the clock, when nothing is on its way any more; and time waits
 * ({@link Connection.idle}) until what was sent is answered.
 * @module
 */

import type { Micros } from "../core/units.ts";
import { MICROS_PER_SECOND } from "../core/units.ts";
import { Backoff, inSeconds } from "../ops/backoff.ts";
import type { CancelTimer } from "../ops/clock.ts";
import type { FeedContext } from "./feed.ts";

export interface ConnectionOptions {
  /** Of the feed, for messages and the recorder. */
  readonly name: string;
  readonly context: FeedContext;
  /** Asked before each attempt. */
  readonly url: () => string;
  /** Sent one after the other whenever the connection opens. */
  readonly subscriptions: () => readonly string[];
  readonly ping: { readonly everySeconds: number; readonly text: string } | null;
  /** Silent for longer, the connection is taken for dead. Not watched in lockstep. */
  readonly silenceSeconds: number;
  /** Before the first text. */
  readonly onOpen: () => void;
  readonly onText: (text: string, at: Micros) => void;
  /**
   * The connection is gone, or never came up; `detail` says what happened and when it is tried again. It is no news that
   * one more attempt failed as the one before did.
   */
  readonly onDown: (wasOpen: boolean, detail: string, isNews: boolean) => void;
  /** A longer text ends the connection; 16 MiB where absent: whole books of exchanges have several. */
  readonly textLengthMax?: number;
  /** 10 s where absent. */
  readonly handshakeTimeoutMs?: number;
}

const TEXT_LENGTH_MAX = 16 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const BUFFERED_MAX = 1024 * 1024;
const CLOSE_NORMAL = 1000;
const CLOSE_PATIENCE_MS = 1_000;
/** Not everything is answered; in lockstep time does not wait for longer: long for a busy machine, too. */
const ANSWER_PATIENCE_MS = 1_000;
/** Up for so long, a connection has proved itself: after the next loss the backoff starts at the beginning again. */
const PROVEN_AFTER = 60 * MICROS_PER_SECOND;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  #wire: WebSocket | null = null;
  #open = false;
  #stopped = false;
  #attempts = 0;
  #frames = 0;
  #openedAt = 0;
  #heardAt = 0;
  #trouble: string | null = null;
  /** Why the newest attempt failed. */
  #failure: string | null = null;
  /** In lockstep: texts sent that nothing came back for yet. */
  #unanswered = 0;
  #cancelPatience: CancelTimer = () => {};
  /** In lockstep: connections given up and not closed yet, and whether the other end was told. */
  readonly #left = new Map<WebSocket, boolean>();
  readonly #sleepers: (() => void)[] = [];
  #cancelRetry: CancelTimer = () => {};
  #cancelWatch: CancelTimer = () => {};
  #cancelPing: CancelTimer = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.context.jitter);
  }

  /** True between a successful handshake and the end of the connection. */
  get up(): boolean {
    return this.#open;
  }

  /** Texts received so far, on all connections. */
  get framesReceived(): number {
    return this.#frames;
  }

  /** Attempts to connect after the first. */
  get reconnects(): number {
    return Math.max(0, this.#attempts - 1);
  }

  /** Why there is no connection, `null` while there is one or before the first attempt has ended. */
  get trouble(): string | null {
    return this.#trouble;
  }

  start(): void {
    if (this.#stopped || this.#wire !== null) return;
    this.#attempts++;
    let wire: WebSocket;
    try {
      wire = new WebSocket(this.#options.url());
    } catch (error) {
      return this.#retry(false, error instanceof Error ? error.message : String(error));
    }
    wire.binaryType = "arraybuffer";
    this.#wire = wire;
    this.#listen(wire);
  }

  /**
   * Sends a text; false where there is no connection to send it on. A peer that does not read is dropped.
   *
   * @param isAnswered something comes back, for which a run in lockstep waits
   */
  send(text: string, isAnswered = true): boolean {
    const { lockstep, clock } = this.#options.context;
    if (!lockstep || !this.#open) return this.#send(text, isAnswered);
    const wire = this.#wire;
    clock.after(0, () => void (this.#wire === wire && this.#send(text, isAnswered)));
    return true;
  }

  #send(text: string, isAnswered: boolean): boolean {
    const wire = this.#wire;
    if (wire === null || !this.#open) return false;
    if (wire.bufferedAmount > BUFFERED_MAX) {
      this.drop("the other end does not read what is sent to it");
      return false;
    }
    wire.send(text);
    if (isAnswered && this.#options.context.lockstep) this.#awaitAnswer();
    return true;
  }

  /** Gives this connection up and opens another. */
  drop(reason: string): void {
    const wire = this.#wire;
    if (wire === null) return;
    this.#lost(wire, reason);
    if (this.#options.context.lockstep) this.#leave(wire);
    else wire.close();
  }

  /** Closes for good; resolves when the connection is gone, or after a second where the other end does not answer. */
  stop(): Promise<void> {
    this.#stopped = true;
    const wire = this.#wire;
    this.#wire = null;
    this.#open = false;
    this.#cancelTimers();
    for (const left of this.#left.keys()) left.close();
    this.#left.clear();
    this.#wake();
    if (wire === null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, CLOSE_PATIENCE_MS);
      wire.addEventListener("close", () => {
        clearTimeout(timer);
        resolve();
      });
      if (wire.readyState === WebSocket.OPEN) wire.close(CLOSE_NORMAL);
      else wire.close();
    });
  }

  /** Resolves when no attempt to connect is under way; in lockstep also when nothing sent waits for an answer. */
  async idle(): Promise<void> {
    while (this.#isBusy()) await new Promise<void>((wake) => this.#sleepers.push(wake));
  }

  #isBusy(): boolean {
    const isConnecting = this.#wire !== null && !this.#open;
    return isConnecting || this.#unanswered > 0 || [...this.#left.values()].includes(true);
  }

  #awaitAnswer(): void {
    this.#unanswered++;
    this.#cancelPatience();
    const timer = setTimeout(() => this.#answered(this.#unanswered), ANSWER_PATIENCE_MS);
    this.#cancelPatience = () => clearTimeout(timer);
  }

  #answered(texts: number): void {
    if (this.#unanswered === 0) return;
    this.#unanswered = Math.max(0, this.#unanswered - texts);
    if (this.#unanswered > 0) return;
    this.#cancelPatience();
    this.#wake();
  }

  #leave(wire: WebSocket): void {
    this.#left.set(wire, false);
    this.#options.context.clock.after(0, () => {
      if (!this.#left.has(wire)) return;
      this.#left.set(wire, true);
      const timer = setTimeout(() => this.#gone(wire), CLOSE_PATIENCE_MS);
      wire.addEventListener("close", () => clearTimeout(timer));
      wire.close();
    });
  }

  #gone(wire: WebSocket): void {
    if (this.#left.delete(wire)) this.#wake();
  }

  #listen(wire: WebSocket): void {
    const timeoutMs = this.#options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS;
    const timer = setTimeout(() => {
      if (this.#wire === wire && !this.#open) this.drop(`no connection within ${timeoutMs} ms`);
    }, timeoutMs);
    let cause = "";
    wire.addEventListener("open", () => {
      clearTimeout(timer);
      if (this.#wire === wire) this.#opened();
    });
    wire.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (this.#wire === wire) this.#received(data);
      else if (this.#left.has(wire) && typeof data === "string") this.#frames++;
    });
    wire.addEventListener("error", (event) => {
      if ("message" in event && typeof event.message === "string") cause ||= event.message;
    });
    wire.addEventListener("close", ({ code, reason }) => {
      clearTimeout(timer);
      this.#gone(wire);
      const words = reason === "" ? "" : ` (${reason.slice(0, 100)})`;
      this.#lost(wire, cause === "" ? `closed with code ${code}${words}` : cause);
    });
  }

  #opened(): void {
    const { context, onOpen, subscriptions } = this.#options;
    this.#open = true;
    this.#trouble = null;
    this.#openedAt = this.#heardAt = context.clock.now();
    onOpen();
    for (const text of subscriptions()) this.#send(text, true);
    if (!context.lockstep) this.#watch();
    this.#ping();
    this.#wake();
  }

  #received(data: unknown): void {
    const { context, name, onText, textLengthMax = TEXT_LENGTH_MAX } = this.#options;
    const at = context.clock.now();
    this.#heardAt = at;
    if (typeof data !== "string") return;
    this.#frames++;
    this.#answered(1);
    if (data.length > textLengthMax) return this.drop(`a message is longer than ${textLengthMax} characters`);
    context.onRaw?.(name, data, at);
    onText(data, at);
  }

  #watch(): void {
    const silenceMax = this.#options.silenceSeconds * MICROS_PER_SECOND;
    const { clock } = this.#options.context;
    const due = Math.max(MICROS_PER_SECOND, silenceMax - (clock.now() - this.#heardAt));
    this.#cancelWatch = clock.after(due, () => {
      const silence = clock.now() - this.#heardAt;
      if (silence >= silenceMax) this.drop(`nothing was heard for ${inSeconds(silence)}`);
      else this.#watch();
    });
  }

  #ping(): void {
    const { ping, context } = this.#options;
    if (ping === null) return;
    this.#cancelPing = context.clock.after(ping.everySeconds * MICROS_PER_SECOND, () => {
      if (this.send(ping.text)) this.#ping();
    });
  }

  #lost(wire: WebSocket, reason: string): void {
    if (this.#wire !== wire) return;
    const wasOpen = this.#open;
    this.#wire = null;
    this.#open = false;
    this.#cancelTimers();
    if (this.#stopped) return;
    if (wasOpen && this.#options.context.clock.now() - this.#openedAt >= PROVEN_AFTER) this.#backoff.reset();
    this.#retry(wasOpen, reason);
  }

  #retry(wasOpen: boolean, reason: string): void {
    const { context, onDown } = this.#options;
    const delay = this.#backoff.next();
    const detail = `Cannot reach ${this.#place()} (${reason}): retrying in ${inSeconds(delay)}`;
    const isNews = wasOpen || reason !== this.#failure;
    this.#failure = reason;
    this.#trouble = detail;
    this.#cancelRetry = context.clock.after(delay, () => this.start());
    onDown(wasOpen, detail, isNews);
    this.#wake();
  }

  /** The address as far as a person needs it. */
  #place(): string {
    const url = this.#options.url();
    return URL.canParse(url) ? new URL(url).origin : url;
  }

  #cancelTimers(): void {
    this.#cancelRetry();
    this.#cancelWatch();
    this.#cancelPing();
    this.#cancelPatience();
    this.#unanswered = 0;
  }

  #wake(): void {
    for (const wake of this.#sleepers.splice(0)) wake();
  }
}
