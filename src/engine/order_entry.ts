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
import { checkOrder, type Refusal, riskOf, type Stakes } from "../risk/limits.ts";
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

/** The code of a refusal because the exchange takes no orders there, or refused some a moment ago; its text says it all. */
export const PAUSED = "paused";

/** The order of a basket that keeps it back. */
export interface RefusedLeg {
  readonly ticker: string;
  readonly refusal: Refusal;
}

export class OrderEntry {
  /** How often each reason kept an order back. */
  readonly refusals = new Map<string, number>();
  readonly #options: EngineOptions;
  readonly #step: Step;
  readonly #portfolio: Portfolio;
  readonly #halts: Halts;
  readonly #fuses: Fuses;
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
    { halts, fuses }: { readonly halts: Halts; readonly fuses: Fuses },
    pauses: { readonly refusals: RefusalPause; readonly exchange: ExchangePause },
    paper: PaperVenue | null,
    leases: Leases,
  ) {
    this.#options = options;
    this.#step = step;
    this.#portfolio = portfolio;
    this.#halts = halts;
    this.#fuses = fuses;
    this.#pauses = pauses.refusals;
    this.#exchange = pauses.exchange;
    this.#paper = paper;
    this.#leases = leases;
  }

  /** Checks and sends one order. The refusal where it may not go. */
  place(state: MarketState, target: Target, strategy: string, stakes: Stakes): Refusal | null {
    const { market } = state;
    const opening = this.#opening(market.ticker, target);
    const refusal = this.#waits(strategy, market.shard) ?? this.#halted(state, target, strategy) ??
      this.#refusal(state, target, opening, stakes);
    if (refusal !== null) {
      this.#refuse(market.ticker, refusal);
      return refusal;
    }
    this.#send(market, target, opening, strategy);
    return null;
  }

  /** Checks every order of a basket, each with those before it at stake, and sends all or none. Which one is refused, and why. */
  placeAll(legs: readonly BasketLeg[]): RefusedLeg | null {
    const basket = { id: `${this.#step.number} ${legs[0]?.state.market.ticker ?? ""}`, legs: legs.length };
    const pending: PendingOrder[] = [];
    const sends: (() => void)[] = [];
    for (const { state, standing, target } of legs) {
      const { market } = state;
      const strategy = standing.strategy.name;
      const opening = this.#opening(market.ticker, target);
      const stakes = this.#portfolio.exposure.of(market, strategy, pending);
      const refusal = pending.some(({ market: { ticker } }) => ticker === market.ticker)
        ? { code: "basket_twice", text: `A basket has one order in a market, and ${market.ticker} has two` }
        : this.#waits(strategy, market.shard) ?? this.#halted(state, target, strategy) ??
          this.#refusal(state, target, opening, stakes);
      if (refusal !== null) {
        this.#refuse(market.ticker, refusal);
        return { ticker: market.ticker, refusal };
      }
      const fee = worstFee(market.fees, target.price, target.count, target.postOnly);
      const { side, price } = target;
      pending.push({ market, risk: riskOf({ opening, side, price, worstFee: fee }) });
      sends.push(() => {
        this.#send(market, target, opening, strategy, basket);
        standing.lastOrderAt = this.#step.at;
      });
    }
    for (const send of sends) send();
    return null;
  }

  /**
   * Checks what a resting order is to become, and asks for it. The refusal where it may not be that.
   * @param whole what has filled and what is to remain
   */
  amend(state: MarketState, order: OrderState, target: Target, whole: Count): Refusal | null {
    const { market } = state;
    const left = { ...target, count: count(whole - Math.max(order.filled, order.reported)) };
    const opening = this.#opening(market.ticker, left, order);
    const refusal = this.#halted(state, left, order.intent.strategy) ??
      this.#refusal(state, left, opening, this.#portfolio.exposure.beside(order, market));
    if (refusal !== null) {
      this.#refuse(market.ticker, refusal);
      return refusal;
    }
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
  #waits(strategy: string, shard: number): Refusal | null {
    const text = this.#fuses.obstacle(strategy, shard);
    return text === null ? null : { code: PAUSED, text };
  }

  /** While the whole, the strategy or the market's index is halted nothing goes; while it is reducing only what closes its own part. */
  #halted({ market, index }: MarketState, { side, count: wanted }: Target, strategy: string): Refusal | null {
    const halt = this.#halts.over(strategy, index);
    if (halt === null) return null;
    if (halt.level === "halted") return { code: "halted", text: halt.reason };
    const own = this.#portfolio.ledger.partOf(market.ticker, strategy);
    if (wanted <= Math.max(0, side === "bid" ? -own : own)) return null;
    return { code: "reducing", text: `Only what closes may go: ${halt.reason}` };
  }

  #refusal({ market, grid }: MarketState, target: Target, opening: Count, stakes: Stakes): Refusal | null {
    if (!isFeeKnown(market.fees)) {
      return { code: "fee_unknown", text: `Nobody knows what fee type ${market.fees.type} charges` };
    }
    if (grid !== null && !grid.has(target.price)) {
      return { code: "price_off_grid", text: `${formatPrice(target.price)} is no price of ${market.ticker}` };
    }
    const { ticker, shard } = market;
    const paused = this.#exchange.reason(shard) ??
      this.#pauses.reason({ ticker, shard, closes: opening === 0 }, this.#step.at);
    if (paused !== null) return { code: PAUSED, text: paused };
    if (target.reduceOnly === true && opening > 0) {
      return { code: "would_open", text: `Only what closes may go, and ${formatCount(opening)} contracts would open` };
    }
    const proposal = {
      ticker,
      side: target.side,
      price: target.price,
      count: target.count,
      opening,
      worstFee: worstFee(market.fees, target.price, target.count, target.postOnly),
      fairProbability: target.evidence.modelProbability ?? NaN,
      kelly: target.kelly,
      isTaker: !target.postOnly,
      depth: target.depth,
    };
    this.#step.watcher?.checking(target, proposal, stakes);
    return checkOrder(proposal, stakes, this.#options.risk);
  }

  /**
   * Contracts that would open something, after what is held on the other side and no other open order closes already.
   * @param changed the open order that is to become this, if it is not a new one
   */
  #opening(ticker: string, target: Target, changed: OrderState | null = null): Count {
    const { ledger, orders } = this.#portfolio;
    const held = ledger.position(ticker)?.position ?? 0;
    let closes = Math.max(0, target.side === "bid" ? -held : held);
    for (const order of orders.openIn(ticker)) {
      if (order.intent.side === target.side && order !== changed) closes -= remaining(order);
    }
    for (const order of orders.short()) {
      const { intent } = order;
      if (intent.ticker === ticker && intent.side === target.side) closes -= order.reported - order.filled;
    }
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
    opening: Count,
    strategy: string,
    basket: PlaceAction["basket"] | null = null,
  ): void {
    const { execution, instance } = this.#options;
    const { at } = this.#step;
    const intent: OrderIntent = {
      clientOrderId: `${instance}-${this.#portfolio.numberOrder()}`,
      ticker: market.ticker,
      side: target.side,
      price: target.price,
      count: target.count,
      timeInForce: target.timeInForce,
      postOnly: target.postOnly,
      reduceOnly: target.reduceOnly === true || (opening === 0 && target.timeInForce === "immediate_or_cancel"),
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
  #refuse(ticker: string, refusal: Refusal): void {
    const { at } = this.#step;
    this.refusals.set(refusal.code, (this.refusals.get(refusal.code) ?? 0) + 1);
    const last = this.#lastRefusal.get(ticker);
    if (last !== undefined && (last.code === refusal.code || at - last.at < REFUSAL_AUDIT_EVERY)) return;
    this.#lastRefusal.set(ticker, { code: refusal.code, at });
    this.#step.audit("refused", ticker, `${refusal.code}: ${refusal.text}`);
  }
}

/** An order in a line of the log. */
export const describeIntent = ({ ticker, side, count: size, price }: OrderIntent): string =>
  `${ticker} ${side} ${formatCount(size)} at ${formatPrice(price)}`;
