/**
 * Kalshi, its demo environment, or any exchange that speaks its protocol, as a venue: market data and answers come out as
 * inputs, actions go in.
 * @module
 */

import type { VenueAction } from "../../core/action.ts";
import type { Book } from "../../core/book.ts";
import { settlementIndexOf } from "../../core/ticker.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { type Clock, WallClock } from "../../ops/clock.ts";
import type { InputSink, Venue, VenueHealth, VenueVitals } from "../venue.ts";
import { ClockOffset } from "./clock_offset.ts";
import { MarketDirectory } from "./directory.ts";
import { UnknownFields } from "./fields.ts";
import type { Frames } from "./frames.ts";
import { IndexHistory } from "./index_history.ts";
import { Lane } from "./lane.ts";
import type { Log } from "./log.ts";
import { LimitsWatch } from "./limits_watch.ts";
import { MarketData } from "./market_data.ts";
import { dataPath } from "./paths.ts";
import { BookPolling } from "./polling.ts";
import { KalshiRest } from "./rest.ts";
import type { Signer } from "./signer.ts";
import { StatusWatch } from "./status_watch.ts";
import { Trading } from "./trading.ts";

export interface KalshiVenueOptions {
  readonly name: string;
  /** Ends in `/trade-api/v2`. */
  readonly rest: string;
  /** The WebSocket's full address. */
  readonly ws: string;
  /** From `createSigner`; without it books are read by REST and nothing can be traded. */
  readonly signer: Signer | null;
  readonly series: readonly string[];
  readonly simulated: boolean;
  readonly clock: Clock;
  /** Performs the actions of an input before it returns: in lockstep the order of inputs relies on it. */
  readonly sink: InputSink;
  readonly log: Log;
  /** The exchange is embedded and its time stands still while work is outstanding. */
  readonly lockstep: boolean;
  /** Orders go to this venue: follow the account, too. */
  readonly trade: boolean;
  /** Markets to follow whatever their state: those with an open position from an earlier run. */
  readonly follow?: readonly string[];
  /** From when on fills are read at the first connection: the newest known execution. From now where absent. */
  readonly fillsSince?: Micros | null;
  /** One-second values that a volatility needs, for messages; 30 where absent. */
  readonly warmUpSeconds?: number;
  /** Seconds between two questions how many contracts stand ahead of what rests; 0 or absent for none. */
  readonly queuePollSeconds?: number;
  /** An answer that takes longer counts as lost; 10 s where absent. */
  readonly requestTimeoutMs?: number;
  /** A create that has waited longer for its turn among the requests is dropped; 1 s where absent. */
  readonly orderWaitMs?: number;
  /** What a signature made ahead may be old, milliseconds; 0 or absent signs each request in its place. */
  readonly signAheadMs?: number;
  /** Orders leave by kept-alive connections of our own instead of by fetch. */
  readonly fastOrders?: boolean;
  /** How market data comes and is read; `json` where absent. */
  readonly frames?: Frames;
  /** The engine's book of a market: with `wasm` frames a second one is compared with it. */
  readonly bookOf?: (ticker: string) => Book | undefined;
  /** Indices are heard up to five times a second instead of once, where the exchange has that. */
  readonly liveIndices?: boolean;
  /** Of several bots that trade one account: why this one must send nothing now; `null` where it leads. */
  readonly forbidden?: () => string | null;
  /** Spreads retries; numbers from 0 up to but without 1. */
  readonly jitter?: () => number;
  /** Hears every frame of the socket as it came, before anybody has judged it. */
  readonly onRaw?: (text: string, at: Micros) => void;
}

const REFUSED_PATHS_MAX = 100;
const WARM_UP_SECONDS = 30;
const NO_ORDERS = "none: nothing is traded there";
const KEYLESS = "No API key: books and trades are polled, and the exchange's own settlement indices are not heard";

export class KalshiVenue implements Venue {
  readonly name: string;
  readonly simulated: boolean;
  readonly #options: KalshiVenueOptions;
  readonly #lane: Lane;
  readonly #unknown = new UnknownFields();
  readonly #refused = new Map<string, number>();
  readonly #offset = new ClockOffset();
  readonly #limits: LimitsWatch;
  readonly #status: StatusWatch;
  readonly #rest: KalshiRest;
  readonly #directory: MarketDirectory;
  /** `null` without a key, as the socket. */
  readonly #history: IndexHistory | null;
  readonly #data: MarketData | null;
  readonly #polling: BookPolling | null;
  readonly #trading: Trading;
  #started = false;
  #stopped = false;

