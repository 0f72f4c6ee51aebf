/**
 * Makes a strategy's open orders match its targets: reconciler.ts works out what has to be done, the desk does it.
 *
 * | what is to be done | and the desk refuses it | then |
 * | --- | --- | --- |
 * | a new order | risk, a halt, a pause | nothing is sent, and the reason is shown |
 * | an order is to change | risk, a halt, a pause | it is cancelled: nobody wants it as it is |
 *
 * A target that would trade with an order of our own, of this strategy or of another, waits until that is gone, and says so.
 *
 * After refusals that the next order would meet as well nothing is sent for a while (refusal_pause.ts); what rests
 * stays, and what rests at a wrong price is cancelled. While the exchange pauses a shard, nothing is changed there.
 *
 * What a strategy wants only to close it closes of its own: where another strategy holds the other side, the account holds
 * less than that, or nothing, and it goes as an ordinary order, which opens something for the account and lies under its
 * caps.
 *
 * The targets of a basket take, and go all in one step or none.
 * @module
 */

import type { OrderIntent } from "../core/order.ts";
import { possibleTerms } from "../execution/order_change.ts";
import { remaining } from "../execution/order_state.ts";
import { type Move, reconcile, TARGETS_PER_SIDE } from "../execution/reconciler.ts";
import type { Refusal } from "../risk/limits.ts";
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
    const { grid, market: { ticker, shard } } = state;
    if (grid === null) return;
    const moves = reconcile({
      at: this.#step.at,
      open: this.#desk.orders.openIn(ticker),
      strategy: standing.strategy.name,
      targets: targets.filter(({ basket }) => basket === undefined).map((target) =>
        this.#asExit(state, standing, target)
      ),
      grid,
      settings: this.#desk.workingOn(shard),
    });
    for (const move of moves) this.#make(move, state, standing);
  }

  /** What is only to close, as the account has to see it. */
  #asExit({ market: { ticker } }: MarketState, { strategy }: Standing, target: Target): Target {
    if (target.reduceOnly !== true) return target;
    const { ledger, orders } = this.#desk;
    const heldAgainst = (position: number): number => Math.max(0, target.side === "bid" ? -position : position);
    let closable = heldAgainst(ledger.position(ticker)?.position ?? 0);
    for (const order of orders.openIn(ticker)) {
      const { intent } = order;
      if (intent.side === target.side && intent.strategy !== strategy.name) closable -= remaining(order);
    }
    const isOwn = target.count <= heldAgainst(ledger.partOf(ticker, strategy.name));
    return target.count <= closable || !isOwn ? target : { ...target, reduceOnly: false, exit: true };
  }

  #make(move: Move<Target>, state: MarketState, standing: Standing): void {
    switch (move.kind) {
      case "cancel":
        return this.#desk.cancel(move.order, move.reason);
      case "decrease":
        return this.#desk.decrease(move.order, move.reduceTo, "Less is wanted");
      case "amend":
        return this.#amend(move, state, standing);
      case "place":
        return this.#place({ ...move.target, count: move.count }, state, standing);
      case "wait":
        return this.#wait(move, state, standing);
    }
  }

  #amend(
    { order, target, count }: Extract<Move<Target>, { kind: "amend" }>,
    state: MarketState,
    standing: Standing,
  ): void {
    const refusal = this.#desk.amend(state, order, target, count);
    if (refusal !== null) {
      this.#desk.cancel(order, "May not rest as it is wanted");
      standing.obstacle = inWords(refusal);
    } else if (order.change !== null) standing.lastOrderAt = this.#step.at;
  }

  #place(target: Target, state: MarketState, standing: Standing): void {
    const strategy = standing.strategy.name;
    const refusal = this.#desk.place(state, target, strategy, this.#desk.exposure.of(state.market, strategy));
    if (refusal === null) standing.lastOrderAt = this.#step.at;
    else standing.obstacle = inWords(refusal);
  }

  #wait(
    { because, order, target }: Extract<Move<Target>, { kind: "wait" }>,
    state: MarketState,
    standing: Standing,
  ): void {
    switch (because) {
      case "off_grid":
        // The desk says so, and counts it.
        return this.#place(target, state, standing);
      case "would_meet_own":
        standing.obstacle = order === null
          ? "Waits: its own order on the other side would be met"
          : `Waits: order ${order.intent.clientOrderId} of ${order.intent.strategy} would be met`;
        return;
      case "too_many":
        standing.obstacle = `Left out: more than ${TARGETS_PER_SIDE} orders are wanted on one side`;
        return;
      case "may_double":
        return;
    }
  }

  /** Takes back what rests of a strategy in a market. @param leaveExits but not what closes something */
  pull({ market, obstacle }: MarketState, { strategy }: Standing, leaveExits: boolean): void {
    for (const order of this.#desk.orders.openIn(market.ticker)) {
      if (order.intent.strategy !== strategy.name || leaveExits && order.intent.reduceOnly) continue;
      this.#desk.cancel(order, obstacle ?? "No longer wanted");
    }
  }

  /** Sends every leg of a basket, or none: where one has to wait or is refused, the others stay, and say why. Whether it left. */
  sendBasket(word: string, legs: readonly BasketLeg[]): boolean {
    for (const { state, standing, target } of legs) {
      const reason = this.#legObstacle(state, standing, target);
      if (reason === null) continue;
      const text = `Basket ${word} waits for ${state.market.ticker}: ${reason}`;
      for (const leg of legs) leg.standing.obstacle ??= text;
      return false;
    }
    const refused = this.#desk.placeAll(
      legs.map((leg) => ({ ...leg, target: this.#asExit(leg.state, leg.standing, leg.target) })),
    );
    if (refused === null) return true;
    const text = `Basket ${word} is refused at ${refused.ticker}. ${refused.refusal.text}`;
    for (const { standing } of legs) standing.obstacle = text;
    return false;
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
    const open = this.#desk.orders.openIn(state.market.ticker);
    // Asked at every tick: most find nothing, and need no walk.
    if (open.size === 0) return;
    for (const order of open) {
      const { strategy } = order.intent;
      if (state.grid !== null && state.standings.some((each) => each.strategy.name === strategy)) continue;
      this.#desk.cancel(order, `Strategy ${strategy} does not run here`);
    }
  }

  /** An order that would trade with one of our own, whichever strategy sent it, waits until that one is gone. */
  #ownInTheWay(ticker: string, target: Target): OrderIntent | null {
    for (const order of this.#desk.orders.openIn(ticker)) {
      if (order.intent.side === target.side) continue;
      for (const { price } of possibleTerms(order)) {
        if (target.side === "bid" ? target.price >= price : target.price <= price) return order.intent;
      }
    }
    return null;
  }
}

const inWords = ({ code, text }: Refusal): string => code === PAUSED ? text : `${code}: ${text}`;
