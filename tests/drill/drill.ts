/**
 * A drill: the real client and the engine trade on the simulated exchange through a hostile network, in simulated time, and
 * what must hold is checked at every decision and at the end.
 *
 * Now and then the bot dies in the middle of it all, and another one goes on from what it had written down.
 *
 * | mode | what moves together |
 * | --- | --- |
 * | lockstep | as in a run with the embedded exchange: one request at a time, time stands still until all is answered |
 * | free | as at the real Kalshi: requests overlap, answers and frames come in any order, time goes on meanwhile |
 *
 * @module
 */

import type { Action, VenueAction } from "../../src/core/action.ts";
import type { Input } from "../../src/core/input.ts";
import type { OrderIntent } from "../../src/core/order.ts";
import type { StateRecord } from "../../src/core/record.ts";
import { count, type Micros, micros, MICROS_PER_MILLISECOND, MICROS_PER_SECOND } from "../../src/core/units.ts";
import { remaining } from "../../src/execution/order_state.ts";
import { SteppedClock } from "../../src/ops/clock.ts";
import { Random } from "../../src/venues/exchange/random.ts";
import { type RunningExchange, startExchange } from "../../src/venues/exchange/server.ts";
import type { Frames } from "../../src/venues/kalshi/frames.ts";
import { createSigner, type Signer } from "../../src/venues/kalshi/signer.ts";
import { HostileNetwork } from "./hostile_network.ts";
import { type Life, startLife } from "./life.ts";
import { Memory } from "./memory.ts";
import { RestingOrders } from "./resting_orders.ts";
import { TrueBooks } from "./true_books.ts";

export interface DrillOptions {
  readonly seed: number;
  readonly mode: "lockstep" | "free";
  /** It quotes both sides instead of taking what pays. */
  readonly maker?: boolean;
  /** Orders leave by kept-alive connections of the client's own. */
  readonly fastOrders: boolean;
  /** Frames read by the fast client, as a run does unless told otherwise. */
  readonly frames: Frames;
}

/** One move of time is up to this long. */
const QUANTUM_MAX_MS = 2_000;
/** A book may be believed for so long after it has changed, in seconds: the frame that tells may be late or lost, the next tells it. */
const BOOK_AGE_MAX = 20;
/** Mean simulated seconds between two acts of a person, and two deaths of the bot. */
const MEDDLE_EVERY = 300;
const DIE_EVERY = 400;
/** Rounds in which nothing arrives any more before frames count as lost with their connection. */
const LOST_AFTER_ROUNDS = 60;
const PROBLEMS_MAX = 20;
const LOGS_KEPT = 50_000;

export class Drill {
  readonly exchange: RunningExchange;
  readonly network: HostileNetwork;
  readonly books: TrueBooks;
  readonly clock: SteppedClock;
  readonly memory = new Memory();
  /** What must never happen, and did. */
  readonly problems: string[] = [];
  /** The newest lines of all logs. */
  readonly logs: string[] = [];
  /** How often each kind of audit was written. */
  readonly audits = new Map<string, number>();
  /** Seconds that the oldest book was behind on which something was sent. */
  bookAge = 0;
  placed = 0;
  amended = 0;
  gaps = 0;
  lives = 0;
  readonly #options: DrillOptions;
  readonly #signer: Signer;
  readonly #random: Random;
  readonly #startedAt: Micros;
  #life: Life;
  #waiting: Input[] = [];
  #busy = false;
  #newest = 0;
  /** False from when the engine was told that the connection is down until it is up again. */
  #linkUp = false;
  /** Frames that broke off with a connection, on either side of the network. */
  #lostBefore = 0;
  #lostAfter = 0;

  private constructor(options: DrillOptions, exchange: RunningExchange, network: HostileNetwork, signer: Signer) {
    this.#options = options;
    this.exchange = exchange;
    this.network = network;
    this.#signer = signer;
    this.books = new TrueBooks(exchange.exchange);
    new RestingOrders(
      exchange.exchange,
      (ticker, side) => {
        let sum = 0;
        for (const order of this.engine.desk.orders.openIn(ticker)) {
          if (order.intent.side === side) sum += remaining(order);
        }
        return count(sum);
      },
      (text) => this.#problem(text),
    );
    this.clock = new SteppedClock(exchange.now());
    this.#startedAt = exchange.now();
    this.#random = Random.named(options.seed, "drill");
    this.#life = this.#born();
  }

