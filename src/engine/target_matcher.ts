/**
 * Makes a strategy's open orders match its targets. On each side of a market it has one order at most: as long as one is
 * open there, in whatever phase, nothing else is sent on that side, because both could fill.
 *
 * | its open order on the target's side | what happens |
 * | --- | --- |
 * | none | the target is sent |
 * | rests, same price, same kind (posted or not) | stays |
 * | rests, otherwise | is cancelled; the target waits until that is confirmed |
 * | no answer yet, or unknown | the target waits |
 *
 * A target that would trade with an order of our own, of this strategy or of another, waits until that is gone, and says so.
 *
 * After refusals that the next order would meet as well nothing is sent for a while (refusal_pause.ts); what rests
 * stays, and what rests at a wrong price is still cancelled.
 *
 * An order that no target wants is cancelled. The targets of a basket take, and go all in one step or none.
 * @module
 */

import type { OrderIntent, Side } from "../core/order.ts";
import type { Target } from "../strategies/strategy.ts";
import type { Desk } from "./desk.ts";
import type { MarketState, Standing } from "./market_state.ts";
import { PAUSED } from "./order_entry.ts";
import type { Step } from "./step.ts";

/** One order of a basket. */
export interface BasketLeg {
  readonly state: MarketState;
  readonly standing: Standing;
  readonly target: Target;
}

export class TargetMatcher {
  readonly #step: Step;
  readonly #desk: Desk;

  constructor(step: Step, desk: Desk) {
    this.#step = step;
    this.#desk = desk;
  }

  match(state: MarketState, standing: Standing, targets: readonly Target[]): void {
    const { ticker } = state.market;
    const strategy = standing.strategy.name;
    const open = this.#desk.orders.openIn(ticker);
    if (targets.length === 0 && open.size === 0) return;
    for (const order of open) {
      const { intent } = order;
      if (intent.strategy !== strategy) continue;
      const wanted = targets.find((target) => target.side === intent.side);
      if (wanted === undefined) this.#desk.cancel(order, "No longer wanted");
      else if (wanted.price !== intent.price || wanted.postOnly !== intent.postOnly) {
        this.#desk.cancel(order, "Wanted at another price");
      }
    }
    for (const target of targets) {
      if (target.basket !== undefined || this.#hasOpen(ticker, strategy, target.side)) continue;
      const inTheWay = this.#ownInTheWay(ticker, target);
      if (inTheWay !== null) {
        standing.obstacle = `Waits: order ${inTheWay.clientOrderId} of ${inTheWay.strategy} would be met`;
        continue;
      }
      const refusal = this.#desk.place(state, target, strategy, this.#desk.exposure.of(state.market, strategy));
      if (refusal === null) standing.lastOrderAt = this.#step.at;
      else standing.obstacle = refusal.code === PAUSED ? refusal.text : `${refusal.code}: ${refusal.text}`;
    }
  }

  /** Takes back what rests of a strategy in a market. @param leaveExits but not what closes something */
  pull({ market, obstacle }: MarketState, { strategy }: Standing, leaveExits: boolean): void {
    for (const order of this.#desk.orders.openIn(market.ticker)) {
      if (order.intent.strategy !== strategy.name || leaveExits && order.intent.reduceOnly) continue;
      this.#desk.cancel(order, obstacle ?? "No longer wanted");
    }
  }

  /** Sends every leg of a basket, or none: where one has to wait or is refused, the others stay, and say why. */
  sendBasket(word: string, legs: readonly BasketLeg[]): void {
    for (const { state, standing, target } of legs) {
      const reason = this.#legObstacle(state, standing, target);
      if (reason === null) continue;
      const text = `Basket ${word} waits for ${state.market.ticker}: ${reason}`;
      for (const leg of legs) leg.standing.obstacle ??= text;
      return;
    }
    const refused = this.#desk.placeAll(legs);
    if (refused === null) return;
    const text = `Basket ${word} is refused at ${refused.ticker}. ${refused.refusal.text}`;
    for (const { standing } of legs) standing.obstacle = text;
  }

  #legObstacle({ market }: MarketState, { strategy, obstacle }: Standing, target: Target): string | null {
    if (obstacle !== null) return obstacle;
    for (const { intent } of this.#desk.orders.openIn(market.ticker)) {
      if (intent.strategy === strategy.name) return `order ${intent.clientOrderId} is still open`;
    }
    const inTheWay = this.#ownInTheWay(market.ticker, target);
    return inTheWay === null ? null : `order ${inTheWay.clientOrderId} of ${inTheWay.strategy} would be met`;
  }

  /** Orders of an earlier run whose strategy does not run any more: nobody else would take them back. */
  cancelOrphans(state: MarketState): void {
    for (const order of this.#desk.orders.openIn(state.market.ticker)) {
      const { strategy } = order.intent;
      if (state.grid !== null && state.standings.some((each) => each.strategy.name === strategy)) continue;
      this.#desk.cancel(order, `Strategy ${strategy} does not run here`);
    }
  }

  #hasOpen(ticker: string, strategy: string, side: Side): boolean {
    for (const { intent } of this.#desk.orders.openIn(ticker)) {
      if (intent.strategy === strategy && intent.side === side) return true;
    }
    return false;
  }

  /** An order that would trade with one of our own, whichever strategy sent it, waits until that one is gone. */
  #ownInTheWay(ticker: string, target: Target): OrderIntent | null {
    for (const { intent } of this.#desk.orders.openIn(ticker)) {
      if (intent.side === target.side) continue;
      if (target.side === "bid" ? target.price >= intent.price : target.price <= intent.price) return intent;
    }
    return null;
  }
}
