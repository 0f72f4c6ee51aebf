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
import type { IndexInput, Input, MarketInput, OperatorInput } from "../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { type BoundStrategy, STRATEGIES } from "../strategies/registry.ts";
import { Books } from "./books.ts";
import { Decisions } from "./decisions.ts";
import { Desk } from "./desk.ts";
import type { IndexState } from "./index_state.ts";
import { Indices } from "./indices.ts";
import type { MarketState } from "./market_state.ts";
import { Markets } from "./markets.ts";
import type { EngineOptions } from "./options.ts";
import { Step } from "./step.ts";

const PORTFOLIO_EVERY = 60 * MICROS_PER_SECOND;
export class Engine {
  readonly options: EngineOptions;
  readonly desk: Desk;
  readonly markets = new Map<string, MarketState>();
  readonly #strategies: readonly BoundStrategy[];
  readonly #markets: Markets;
  readonly #indices: Indices;
  readonly #decisions: Decisions;
  readonly #books: Books;
  readonly #step: Step;
  #inputs = 0;
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
    this.#markets = new Markets(
      this.#step,
      this.desk,
      this.#strategies,
      this.markets,
      (ticker) => this.#books.forget(ticker),
    );
    this.#indices = new Indices(this.#step, options.index);
    this.#decisions = new Decisions(this.#step, this.desk, this.#markets, this.#indices, options.risk);
    this.#books = new Books(this.#step, this.desk, this.#markets, this.#decisions);
  }

  get indices(): ReadonlyMap<string, IndexState> {
    return this.#indices.byName;
  }
  get stopped(): ReadonlySet<string> {
    return this.#decisions.stopped;
  }
  get now(): Micros {
    return this.#step.at;
  }
  get inputs(): number {
    return this.#inputs;
  }
  get decisions(): number {
    return this.#decisions.count;
  }
  get gaps(): number {
    return this.#books.gaps;
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
        return this.#books.snapshot(input);
      case "book_delta":
        return this.#books.delta(input);
      case "sequence":
        this.#books.inSequence(input.sequence, null);
        return;
      case "book_stale":
        return this.#books.stale(input);
      case "trade":
        return this.desk.traded(input);
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
    if (state !== null) this.#decisions.evaluate(state);
  }

  #index(input: IndexInput): void {
    if (!this.#indices.take(input)) return;
    for (const state of this.markets.values()) {
      if (state.index === input.index && !state.closed) this.#decisions.evaluate(state);
    }
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
    for (const state of this.markets.values()) this.#decisions.evaluate(state);
  }

  #switch(name: string, start: boolean, who: string): void {
    if (!this.strategyNames.includes(name)) return;
    if (start) this.#decisions.stopped.delete(name);
    else this.#decisions.stopped.add(name);
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
      if (!state.closed) this.#decisions.evaluate(state);
      else this.#markets.forgetWhenOld(state);
    }
    this.#books.askForStale();
    this.desk.housekeep();
    if (this.#step.at - this.#portfolioAt >= PORTFOLIO_EVERY && this.desk.ready) {
      this.#portfolioAt = this.#step.at;
      this.desk.snapshot();
    }
  }
}
