/**
 * What is decided about a market whenever anything that bears on it changed: it is repriced, its strategies are asked, and
 * their orders made to match. A probability that is none halts everything, before anybody uses it.
 * @module
 */

import { MODEL_HALT, modelReason } from "../risk/halts.ts";
import type { RiskLimits } from "../risk/limits.ts";
import type { Target } from "../strategies/strategy.ts";
import type { Desk } from "./desk.ts";
import type { Indices } from "./indices.ts";
import type { MarketState } from "./market_state.ts";
import type { Markets } from "./markets.ts";
import { Sight, type Surroundings } from "./sight.ts";
import type { SpotPrices } from "./spot_prices.ts";
import type { Step } from "./step.ts";
import { TargetMatcher } from "./target_matcher.ts";

const NO_TARGETS: readonly Target[] = [];

export class Decisions {
  /** Strategies of which nothing is sent. One that a person has stopped is asked still, one that never ran is not. */
  readonly stopped = new Set<string>();
  readonly #step: Step;
  readonly #desk: Desk;
  readonly #markets: Markets;
  readonly #indices: Indices;
  readonly #surroundings: Surroundings;
  readonly #matcher: TargetMatcher;
  #count = 0;

  constructor(step: Step, desk: Desk, markets: Markets, indices: Indices, spot: SpotPrices, risk: RiskLimits) {
    this.#step = step;
    this.#desk = desk;
    this.#markets = markets;
    this.#indices = indices;
    this.#surroundings = { markets, spot, desk, risk };
    this.#matcher = new TargetMatcher(step, desk);
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
    const index = this.#indices.readingFor(state);
    for (const standing of state.standings) {
      const { strategy } = standing;
      const opinion = strategy.decide(
        new Sight(this.#step.at, state, grid, index, standing, this.#surroundings),
      );
      standing.opinion = opinion;
      if (this.#isBroken(strategy.name, state, opinion.targets)) state.obstacle = this.#obstacle(state);
      this.#step.weigh(opinion.refusal?.code ?? "");
      const stopped = this.stopped.has(strategy.name) ? `Strategy ${strategy.name} is stopped` : null;
      standing.obstacle = state.obstacle ?? stopped;
      this.#matcher.match(state, standing, standing.obstacle === null ? opinion.targets : NO_TARGETS);
      // It takes nothing back: what rests and is still wanted stays.
      standing.obstacle ??= this.#desk.pausedOn(state.market.shard);
    }
  }

  /** The same, unless this very step has decided about the market already. */
  evaluateOnce(state: MarketState): void {
    if (state.decidedIn !== this.#step.number) this.evaluate(state);
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
    if (this.#desk.halts.raise(MODEL_HALT, reason, true, this.#step.at)) this.#desk.halted(reason);
  }

  /** What keeps the engine itself from sending anything here, whatever a strategy makes of it. */
  #obstacle(state: MarketState): string | null {
    const { market, book } = state;
    const desk = this.#desk;
    const halt = desk.halts.first;
    if (halt !== null) return `Halted: ${halt.reason}`;
    if (!desk.ready) return "The account is not known yet";
    for (const order of desk.orders.openIn(market.ticker)) {
      if (order.phase === "unknown") return `Order ${order.intent.clientOrderId} is unknown: ${order.reason}`;
    }
    for (const order of desk.orders.short()) {
      if (order.intent.ticker === market.ticker) return "Fills were counted that have not been heard of yet";
    }
    if (market.status !== "active") return `The market is ${market.status}`;
    if (book.isTradable) return null;
    if (book.isCrossed && book.phase === "synced") return "The book is crossed or locked";
    return `The book is ${book.phase}${book.staleReason && ": " + book.staleReason}`;
  }
}
