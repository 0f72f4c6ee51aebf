/**
 * The engine: `step(input) -> actions`, pure, synchronous, deterministic. The same inputs give the same actions and the
 * same {@link Engine.decisionHash}, bit for bit, in a live run, on paper, in a backtest and in a replay.
 *
 * | input | what happens |
 * | --- | --- |
 * | market, lifecycle | the market is learnt, closed, settled and paid out |
 * | book_snapshot, book_delta, sequence, book_stale | the sequence is checked, the book moved or made stale; a stale one is asked for anew |
 * | trade | the queue of paper orders moves up, and order flow where a strategy asks for it |
 * | index | the source to believe is chosen; the index, its volatility and every market on it are repriced; its minutes are made |
 * | spot | the newest word of each spot exchange is kept |
 * | minute | the price history of before is filled in |
 * | weather_*, climate_report, fed_funds, peer_quote | the newest is kept, and the markets that it bears on are decided about |
 * | volatility_forecast | the choice among forecasters is kept; markets are priced with it where that is set |
 * | order_*, cancel_failed, change_failed, queue_position, fill, account | the desk books what the venue says |
 * | exchange_status | nothing is sent to a shard while the exchange pauses it |
 * | operator, health, venue_health, lease, link | halts begin and end |
 * | settings | limits and parameters are others from now on |
 * | clock | time passes: closes, orders to ask for, the day's loss |
 *
 * Excluded from the contract: `log` actions and the order of their texts.
 * @module
 */

import type { Action } from "../core/action.ts";
import type {
  ExchangeStatusInput,
  FedFundsInput,
  IndexInput,
  Input,
  LifecycleInput,
  MarketInput,
  OperatorInput,
  PeerQuoteInput,
  SettingsInput,
  SpotInput,
  TradeInput,
  VolatilityForecastInput,
} from "../core/input.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { type BoundStrategy, type Registration, STRATEGIES } from "../strategies/registry.ts";
import { AutoHalts } from "./auto_halts.ts";
import { Books } from "./books.ts";
import { Controls } from "./controls.ts";
import { Decisions } from "./decisions.ts";
import { Desk } from "./desk.ts";
import type { IndexState } from "./index_state.ts";
import { Indices } from "./indices.ts";
import { LossBreakers } from "./loss_breakers.ts";
import { MarketFlows } from "./market_flow.ts";
import type { MarketState } from "./market_state.ts";
import { Markets } from "./markets.ts";
import type { EngineOptions, StrategySettings } from "./options.ts";
import { OutsideReadings } from "./outside_readings.ts";
import { type AssetHistory, PriceHistories } from "./price_history.ts";
import { PORTFOLIO_EVERY } from "./records.ts";
import { Settings } from "./settings.ts";
import { SettlementTracker } from "./settlement_tracker.ts";
import { SpotPrices } from "./spot_prices.ts";
import { Step } from "./step.ts";
import { StrategyStates } from "./strategy_states.ts";
import { VolatilityChoices } from "./volatility_choices.ts";
import type { Watcher } from "./watcher.ts";
import type { WeatherInput } from "./weather_readings.ts";

export class Engine {
  readonly options: EngineOptions;
  readonly desk: Desk;
  readonly markets: ReadonlyMap<string, MarketState>;
  readonly indices: ReadonlyMap<string, IndexState>;
  /** Minutes and their volatility, by asset. */
  readonly prices: ReadonlyMap<string, AssetHistory>;
  /** Which volatility forecaster is believed, by asset. */
  readonly volatility: ReadonlyMap<string, VolatilityForecastInput>;
  readonly spot = new SpotPrices();
  readonly outside = new OutsideReadings();
  /** Of the markets of which a strategy asks for it. */
  readonly flows: MarketFlows;
  readonly settlements: SettlementTracker;
  /** Every strategy, those that run from the start first. */
  readonly strategies: StrategyStates;
  readonly #step: Step;
  readonly #markets: Markets;
  readonly #indices: Indices;
  readonly #prices: PriceHistories;
  readonly #volatility: VolatilityChoices;
  readonly #decisions: Decisions;
  readonly #books: Books;
  readonly #controls: Controls;
  readonly #settings: Settings;
  /** Both `null` in journals of versions without. */
  readonly #breakers: LossBreakers | null;
  readonly #autoHalts: AutoHalts | null;
  #inputs = 0;
  #second = 0;
  #portfolioAt: Micros;

