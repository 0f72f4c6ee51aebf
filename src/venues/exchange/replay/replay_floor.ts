/**
 * Plays a tape: keeps the markets as it goes, and hands every frame to every connection that wants it.
 * @module
 */

import { setImmediate } from "node:timers";
import { type Micros, micros, MICROS_PER_MILLISECOND } from "../../../core/units.ts";
import { EventText } from "../event_text.ts";
import { snapshotMessage } from "../frames.ts";
import { type Connection, DEFAULT_MARKETS_MAX } from "../hub.ts";
import type { ListedMarket } from "../listed_market.ts";
import type { Series } from "../series.ts";
import { type FrameSink, Session } from "../session.ts";
import { noPriceText } from "../wire.ts";
import { ReplayedMarket, seriesOfTape } from "./replayed_market.ts";
import type { Message, Tape, TapeFrame } from "./tape.ts";

const SESSIONS_MAX = 200;
/** Unread bytes at which the tape waits for its slowest reader: nothing is lost, however fast it runs. */
const BUFFER_WAIT = 4 * 1_024 * 1_024;
/** A reader that takes nothing at all for this long, of wall time, is dropped. */
const STUCK_MS = 30_000;
/** Frames between two looks at the network at full speed. */
const BURST = 1_024;
/** Trades kept for the public list. */
const TRADES_MAX = 10_000;

export type ReplaySpeed = number | "max";

/** Full speed waits for a first subscriber to a book, so that it misses nothing. */
export class ReplayFloor {
  readonly tape: Tape;
  readonly speed: ReplaySpeed;
  readonly series: ReadonlyMap<string, Series>;
  readonly #markets = new Map<string, ReplayedMarket>();
  readonly #listed = new Map<string, ListedMarket>();
  readonly #sessions = new Map<Session, FrameSink>();
  readonly #trades: Message[] = [];
  #now: Micros;
  /** When the tape began to run; `null` before. */
  #wallStart: number | null = null;
  #frames = 0;
  #stopped = false;
  #ended = false;
  #start: () => void = () => {};
  readonly #started: Promise<void>;

  constructor(tape: Tape, speed: ReplaySpeed) {
    this.tape = tape;
    this.speed = speed;
    this.series = seriesOfTape(tape.markets);
    for (const market of tape.markets) {
      const series = [...this.series.values()].find((each) => market.ticker.startsWith(`${each.ticker}-`));
      if (series === undefined) continue;
      const replayed = new ReplayedMarket(market, series);
      this.#markets.set(market.ticker, replayed);
      this.#listed.set(market.ticker, replayed.listed);
    }
    this.#now = tape.startAt;
    this.#started = new Promise((resolve) => this.#start = resolve);
    if (speed !== "max") this.#start();
  }

  get now(): Micros {
    if (this.speed !== "max" && !this.#ended && this.#wallStart !== null) {
      const elapsed = (performance.now() - this.#wallStart) * MICROS_PER_MILLISECOND * this.speed;
      this.#now = micros(Math.max(this.#now, Math.floor(this.tape.startAt + elapsed)));
    }
    return this.#now;
  }

  get markets(): ReadonlyMap<string, ListedMarket> {
    return this.#listed;
  }

  /** Trades so far, oldest first, as the tape has them. */
  get trades(): readonly Message[] {
    return this.#trades;
  }

  /** Text frames handed to connections so far. */
  get frames(): number {
    return this.#frames;
  }

  get ended(): boolean {
    return this.#ended;
  }

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
      exchange: this,
      sink: counting,
      trick: () => "send",
      // The tape waits instead.
      bufferMax: Number.POSITIVE_INFINITY,
      marketsMax: DEFAULT_MARKETS_MAX,
    });
    this.#sessions.set(session, counting);
    return {
      session: {
        receive: (text) => {
          session.receive(text);
          if (session.hears("orderbook_delta")) this.#start();
        },
      },
      close: () => this.#sessions.delete(session),
    };
  }

  /** Brings every market's status up to the tape's time. */
  settle(): void {
    const { now } = this;
    for (const market of this.#markets.values()) market.moveTo(now);
  }

  /** Plays the tape to its end, or until it is stopped. */
  async play(): Promise<void> {
    await this.#started;
    this.#wallStart = performance.now();
    let sent = 0;
    for await (const frames of this.tape.frames()) {
      for (const frame of frames) {
        if (this.#stopped) return;
        await this.#wait(frame, sent++);
        this.#tell(frame);
      }
    }
    this.#ended = true;
  }

  stop(): void {
    this.#stopped = true;
    this.#start();
    for (const sink of [...this.#sessions.values()]) sink.drop();
    this.#sessions.clear();
  }

  #wait(frame: TapeFrame, number: number): Promise<void> | void {
    if (this.speed === "max") {
      return number % BURST === BURST - 1 ? this.#drain() : undefined;
    }
    const wallMs = (frame.at - this.tape.startAt) / MICROS_PER_MILLISECOND / this.speed;
    const aheadMs = wallMs - (performance.now() - (this.#wallStart ?? 0));
    return aheadMs > 1 ? this.#pause(aheadMs) : undefined;
  }

  /** Waits in pieces, so that a stop does not wait for a gap of the tape. */
  async #pause(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    while (!this.#stopped && performance.now() < until) {
      await sleep(Math.min(100, Math.max(1, until - performance.now())));
    }
  }

  /** Lets the network work, and waits for readers that are behind. */
  async #drain(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const since = performance.now();
    while (!this.#stopped && [...this.#sessions.values()].some((sink) => sink.buffered() > BUFFER_WAIT)) {
      await sleep(1);
      if (performance.now() - since < STUCK_MS) continue;
      for (const sink of [...this.#sessions.values()]) if (sink.buffered() > BUFFER_WAIT) sink.drop();
      return;
    }
  }

  #tell(frame: TapeFrame): void {
    this.#now = micros(Math.max(this.#now, frame.at));
    this.#markets.get(frame.ticker)?.take(frame);
    if (frame.type === "trade") {
      this.#trades.push(frame.msg);
      if (this.#trades.length > TRADES_MAX) this.#trades.splice(0, TRADES_MAX / 2);
    }
    if (this.#sessions.size === 0) return;
    const text = this.#text(frame);
    for (const session of [...this.#sessions.keys()]) session.hear(text);
  }

  #text({ type, ticker, msg }: TapeFrame): EventText {
    const verbatim = () => JSON.stringify(msg);
    const listed = this.#listed.get(ticker);
    switch (type) {
      case "orderbook_delta":
        return EventText.recorded(
          type,
          type,
          ticker,
          (yes) =>
            yes && msg.side === "no"
              ? JSON.stringify({ ...msg, price_dollars: flipped(msg.price_dollars) })
              : verbatim(),
        );
      case "orderbook_snapshot":
        return EventText.recorded(
          "orderbook_delta",
          type,
          ticker,
          (yes) => yes && listed !== undefined ? snapshotMessage(listed, true) : verbatim(),
        );
      case "trade":
      case "ticker":
        return EventText.recorded(type, type, ticker, verbatim);
      case "market_lifecycle_v2":
        return EventText.recorded(type, type, null, verbatim);
    }
  }
}

const flipped = (price: unknown): string => (typeof price === "string" ? noPriceText(price) : "");

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
