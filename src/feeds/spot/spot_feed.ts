/**
 * One spot exchange as a feed: its socket, and its REST fallback while the socket is down or silent. Who wants to know
 * what it says reads it as a {@link SpotSource}; by itself it makes no inputs.
 * @module
 */

import type { SpotBook } from "../../core/spot_book.ts";
import { type Micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../core/units.ts";
import type { CancelTimer } from "../../ops/clock.ts";
import { Connection } from "../connection.ts";
import type { Feed, FeedContext, FeedStatus } from "../feed.ts";
import type { SpotProtocol } from "./protocol.ts";
import type { SpotLast, SpotQuote, SpotSource, SpotVwap } from "./source.ts";
import { SpotFallback } from "./spot_fallback.ts";
import { SpotListener } from "./spot_listener.ts";

export interface SpotFeedOptions {
  readonly protocol: SpotProtocol;
  /** `BTC`, `ETH`, ...; those that the exchange does not trade are left out. */
  readonly assets: readonly string[];
  /** In place of the protocol's public addresses: another host, or the simulated exchange. */
  readonly ws?: string;
  readonly rest?: string;
  /** Of the window of trades for the volume-weighted mean; 60 where absent. */
  readonly vwapSeconds?: number;
  /** Between two questions of the REST fallback; 3 where absent. */
  readonly fallbackSeconds?: number;
}

const VWAP_SECONDS = 60;
const FALLBACK_SECONDS = 3;
const LOOK_EVERY = MICROS_PER_SECOND;
/** The fallback starts when the socket brought nothing for so long: a reconnect usually takes less. */
const QUIET_MAX = 5 * MICROS_PER_SECOND;

export class SpotFeed implements Feed, SpotSource {
  readonly exchange: string;
  readonly constituent: boolean;
  readonly assets: readonly string[];
  readonly #context: FeedContext;
  readonly #listener: SpotListener;
  readonly #connection: Connection;
  readonly #fallback: SpotFallback;
  #cancelLook: CancelTimer = () => {};

  constructor(context: FeedContext, options: SpotFeedOptions) {
    const { protocol, ws = protocol.ws, rest = protocol.rest } = options;
    const { vwapSeconds = VWAP_SECONDS, fallbackSeconds = FALLBACK_SECONDS } = options;
    const assets = options.assets.filter((asset) => protocol.symbol(asset) !== null);
    this.exchange = protocol.exchange;
    this.constituent = protocol.constituent;
    this.assets = assets;
    this.#context = context;
    const log: FeedContext["log"] = (level, text) => context.log(level, `${protocol.title}: ${text}`);
    const listener = new SpotListener({
      protocol,
      assets,
      window: vwapSeconds * MICROS_PER_SECOND,
      now: context.clock.now(),
      log: context.log,
      reply: (text) => void this.#connection.send(text, false),
      request: (text) => void this.#connection.send(text),
      drop: (reason) => this.#connection.drop(reason),
    });
    this.#listener = listener;
    this.#connection = new Connection({
      name: protocol.exchange,
      context,
      url: () => protocol.address(ws, assets),
      subscriptions: () => protocol.subscriptions(assets),
      ping: protocol.ping,
      silenceSeconds: protocol.silenceSeconds,
      onOpen: () => {
        listener.opened(context.clock.now());
        log("info", "connected");
      },
      onText: (text, at) => listener.heard(text, at),
      onDown: (_wasOpen, detail, isNews) => {
        listener.closed();
        log(isNews ? "warn" : "debug", detail);
      },
    });
    this.#fallback = new SpotFallback({
      context,
      protocol,
      refusals: listener.refusals,
      assets,
      rest,
      every: fallbackSeconds * MICROS_PER_SECOND,
      onAnswer: (asset, body, at) => listener.answered(asset, body, at),
    });
  }

  get name(): string {
    return this.exchange;
  }

  get up(): boolean {
    return this.#connection.up;
  }

  /** Without an asset that the exchange trades nothing happens. */
  start(): void {
    if (this.assets.length === 0) return;
    this.#connection.start();
    this.#look();
  }

  async stop(): Promise<void> {
    this.#cancelLook();
    await Promise.all([this.#connection.stop(), this.#fallback.stop()]);
  }

  framesReceived(): number {
    return this.#connection.framesReceived;
  }

  async idle(): Promise<void> {
    await this.#connection.idle();
    await this.#fallback.idle();
  }

  status(): FeedStatus {
    const now = this.#context.clock.now();
    const ages = this.assets.map((asset) => this.age(asset, now)).filter((age) => age !== null);
    const { latency, refusals } = this.#listener;
    return {
      name: this.name,
      kind: "spot",
      by: this.#fallback.answers ? "rest" : this.up && !this.#isQuiet(now) ? "socket" : "none",
      messages: this.#connection.framesReceived + this.#fallback.bodies,
      refused: refusals.byReason(),
      reconnects: this.#connection.reconnects,
      ageMs: ages.length === 0 ? null : Math.min(...ages) / MICROS_PER_MILLISECOND,
      latencyMs: latency === null ? null : latency / MICROS_PER_MILLISECOND,
      trouble: this.#trouble(now),
    };
  }

  book(asset: string): SpotBook | null {
    return this.#listener.states.get(asset)?.book ?? null;
  }

  bookAt(asset: string): Micros | null {
    return this.#listener.states.get(asset)?.bookAt ?? null;
  }

  quote(asset: string): SpotQuote | null {
    return this.#listener.states.get(asset)?.quote ?? null;
  }

  last(asset: string): SpotLast | null {
    return this.#listener.states.get(asset)?.last ?? null;
  }

  vwap(asset: string, now: Micros): SpotVwap | null {
    return this.#listener.states.get(asset)?.vwap(now) ?? null;
  }

  age(asset: string, now: Micros): number | null {
    const heardAt = this.#listener.states.get(asset)?.heardAt ?? null;
    return heardAt === null ? null : now - heardAt;
  }

  latency(asset: string): number | null {
    return this.#listener.states.get(asset)?.latency ?? null;
  }

  onChange(listener: (asset: string) => void): () => void {
    return this.#listener.onChange(listener);
  }

  /** Once a second: is the fallback needed, and did lost books begin anew? */
  #look(): void {
    const { clock } = this.#context;
    const now = clock.now();
    if (this.#isQuiet(now)) this.#fallback.start();
    else this.#fallback.pause();
    this.#listener.look(now);
    this.#cancelLook = clock.after(LOOK_EVERY, () => this.#look());
  }

  /** The socket brings nothing; in lockstep, where time may pass between two messages at once, only while it is down. */
  #isQuiet(now: Micros): boolean {
    return now - this.#listener.dataAt >= QUIET_MAX && !(this.#context.lockstep && this.up);
  }

  #trouble(now: Micros): string | null {
    if (!this.up) return this.#connection.trouble ?? this.#fallback.trouble;
    if (this.#isQuiet(now)) return this.#fallback.trouble ?? "Socket is silent: prices come by REST";
    return this.#listener.trouble;
  }
}
