/**
 * What is decided about a market whenever anything that bears on it changed: it is repriced, its strategies are asked, and
 * their orders made to match. Strategies that decide about several markets at a time are asked at the end of the step, once,
 * however many of their markets changed. A probability that is none halts everything, before anybody uses it; a strategy
 * that throws is stopped, and the others go on.
 * @module
 */

import type { Side } from "../core/order.ts";
import type { PriceGrid } from "../core/price_grid.ts";
import { type Count, count } from "../core/units.ts";
import type { Orders } from "../execution/orders.ts";
import { remaining } from "../execution/order_state.ts";
import { MODEL_HALT, modelReason } from "../risk/halts.ts";
import type { BoundGroupStrategy, BoundMarketStrategy, BoundStrategy } from "../strategies/registry.ts";
import type { GroupOpinion, Opinion, PastMarket, StrategyView, Target } from "../strategies/strategy.ts";
import type { Desk } from "./desk.ts";
import type { MarketGroup } from "./groups.ts";
import type { Indices } from "./indices.ts";
import type { MarketFlows } from "./market_flow.ts";
import type { MarketState, Standing } from "./market_state.ts";
import type { Markets } from "./markets.ts";
import type { OutsideReadings } from "./outside_readings.ts";
import { GroupSight, Sight, type Surroundings } from "./sight.ts";
import { Pacer } from "./pacer.ts";
import type { SpotPrices } from "./spot_prices.ts";
import type { Step } from "./step.ts";
import { strategyObstacle, type StrategyStates } from "./strategy_states.ts";
import { type BasketLeg, TargetMatcher } from "./target_matcher.ts";

const NO_TARGETS: readonly Target[] = [];
const NO_OPINIONS: GroupOpinion = new Map();

/** What a strategy is shown beside the markets. */
export interface Elsewhere {
  readonly spot: SpotPrices;
  readonly outside: OutsideReadings;
  readonly flows: MarketFlows;
}

export class Decisions {
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #markets: Markets;
  readonly #indices: Indices;
  readonly #states: StrategyStates;
  readonly #surroundings: Surroundings;
  readonly #matcher: TargetMatcher;
  readonly #pacer: Pacer;
  #count = 0;

  constructor(
    step: Step,
    desk: Desk,
    markets: Markets,
    indices: Indices,
    { spot, outside, flows }: Elsewhere,
    states: StrategyStates,
  ) {
    this.#step = step;
    this.#desk = desk;
    this.#markets = markets;
    this.#indices = indices;
    this.#states = states;
    this.#surroundings = { markets, spot, outside, flows, desk };
    this.#matcher = new TargetMatcher(step, desk);
    this.#pacer = new Pacer(step, desk);
  }

  /** How often strategies were asked. */
  get count(): number {
    return this.#count;
  }

