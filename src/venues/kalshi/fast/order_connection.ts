/**
 * One kept-alive connection that orders leave by. It never sends anything twice, which `fetch` does of its own accord
 * where a connection that was used before closes without an answer.
 *
 * | what happened | outcome |
 * | --- | --- |
 * | closed before a byte was handed to the kernel | unsent: it is safe to send it elsewhere |
 * | not allowed any more at the moment of sending | forbidden: it must not be sent elsewhere either |
 * | closed afterwards, before the whole answer was there | broken: the exchange may have taken it |
 * | no answer in time | timeout: the same; the connection is given up, because the answer may come late |
 * | an answer that is none | unreadable |
 * @module
 */

import { type RawRequest, RequestWriter } from "./http_request.ts";
import { type HttpResponse, ResponseReader } from "./http_response.ts";
import { closeQuietly, type Stream } from "./stream.ts";

export type Outcome =
  | { readonly kind: "answered"; readonly response: HttpResponse }
  | { readonly kind: "unsent" | "forbidden" | "broken" | "timeout"; readonly reason: string }
  | { readonly kind: "unreadable"; readonly status: number | null; readonly reason: string };

export interface OrderConnectionOptions {
  readonly stream: Stream;
  /** As in the address: with its port where it has one. */
  readonly host: string;
  /** Whether bytes pass through an encryption that may hand some of them on and still fail. */
  readonly secure: boolean;
  readonly bodyBytesMax: number;
  /** Told once, when the connection can carry nothing more. */
  readonly onClosed: (connection: OrderConnection) => void;
}

interface Pending {
  readonly reader: ResponseReader;
  readonly settle: (outcome: Outcome) => void;
}

const READ_BYTES = 16_384;
/** How long before the server gives an idle connection up it is not used any more. */
const IDLE_MARGIN_MS = 1_000;

export class OrderConnection {
  readonly #options: OrderConnectionOptions;
  readonly #writer: RequestWriter;
  #pending: Pending | null = null;
  /** For the next answer: made while nothing is in a hurry. */
  #nextReader: ResponseReader | null;
  #closed = false;
  #usedAt: number;
  /** What the server says that it waits for the next request; `Infinity` where it does not say. */
  #idleMaxMs = Infinity;

  constructor(options: OrderConnectionOptions) {
    this.#options = options;
    this.#writer = new RequestWriter(options.host);
    this.#nextReader = this.#newReader();
    this.#usedAt = performance.now();
    void this.#read();
  }

  get closed(): boolean {
    return this.#closed;
  }

  get busy(): boolean {
    return this.#pending !== null;
  }

  /** When something was asked for or answered last, on the clock of `performance.now`. */
  get usedAt(): number {
    return this.#usedAt;
  }

  /** How long nothing was asked for, milliseconds. */
  get idleMs(): number {
    return performance.now() - this.#usedAt;
  }

  /** How much longer an order may rely on the server keeping the connection; 0 or less where it may not. */
  freshForMs(now: number): number {
    return this.#idleMaxMs - IDLE_MARGIN_MS - (now - this.#usedAt);
  }

  /** Open, idle, and not about to be closed by the server. */
  isReady(now: number): boolean {
    return !this.#closed && this.#pending === null && this.freshForMs(now) > 0;
  }

  /** Sends a request on an idle connection; never rejects for what the network does. */
  exchange(request: RawRequest, timeoutMs: number): Promise<Outcome> {
    if (this.#closed || this.#pending !== null) {
      return Promise.resolve({ kind: "unsent", reason: this.#closed ? "connection is closed" : "connection is busy" });
    }
    const bytes = this.#writer.encode(request);
    // The last moment: nothing is waited for between this and the call that hands the bytes to the kernel.
    const forbidden = request.forbidden?.() ?? null;
    if (forbidden !== null) return Promise.resolve({ kind: "forbidden", reason: forbidden });
    // Before anything else: the bytes leave with this call, and whatever comes of it comes in a later turn.
    const writing = this.#write(bytes);
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#fail({ kind: "timeout", reason: `no answer within ${timeoutMs} ms` }),
        timeoutMs,
      );
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        this.#pending = null;
        this.#usedAt = performance.now();
        resolve(outcome);
        if (!this.#closed) this.#nextReader = this.#newReader();
      };
      this.#pending = { reader: this.#nextReader ?? this.#newReader(), settle };
      this.#nextReader = null;
      writing.then((failure) => {
        if (failure !== null) this.#fail(failure);
      });
    });
  }

  #newReader(): ResponseReader {
    return new ResponseReader(this.#options.bodyBytesMax);
  }

  /** Breaks off whatever is under way. */
  close(reason = "connection was closed here"): void {
    this.#fail({ kind: "broken", reason });
  }

  /** Resolves with what went wrong, `null` where nothing did; never rejects. */
  async #write(bytes: Uint8Array): Promise<Outcome | null> {
    let handed = 0;
    try {
      handed = await this.#options.stream.write(bytes);
      while (handed < bytes.length) handed += await this.#options.stream.write(bytes.subarray(handed));
      return null;
    } catch (error) {
      const untouched = handed === 0 && !this.#options.secure;
      return { kind: untouched ? "unsent" : "broken", reason: messageOf(error) };
    }
  }

  /** Reads for as long as the connection lives: that is how an idle one is known to have been closed. */
  async #read(): Promise<void> {
    const room = new Uint8Array(READ_BYTES);
    try {
      while (!this.#closed) {
        const length = await this.#options.stream.read(room);
        if (length === null) return this.#ended();
        this.#arrived(room.subarray(0, length));
      }
    } catch (error) {
      this.#fail({ kind: "broken", reason: messageOf(error) });
    }
  }

  #arrived(bytes: Uint8Array): void {
    if (this.#pending === null) return this.#fail({ kind: "broken", reason: "an answer came that nobody asked for" });
    const { reader, settle } = this.#pending;
    const state = reader.push(bytes);
    if (state === null) return;
    if (state.kind !== "whole") {
      // A status in front of nonsense is no answer; in front of a body that is only too long it is one.
      const status = state.kind === "too long" ? state.status : null;
      return this.#fail({ kind: "unreadable", status, reason: state.reason });
    }
    const { response } = state;
    settle({ kind: "answered", response });
    if (!response.reusable) return this.#fail({ kind: "broken", reason: "the server ends the connection" });
    const idle = /(?:^|[\s,])timeout=(\d{1,9})(?:$|[\s,])/.exec(response.headers.get("keep-alive") ?? "");
    if (idle !== null) this.#idleMaxMs = Number(idle[1]) * 1_000;
  }

  #ended(): void {
    const state = this.#pending?.reader.end() ?? null;
    if (state?.kind === "whole") this.#pending?.settle({ kind: "answered", response: state.response });
    this.#fail({ kind: "broken", reason: "connection was closed by the server" });
  }

  #fail(outcome: Outcome): void {
    this.#pending?.settle(outcome);
    if (this.#closed) return;
    this.#closed = true;
    closeQuietly(this.#options.stream);
    this.#options.onClosed(this);
  }
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error);
