/**
 * The engine: `step(input) -> actions`, pure, synchronous, deterministic. The same inputs give the same actions and the
 * same {@link Engine.decisionHash}, bit for bit, in a live run, on paper, in a backtest and in a replay.
 *
 * | input | what happens |
 * | --- | --- |
 * | market, lifecycle | the market is learnt, closed, settled and paid out |
 * | book_snapshot, book_delta, sequence, book_stale | the sequence is checked, the book moved or made stale; a stale one is asked for anew |
 * | trade | the queue of paper orders moves up |
 * | index | the index, its volatility and every market on it are repriced |
 * | order_*, cancel_failed, fill, account | the desk books what the venue says |
 * | operator, health, link | halts begin and end |
 * | clock | time passes: closes, orders to ask for, the day's loss |
 *
 * Excluded from the contract: `log` actions and the order of their texts.
 * @module
 */

import type { Action } from "../core/action.ts";
import type {
  BookDeltaInput,
  BookSnapshotInput,
  BookStaleInput,
  IndexInput,
  Input,
  MarketInput,
  OperatorInput,
  SequencePoint,
} from "../core/input.ts";
import type { Side } from "../core/order.ts";
import { SequenceGuard } from "../core/sequence.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { type BoundStrategy, STRATEGIES } from "../strategies/registry.ts";
import type { Target } from "../strategies/strategy.ts";
import { Desk } from "./desk.ts";
import { IndexState } from "./index_state.ts";
import type { MarketState } from "./market_state.ts";
import { Markets } from "./markets.ts";
import type { EngineOptions } from "./options.ts";
import { Sight } from "./sight.ts";
import { Step } from "./step.ts";

const PORTFOLIO_EVERY = 60 * MICROS_PER_SECOND;
/** A book that stays stale is asked for again after this. */
const RESYNC_EVERY = 5 * MICROS_PER_SECOND;
/** Far more indices than any series settles on. */
const INDICES_MAX = 64;
const NO_TARGETS: readonly Target[] = [];

export class Engine {
  readonly options: EngineOptions;
  readonly desk: Desk;
  readonly markets = new Map<string, MarketState>();
  readonly indices = new Map<string, IndexState>();
  readonly stopped = new Set<string>();
  readonly #strategies: readonly BoundStrategy[];
  readonly #markets: Markets;
  readonly #guard = new SequenceGuard();
  readonly #resyncAskedAt = new Map<string, Micros>();
  readonly #step: Step;
  #inputs = 0;
  #decisions = 0;
  #second = 0;
  #portfolioAt: Micros;

