/**
 * The exchange's WebSocket (KALSHI.md 5.1): signed upgrade, watchdog, reconnect with backoff. It carries texts and knows
 * nothing of what they say.
 *
 * npm `ws` because the built-in WebSocket takes no headers on Deno 2.4, or a client of our own that hands on bytes. Both
 * answer pings by themselves.
 * @module
 */

import WebSocket from "ws";
import type { CancelTimer, Clock } from "../../ops/clock.ts";
import { Backoff, inSeconds } from "../../ops/backoff.ts";
import { describeFailure, readFailure } from "./failure.ts";
import { FastWebSocket } from "./fast/websocket.ts";
import { FRAME_LENGTH_MAX } from "./frames.ts";
import type { Signer } from "./signer.ts";

/** Takes texts as the bytes that came. */
export interface BytesHandler {
  /** The bytes are lent for the call. */
  message(bytes: Uint8Array, connection: number): void;
  /** Asked of a text just before, in place of a check for UTF-8: true where its bytes are known to be ASCII. */
  isKnownAscii(bytes: Uint8Array): boolean;
}

export interface SocketOptions {
  readonly url: string;
  readonly signer: Signer;
  /** Times backoff and watchdog: wall time, or the run's clock in lockstep. */
  readonly timers: Clock;
  /** Off in lockstep, where silence only means that time stands still. */
  readonly watchdog: boolean;
  readonly jitter: () => number;
  /** Runs one attempt to connect; resolves when it has opened or failed. */
  readonly attempt: (job: () => Promise<void>) => void;
  readonly onOpen: (connection: number) => void;
  readonly onText: (text: string, connection: number) => void;
  /** Where given, a client of our own is used, and texts are handed to this instead. */
  readonly bytes?: BytesHandler;
  /**
   * The connection is gone, or never came up; `detail` says what happened and when it is tried again. It is no news that
   * one more attempt failed as the one before did.
   */
  readonly onDown: (connection: number, wasOpen: boolean, detail: string, isNews: boolean) => void;
}

/** What is used here of `ws`, which brings no types, and of our own client. */
interface Wire {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number): void;
  terminate(): void;
  on(event: "open" | "ping", listener: () => void): void;
  on(event: "message", listener: (data: Uint8Array, isBinary: boolean) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "close", listener: (code: number, reason: { toString(): string }) => void): void;
  on(event: "unexpected-response", listener: (request: unknown, response: UpgradeAnswer) => void): void;
}

interface UpgradeAnswer {
  readonly statusCode?: number;
  on(event: "data", listener: (chunk: { toString(): string }) => void): void;
  on(event: "end" | "error", listener: () => void): void;
}

type OpenWire = new (url: string, options: Readonly<Record<string, unknown>>) => Wire;

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** The server pings every 10 s. */
const SILENCE_MAX = 25_000_000;
const WATCH_EVERY = 5_000_000;
/** This process says to itself that it runs so often ... */
export const BEAT_EVERY = 500_000;
/** ... and has stood still after so long without: far longer than what is worked on at once, short for a price. */
export const STANDSTILL_MIN = 3_000_000;
const BUFFERED_MAX = 1024 * 1024;
/** Words that come with a refused upgrade, and how long they are waited for: the status says most of it. */
const ANSWER_LENGTH_MAX = 2_048;
const ANSWER_PATIENCE_MS = 1_000;
const CLOSE_NORMAL = 1000;
const CLOSE_PATIENCE = 1_000_000;

