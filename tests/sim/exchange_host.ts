/**
 * The exchange as one reaches it in a simulation: the simulated exchange with its REST routes and sockets, behind a
 * network that does what the faults say. It lives on when the bot dies.
 * @module
 */

import { type Micros, micros, MICROS_PER_SECOND, type Money, ONE_DOLLAR, parseTime } from "../../src/core/units.ts";
import { Authenticator } from "../../src/venues/exchange/auth.ts";
import { Exchange } from "../../src/venues/exchange/exchange.ts";
import { type FaultName, isFaultName } from "../../src/venues/exchange/faults.ts";
import { FeedHub } from "../../src/venues/exchange/feeds/feed_hub.ts";
import { House } from "../../src/venues/exchange/house.ts";
import { createHttp } from "../../src/venues/exchange/http.ts";
import { SocketHub, type SocketSink } from "../../src/venues/exchange/hub.ts";
import type { MemberKey } from "../../src/venues/exchange/keys.ts";
import { SOCKET_PATH } from "../../src/venues/exchange/listener.ts";
import { Random } from "../../src/venues/exchange/random.ts";
import { DEFAULT_TIER, RateLimiter, TIERS } from "../../src/venues/exchange/rate_limit.ts";
import { NO_ANSWER_HEADER } from "../../src/venues/exchange/replies.ts";
import { StaleReads } from "../../src/venues/exchange/stale_reads.ts";
import type { ActiveFaults } from "./active_faults.ts";
import type { EventQueue } from "./event_queue.ts";
import type { Plan } from "./plan.ts";
import type { HttpOutcome, HttpRequest, ServerSocket, Serving, SocketSession } from "./server_end.ts";

export const HOST = "exchange.sim";
export const KEY_ID = "simulated-key";
/** What the account holds at the start. */
export const CASH: Money = 10_000 * ONE_DOLLAR as Money;