  /** Reprices a market, asks its strategies, and makes the open orders match what they want. */
  evaluate(state: MarketState): void {
    if (state.closed) return;
    if (this.#step.at >= state.market.closeTime) return this.#markets.close(state);
    const { grid } = state;
    state.decidedIn = this.#step.number;
    state.probability = this.#probabilityOfYes(state);
    this.#matcher.cancelOrphans(state);
    if (state.standings.length === 0 || grid === null) return;
    state.obstacle = this.#obstacle(state);
    this.#count++;
    this.#step.weigh(state.probability);
    let view = null as Sight | null;
    for (const standing of state.standings) {
      const { strategy, group } = standing;
      if (group !== null) this.#markets.groups.touch(group);
      else if ("decide" in strategy) {
        view = view === null ? this.#sight(state, grid, standing) : view.turnTo(standing);
        this.#settleOn(state, standing, this.#ask(strategy, standing, view));
      }
    }
  }

  /** The same, unless this very step has decided about the market already. */
  evaluateOnce(state: MarketState): void {
    if (state.decidedIn !== this.#step.number) this.evaluate(state);
  }

  /** Asks the strategies of which groups changed in this step; the last thing that a step decides. */
  evaluateGroups(): void {
    for (const group of this.#markets.groups.take()) this.#evaluateGroup(group);
  }

  /** Runs what a strategy does about a market, and stops the strategy where it throws. */
  guard(strategy: BoundStrategy, ticker: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(strategy.name, ticker, error);
    }
  }

  #sight(state: MarketState, grid: PriceGrid, standing: Standing): Sight {
    return new Sight(this.#step.at, state, grid, this.#indices.readingFor(state), standing, this.#surroundings);
  }

  // --- one market ---------------------------------------------------------------------------------------------------

  /** `null` where it is not to be asked, or threw. */
  #ask(strategy: BoundMarketStrategy, { state: { phase } }: Standing, view: StrategyView): Opinion | null {
    if (phase === "failed") return null;
    try {
      return phase === "winding_up" ? strategy.windUp(view) : strategy.decide(view);
    } catch (error) {
      this.#fail(strategy.name, view.market.ticker, error);
      return null;
    }
  }

  /** Takes an opinion in, and makes the orders match as much of it as may go out. Baskets are left to the caller. */
  #settleOn(state: MarketState, standing: Standing, opinion: Opinion | null): void {
    const { strategy } = standing;
    standing.opinion = opinion;
    if (standing.state.phase === "active") this.#desk.fuses.arm(strategy.name, state.market.shard);
    const targets = opinion?.targets ?? NO_TARGETS;
    if (this.#isBroken(strategy.name, state, targets)) state.obstacle = this.#obstacle(state);
    this.#weigh(state, standing, opinion?.refusal?.code ?? "");
    const halt = this.#desk.halts.over(strategy.name, state.index);
    const stopped = strategyObstacle(standing.state) ?? (halt?.level === "halted" ? `Halted: ${halt.reason}` : null);
    const reducing = halt?.level === "reducing" ? halt : null;
    standing.obstacle = state.obstacle ?? stopped;
    if (stopped !== null || reducing !== null) standing.parents = null;
    if (targets.length > 0 || this.#desk.orders.openIn(state.market.ticker).size > 0) {
      if (standing.obstacle !== null) {
        this.#matcher.pull(state, standing, stopped === null && this.#leavesExits(state, strategy));
      } else if (reducing !== null) this.#reduce(state, standing, targets);
      else this.#send(state, standing, standing.state.phase === "winding_up" ? exitsOf(targets) : targets);
    } else if (standing.parents !== null) this.#pacer.slice(state, standing, NO_TARGETS);
    // These take nothing back: what rests and is still wanted stays.
    if (reducing !== null) standing.obstacle ??= `Reducing: ${reducing.reason}`;
    standing.obstacle ??= this.#desk.pausedOn(state.market.shard);
  }

  /** Only what closes the strategy's own part goes out, and stays. */
  #reduce(state: MarketState, standing: Standing, targets: readonly Target[]): void {
    const { ticker } = state.market;
    const { name } = standing.strategy;
    const part = this.#desk.ledger.partOf(ticker, name);
    for (const order of this.#desk.orders.openIn(ticker)) {
      const { intent } = order;
      if (intent.strategy !== name || remaining(order) <= closableBy(intent.side, part)) continue;
      this.#desk.cancel(order, "Only what closes may rest");
    }
    this.#matcher.match(state, standing, closingOf(targets, part));
  }