export class KalshiSocket {
  readonly #options: SocketOptions;
  readonly #backoff: Backoff;
  #wire: Wire | null = null;
  #open = false;
  #stopped = false;
  #connection = 0;
  #frames = 0;
  /** Why the connection was lost, or an attempt failed, the last time. */
  #failure: string | null = null;
  /** Whether anything came since the last look; the clock is asked only then, because frames come by the thousand. */
  #heard = false;
  #heardAt = 0;
  #beatAt = 0;
  #cancelRetry: CancelTimer = () => {};
  #cancelWatch: CancelTimer = () => {};
  #cancelBeat: CancelTimer = () => {};

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.jitter);
  }

  /** True between a successful upgrade and the end of the connection. */
  get connected(): boolean {
    return this.#open;
  }

  /** Text messages received so far, on all connections. */
  get framesReceived(): number {
    return this.#frames;
  }

  start(): void {
    this.#options.attempt(() => this.#attempt());
  }

  /** Sends a text; false where there is no connection to send it on. A peer that does not read is dropped. */
  send(text: string): boolean {
    if (this.#wire === null || !this.#open) return false;
    if (this.#wire.bufferedAmount > BUFFERED_MAX) {
      this.drop("The exchange does not read what is sent to it");
      return false;
    }
    this.#wire.send(text);
    return true;
  }

  /** This process runs: where it stood still, this connection is given up before anybody goes by what it told. */
  beat(): void {
    if (this.#open) this.#stoodStill();
  }

  /** Gives this connection up and opens another. */
  drop(reason: string): void {
    const wire = this.#wire;
    if (wire === null) return;
    this.#lost(wire, reason);
    wire.terminate();
  }

  /** Closes for good; resolves when the connection is gone. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry();
    this.#endWatch();
    const wire = this.#wire;
    this.#wire = null;
    this.#open = false;
    if (wire === null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => wire.terminate(), CLOSE_PATIENCE / 1_000);
      wire.on("close", () => {
        clearTimeout(timer);
        resolve();
      });
      wire.close(CLOSE_NORMAL);
    });
  }

  async #attempt(): Promise<void> {
    if (this.#stopped) return;
    const headers = await this.#options.signer.headers("GET", new URL(this.#options.url).pathname, Date.now());
    if (this.#stopped) return;
    const connection = ++this.#connection;
    await new Promise<void>((settled) => {
      const limits = { headers, maxPayload: FRAME_LENGTH_MAX, handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
      const { bytes } = this.#options;
      const wire: Wire = bytes === undefined
        ? new (WebSocket as OpenWire)(this.#options.url, {
          ...limits,
          perMessageDeflate: false,
          followRedirects: false,
        })
        : new FastWebSocket(this.#options.url, { ...limits, isKnownAscii: (text) => bytes.isKnownAscii(text) });
      this.#wire = wire;
      this.#listen(wire, connection, settled);
    });
  }

  #listen(wire: Wire, connection: number, settled: () => void): void {
    let cause = "";
    wire.on("open", () => {
      if (this.#wire === wire) this.#opened(connection);
      settled();
    });
    wire.on("message", (data, isBinary) => {
      if (this.#wire !== wire) return;
      this.#heard = true;
      if (isBinary || this.#stoodStill()) return;
      this.#backoff.reset();
      this.#frames++;
      const { bytes, onText } = this.#options;
      if (bytes === undefined) onText(data.toString(), connection);
      else bytes.message(data, connection);
    });
    wire.on("ping", () => this.#heard = true);
    wire.on("unexpected-response", (_request, response) => {
      void upgradeRefusal(response).then((reason) => {
        cause = reason;
        wire.terminate();
      });
    });
    wire.on("error", (error) => cause ||= error.message);
    wire.on("close", (code, reason) => {
      const words = reason.toString();
      this.#lost(wire, cause || `closed with code ${code}${words === "" ? "" : ` (${words.slice(0, 100)})`}`);
      settled();
    });
  }

  #opened(connection: number): void {
    this.#open = true;
    this.#heardAt = this.#options.timers.now();
    if (this.#options.watchdog) {
      this.#watch();
      this.#beat();
    }
    this.#options.onOpen(connection);
  }

  #watch(): void {
    this.#cancelWatch = this.#options.timers.after(WATCH_EVERY, () => {
      const now = this.#options.timers.now();
      if (this.#heard) this.#heardAt = now;
      this.#heard = false;
      const silence = now - this.#heardAt;
      if (silence >= SILENCE_MAX) this.drop(`nothing was heard for ${inSeconds(silence)}`);
      else this.#watch();
    });
  }

  #beat(): void {
    this.#beatAt = this.#options.timers.now();
    this.#cancelBeat = this.#options.timers.after(BEAT_EVERY, () => {
      if (!this.#stoodStill()) this.#beat();
    });
  }

  /**
   * A process that was stopped, or whose machine slept, finds in its socket what was sent meanwhile. Read one by one those
   * frames would each look new, and orders be sent on books of long ago: the connection is given up instead.
   */
  #stoodStill(): boolean {
    const { watchdog, timers } = this.#options;
    if (!watchdog) return false;
    const still = timers.now() - this.#beatAt;
    if (still < STANDSTILL_MIN) return false;
    this.drop(`this process stood still for ${inSeconds(still)}, and what was sent meanwhile is old`);
    return true;
  }

  #endWatch(): void {
    this.#cancelWatch();
    this.#cancelBeat();
  }

  #lost(wire: Wire, reason: string): void {
    if (this.#wire !== wire) return;
    const wasOpen = this.#open;
    this.#wire = null;
    this.#open = false;
    this.#endWatch();
    if (this.#stopped) return;
    const delay = this.#backoff.next();
    const detail = `Cannot reach ${new URL(this.#options.url).origin} (${reason}): retrying in ${inSeconds(delay)}`;
    this.#cancelRetry = this.#options.timers.after(delay, () => this.start());
    const isNews = wasOpen || reason !== this.#failure;
    this.#failure = reason;
    this.#options.onDown(this.#connection, wasOpen, detail, isNews);
  }
}

/** Why the upgrade was refused, in words: a wrong key looks like this and like nothing else (KALSHI.md 2.3). */
function upgradeRefusal(response: UpgradeAnswer): Promise<string> {
  return new Promise((resolve) => {
    let body = "";
    const finish = () => {
      clearTimeout(patience);
      const status = response.statusCode ?? 0;
      const advice = status === 401 ? ": check the key id, the key file and this machine's clock" : "";
      resolve(describeFailure(readFailure(status, body)) + advice);
    };
    const patience = setTimeout(finish, ANSWER_PATIENCE_MS);
    response.on("data", (chunk) => {
      body += chunk.toString().slice(0, ANSWER_LENGTH_MAX);
      if (body.length >= ANSWER_LENGTH_MAX) finish();
    });
    response.on("end", finish);
    response.on("error", finish);
  });
}