  static async start(options: DrillOptions): Promise<Drill> {
    const { seed, mode } = options;
    const exchange = await startExchange({
      port: 0,
      seed,
      speed: 1,
      faults: ["stale-get"],
      mode: "stepped",
      keyDirectory: null,
    });
    const { rest, ws, ed25519 } = exchange.info;
    const network = await HostileNetwork.start({ seed, rest, ws, lockstep: mode === "lockstep" });
    const signer = await createSigner(ed25519.key_id, exchange.ed25519PrivateKeyPem);
    return new Drill(options, exchange, network, signer);
  }

  get now(): Micros {
    return this.clock.now();
  }

  /** Simulated seconds since the start. */
  get seconds(): number {
    return (this.now - this.#startedAt) / MICROS_PER_SECOND;
  }

  get engine(): Life["engine"] {
    return this.#life.engine;
  }

  /**
   * Trades for so many simulated seconds, or `wallSeconds` where this machine is slow. Now and then a person stops everything,
   * or the bot dies.
   */
  async run(seconds: number, wallSeconds: number): Promise<void> {
    const deadline = performance.now() + wallSeconds * 1_000;
    this.#life.venue.start();
    const end = this.now + seconds * MICROS_PER_SECOND;
    let meddleAt = this.#soon(MEDDLE_EVERY);
    let dieAt = this.#soon(DIE_EVERY);
    while (this.now < end && this.problems.length < PROBLEMS_MAX && performance.now() < deadline) {
      await this.step();
      if (this.now >= meddleAt) {
        const killed = this.engine.desk.halts.has("kill");
        this.#command(killed ? "resume" : "kill");
        meddleAt = this.#soon(killed ? MEDDLE_EVERY : 5);
      }
      if (this.now >= dieAt) {
        await this.#reborn();
        dieAt = this.#soon(DIE_EVERY);
      }
    }
  }

  /** The storm is over and nothing new is sent: goes on until `holds`, for so many simulated seconds at most. */
  async calmDown(seconds: number, holds: () => boolean): Promise<void> {
    this.network.calm();
    this.#command("shutdown");
    const end = this.now + seconds * MICROS_PER_SECOND;
    do {
      await this.step();
      await this.#settle();
    } while (this.now < end && !holds());
    this.#judge();
  }

  /** One move of time. */
  async step(): Promise<void> {
    const quantum = this.#random.integer(
      20,
      this.#isFree && !this.#life.venue.health().connected ? 60 : QUANTUM_MAX_MS,
    );
    const target = micros(this.now + quantum * MICROS_PER_MILLISECOND);
    this.clock.advanceTo(target);
    await this.#catchUp();
    this.exchange.advance(target);
    await this.#catchUp();
    this.network.advance(target, quantum / 1_000);
    await this.#catchUp();
    this.accept({ type: "clock", at: target });
    await this.#catchUp();
  }