  /** @param registry the strategies that its options may name */
  constructor(options: EngineOptions, registry: readonly Registration[] = STRATEGIES) {
    const { safety, resume, startedAt } = options;
    const markets = new Map<string, MarketState>();
    const step = new Step(startedAt);
    const states = new StrategyStates(options.strategies, resume.strategies ?? [], startedAt, (record) => {
      if (safety !== undefined) step.record(record);
    });
    const strategies = boundStrategies(options, registry, ({ name }) => states.of(name).phase !== "off");
    const off = boundStrategies(options, registry, ({ name }) => states.of(name).phase === "off");
    const desk = new Desk(options, step, (ticker) => markets.get(ticker));
    this.options = options;
    this.desk = desk;
    this.markets = markets;
    this.strategies = states;
    this.#step = step;
    this.#portfolioAt = startedAt;
    this.#markets = new Markets(
      step,
      desk,
      strategies,
      this.strategies,
      markets,
      (ticker) => this.#forget(ticker),
      (strategy, ticker, act) => this.#decisions.guard(strategy, ticker, act),
    );
    this.#indices = new Indices(step, options.index);
    this.flows = new MarketFlows(step, desk, this.#markets);
    this.#decisions = new Decisions(step, desk, this.#markets, this.#indices, this, this.strategies);
    this.#books = new Books(step, desk, this.#markets, this.#decisions, this.flows);
    this.#breakers = safety === undefined ? null : new LossBreakers(step, desk, states, safety.breakers);
    this.#autoHalts = safety === undefined
      ? null
      : new AutoHalts(step, desk, this.#indices, this.#markets, safety.autoHalts);
    this.#controls = new Controls(step, desk, this.strategies, this.#markets, this.#breakers, off);
    this.#settings = new Settings(step, desk, [...strategies, ...off], registry, safety?.recovery);
    this.#prices = new PriceHistories(step);
    this.indices = this.#indices.byName;
    this.settlements = new SettlementTracker(step, this.indices);
    this.#volatility = new VolatilityChoices(step);
    this.prices = this.#prices.byAsset;
    this.volatility = this.#volatility.byAsset;
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

  /** What a strategy is asked with now, as the configuration has it. */
  parametersOf(strategy: string): Readonly<Record<string, unknown>> {
    const begun = this.options.strategies.find(({ name }) => name === strategy)?.parameters;
    return this.#settings.parametersOf(strategy) ?? begun ?? {};
  }

  /** Why a person may not lift what stands, or start a strategy, yet: in words; `null` where that may be. */
  obstacleTo(command: "resume" | "start_strategy", strategy: string | null): string | null {
    if (this.#breakers === null) return null;
    return command === "resume" ? this.desk.resumeObstacle : this.#breakers.startObstacle(strategy ?? "");
  }

  /** Has somebody look on, or nobody any more. */
  watch(watcher: Watcher | null): void {
    this.#step.watcher = watcher;
  }

  /** Takes one input in and returns what is to be done, in order; first of all what the start itself decided. The array is the caller's. */
  step(input: Input): readonly Action[] {
    this.#inputs++;
    this.#step.begin(input.at);
    this.desk.advance();
    this.#beginSecond();
    this.#dispatch(input);
    this.#breakers?.settled(this.desk.takeResults());
    this.#controls.heedFuses();
    this.#everySecond();
    this.#decisions.evaluateGroups();
    this.desk.flush();
    return this.#step.take();
  }

  /** Before anything is decided in a new second. */
  #beginSecond(): void {
    if (Math.floor(this.#step.at / MICROS_PER_SECOND) === this.#second) return;
    this.#indices.advance();
    this.#autoHalts?.everySecond();
    this.flows.advance();
    this.desk.rebalance(this.strategies.active);
  }

  #dispatch(input: Input): void {
    switch (input.type) {
      case "clock":
      case "link":
      case "implied_volatility":
        return;
      case "weather_observation":
      case "weather_forecast":
      case "climate_report":
      case "fed_funds":
      case "peer_quote":
        return this.#outside(input);
      case "market":
        return this.#market(input);
      case "lifecycle":
        return this.#lifecycle(input);
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
        return this.#traded(input);
      case "index":
        return this.#index(input);
      case "spot":
        return this.#spot(input);
      case "minute":
        return this.#prices.minute(input);
      case "volatility_forecast":
        if (this.#volatility.take(input)) this.#indices.select(input);
        return;
      case "account":
        return this.desk.account(input);
      case "exchange_status":
        return this.#exchangeStatus(input);
      case "operator":
        return this.#operator(input);
      case "settings":
        return this.#takeSettings(input);
      case "health":
        return this.#controls.health(input);
      case "venue_health":
        return this.#autoHalts?.take(input);
      case "lease":
        return this.#controls.lease(input);
      default:
        return this.desk.answer(input);
    }
  }

  #market({ market }: MarketInput): void {
    const state = this.#markets.learn(market);
    if (state === null) return;
    this.#decisions.evaluate(state);
    this.settlements.judge(state);
  }

  #lifecycle(input: LifecycleInput): void {
    this.#markets.lifecycle(input);
    const state = this.markets.get(input.ticker);
    if (state !== undefined) this.settlements.judge(state);
  }

  #traded(input: TradeInput): void {
    const state = this.markets.get(input.ticker);
    if (state !== undefined) state.traded += input.count;
    this.flows.traded(input);
    this.desk.traded(input);
  }

  #spot(input: SpotInput): void {
    const refused = this.spot.take(input);
    if (refused !== null) this.#step.log("warn", `Spot price refused: ${refused}`);
  }

