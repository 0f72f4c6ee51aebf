/**
 * Takes what one spot exchange sends, text by text, and keeps what it says of each asset. It knows no socket: whoever
 * owns one tells it what happens there, and does what it asks for.
 * @module
 */

import { type Micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import type { FeedLog } from "../feed.ts";
import { Refusals } from "../refusals.ts";
import type { SpotProtocol, SpotReader, SpotSink } from "./protocol.ts";
import { type Refused, SpotAsset } from "./spot_asset.ts";

export interface SpotListenerOptions {
  readonly protocol: SpotProtocol;
  /** All of them traded by the exchange. */
  readonly assets: readonly string[];
  /** Of the window of trades, in microseconds. */
  readonly window: number;
  readonly now: Micros;
  readonly log: FeedLog;
  /** Sends a text to the exchange, to which nothing comes back, or to which something does. */
  readonly reply: (text: string) => void;
  readonly request: (text: string) => void;
  /** Gives the connection up for another. */
  readonly drop: (reason: string) => void;
}

/** A book that was lost begins anew within this, or the connection is made anew. */
const RESYNC_MAX = 10 * MICROS_PER_SECOND;
/** Bursts cross a book for a message or two; longer means that a change was missed, where messages have no numbers. */
const CROSSED_MAX = 5 * MICROS_PER_SECOND;
/** A connection is given up for the sake of a deeper book no more often. */
const DEEPEN_EVERY = 10 * MICROS_PER_MINUTE;
const EXAMPLE_LENGTH = 200;
const BROKE_OFF = "a message about it broke off";

export class SpotListener {
  readonly refusals: Refusals;
  readonly states: ReadonlyMap<string, SpotAsset>;
  readonly #options: SpotListenerOptions;
  readonly #socketSink: SpotSink;
  readonly #answerSink: SpotSink;
  readonly #listeners = new Set<(asset: string) => void>();
  readonly #changed = new Set<string>();
  /** Books that began and were lost, why, and until when they have to begin anew. */
  readonly #lost = new Map<string, { readonly reason: string; readonly due: number }>();
  #reader: SpotReader;
  /** Of the message being read. */
  #now: Micros;
  #text = "";
  #accepted = false;
  /** The asset whose book the message being read has changed and not yet ended. */
  #unended: SpotAsset | null = null;
  #dataAt: Micros;
  #latency: number | null = null;
  #deepenedAt = -Infinity;

  constructor(options: SpotListenerOptions) {
    const { protocol, assets, window, now, log } = options;
    this.#options = options;
    this.refusals = new Refusals(protocol.title, log);
    this.states = new Map(assets.map((asset) => [asset, new SpotAsset(asset, window)]));
    this.#reader = protocol.reader(assets);
    this.#now = this.#dataAt = now;
    this.#socketSink = this.#makeSocketSink();
    this.#answerSink = this.#makeAnswerSink();
  }

  /** When the socket last brought something of an asset that was believed; before that, when all began. */
  get dataAt(): Micros {
    return this.#dataAt;
  }

  /** Of the newest stamped message, microseconds; `null` before the first. */
  get latency(): number | null {
    return this.#latency;
  }

  /** What is wrong with the books, in words; `null` while none is lost. */
  get trouble(): string | null {
    for (const [asset, { reason }] of this.#lost) return `Book of ${asset} is out of sync: ${reason}`;
    return null;
  }

  onChange(listener: (asset: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A connection opened: what it sends has nothing to do with what the one before sent. */
  opened(now: Micros): void {
    this.#now = now;
    this.#reader = this.#options.protocol.reader(this.#options.assets);
    this.#lost.clear();
    for (const state of this.states.values()) state.connected(now);
  }

  /** The connection is gone, and with it every book. */
  closed(): void {
    this.#lost.clear();
    for (const state of this.states.values()) {
      if (!state.isLost) this.#changed.add(state.asset);
      state.lose();
    }
    this.#tell();
  }

  /** A text came on the socket. */
  heard(text: string, now: Micros): void {
    this.#begin(text, now);
    const message = this.#parsed(text);
    if (message === undefined) this.#loseAll("a message could not be read");
    else this.#guarded(() => this.#reader.read(message, this.#socketSink));
    if (this.#unended !== null) this.#lose(this.#unended, BROKE_OFF);
    this.#unended = null;
    if (this.#accepted) this.#dataAt = now;
    this.#tell();
  }

  /** The REST fallback answered. */
  answered(asset: string, body: unknown, now: Micros): void {
    this.#begin("", now);
    this.#guarded(() => this.#options.protocol.fallback.read(asset, body, this.#answerSink));
    this.#tell();
  }

  /** Now and then: what stays wrong for too long is ended. */
  look(now: Micros): void {
    this.#begin("", now);
    for (const state of this.states.values()) {
      if (now - (state.crossedSince ?? now) < CROSSED_MAX) continue;
      this.#refuse("book stays crossed");
      this.#lose(state, "it stays crossed");
    }
    this.#tell();
    for (const [asset, { reason, due }] of this.#lost) {
      if (now < due) continue;
      return this.#options.drop(`the book of ${asset} was lost (${reason}) and did not begin anew`);
    }
  }

  #begin(text: string, now: Micros): void {
    this.#text = text;
    this.#now = now;
    this.#accepted = false;
  }

  #parsed(text: string): unknown {
    const { protocol } = this.#options;
    try {
      return protocol.parse === undefined ? JSON.parse(text) as unknown : protocol.parse(text);
    } catch {
      this.#refuse("not JSON");
      return undefined;
    }
  }

  /** Whatever an exchange sends must not end the run: here the last net is spread. */
  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#refuse("reader failed");
      this.#options.log("error", `${this.#options.protocol.title}: reader failed on a message (${String(error)})`);
      this.#loseAll("a message could not be read");
    }
  }

  #makeSocketSink(): SpotSink {
    const { reply, request, drop } = this.#options;
    return {
      trade: (asset, price, size, time) => {
        const state = this.#stateOf(asset);
        if (state !== null) this.#judged(state, state.trade(price, size, time, this.#now));
      },
      quote: (asset, bid, bidSize, ask, askSize, time) => {
        const state = this.#stateOf(asset);
        if (state !== null) this.#judged(state, state.quoted(bid, bidSize, ask, askSize, time, this.#now));
      },
      bookBegins: (asset) => {
        const state = this.#stateOf(asset);
        if (state === null) return;
        this.#change(state);
        state.bookBegins();
      },
      level: (asset, side, price, size) => {
        const state = this.#stateOf(asset);
        if (state !== null) this.#level(state, side, price, size);
      },
      bookEnds: (asset, time) => {
        const state = this.#stateOf(asset);
        if (state !== null) this.#bookEnds(state, time);
      },
      gap: (asset, reason) => {
        this.#refuse(reason);
        const state = this.#stateOf(asset);
        if (state !== null) this.#lose(state, reason);
      },
      alive: () => {},
      reply,
      request,
      reconnect: drop,
      refuse: (reason) => this.#refuse(reason),
    };
  }

  /** Answers tell prices, nothing of volume, and nothing that keeps a book. */
  #makeAnswerSink(): SpotSink {
    return {
      ...this.#socketSink,
      trade: (asset, price, _size, time) => {
        const state = this.#stateOf(asset);
        if (state !== null) this.#judged(state, state.lastPrice(price, time, this.#now));
      },
      bookBegins: () => {},
      level: () => {},
      bookEnds: () => {},
      gap: (_asset, reason) => this.#refuse(reason),
      reply: () => {},
      request: () => {},
      reconnect: () => {},
    };
  }

  #stateOf(asset: string): SpotAsset | null {
    const state = this.states.get(asset);
    if (state !== undefined) return state;
    this.#refuse("asset was not asked for");
    return null;
  }

  #judged(state: SpotAsset, refused: Refused): void {
    if (refused !== null) return this.#refuse(refused);
    this.#accepted = true;
    this.#latency = state.latency ?? this.#latency;
    this.#changed.add(state.asset);
  }

  #level(state: SpotAsset, side: "bid" | "ask", price: number, size: number): void {
    this.#change(state);
    const refused = state.level(side, price, size);
    if (refused === null) return;
    this.#refuse(refused);
    this.#lose(state, refused);
  }

  /** A book is being changed: one that was, and did not end, broke off. */
  #change(state: SpotAsset): void {
    if (this.#unended !== null && this.#unended !== state) this.#lose(this.#unended, BROKE_OFF);
    this.#unended = state;
  }

  #bookEnds(state: SpotAsset, time: Micros | null): void {
    this.#unended = null;
    if (state.isLost) return;
    const refused = state.bookEnds(time, this.#now);
    this.#judged(state, refused);
    if (state.isLost) return this.#lose(state, refused ?? BROKE_OFF);
    this.#lost.delete(state.asset);
    if (state.isShallow) this.#deepen(state);
  }

  #lose(state: SpotAsset, reason: string): void {
    state.lose();
    this.#changed.add(state.asset);
    if (!this.#lost.has(state.asset)) this.#lost.set(state.asset, { reason, due: this.#now + RESYNC_MAX });
  }

  #loseAll(reason: string): void {
    for (const state of this.states.values()) {
      if (!state.isLost) this.#lose(state, reason);
    }
  }

  #deepen(state: SpotAsset): void {
    if (this.#now - this.#deepenedAt < DEEPEN_EVERY) return;
    this.#deepenedAt = this.#now;
    this.#options.drop(`the price came near the end of the known book of ${state.asset}, which is asked for anew`);
  }

  #refuse(reason: string): void {
    this.refusals.count(reason, this.#text.slice(0, EXAMPLE_LENGTH));
  }

  #tell(): void {
    for (const asset of this.#changed) {
      for (const listener of this.#listeners) listener(asset);
    }
    this.#changed.clear();
  }
}
