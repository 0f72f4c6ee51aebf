/**
 * The only place where orders are made: checked by risk, numbered, written down, sent; changed, and taken back.
 * @module
 */

import type { PlaceAction } from "../core/action.ts";
import { isFeeKnown } from "../core/fees.ts";
import type { Market } from "../core/market.ts";
import type { OrderIntent, OrderTerms } from "../core/order.ts";
import { type Count, count, formatCount, formatPrice, type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { type OrderState, remaining } from "../execution/order_state.ts";
import type { PaperVenue } from "../execution/paper.ts";
import type { Halts } from "../risk/halts.ts";
import { checkOrder } from "../risk/guardian.ts";
import { type Proposal, type RiskLimits, riskOf, type Stakes } from "../risk/limits.ts";
import { type Circumstances, CLEAR, type OrderRefusal } from "../risk/rule.ts";
import type { Target } from "../strategies/strategy.ts";
import type { ExchangePause } from "./exchange_pause.ts";
import { type PendingOrder, worstFee } from "./exposure.ts";
import type { Fuses } from "./fuses.ts";
import type { Leases } from "./leases.ts";
import type { MarketState } from "./market_state.ts";
import type { EngineOptions } from "./options.ts";
import type { Portfolio } from "./portfolio.ts";
import { orderRecord } from "./records.ts";
import type { RefusalPause } from "./refusal_pause.ts";
import type { Step } from "./step.ts";
import type { BasketLeg } from "./target_matcher.ts";

/** A market whose refusals alternate is written down at most this often. */
const REFUSAL_AUDIT_EVERY = 1 * MICROS_PER_SECOND;

/** Refusals that are shown, the newest of them. */
const REFUSALS_SHOWN_MAX = 50;

/** The code of a refusal because the exchange takes no orders there, or refused some a moment ago; its text says it all. */
export const PAUSED = "paused";

/** The order of a basket that keeps it back. */
export interface RefusedLeg {
  readonly ticker: string;
  readonly refusal: OrderRefusal;
}

/** An order that was kept back, as it is written down. */
export interface NotedRefusal extends OrderRefusal {
  readonly at: Micros;
  readonly strategy: string;
}

/** What an order is asked about beside what it is itself. */
interface Question {
  readonly strategy: string;
  readonly stakes: Stakes;
  readonly circumstances: Circumstances;
  /** The open order that is to become it, if it is not a new one. */
  readonly changed: OrderState | null;
}

export class OrderEntry {
  /** How often each reason kept an order back. */
  readonly refusals = new Map<string, number>();
  /** Those that were written down, oldest first. */
  readonly noted: NotedRefusal[] = [];
  readonly #options: EngineOptions;
  readonly #step: Step;
  readonly #portfolio: Portfolio;
  readonly #halts: Halts;
  readonly #fuses: Fuses;
  /** As they are now. */
  readonly #limits: () => RiskLimits;
  readonly #pauses: RefusalPause;
  readonly #exchange: ExchangePause;
  readonly #paper: PaperVenue | null;
  readonly #leases: Leases;
  readonly #lastRefusal = new Map<string, { readonly code: string; readonly at: Micros }>();

  /** @param paper answers the orders itself; `null` where they go to the venue */
  constructor(
    options: EngineOptions,
    step: Step,
    portfolio: Portfolio,
    desk: { readonly halts: Halts; readonly fuses: Fuses; readonly limits: RiskLimits },
    pauses: { readonly refusals: RefusalPause; readonly exchange: ExchangePause },
    paper: PaperVenue | null,
    leases: Leases,
  ) {
    this.#options = options;
    this.#step = step;
    this.#portfolio = portfolio;
    this.#halts = desk.halts;
    this.#fuses = desk.fuses;
    this.#limits = () => desk.limits;
    this.#pauses = pauses.refusals;
    this.#exchange = pauses.exchange;
    this.#paper = paper;
    this.#leases = leases;
  }

  /** Checks and sends one order. The refusal where it may not go. */
  place(state: MarketState, target: Target, strategy: string, stakes: Stakes): OrderRefusal | null {
    const circumstances = this.#newOrder(state, target, strategy);
    const refusal = this.#refusal(state, target, { strategy, stakes, circumstances, changed: null });
    if (refusal === null) this.#send(state.market, target, strategy);
    return refusal;
  }

  /** Checks every order of a basket, each with those before it at stake, and sends all or none. Which one is refused, and why. */
  placeAll(legs: readonly BasketLeg[]): RefusedLeg | null {
    const basket = { id: `${this.#step.number} ${legs[0]?.state.market.ticker ?? ""}`, legs: legs.length };
    const pending: PendingOrder[] = [];
    for (const { state, standing, target } of legs) {
      const { market } = state;
      const strategy = standing.strategy.name;
      const stakes = this.#portfolio.exposure.of(market, strategy, pending);
      const twice = pending.some(({ market: { ticker } }) => ticker === market.ticker);
      const circumstances = { ...this.#newOrder(state, target, strategy), twice };
      const refusal = this.#refusal(state, target, { strategy, stakes, circumstances, changed: null });
      if (refusal !== null) return { ticker: market.ticker, refusal };
      const { side, price } = target;
      const opening = this.#opening(market.ticker, target, null);
      const fee = worstFee(market.fees, price, target.count, target.postOnly);
      pending.push({ market, side, strategy, risk: riskOf({ opening, side, price, worstFee: fee }) });
    }
    for (const { state, standing, target } of legs) {
      this.#send(state.market, target, standing.strategy.name, basket);
      standing.lastOrderAt = this.#step.at;
    }
    return null;
  }

  /**
   * Checks what a resting order is to become, and asks for it. The refusal where it may not be that.
   * @param whole what has filled and what is to remain
   */
  amend(state: MarketState, order: OrderState, target: Target, whole: Count): OrderRefusal | null {
    const left = { ...target, count: count(whole - Math.max(order.filled, order.reported)) };
    const stakes = this.#portfolio.exposure.beside(order, state.market);
    const { strategy } = order.intent;
    const circumstances = this.#circumstances(state, left, strategy, order);
    const refusal = this.#refusal(state, left, { strategy, stakes, circumstances, changed: order });
    if (refusal !== null) return refusal;
    const terms = { price: target.price, count: whole, expiresAt: this.#leases.expiry(this.#step.at) };
    this.#change(order, terms, `Wanted at ${formatPrice(target.price)}`, target.evidence.edge);
    return null;
  }

  /** Asks for another expiry, and nothing else. */
  renew(order: OrderState): void {
    const { at } = this.#step;
    this.#change(order, { ...order.terms, expiresAt: this.#leases.expiry(at) }, "Still wanted", null);
  }

  #change(order: OrderState, terms: OrderTerms, reason: string, edge: number | null): void {
    const { clientOrderId, ticker, shard, side } = order.intent;
    const { orderId } = order;
    const { at } = this.#step;
    if (orderId === null || !this.#portfolio.orders.askChange(order, "amend", terms, at)) return;
    this.#portfolio.moved();
    const { execution } = this.#options;
    const away = side === "bid" ? terms.price < order.terms.price : terms.price > order.terms.price;
    const urgency = away ? { retreats: true } as const : {};
    this.#step.record(orderRecord(order));
    this.#step.act({
      ...{ type: "amend", execution, clientOrderId, orderId, ticker, shard, side, terms, reason, edge },
      ...urgency,
    });
    this.#paper?.amend(clientOrderId, terms, at);
  }

  /** Asks for less of an order that rests: that takes risk away, and is checked by nobody. */
  decrease(order: OrderState, reduceTo: Count, reason: string): void {
    const { clientOrderId, ticker, shard } = order.intent;
    const { orderId } = order;
    const { at } = this.#step;
    const terms = { ...order.terms, count: count(Math.max(order.filled, order.reported) + reduceTo) };
    if (orderId === null || !this.#portfolio.orders.askChange(order, "decrease", terms, at)) return;
    const { execution } = this.#options;
    this.#step.record(orderRecord(order));
    this.#step.act({ type: "decrease", execution, clientOrderId, orderId, ticker, shard, reduceTo, reason });
    this.#paper?.decrease(clientOrderId, reduceTo, at);
  }

  /** Asks for the end of an order that rests, unless that was asked for already or the exchange takes no cancels now. */
  cancel(order: OrderState, reason: string): void {
    if (order.phase !== "resting" || order.orderId === null) return;
    if (this.#exchange.of(order.intent.shard) === "exchange") return;
    if (!this.#portfolio.orders.askCancel(order, this.#step.at, reason)) return;
    const { clientOrderId, ticker, shard } = order.intent;
    const { execution } = this.#options;
    this.#step.act({ type: "cancel", execution, clientOrderId, orderId: order.orderId, ticker, shard, reason });
    this.#paper?.cancel(clientOrderId, this.#step.at);
  }

  /** Asks for the end of whatever rests. */
  cancelAll(reason: string): void {
    this.#step.act({ type: "cancel_all", execution: this.#options.execution, reason });
    for (const order of this.#portfolio.orders.open()) {
      if (order.phase === "resting") this.#portfolio.orders.askCancel(order, this.#step.at, reason);
      this.#paper?.cancel(order.intent.clientOrderId, this.#step.at);
    }
  }

  /** A market is over: what was refused there, by us or by the exchange, does not matter any more. */
  forget(ticker: string): void {
    this.#lastRefusal.delete(ticker);
    this.#pauses.forget(ticker);
  }

  /** New orders need the fuse; what rests already has it. */
  #newOrder(state: MarketState, target: Target, strategy: string): Circumstances {
    const circumstances = this.#circumstances(state, target, strategy, null);
    const fuse = this.#fuses.obstacle(strategy, state.market.shard);
    return fuse === null ? circumstances : { ...circumstances, pause: fuse };
  }

  #circumstances(
    { market, grid, index }: MarketState,
    target: Target,
    strategy: string,
    changed: OrderState | null,
  ): Circumstances {
    const { ticker, shard, fees } = market;
    const halt = this.#halts.over(strategy, index);
    const closes = this.#opening(ticker, target, changed) === 0;
    return {
      ...CLEAR,
      halt: halt?.level === "halted" ? halt.reason : null,
      reducing: halt?.level === "reducing" ? halt.reason : null,
      pause: this.#exchange.reason(shard) ?? this.#pauses.reason({ ticker, shard, closes }, this.#step.at),
      unknownFee: isFeeKnown(fees) ? null : fees.type,
      offGrid: grid !== null && !grid.has(target.price),
    };
  }

  /** Asks the guardian, and writes down what it refuses. */
  #refusal({ market }: MarketState, target: Target, question: Question): OrderRefusal | null {
    const { strategy, stakes, circumstances, changed } = question;
    const proposal = this.#proposal(market, target, strategy, changed);
    this.#step.watcher?.checking(target, proposal, stakes);
    const refusal = checkOrder({ proposal, circumstances, stakes, limits: this.#limits() });
    if (refusal !== null) this.#refuse(refusal, strategy);
    return refusal;
  }

  #proposal({ ticker, fees }: Market, target: Target, strategy: string, changed: OrderState | null): Proposal {
    const ownOpening = this.#opening(ticker, target, changed, strategy);
    // It may open for the account what the strategy itself closes, and nothing beyond that.
    const exit = target.exit === true && ownOpening === 0;
    return {
      ticker,
      side: target.side,
      price: target.price,
      count: target.count,
      opening: this.#opening(ticker, target, changed),
      ownOpening,
      worstFee: worstFee(fees, target.price, target.count, target.postOnly),
      fairProbability: target.evidence.modelProbability ?? NaN,
      kelly: target.kelly,
      isTaker: !target.postOnly,
      depth: target.depth,
      reduceOnly: target.reduceOnly === true || target.exit === true && !exit,
      exit,
    };
  }

  /**
   * Contracts that would open something, after what is held on the other side and no other open order closes already.
   * @param changed the open order that is to become this, if it is not a new one
   * @param strategy counts what it holds and has open; `null` for the account
   */
  #opening(ticker: string, target: Target, changed: OrderState | null, strategy: string | null = null): Count {
    const { ledger, orders } = this.#portfolio;
    const held = strategy === null ? ledger.position(ticker)?.position ?? 0 : ledger.partOf(ticker, strategy);
    const counts = ({ intent }: OrderState): boolean =>
      intent.ticker === ticker && intent.side === target.side && (strategy === null || intent.strategy === strategy);
    let closes = Math.max(0, target.side === "bid" ? -held : held);
    for (const order of orders.openIn(ticker)) if (order !== changed && counts(order)) closes -= remaining(order);
    for (const order of orders.short()) if (counts(order)) closes -= order.reported - order.filled;
    return count(Math.max(0, target.count - Math.max(0, closes)));
  }

  /**
   * What only closes, and takes at once, is reduce-only: the exchange caps it by the position that it knows of itself, so
   * that it opens nothing where ours is behind. What may rest is reduce-only where that is wanted: the exchange shrinks it
   * with the position, and then the answer to its cancel does not tell how much of it was filled.
   */
  #send(
    market: Market,
    target: Target,
    strategy: string,
    basket: PlaceAction["basket"] | null = null,
  ): void {
    const { execution, instance } = this.#options;
    const { at } = this.#step;
    const takes = target.timeInForce === "immediate_or_cancel";
    const intent: OrderIntent = {
      clientOrderId: `${instance}-${this.#portfolio.numberOrder()}`,
      ticker: market.ticker,
      side: target.side,
      price: target.price,
      count: target.count,
      timeInForce: target.timeInForce,
      postOnly: target.postOnly,
      reduceOnly: target.reduceOnly === true || takes && this.#opening(market.ticker, target, null) === 0,
      expiresAt: target.timeInForce === "good_till_canceled" ? this.#leases.expiry(at) : null,
      shard: market.shard,
      strategy,
      signal: target.signal,
    };
    const order = this.#portfolio.orders.send(intent, target.evidence, at);
    this.#step.record(orderRecord(order));
    const group = this.#fuses.groupOf(strategy, market.shard);
    this.#step.act({
      type: "place",
      execution,
      intent,
      edge: target.evidence.edge,
      ...group,
      ...(basket === null ? {} : { basket }),
    });
    this.#paper?.place(intent, at);
    this.#step.log("info", `${describeIntent(intent)}: sent (${strategy}, ${target.signal})`);
  }

  /** Counts a refusal, and writes it down when it is another one than the market's last, but not at every change. */
  #refuse(refusal: OrderRefusal, strategy: string): void {
    const { at } = this.#step;
    const { code, text, market } = refusal;
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
    const last = this.#lastRefusal.get(market);
    if (last !== undefined && (last.code === code || at - last.at < REFUSAL_AUDIT_EVERY)) return;
    this.#lastRefusal.set(market, { code, at });
    this.noted.push({ ...refusal, at, strategy });
    if (this.noted.length > REFUSALS_SHOWN_MAX) this.noted.shift();
    this.#step.audit("refused", market, `${code}: ${text}`);
  }
}

/** An order in a line of the log. */
export const describeIntent = ({ ticker, side, count: size, price }: OrderIntent): string =>
  `${ticker} ${side} ${formatCount(size)} at ${formatPrice(price)}`;