const PING_EVERY = 10 * MICROS_PER_SECOND;
/** Between two moves of the exchange: at any time in between it is moved where somebody asks it something. */
const TICK = 20_000;
const FAILURES = [500, 502, 503, 504] as const;
const HTML = "<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>";
const PRIVATE = /^\{"type":"(fill|user_order|market_position)"/;
const DELAY_MAX = 3 * MICROS_PER_SECOND;
const SWAP_PATIENCE = 1 * MICROS_PER_SECOND;
const LATE_MAX = 12 * MICROS_PER_SECOND;

export class ExchangeHost implements Serving {
  readonly exchange: Exchange;
  /** Requests that arrived, in order of arrival, are told here before the exchange sees them. */
  onRequest: (request: HttpRequest) => void = () => {};
  readonly #queue: EventQueue;
  readonly #faults: ActiveFaults;
  readonly #startAt: Micros;
  readonly #hub: SocketHub;
  readonly #feeds: FeedHub;
  readonly #house: House;
  readonly #app: { fetch(request: Request): Response | Promise<Response> };
  readonly #sockets = new Set<ServerSocket>();
  readonly #random: Random;

  constructor(plan: Plan, queue: EventQueue, faults: ActiveFaults) {
    const { seed, start, lead, series } = plan;
    this.#queue = queue;
    this.#faults = faults;
    this.#startAt = parseTime(start) ?? micros(0);
    this.#random = Random.named(seed, "host");
    const optional = series.filter((each) => each !== "KXBTC15M" && each !== "KXETH15M");
    this.exchange = new Exchange({
      seed,
      startAt: micros(this.#startAt - lead * MICROS_PER_SECOND),
      faults: new Set(),
      cash: CASH,
      series: optional,
    });
    this.exchange.advanceTo(this.#startAt);
    const stale = new StaleReads(this.exchange.faults, this.exchange.userId);
    this.exchange.listen((event) => stale.hear(event));
    this.#hub = new SocketHub(this.exchange);
    const now = (): Micros => this.now();
    const key = { keyId: KEY_ID, kind: "ed25519", publicKey: {}, privateKeyPem: "" } as unknown as MemberKey;
    this.#house = new House({
      exchange: this.exchange,
      authenticator: new Authenticator([key], () => this.now() / 1_000),
      limiter: new RateLimiter(TIERS[DEFAULT_TIER], this.exchange.now),
      stale,
      clock: { mode: "free", speed: 1, now },
    });
    this.#feeds = new FeedHub({ exchange: this.exchange, index: this.exchange.index, now, rate: 1, struck: [] });
    this.#app = createHttp(this.#house, { advance: null, frames: () => this.#hub.frames }, this.#feeds);
    this.#tick();
    this.#ping();
  }

  /** The exchange's time; it is moved up to it first. */
  now(): Micros {
    this.exchange.advanceTo(micros(this.#startAt + this.#queue.now));
    return this.exchange.now;
  }

  /** Microseconds that a packet travels. */
  latency(): number {
    return 4_000 + this.#random.exponential(6_000);
  }

  turn(name: string, on: boolean): void {
    if (isFaultName(name)) this.exchange.faults.set(name as FaultName, on);
  }

  calm(): void {
    for (const name of this.exchange.faults.on) this.exchange.faults.set(name, false);
  }

  /** Every connection breaks. */
  cutSockets(): void {
    for (const socket of [...this.#sockets]) socket.cut();
  }

  #tick(): void {
    this.#queue.after(TICK, () => {
      this.now();
      this.#tick();
    });
  }

  #ping(): void {
    this.#queue.after(PING_EVERY, () => {
      for (const socket of this.#sockets) socket.ping();
      this.#ping();
    });
  }

  // Requests.

  request(request: HttpRequest, reply: (outcome: HttpOutcome) => void): void {
    const faults = this.#faults;
    if (faults.has("maintenance")) return reply(this.#failure(503));
    if (faults.strikes("request-refuse", 0.6) !== null) return reply(this.#failure());
    if (faults.strikes("request-reset", 0.6) !== null) return reply({ kind: "broken", begun: "" });
    this.now();
    this.onRequest(request);
    void this.#perform(request).then((outcome) => this.#return(outcome, reply));
  }

  #return(outcome: HttpOutcome, reply: (outcome: HttpOutcome) => void): void {
    const faults = this.#faults;
    if (outcome.kind === "broken") return reply(outcome);
    if (faults.strikes("answer-fail", 0.6) !== null) return reply(this.#failure());
    if (faults.strikes("answer-reset", 0.6) !== null) return reply({ kind: "broken", begun: "" });
    if (faults.strikes("answer-half", 0.5) !== null) {
      return reply({ kind: "broken", begun: outcome.text.slice(0, outcome.text.length / 2) });
    }
    if (faults.strikes("answer-none", 0.4) !== null) return;
    const late = faults.strikes("answer-late", 0.7);
    const delay = late === null ? 500 : late.random.uniform() * LATE_MAX * late.fault.size;
    this.#queue.after(delay, () => reply(outcome));
  }

  #failure(status: number = FAILURES[this.#random.integer(0, FAILURES.length - 1)]): HttpOutcome {
    const html = this.#random.chance(0.5);
    const text = html ? HTML : `{"error":{"code":"internal_server_error","message":"internal server error"}}`;
    return { kind: "answer", status, headers: [["content-type", html ? "text/html" : "application/json"]], text };
  }

  async #perform({ method, target, headers, body }: HttpRequest): Promise<HttpOutcome> {
    // What tells a client that an exchange is a simulated one: to the bot this one is as real as any.
    if (target.startsWith("/sim/")) return { kind: "answer", status: 404, headers: [], text: "" };
    const bodied = method !== "GET" && body !== "";
    const request = new Request(`http://${HOST}${target}`, { method, headers, body: bodied ? body : undefined });
    const response = await this.#app.fetch(request);
    if (response.headers.has(NO_ANSWER_HEADER)) return { kind: "broken", begun: "{" };
    const text = await response.text();
    const date = new Date(this.exchange.now / 1_000).toUTCString();
    return { kind: "answer", status: response.status, headers: [...response.headers, ["date", date]], text };
  }

  // Sockets.

  upgrade(
    request: HttpRequest,
    accept: (open: (socket: ServerSocket) => SocketSession) => void,
    refuse: (status: number | null) => void,
  ): void {
    if (this.#faults.has("maintenance")) return refuse(503);
    const refused = this.#faults.strikes("socket-refuse", 1);
    if (refused !== null) return refuse(refused.random.chance(0.5) ? 503 : null);
    this.now();
    const { headers } = request;
    void this.#house.authenticator.check({
      key: headers["kalshi-access-key"] ?? null,
      timestamp: headers["kalshi-access-timestamp"] ?? null,
      signature: headers["kalshi-access-signature"] ?? null,
      method: "GET",
      path: SOCKET_PATH,
    }).then((failure) => {
      if (failure !== null) return refuse(401);
      accept((socket) => this.#open(socket, (sink) => this.#hub.connect(sink)));
    });
  }

  /** A feed's socket, of the platform's own kind. */
  openFeed(name: string, socket: ServerSocket): SocketSession | null {
    if (this.#feeds.admission(`/feeds/${name}`) !== 101) return null;
    return this.#open(socket, (sink) => this.#feeds.connect(sink, `/feeds/${name}`, ""));
  }

  #open(socket: ServerSocket, connect: (sink: SocketSink) => ReturnType<SocketHub["connect"]>): SocketSession {
    const fates = new FrameFates(this.#faults, this.#queue, (text) => socket.send(text));
    const connection = connect({
      open: () => socket.open,
      send: (text) => fates.frame(text),
      buffered: () => 0,
      drop: () => socket.drop(),
      close: (code, reason) => socket.close(code, reason),
      heardOut: () => Promise.resolve(),
    });
    this.#sockets.add(socket);
    return {
      text: (text) => {
        if (this.#faults.strikes("command-loss", 0.5) !== null) return;
        this.now();
        connection?.session.receive(text);
      },
      closed: () => {
        this.#sockets.delete(socket);
        connection?.close();
      },
    };
  }
}

/** What becomes of the frames of one connection. */
class FrameFates {
  readonly #faults: ActiveFaults;
  readonly #queue: EventQueue;
  readonly #deliver: (text: string) => void;
  /** Waits to change places with the next one. */
  #swapped: string | null = null;

  constructor(faults: ActiveFaults, queue: EventQueue, deliver: (text: string) => void) {
    this.#faults = faults;
    this.#queue = queue;
    this.#deliver = deliver;
  }

  frame(text: string): void {
    const faults = this.#faults;
    if (PRIVATE.test(text) && faults.strikes("private-loss", 1) !== null) return;
    if (faults.strikes("frame-loss", 0.08) !== null) return;
    const late = faults.strikes("frame-delay", 0.1);
    if (late !== null) {
      this.#queue.after(late.random.uniform() * DELAY_MAX * late.fault.size, () => this.#deliver(text));
      return;
    }
    if (this.#swapped === null && faults.strikes("frame-swap", 0.08) !== null) {
      this.#swapped = text;
      this.#queue.after(SWAP_PATIENCE, () => this.#release());
      return;
    }
    this.#deliver(text);
    if (faults.strikes("frame-repeat", 0.08) !== null) this.#deliver(text);
    this.#release();
  }

  #release(): void {
    const swapped = this.#swapped;
    this.#swapped = null;
    if (swapped !== null) this.#deliver(swapped);
  }
}