  accept(input: Input): void {
    this.#waiting.push(input);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#take(next);
    } finally {
      this.#busy = false;
    }
  }

  async stop(): Promise<void> {
    await this.#life.venue.stop();
    await this.network.stop();
    await this.exchange.stop();
  }

  #born(): Life {
    const { seed, mode, fastOrders, frames } = this.#options;
    this.lives++;
    this.#linkUp = false;
    return startLife({
      number: this.lives,
      seed,
      maker: this.#options.maker ?? false,
      lockstep: mode === "lockstep",
      fastOrders,
      frames,
      rest: this.network.rest,
      ws: this.network.ws,
      signer: this.#signer,
      clock: this.clock,
      resume: this.memory.state,
      sink: (input) => this.accept(input),
      log: (text) => {
        this.#log(text);
        if (text.includes("Two books")) this.#problem(text);
      },
    });
  }

  /** The bot dies with whatever is under way, and another one begins. */
  async #reborn(): Promise<void> {
    this.#judge();
    await this.#life.venue.stop();
    this.#waiting = [];
    this.#log("died");
    this.#life = this.#born();
    this.#life.venue.start();
  }

  #judge(): void {
    const { engine, twin } = this.#life;
    this.gaps += engine.gaps;
    if (twin.decisionHash !== engine.decisionHash) this.#problem(`Life ${this.lives} cannot be repeated`);
  }

  #soon(mean: number): number {
    return this.now + this.#random.exponential(mean) * MICROS_PER_SECOND;
  }

  #command(command: "kill" | "resume" | "shutdown"): void {
    this.accept({ type: "operator", at: this.now, command, subject: null, via: "cli" });
  }

  get #isFree(): boolean {
    return this.#options.mode === "free";
  }

  #take(arrived: Input): void {
    const input = arrived.at < this.#newest ? { ...arrived, at: this.#newest as Micros } : arrived;
    this.#newest = input.at;
    if (isAboutOrders(input)) this.#log(`heard ${JSON.stringify(input)}`);
    const actions = this.#life.engine.step(input);
    this.#life.twin.step(input);
    for (const action of actions) this.#check(action, input);
    if (input.type === "link") this.#linkUp = input.up;
    for (const action of actions) if (isForVenue(action)) this.#life.venue.perform(action);
  }

  #check(action: Action, input: Input): void {
    if (action.type === "log") return this.#log(`engine ${action.level}: ${action.text}`);
    if (action.type === "record") return this.#keep(action.record);
    if (action.type === "amend" && action.reason !== "Still wanted") {
      this.amended++;
      return this.#checkSent(action, input);
    }
    if (action.type !== "place") return;
    this.placed++;
    this.#checkSent(action.intent, input);
  }

  /** What is priced is priced on a book that can be believed. */
  #checkSent({ ticker, clientOrderId }: Pick<OrderIntent, "ticker" | "clientOrderId">, input: Input): void {
    const where = `${clientOrderId} in ${ticker}, upon ${input.type}`;
    const book = this.engine.markets.get(ticker)?.book;
    if (book?.phase !== "synced") return this.#problem(`Sent on a book that is ${book?.phase}: ${where}`);
    if (!this.#linkUp) this.#problem(`Sent without a connection: ${where}`);
    const age = this.books.age(ticker, book);
    this.bookAge = Math.max(this.bookAge, age);
    if (age === Infinity) this.#problem(`Sent on a book that the exchange never had: ${where}`);
    else if (age > BOOK_AGE_MAX) this.#problem(`Sent on a book ${age} s old: ${where}`);
    for (const order of this.engine.desk.orders.openIn(ticker)) {
      if (order.phase === "unknown") this.#problem(`Sent while ${order.intent.clientOrderId} is unknown: ${where}`);
    }
  }

  #keep(record: StateRecord): void {
    this.memory.keep(record);
    if (record.kind !== "audit") return;
    this.audits.set(record.event, (this.audits.get(record.event) ?? 0) + 1);
    this.#log(`audit ${record.event}: ${record.text}`);
  }

  #problem(text: string): void {
    this.#log(`PROBLEM ${text}`);
    if (this.problems.length < PROBLEMS_MAX) this.problems.push(text);
  }

  #log(text: string): void {
    this.logs.push(`${this.seconds.toFixed(3)} ${text}`);
    if (this.logs.length > 2 * LOGS_KEPT) this.logs.splice(0, LOGS_KEPT);
  }

  /** In lockstep all is done; otherwise what is on the way has had a moment to arrive. */
  async #catchUp(): Promise<void> {
    if (!this.#isFree) return await this.#settle();
    await pause();
  }

  /** Waits until every frame has arrived, and nothing is asked or answered any more. */
  async #settle(): Promise<void> {
    let quiet = 0;
    let before = "";
    while (quiet < LOST_AFTER_ROUNDS) {
      await this.#life.venue.idle();
      const { received, delivered } = this.network.counts;
      const [sent, arrived] = [this.exchange.framesSent(), this.#life.venue.framesReceived()];
      if (received + this.#lostBefore === sent && arrived + this.#lostAfter === delivered) {
        await this.#life.venue.idle();
        if (this.exchange.framesSent() === sent && this.network.counts.delivered === delivered) return;
      }
      const now = `${sent} ${received} ${delivered} ${arrived}`;
      quiet = now === before ? quiet + 1 : 0;
      before = now;
      await pause();
    }
    const { received, delivered } = this.network.counts;
    this.#lostBefore = this.exchange.framesSent() - received;
    this.#lostAfter = delivered - this.#life.venue.framesReceived();
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function isAboutOrders({ type }: Input): boolean {
  return type.startsWith("order_") || type === "cancel_failed" || type === "fill" || type === "account" ||
    type === "link";
}

function isForVenue(action: Action): action is VenueAction {
  return action.type !== "record" && action.type !== "log";
}