  #send(state: MarketState, standing: Standing, targets: readonly Target[]): void {
    this.#matcher.match(state, standing, this.#pacer.slice(state, standing, targets));
  }

  /** A reason to keep still is a decision, too, where it is another one than before. */
  #weigh({ market }: MarketState, standing: Standing, code: string): void {
    if (code === standing.code) return;
    standing.code = code;
    this.#step.weigh(`${market.ticker} ${standing.strategy.name} ${code}`);
  }

  /** Whether what closes may stay on the exchange's book while ours cannot be believed. */
  #leavesExits({ book, index }: MarketState, { disconnected }: BoundStrategy): boolean {
    const { halts } = this.#desk;
    return disconnected === "leave_exits" && halts.first === null && halts.on(index) === null && !book.isTradable;
  }

  // --- groups -------------------------------------------------------------------------------------------------------

  #evaluateGroup(group: MarketGroup): void {
    const { strategy, members } = group;
    const { at } = this.#step;
    const views: Sight[] = [];
    const unseen: string[] = [];
    const over: PastMarket[] = [];
    for (const [state, standing] of members) {
      const { grid, market } = state;
      if (state.closed || at >= market.closeTime) {
        over.push({ market, ownPosition: this.#desk.ledger.partOf(market.ticker, strategy.name) });
      } else if (grid === null) unseen.push(market.ticker);
      else views.push(this.#sight(state, grid, standing));
    }
    if (views.length === 0) return;
    this.#count++;
    const { exposure: { nav }, recovering } = this.#desk;
    const view = new GroupSight(at, group, views, unseen, over, nav, recovering);
    const opinions = this.#askGroup(strategy, view);
    const baskets = new Map<string, BasketLeg[]>();
    for (const [state, standing] of members) {
      if (state.closed || state.grid === null || at >= state.market.closeTime) continue;
      const opinion = opinions.get(state.market.ticker) ?? null;
      const targets = opinion?.targets ?? NO_TARGETS;
      // Orders of other strategies may have become unknown in this very step; where nothing is wanted or open it is all the same.
      if (targets.length > 0 || this.#desk.orders.openIn(state.market.ticker).size > 0) {
        state.obstacle = this.#obstacle(state);
      }
      this.#settleOn(state, standing, opinion);
      for (const target of targets) {
        if (target.basket === undefined) continue;
        const legs = baskets.get(target.basket);
        if (legs === undefined) baskets.set(target.basket, [{ state, standing, target }]);
        else legs.push({ state, standing, target });
      }
    }
    for (const [word, legs] of baskets) {
      if (this.#matcher.sendBasket(word, legs)) group.lastBasketAt = at;
    }
  }

  #askGroup(strategy: BoundGroupStrategy, view: GroupSight): GroupOpinion {
    const { phase } = this.#states.of(strategy.name);
    if (phase === "failed") return NO_OPINIONS;
    try {
      if (phase !== "winding_up") return strategy.decideGroup(view);
      return new Map(view.markets.map((each): [string, Opinion] => [each.market.ticker, strategy.windUp(each)]));
    } catch (error) {
      this.#fail(strategy.name, view.group, error);
      return NO_OPINIONS;
    }
  }

  // --- what goes wrong ----------------------------------------------------------------------------------------------

  /** It is not asked again until a person starts it; what rests of it is cancelled, everywhere. */
  #fail(strategy: string, about: string, error: unknown): void {
    if (this.#states.of(strategy).phase === "failed") return;
    const reason = `It threw at ${about}: ${error instanceof Error ? error.message : String(error)}`;
    this.#states.set(strategy, "failed", reason, this.#step.at);
    this.#step.audit("strategy_failed", null, `${strategy}. ${reason}`);
    this.#step.log("error", `Strategy ${strategy} is stopped. ${reason}`);
    for (const order of this.#desk.orders.open()) {
      if (order.intent.strategy === strategy) this.#desk.cancel(order, `Strategy ${strategy} failed`);
    }
  }

  /** By the closed form; NaN where something it needs is missing, and where it gave no probability. */
  #probabilityOfYes(state: MarketState): number {
    const probability = this.#indices.probabilityOfYes(state);
    if (probability === null) return NaN;
    const reason = modelReason("The closed form", state.market.ticker, probability);
    if (reason === null) return probability;
    this.#haltModel(reason);
    return NaN;
  }

  /** Whether a strategy rests an order on a probability that is none. It may rest one on no probability at all. */
  #isBroken(strategy: string, { market }: MarketState, targets: readonly Target[]): boolean {
    for (const { evidence } of targets) {
      if (evidence.modelProbability === null) continue;
      const reason = modelReason(`Strategy ${strategy}`, market.ticker, evidence.modelProbability);
      if (reason === null) continue;
      this.#haltModel(reason);
      return true;
    }
    return false;
  }

  #haltModel(reason: string): void {
    this.#desk.halt(MODEL_HALT, reason);
  }

  /** What keeps the engine itself from sending anything here, whatever a strategy makes of it. */
  #obstacle(state: MarketState): string | null {
    const { market, book } = state;
    const desk = this.#desk;
    const halt = desk.halts.first ?? desk.halts.on(state.index);
    if (halt !== null) return `Halted: ${halt.reason}`;
    if (!desk.ready) return "The account is not known yet";
    const unsure = unsureOf(desk.orders, market.ticker);
    if (unsure !== null) return unsure;
    if (market.status !== "active") return `The market is ${market.status}`;
    if (book.isTradable) return null;
    if (book.isCrossed && book.phase === "synced") return "The book is crossed or locked";
    return `The book is ${book.phase}${book.staleReason && ": " + book.staleReason}`;
  }
}

/** What is not known of our own orders in a market, in words; `null` where all is. Most moments there are none at all. */
function unsureOf(orders: Orders, ticker: string): string | null {
  const open = orders.openIn(ticker);
  if (open.size > 0) {
    for (const { phase, intent, reason } of open) {
      if (phase === "unknown") return `Order ${intent.clientOrderId} is unknown: ${reason}`;
    }
  }
  const short = orders.short();
  if (short.size > 0) {
    for (const { intent } of short) {
      if (intent.ticker === ticker) return "Fills were counted that have not been heard of yet";
    }
  }
  return null;
}

/** Contracts that an order on a side may have and still only close a part. */
export const closableBy = (side: Side, part: Count): Count => count(Math.max(0, side === "bid" ? -part : part));

/** Of whatever a strategy wants only what closes its own part, the first targets of a side first; of a basket nothing. */
function closingOf(targets: readonly Target[], part: Count): readonly Target[] {
  const left = { bid: closableBy("bid", part), ask: closableBy("ask", part) };
  const closing: Target[] = [];
  for (const target of targets) {
    const { side, basket, count: wanted } = target;
    const closes = basket === undefined ? count(Math.min(left[side], wanted)) : 0;
    if (closes === 0) continue;
    left[side] = count(left[side] - closes);
    closing.push({ ...target, count: closes, reduceOnly: true });
  }
  return closing;
}

/** Whatever a strategy that is wound up wants, only what closes goes out. */
const exitsOf = (targets: readonly Target[]): readonly Target[] =>
  targets.map((target) => target.reduceOnly === true ? target : { ...target, reduceOnly: true });
