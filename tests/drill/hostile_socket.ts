/**
 * One WebSocket between client and exchange whose frames are lost, repeated, held back and put out of order.
 * @module
 */

import type WebSocket from "ws";
import { MICROS_PER_SECOND } from "../../src/core/units.ts";
import type { Random } from "../../src/venues/exchange/random.ts";
import type { Weather } from "./weather.ts";

/** What is used of a `ws` socket; the package has no types of its own. */
export interface Socket {
  readonly readyState: number;
  readonly OPEN: number;
  send(text: string): void;
  ping(body: unknown): void;
  terminate(): void;
  on(event: "message" | "ping", listener: (data: unknown) => void): void;
  on(event: "open" | "close" | "error", listener: (...details: unknown[]) => void): void;
  on(event: "unexpected-response", listener: (request: unknown, response: { statusCode?: number }) => void): void;
}
export type OpenSocket = new (url: string, options: Readonly<Record<string, unknown>>) => Socket & WebSocket;

export interface FrameCounts {
  /** Frames that came from the exchange. */
  received: number;
  /** Frames handed on to the client. */
  delivered: number;
  dropped: number;
  duplicated: number;
  disordered: number;
}

interface Held {
  readonly dueAt: number;
  readonly text: string;
}

/** A frame that waits to change places with the next one does not wait longer than this. */
const SWAP_PATIENCE = 1 * MICROS_PER_SECOND;
/** Answers to commands. In lockstep nothing moves until they came, and TCP loses none. */
const REPLY = /"type":"(subscribed|unsubscribed|ok|error)"|^\{"id":/;

const PRIVATE = /^\{"type":"(fill|user_order)"/;

export class HostileSocket {
  readonly #client: Socket;
  readonly #exchange: Socket;
  readonly #random: Random;
  readonly #weather: () => Weather;
  readonly #now: () => number;
  readonly #spareReplies: boolean;
  readonly #counts: FrameCounts;
  #held: Held[] = [];
  #swapped: Held | null = null;

  constructor(
    client: Socket,
    exchange: Socket,
    parts: { random: Random; weather: () => Weather; now: () => number; spareReplies: boolean; counts: FrameCounts },
  ) {
    this.#client = client;
    this.#exchange = exchange;
    this.#random = parts.random;
    this.#weather = parts.weather;
    this.#now = parts.now;
    this.#spareReplies = parts.spareReplies;
    this.#counts = parts.counts;
    exchange.on("ping", (body) => {
      if (client.readyState === client.OPEN) client.ping(body);
    });
    client.on("message", (data) => this.#command(String(data)));
  }

  /** A frame of the exchange, on its way to the client. */
  frame(text: string): void {
    this.#counts.received++;
    const weather = this.#weather();
    if (this.#spareReplies && REPLY.test(text)) return this.#deliver(text);
    const { delay, delayMax, swap, duplicate } = weather;
    const drop = PRIVATE.test(text) ? weather.dropPrivate : weather.drop;
    const fate = this.#random.uniform();
    if (fate < drop) {
      this.#counts.dropped++;
    } else if (fate < drop + delay) {
      this.#counts.disordered++;
      this.#held.push({ dueAt: this.#now() + this.#random.uniform() * delayMax, text });
    } else if (fate < drop + delay + swap && this.#swapped === null) {
      this.#counts.disordered++;
      this.#swapped = { dueAt: this.#now() + SWAP_PATIENCE, text };
    } else {
      this.#deliver(text);
      if (fate > 1 - duplicate) {
        this.#counts.duplicated++;
        this.#deliver(text);
      }
      this.#releaseSwapped();
    }
  }

  /** Lets go of what was held back long enough. */
  release(): void {
    const now = this.#now();
    if (this.#swapped !== null && this.#swapped.dueAt <= now) this.#releaseSwapped();
    if (this.#held.length === 0) return;
    const due = this.#held.filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
    this.#held = this.#held.filter(({ dueAt }) => dueAt > now);
    for (const { text } of due) this.#deliver(text);
  }

  /** Everything on the way is lost. */
  cut(): void {
    this.#held = [];
    this.#swapped = null;
    this.#client.terminate();
    this.#exchange.terminate();
  }

  #command(text: string): void {
    if (!this.#spareReplies && this.#random.chance(this.#weather().drop)) return;
    if (this.#exchange.readyState === this.#exchange.OPEN) this.#exchange.send(text);
  }

  #releaseSwapped(): void {
    const swapped = this.#swapped;
    this.#swapped = null;
    if (swapped !== null) this.#deliver(swapped.text);
  }

  #deliver(text: string): void {
    if (this.#client.readyState !== this.#client.OPEN) return;
    this.#counts.delivered++;
    this.#client.send(text);
  }
}
