/**
 * The connections that orders leave by: a few are open and warm before they are needed, more are opened when all are
 * busy, and one that closes is replaced.
 *
 * Whatever cannot leave at once by one of them is reported as unsent, so that the caller can send it another way.
 * @module
 */

import type { RawRequest } from "./http_request.ts";
import { OrderConnection, type Outcome } from "./order_connection.ts";
import { type OpenStream, openStream, openWithin, targetOf, TooLate } from "./stream.ts";

export interface OrderLineOptions {
  /** `http://host:port` or `https://host`. */
  readonly origin: string;
  readonly bodyBytesMax: number;
  /** Asked of an idle connection now and then, so that nobody on the way forgets it; `null` asks nothing. */
  readonly probe: string | null;
  /** Told, in words, when connections cannot be had, and not again before one was. */
  readonly onTrouble: (reason: string) => void;
  readonly caCerts?: readonly string[];
  readonly open?: OpenStream;
  /** Spreads reconnects; numbers from 0 up to but without 1. */
  readonly jitter?: () => number;
}

/** Kept open: one for an order and one for the cancel beside it. */
const WARM = 2;
const CONNECTIONS_MAX = 8;
const CONNECT_TIMEOUT_MS = 2_000;
/** Load balancers commonly forget a connection after 60 s. */
const PROBE_AFTER_MS = 15_000;
const PROBE_TIMEOUT_MS = 5_000;
/** Attempts that nobody answered in time, in a row, before no more are made: each may cost a socket for good. */
const LATE_MAX = 100;
const LOOK_EVERY_MS = 1_000;
/** One beyond {@link WARM} that was idle for so long is closed. */
const SURPLUS_IDLE_MS = 30_000;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 30_000;

export class OrderLine {
  readonly #options: OrderLineOptions;
  readonly #url: URL;
  readonly #connections = new Set<OrderConnection>();
  #opening = 0;
  #late = 0;
  #retryMs = RETRY_MIN_MS;
  #troubled = false;
  #started = false;
  #stopped = false;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #lookTimer: ReturnType<typeof setInterval> | undefined;

  constructor(options: OrderLineOptions) {
    this.#options = options;
    this.#url = new URL(options.origin);
  }

  /** Connections that an order could leave by right now. */
  get ready(): number {
    const now = performance.now();
    let count = 0;
    for (const connection of this.#connections) if (connection.isReady(now)) count++;
    return count;
  }

  /** Opens the warm connections and keeps them so. */
  start(): void {
    if (this.#started || this.#stopped) return;
    this.#started = true;
    this.#lookTimer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#warm();
  }

  /** Sends a request once, or not at all. */
  async send(request: RawRequest, timeoutMs: number): Promise<Outcome> {
    const idle = this.#idle();
    if (idle !== null) return await idle.exchange(request, timeoutMs);
    if (this.#troubled && this.#connections.size === 0) return { kind: "unsent", reason: "no connection is to be had" };
    const opened = await this.#openOneMore();
    if (typeof opened === "string") return { kind: "unsent", reason: opened };
    return await opened.exchange(request, timeoutMs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#lookTimer);
    for (const connection of [...this.#connections]) connection.close("client is stopped");
  }

  /** The one used last is the least likely to be closed meanwhile. */
  #idle(): OrderConnection | null {
    const now = performance.now();
    let best: OrderConnection | null = null;
    for (const connection of this.#connections) {
      if (connection.isReady(now) && (best === null || connection.usedAt > best.usedAt)) best = connection;
    }
    return best;
  }

  async #openOneMore(): Promise<OrderConnection | string> {
    if (this.#stopped) return "client is stopped";
    if (this.#connections.size + this.#opening >= CONNECTIONS_MAX) return "all connections are busy";
    if (this.#late >= LATE_MAX) return `nobody answered ${LATE_MAX} times in a row`;
    const target = targetOf(this.#url, this.#options.caCerts);
    this.#opening++;
    try {
      const stream = await openWithin(this.#options.open ?? openStream, target, CONNECT_TIMEOUT_MS);
      const connection = new OrderConnection({
        stream,
        host: this.#url.host,
        secure: target.secure,
        bodyBytesMax: this.#options.bodyBytesMax,
        onClosed: (closed) => this.#closed(closed),
      });
      if (this.#stopped) {
        connection.close("client is stopped");
        return "client is stopped";
      }
      this.#connections.add(connection);
      this.#retryMs = RETRY_MIN_MS;
      this.#troubled = false;
      this.#late = 0;
      return connection;
    } catch (error) {
      if (error instanceof TooLate) this.#late++;
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.#opening--;
    }
  }

  /** Opens what is missing, one after the other; after a failure it waits, longer each time. */
  #warm(): void {
    if (!this.#started || this.#stopped || this.#connections.size + this.#opening >= WARM) return;
    void this.#openOneMore().then((opened) => {
      if (typeof opened !== "string") return this.#warm();
      if (this.#stopped) return;
      if (!this.#troubled) {
        this.#troubled = true;
        this.#options.onTrouble(`No connection of our own for orders to ${this.#url.origin} (${opened})`);
      }
      this.#warmLater();
    });
  }

  #warmLater(): void {
    clearTimeout(this.#retryTimer);
    const spread = 1 + (this.#options.jitter ?? Math.random)() / 2;
    this.#retryTimer = setTimeout(() => this.#warm(), this.#retryMs * spread);
    this.#retryMs = Math.min(RETRY_MAX_MS, this.#retryMs * 2);
  }

  #closed(connection: OrderConnection): void {
    const wasThere = this.#connections.delete(connection);
    // Not at once: a server that closes everything at once must not be asked again within the same millisecond.
    if (wasThere && this.#started && !this.#stopped) this.#warmLater();
  }

  /** Lets surplus connections go, replaces those about to be closed, and probes the longest idle one. */
  #look(): void {
    const now = performance.now();
    let longest: OrderConnection | null = null;
    for (const connection of [...this.#connections]) {
      if (connection.busy) continue;
      const surplus = this.#connections.size > WARM && connection.idleMs > SURPLUS_IDLE_MS;
      if (surplus) connection.close("no longer needed");
      else if (connection.freshForMs(now) <= 0) connection.close("the server is about to end it");
      else if (longest === null || connection.idleMs > longest.idleMs) longest = connection;
    }
    const { probe } = this.#options;
    if (probe === null || longest === null) return;
    const due = Math.min(PROBE_AFTER_MS, longest.idleMs + longest.freshForMs(now) - 2 * LOOK_EVERY_MS);
    if (longest.idleMs >= due) void this.#probe(longest, probe);
  }

  async #probe(connection: OrderConnection, target: string): Promise<void> {
    const request: RawRequest = { method: "GET", target, headers: {}, body: null };
    const outcome = await connection.exchange(request, PROBE_TIMEOUT_MS);
    // An error status is an answer, too: the connection works.
    if (outcome.kind !== "answered") connection.close();
  }
}