  constructor(options: EngineOptions) {
    this.options = options;
    this.#step = new Step(options.startedAt);
    this.#portfolioAt = options.startedAt;
    this.#strategies = options.strategies.filter((each) => each.enabled).map(({ name, parameters }) => {
      const registered = STRATEGIES.find((strategy) => strategy.name === name);
      if (registered === undefined) throw new Error(`No strategy is called ${name}`);
      return registered.bind(parameters);
    });
    this.desk = new Desk(options, this.#step, (ticker) => this.markets.get(ticker));
    this.#markets = new Markets(this.#step, this.desk, this.#strategies, this.markets, (ticker) => {
      this.#resyncAskedAt.delete(ticker);
      this.#guard.forget(ticker);
    });
  }

  get now(): Micros {
    return this.#step.at;
  }
  get inputs(): number {
    return this.#inputs;
  }
  get decisions(): number {
    return this.#decisions;
  }
  get gaps(): number {
    return this.#guard.gaps;
  }
  /** 16 hex digits over every decision so far. */
  get decisionHash(): string {
    return this.#step.hash;
  }
  get strategyNames(): readonly string[] {
    return this.#strategies.map((strategy) => strategy.name);
  }

  /** Takes one input in and returns what is to be done, in order; first of all what the start itself decided. The array is the caller's. */
  step(input: Input): readonly Action[] {
    this.#inputs++;
    this.#step.begin(input.at);
    this.desk.advance();
    this.#dispatch(input);
    this.#everySecond();
    this.desk.flush();
    return this.#step.take();
  }

  #dispatch(input: Input): void {
    switch (input.type) {
      case "clock":
      case "link":
        return;
      case "market":
        return this.#market(input);
      case "lifecycle":
        return this.#markets.lifecycle(input);
      case "book_snapshot":
        return this.#snapshot(input);
      case "book_delta":
        return this.#delta(input);
      case "sequence":
        this.#inSequence(input.sequence, null);
        return;
      case "book_stale":
        return this.#stale(input);
      case "trade":
        return this.options.execution === "paper" ? this.desk.paper.trade(input) : undefined;
      case "index":
        return this.#index(input);
      case "account":
        return this.desk.account(input);
      case "operator":
        return this.#operator(input);
      case "health":
        return this.#health(input.part, input.healthy, input.detail);
      default:
        return this.desk.answer(input);
    }
  }

  #market({ market }: MarketInput): void {
    const state = this.#markets.learn(market);
    if (state !== null) this.#evaluate(state);
  }

  // --- books --------------------------------------------------------------------------------------------------------

  /** False where the frame must not be applied: it was applied before. A gap makes all books of the subscription stale. */
  #inSequence(point: SequencePoint | null, ticker: string | null): boolean {
    if (point === null) return true;
    const verdict = this.#guard.observe(point, ticker);
    if (verdict !== "gap") return verdict === "next";
    const tickers = [...this.#guard.tickersOf(point)];
    this.#makeStale(tickers, `Sequence gap before ${point.seq} on subscription ${point.sid}`);
    return true;
  }

  #makeStale(tickers: readonly string[], reason: string): void {
    const asked: string[] = [];
    for (const ticker of tickers) {
      const state = this.markets.get(ticker);
      if (state === undefined || state.closed) continue;
      state.book.markStale(reason);
      this.#resyncAskedAt.set(ticker, this.#step.at);
      asked.push(ticker);
      this.#evaluate(state);
    }
    if (asked.length === 0) return;
    this.#step.log("warn", `${reason}: ${asked.length} books are stale until a new snapshot`);
    this.#step.act({ type: "resync", tickers: asked, reason });
  }

  #snapshot(input: BookSnapshotInput): void {
    const state = this.markets.get(input.ticker);
    if (!this.#inSequence(input.sequence, input.ticker) || state === undefined) return;
    this.#markets.closeWhenDue(state);
    state.book.replace(input.yes, input.no, this.#step.at);
    this.desk.moved();
    this.#resyncAskedAt.delete(input.ticker);
    if (state.closed) return;
    if (this.options.execution === "paper") this.desk.paper.snapshot(input.ticker);
    state.touched(this.#step.at);
    this.#evaluate(state);
  }

  #delta(input: BookDeltaInput): void {
    const state = this.markets.get(input.ticker);
    if (!this.#inSequence(input.sequence, input.ticker) || state === undefined) return;
    this.#markets.closeWhenDue(state);
    const outcome = state.book.change(input.side, input.price, input.delta, this.#step.at);
    switch (outcome) {
      case "negative":
        return this.#makeStale([input.ticker], state.book.staleReason);
      case "ignored":
        return this.#askAgain(state);
      case "applied":
        if (state.closed) return;
        if (this.options.execution === "paper") this.desk.paper.delta(input);
        if (state.touched(this.#step.at)) this.#evaluate(state);
    }
  }

  /** A change for a book that still waits for its snapshot: ask for it, but not at every change. */
  #askAgain(state: MarketState): void {
    const { ticker } = state.market;
    const asked = this.#resyncAskedAt.get(ticker);
    if (state.closed || (asked !== undefined && this.#step.at - asked < RESYNC_EVERY)) return;
    this.#resyncAskedAt.set(ticker, this.#step.at);
    this.#step.act({ type: "resync", tickers: [ticker], reason: `The book is ${state.book.phase}` });
  }

  /** A snapshot that was asked for may get lost as well, and a quiet market sends no change that would show it. */
  #askForStale(): void {
    let tickers: string[] | null = null;
    for (const [ticker, asked] of this.#resyncAskedAt) {
      if (this.#step.at - asked < RESYNC_EVERY) continue;
      const state = this.markets.get(ticker);
      if (state === undefined || state.closed || state.book.phase !== "stale") continue;
      this.#resyncAskedAt.set(ticker, this.#step.at);
      (tickers ??= []).push(ticker);
    }
    if (tickers !== null) this.#step.act({ type: "resync", tickers, reason: "Books are still stale" });
  }

  #stale(input: BookStaleInput): void {
    if (input.tickers !== "all") return this.#makeStale(input.tickers, input.reason);
    // After a lost connection the venue subscribes anew by itself: nothing has to be asked for.
    for (const state of this.markets.values()) {
      if (state.closed) continue;
      state.book.markStale(input.reason);
      this.#resyncAskedAt.set(state.market.ticker, this.#step.at);
      this.#evaluate(state);
    }
  }

  // --- prices -------------------------------------------------------------------------------------------------------

  #index(input: IndexInput): void {
    let index = this.indices.get(input.index);
    if (index === undefined) {
      if (this.indices.size >= INDICES_MAX) return;
      index = new IndexState(input.index, this.options.index);
      this.indices.set(input.index, index);
    }
    const refused = index.take(input);
    if (refused !== null) {
      this.#step.log("warn", `Index value refused: ${refused}`);
      return;
    }
    for (const state of this.markets.values()) {
      if (state.index === input.index && !state.closed) this.#evaluate(state);
    }
  }

  /** P(YES) by the closed form, NaN where something it needs is missing. */
  #probability(state: MarketState): number {
    const index = state.index === null ? undefined : this.indices.get(state.index);
    const average = index?.averageAt(Math.floor(state.market.closeTime / MICROS_PER_SECOND));
    return average?.probabilityOfYes(state.market) ?? NaN;
  }

  // --- decisions ----------------------------------------------------------------------------------------------------

  /** Reprices a market, asks its strategies, and makes the open orders match what they want. */
  #evaluate(state: MarketState): void {
    if (state.closed) return;
    const { market } = state;
    if (this.#step.at >= market.closeTime) return this.#markets.close(state);
    const { grid } = state;
    state.probability = this.#probability(state);
    this.#cancelOrphans(state);
    if (state.strategies.length === 0 || grid === null) return;
    state.obstacle = this.#obstacle(state);
    this.#decisions++;
    this.#step.weigh(state.probability);
    const index = state.index === null ? null : this.indices.get(state.index)?.reading(this.#step.at) ?? null;
    for (const strategy of state.strategies) {
      const opinion = strategy.decide(
        new Sight(this.#step.at, state, grid, index, strategy.name, this.desk, this.options.risk),
      );
      state.opinion = opinion;
      this.#step.weigh(opinion.refusal?.code ?? "");
      if (this.stopped.has(strategy.name)) state.obstacle ??= `Strategy ${strategy.name} is stopped`;
      this.#match(state, strategy.name, state.obstacle === null ? opinion.targets : NO_TARGETS);
    }
  }

  /** Orders of an earlier run whose strategy does not run any more: nobody else would take them back. */
  #cancelOrphans(state: MarketState): void {
    for (const order of this.desk.orders.openIn(state.market.ticker)) {
      const { strategy } = order.intent;
      if (state.grid !== null && state.strategies.some((each) => each.name === strategy)) continue;
      this.desk.cancel(order, `Strategy ${strategy} does not run here`);
    }
  }

  /** What keeps the engine itself from sending anything here. */
  #obstacle(state: MarketState): string | null {
    const { desk } = this;
    const halt = desk.halts.first;
    if (halt !== null) return `Halted: ${halt.reason}`;
    if (!desk.ready) return "The account is not known yet";
    for (const order of desk.orders.openIn(state.market.ticker)) {
      if (order.phase === "unknown") return `Order ${order.intent.clientOrderId} is unknown: ${order.reason}`;
    }
    for (const order of desk.orders.short()) {
      if (order.intent.ticker === state.market.ticker) return "Fills were counted that have not been heard of yet";
    }
    return null;
  }

  /**
   * Makes the strategy's open orders match its targets. On each side of a market it has one order at most: as long as one is
   * open there, in whatever phase, nothing else is sent on that side, because both could fill.
   *
   * | its open order on the target's side | what happens |
   * | --- | --- |
   * | none | the target is sent |
   * | rests, same price, same kind (posted or not) | stays |
   * | rests, otherwise | is cancelled; the target waits until that is confirmed |
   * | no answer yet, or unknown | the target waits |
   *
   * An order that no target wants is cancelled.
   */
  #match(state: MarketState, strategy: string, targets: readonly Target[]): void {
    const { ticker } = state.market;
    const open = this.desk.orders.openIn(ticker);
    if (targets.length === 0 && open.size === 0) return;
    for (const order of open) {
      const { intent } = order;
      if (intent.strategy !== strategy) continue;
      const wanted = targets.find((target) => target.side === intent.side);
      if (wanted === undefined) this.desk.cancel(order, "No longer wanted");
      else if (wanted.price !== intent.price || wanted.postOnly !== intent.postOnly) {
        this.desk.cancel(order, "Wanted at another price");
      }
    }
    for (const target of targets) {
      if (this.#hasOpen(ticker, strategy, target.side) || this.#meetsOwn(ticker, target)) continue;
      const refusal = this.desk.place(state, target, strategy, this.desk.exposure.of(state.market));
      if (refusal === null) state.lastOrderAt.set(strategy, this.#step.at);
      else state.obstacle = `${refusal.code}: ${refusal.text}`;
    }
  }

  #hasOpen(ticker: string, strategy: string, side: Side): boolean {
    for (const { intent } of this.desk.orders.openIn(ticker)) {
      if (intent.strategy === strategy && intent.side === side) return true;
    }
    return false;
  }

  /** An order that would trade with one of our own waits until that one is gone. */
  #meetsOwn(ticker: string, target: Target): boolean {
    for (const { intent } of this.desk.orders.openIn(ticker)) {
      if (intent.side === target.side) continue;
      if (target.side === "bid" ? target.price >= intent.price : target.price <= intent.price) return true;
    }
    return false;
  }

  // --- people and parts ---------------------------------------------------------------------------------------------

  #operator(input: OperatorInput): void {
    const who = `by ${input.via}`;
    switch (input.command) {
      case "kill":
        if (this.desk.halts.raise("kill", `Kill switch, ${who}`, true, this.#step.at)) {
          this.desk.halted(`Kill switch, ${who}`);
        }
        break;
      case "resume":
        this.desk.resume(`Lifted ${who}`);
        break;
      case "shutdown":
        if (this.desk.halts.raise("shutdown", `Shutting down, ${who}`, false, this.#step.at)) {
          this.desk.cancelAll(`Shutting down, ${who}`);
        }
        break;
      case "stop_strategy":
      case "start_strategy":
        this.#switch(input.subject ?? "", input.command === "start_strategy", who);
    }
    for (const state of this.markets.values()) this.#evaluate(state);
  }

  #switch(name: string, start: boolean, who: string): void {
    if (!this.strategyNames.includes(name)) return;
    if (start) this.stopped.delete(name);
    else this.stopped.add(name);
    this.#step.audit(start ? "strategy_started" : "strategy_stopped", null, `${name}, ${who}`);
  }

  #health(part: string, healthy: boolean, detail: string): void {
    if (healthy) this.desk.halts.lift(part, "Works again", this.#step.at);
    else if (this.desk.halts.raise(part, `The ${part} cannot be written: ${detail}`, false, this.#step.at)) {
      this.desk.halted(`The ${part} cannot be written: ${detail}`);
    }
  }

  // --- time ---------------------------------------------------------------------------------------------------------

  #everySecond(): void {
    const second = Math.floor(this.#step.at / MICROS_PER_SECOND);
    if (second === this.#second) return;
    this.#second = second;
    for (const state of this.markets.values()) {
      if (!state.closed) this.#evaluate(state);
      else this.#markets.forgetWhenOld(state);
    }
    this.#askForStale();
    this.desk.housekeep();
    if (this.#step.at - this.#portfolioAt >= PORTFOLIO_EVERY && this.desk.ready) {
      this.#portfolioAt = this.#step.at;
      this.desk.snapshot();
    }
  }
}
