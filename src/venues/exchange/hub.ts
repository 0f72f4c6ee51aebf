/**
 * All connections: hands every event of the exchange to every session, and counts what was sent.
 * @module
 */

import type { ExchangeEvent } from "./events.ts";
import { EventText } from "./event_text.ts";
import type { Exchange } from "./exchange.ts";
import type { FaultName } from "./faults.ts";
import { MICROS_PER_SECOND } from "../../core/units.ts";
import { Random } from "./random.ts";
import { type FrameSink, Session } from "./session.ts";

/** Unread bytes a connection may collect before it loses subscriptions. */
const BUFFER_MAX = 16 * 1_024 * 1_024;
const SESSIONS_MAX = 200;
/** One delta in this many is swallowed by the fault `seq-gap`. */
const GAP_EVERY = 300;
const DROP_PERIOD = 20 * MICROS_PER_SECOND;

export interface Connection {
  readonly session: Session;
  /** To be called once the connection is gone. */
  readonly close: () => void;
}

export class SocketHub {
  readonly #exchange: Exchange;
  readonly #sessions = new Map<Session, FrameSink>();
  readonly #gaps: Random;
  readonly #gapsOn: boolean;
  #frames = 0;

  constructor(exchange: Exchange, faults: ReadonlySet<FaultName>) {
    this.#exchange = exchange;
    this.#gaps = Random.named(exchange.settings.seed, "gaps");
    this.#gapsOn = faults.has("seq-gap");
    exchange.listen((event) => this.#hear(event));
    if (faults.has("socket-drop")) {
      exchange.every(DROP_PERIOD, () => {
        for (const sink of [...this.#sessions.values()]) sink.drop();
      });
    }
  }

  /** Text frames handed to connections since the start, replies included; pings are not counted. */
  get frames(): number {
    return this.#frames;
  }

  /** A new connection; `null` where there are too many. */
  connect(sink: FrameSink): Connection | null {
    if (this.#sessions.size >= SESSIONS_MAX) return null;
    const counting: FrameSink = {
      send: (text) => {
        this.#frames++;
        sink.send(text);
      },
      buffered: () => sink.buffered(),
      drop: () => sink.drop(),
    };
    const session = new Session({
      exchange: this.#exchange,
      sink: counting,
      swallowsDelta: () => this.#gapsOn && this.#gaps.chance(1 / GAP_EVERY),
      bufferMax: BUFFER_MAX,
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
    const text = EventText.of(event, this.#exchange.userId);
    for (const session of [...this.#sessions.keys()]) session.hear(text);
  }
}