  constructor(options: KalshiVenueOptions) {
    this.#options = options;
    this.name = options.name;
    this.simulated = options.simulated;
    this.#lane = new Lane(options.lockstep);
    const { clock, log, rest, signer } = options;
    const sink: InputSink = (input) => {
      if (this.#stopped) return;
      this.#trading.observe(input);
      options.sink(input);
    };
    const jitter = options.jitter ?? (options.lockstep ? () => 0 : Math.random);
    const lane = this.#lane;
    const shared = { clock, log, sink, lane, jitter };
    const origin = new URL(rest).origin;
    this.#rest = new KalshiRest({
      base: rest,
      signer,
      clock,
      unknown: this.#unknown,
      timeoutMs: options.requestTimeoutMs,
      signAheadMs: options.signAheadMs,
      // In lockstep questions at wall time would make the exchange's answers depend on how fast the machine is.
      fastOrders: options.fastOrders ? { probe: !options.lockstep } : undefined,
      onTrouble: (reason) => log("warn", reason),
      orderWaitMs: options.orderWaitMs,
      onDate: (text, sentAt, receivedAt) => this.#offset.observeDate(text, sentAt, receivedAt),
      onTooMany: () => this.#refusedForRate(),
      onAtRest: () => this.#status.refused(),
      onWaiting: (waiting) => lane.waiting(waiting),
      ...(options.forbidden === undefined ? {} : { forbidden: options.forbidden }),
    });
    this.#limits = new LimitsWatch({ rest: this.#rest, clock, lane, log });
    this.#status = new StatusWatch({ ...shared, rest: this.#rest });
    this.#directory = new MarketDirectory({
      ...shared,
      rest: this.#rest,
      origin,
      series: options.series,
      feesFirst: signer !== null,
      onChange: () => this.#marketsChanged(),
      onRefused: (path) => this.#countRefused(path),
    });
    this.#trading = new Trading({
      ...shared,
      rest: this.#rest,
      shards: () => this.#directory.shards,
      shardOf: (ticker) => this.#directory.shardOf(ticker),
      fillsSince: options.fillsSince ?? null,
      queueEvery: (options.queuePollSeconds ?? 0) * MICROS_PER_SECOND,
      onPositions: (tickers) => this.#directory.follow(tickers),
      ...(options.forbidden === undefined ? {} : { forbidden: options.forbidden }),
    });
    const desired = () => this.#directory.desired();
    const indices = [...new Set(options.series.map(settlementIndexOf).filter((index) => index !== null))];
    this.#history = signer === null ? null : new IndexHistory({
      ...shared,
      indices,
      read: (index) => this.#rest.indexValues(index),
      warmUpSeconds: options.warmUpSeconds ?? WARM_UP_SECONDS,
      onSettled: () => this.#data?.reconcile(),
    });
    this.#data = signer === null || this.#history === null
      ? null
      : this.#marketData(signer, this.#history, indices, shared, desired);
    this.#polling = signer === null
      ? new BookPolling({
        ...shared,
        timers: options.lockstep ? null : new WallClock(),
        rest: this.#rest,
        origin,
        link: options.name,
        desired,
        closeTimeOf: (ticker) => this.#directory.closeTimeOf(ticker),
      })
      : null;
  }

  #marketData(
    signer: Signer,
    history: IndexHistory,
    indices: readonly string[],
    shared: { clock: Clock; log: Log; sink: InputSink; lane: Lane; jitter: () => number },
    desired: () => ReadonlySet<string>,
  ): MarketData {
    return new MarketData({
      ...shared,
      url: this.#options.ws,
      signer,
      link: this.#options.name,
      lockstep: this.#options.lockstep,
      frames: this.#options.frames ?? "json",
      bookOf: this.#options.bookOf,
      onRaw: this.#options.onRaw,
      unknown: this.#unknown,
      indices,
      liveIndices: this.#options.liveIndices ?? false,
      history,
      offset: this.#offset,
      account: this.#options.trade,
      desired,
      covers: (ticker) => this.#directory.covers(ticker),
      onNotice: (notice) => this.#directory.notice(notice),
      onOrderGroup: (notice) => this.#trading.groupNoticed(notice),
      onEnded: (ticker, event) => this.#directory.ended(ticker, event),
      onOrder: ({ orderId, status }) => {
        if (status !== "resting") this.#rest.orderEnded(orderId);
      },
      onPrivate: () => this.#trading.catchUp(),
      onLost: () => this.#status.refused(),
      onRefused: (path) => this.#countRefused(path),
    });
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#directory.follow(this.#options.follow ?? []);
    if (this.#options.trade) this.#rest.start();
    // First, so that the past is told before the first live value.
    this.#history?.refresh();
    if (this.#options.signer !== null) this.#limits.start();
    this.#directory.start();
    this.#data?.start();
    this.#polling?.start();
    this.#status.start();
  }

  /** Data frames received so far on all connections, for a run in lockstep that waits for all that were sent. */
  framesReceived(): number {
    return this.#data?.framesReceived ?? 0;
  }

  /** Resolves when no request and no command is under way or queued, and every frame received was handed on. */
  idle(): Promise<void> {
    return this.#lane.idle();
  }

  /** Resolves once the exchange confirmed that nothing rests, where all orders are being cancelled; at once where not. */
  swept(): Promise<void> {
    return this.#trading.swept();
  }

  beat(): void {
    this.#data?.beat();
    this.#polling?.beat();
  }

  perform(action: VenueAction): void {
    if (this.#stopped) return;
    switch (action.type) {
      case "place":
        return this.#trading.place(action);
      case "amend":
        return this.#trading.amend(action);
      case "decrease":
        return this.#trading.decrease(action);
      case "cancel":
        return this.#trading.cancel(action);
      case "cancel_all":
        return this.#trading.cancelAll(action);
      case "order_group":
        return this.#trading.orderGroup(action);
      case "find_order":
        return this.#trading.findOrder(action);
      case "fetch_fills":
        return this.#trading.fetchFills(action);
      case "transfer":
        return this.#trading.transfer(action);
      case "resync":
        return this.#data?.resync(action.tickers);
    }
  }

  /** Notices of the exchange that nothing follows from, by what they are about. */
  noticed(): Readonly<Record<string, number>> {
    return this.#data?.noticed ?? {};
  }

  health(): VenueHealth {
    const { requests, errors, latencyMs } = this.#rest.health;
    return {
      connected: this.#data?.connected ?? this.#polling?.connected ?? false,
      requests,
      requestErrors: errors,
      requestLatencyMs: latencyMs,
      frames: this.framesReceived(),
      refused: Object.fromEntries(this.#refused),
      unknownFields: this.#unknown.counts(),
      clockOffsetMs: this.#offset.milliseconds,
      paths: {
        data: dataPath(this.#data !== null, this.#options.frames ?? "json"),
        orders: this.#options.trade ? this.#rest.orderPath : NO_ORDERS,
      },
      cashByShard: this.#trading.cashByShard,
      sweep: this.#trading.sweep,
      trouble: this.#directory.trouble ?? this.#data?.trouble ?? this.#polling?.trouble ?? null,
      lacking: this.#options.signer === null ? KEYLESS : null,
    };
  }

  vitals(): VenueVitals {
    const { ended, failed } = this.#rest.health;
    return { ended, failed, clock: this.#offset.bounds };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#directory.stop();
    this.#trading.stop();
    this.#polling?.stop();
    this.#limits.stop();
    this.#status.stop();
    this.#history?.stop();
    this.#rest.stop();
    await this.#data?.stop();
    await this.#lane.idle();
  }

  /** Without a key the limits are the same for all, and not to be asked for. */
  #refusedForRate(): void {
    if (this.#options.signer !== null) this.#limits.refused();
  }

  #marketsChanged(): void {
    if (this.#stopped) return;
    this.#data?.reconcile();
    this.#trading.refreshOwedAccount();
  }

  #countRefused(path: string): void {
    const key = this.#refused.has(path) || this.#refused.size < REFUSED_PATHS_MAX ? path : "(other)";
    this.#refused.set(key, (this.#refused.get(key) ?? 0) + 1);
  }
}
