/**
 * All connections: hands every event of the exchange to every session, and counts what was sent.
 * @module
 */

import type { ExchangeEvent } from "./events.ts";
import { EventText } from "./event_text.ts";
import type { ExchangeCore } from "./exchange_core.ts";
import { MICROS_PER_SECOND } from "../../core/units.ts";
import { Random } from "./random.ts";
import { type DeltaTrick, type FrameSink, Session } from "./session.ts";

/** Unread bytes a connection may collect before it loses subscriptions. */
const BUFFER_MAX = 16 * 1_024 * 1_024;
const SESSIONS_MAX = 200;
/** Markets that one subscription may name. */
export const DEFAULT_MARKETS_MAX = 100_000;
/** One delta in this many, on average, is struck by each of the faults that swallow, repeat or hold back deltas. */
const TRICK_EVERY = 100;
const END_PERIOD = 30 * MICROS_PER_SECOND;
const DROP_PERIOD = 20 * MICROS_PER_SECOND;

/** A connection's sink as the listener makes it. */
export interface SocketSink extends FrameSink {
  /** Whether a frame that is sent now can still arrive. */
  open(): boolean;
  /** Ends the connection with the closing handshake. */
  close(code: number, reason: string): void;
  /** Resolves when everything that the client had sent by now has been taken in, or the connection has ended. */
  heardOut(): Promise<void>;
}

export interface Connection {
  /** Takes the client's messages. */
  readonly session: { receive(text: string): void };
  /** To be called once the connection is gone. */
  readonly close: () => void;
}

export class SocketHub {
  readonly #exchange: ExchangeCore;
  readonly #sessions = new Map<Session, FrameSink>();
  readonly #tricks: Random;
  readonly #marketsMax: number;
  #frames = 0;

  constructor(exchange: ExchangeCore, marketsMax: number = DEFAULT_MARKETS_MAX) {
    const { faults } = exchange;
    this.#exchange = exchange;
    this.#marketsMax = marketsMax;
    this.#tricks = Random.named(exchange.settings.seed, "tricks");
    exchange.listen((event) => this.#hear(event));
    exchange.every(DROP_PERIOD, () => {
      if (!faults.has("socket-drop")) return;
      for (const sink of [...this.#sessions.values()]) sink.drop();
    });
    exchange.every(END_PERIOD, () => {
      if (faults.has("buffer-overflow")) this.#endBooks(25);
      if (faults.has("channel-error")) this.#endBooks(10);
    });
  }

  #endBooks(code: 10 | 25): void {
    for (const session of [...this.#sessions.keys()]) session.endBooks(code);
  }

  #trick(): DeltaTrick {
    const { faults } = this.#exchange;
    if (faults.has("seq-gap") && this.#tricks.chance(1 / TRICK_EVERY)) return "swallow";
    if (faults.has("duplicate-delta") && this.#tricks.chance(1 / TRICK_EVERY)) return "duplicate";
    return faults.has("reorder-delta") && this.#tricks.chance(1 / TRICK_EVERY) ? "hold" : "send";
  }

  /** Text frames handed to connections since the start, replies included; pings are not counted. */
  get frames(): number {
    return this.#frames;
  }

  /** A new connection; `null` where there are too many. */
  connect(sink: SocketSink): Connection | null {
    if (this.#sessions.size >= SESSIONS_MAX) return null;
    const counting: FrameSink = {
      send: (text) => {
        if (!sink.open()) return;
        this.#frames++;
        sink.send(text);
      },
      buffered: () => sink.buffered(),
      drop: () => sink.drop(),
    };
    const session = new Session({
      exchange: this.#exchange,
      sink: counting,
      trick: () => this.#trick(),
      bufferMax: BUFFER_MAX,
      marketsMax: this.#marketsMax,
    });
    this.#sessions.set(session, counting);
    return { session, close: () => this.#sessions.delete(session) };
  }

  /** Drops every connection. */
  dropAll(): void {
    for (const sink of [...this.#sessions.values()]) sink.drop();
    this.#sessions.clear();
  }

  #hear(event: ExchangeEvent): void {
    if (this.#sessions.size === 0) return;
    if (isIndex(event) && this.#exchange.faults.has("no-official-index")) return;
    const text = EventText.of(event, this.#exchange.userId);
    for (const session of [...this.#sessions.keys()]) session.hear(text);
  }
}

const isIndex = ({ type }: ExchangeEvent): boolean => type === "index" || type === "fast_index";