  #outside(input: WeatherInput | FedFundsInput | PeerQuoteInput): void {
    const refused = this.outside.take(input);
    if (refused !== null) return this.#step.log("warn", `Reading refused: ${refused}`);
    for (const state of this.markets.values()) if (bearsOn(input, state)) this.#decisions.evaluate(state);
  }

  #index(input: IndexInput): void {
    if (!this.#indices.take(input)) return;
    const believed = this.#indices.believed(input);
    if (believed !== null) this.#prices.index(believed);
    this.settlements.heard(input);
    if (!this.#indices.isBelieved(input)) return;
    for (const state of this.markets.values()) {
      if (state.index === input.index && !state.closed) this.#decisions.evaluate(state);
    }
  }

  #exchangeStatus(input: ExchangeStatusInput): void {
    this.desk.exchangeStatus(input);
    for (const state of this.markets.values()) this.#decisions.evaluate(state);
  }

  #operator(input: OperatorInput): void {
    this.#controls.operator(input);
    this.desk.rebalance(this.strategies.active);
    for (const state of this.markets.values()) this.#decisions.evaluate(state);
  }

  #takeSettings(input: SettingsInput): void {
    if (!this.#settings.take(input)) return;
    for (const state of this.markets.values()) this.#decisions.evaluate(state);
  }

  #forget(ticker: string): void {
    this.#books.forget(ticker);
    this.outside.peers.forget(ticker);
    this.flows.forget(ticker);
  }

  #everySecond(): void {
    const second = Math.floor(this.#step.at / MICROS_PER_SECOND);
    if (second === this.#second) return;
    this.#second = second;
    for (const state of this.markets.values()) {
      if (!state.closed) this.#decisions.evaluateOnce(state);
      else this.#markets.forgetWhenOld(state);
    }
    this.#controls.everySecond();
    this.#prices.tick();
    this.#books.askForStale();
    this.desk.housekeep();
    if (this.#step.at - this.#portfolioAt < PORTFOLIO_EVERY || !this.desk.ready) return;
    this.#portfolioAt = this.#step.at;
    this.desk.snapshot();
  }
}

/** Whether a reading may change what is decided about a market. */
function bearsOn(
  input: WeatherInput | FedFundsInput | PeerQuoteInput,
  { market, index, climate }: MarketState,
): boolean {
  switch (input.type) {
    case "peer_quote":
      return market.ticker === input.ticker;
    case "fed_funds":
      return index === null && climate === null;
    default:
      return climate?.station.id === input.station;
  }
}

/** Some of the strategies, each with its parameters. One that is switched off may be unknown here. */
function boundStrategies(
  { strategies, safety }: EngineOptions,
  registry: readonly Registration[],
  wanted: (settings: StrategySettings) => boolean,
): readonly BoundStrategy[] {
  return strategies.filter(wanted).flatMap(({ name, parameters, enabled }) => {
    const registered = registry.find((strategy) => strategy.name === name);
    if (registered === undefined && enabled) throw new Error(`No strategy is called ${name}`);
    return registered?.bind(parameters, safety?.recovery) ?? [];
  });
}
