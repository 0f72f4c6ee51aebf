/**
 * What is at stake: positions and open orders added up once, then told for any market. An index tick asks for every
 * market that it reprices, and nothing of this changes in between.
 *
 * Of an event with one winner at most only what can be lost together counts (event_risk.ts): in the total, the category, what
 * moves together, and what a strategy has at stake. That does not add up, so what an order replaces, or would add, is
 * worked out from the event and never subtracted. A market by itself, a trade and the cash count every dollar.
 * @module
 */

import { isFeeKnown, worstCaseFee } from "../core/fees.ts";
import type { FeeSchedule, Market } from "../core/market.ts";
import type { Side } from "../core/order.ts";
import { type Count, count, type Money, money, type Price } from "../core/units.ts";
import type { Ledger } from "../execution/ledger.ts";
import type { Orders } from "../execution/orders.ts";
import { possibleTerms } from "../execution/order_change.ts";
import { type OrderState, remaining } from "../execution/order_state.ts";
import { partAmong } from "../risk/allocation.ts";
import type { CanaryRule } from "../risk/canary.ts";
import { CorrelatedSums, Correlations, type MarketSums } from "../risk/correlation.ts";
import { EventRisk } from "../risk/event_risk.ts";
import { type GroupStake, openingCost, type Stakes } from "../risk/limits.ts";
import type { MarketState } from "./market_state.ts";

/** What is reckoned with while nobody has said what a market charges: no fee that is known is higher (KALSHI.md 7.1). */
const DEAREST: FeeSchedule = { type: "quadratic_with_combo_maker_fees", multiplierMillionths: 1_000_000 };

/** An order that was checked and has not left yet. */
export interface PendingOrder {
  readonly market: Market;
  readonly side: Side;
  readonly strategy: string;
  /** What it may lose at worst. */
  readonly risk: Money;
}

/** What of one market is left out of the count, by what it would have lost with. */
interface Replaced {
  readonly yes: number;
  readonly no: number;
}

const NOTHING: Replaced = { yes: 0, no: 0 };
const NO_GROUPS: readonly GroupStake[] = [];

type FindMarket = (ticker: string) => MarketState | undefined;
/** What a strategy may put at stake in all; `null` where no budget bounds it. */
type BudgetOf = (strategy: string) => Money | null;

/** What bounds stakes besides the limits. */
export interface Bounds {
  readonly budget: BudgetOf;
  /** The one that counts now; `null` for none. */
  readonly canary?: CanaryRule | null;
  readonly correlations?: Correlations;
}

/** Right as long as no order, fill, mark or market changes: then another one has to be made. */
export class Exposure {
  readonly nav: Money;
  readonly #orders: Orders;
  readonly #ledger: Ledger;
  readonly #market: FindMarket;
  /** What open orders, and fills not heard of yet, cost at most. */
  readonly boundByOrders: Money;
  readonly #freeCash: number;
  readonly #byTicker = new Map<string, number>();
  readonly #byCategory = new Map<string, number>();
  readonly #byCorrelation = new CorrelatedSums();
  readonly #byGroup = new CorrelatedSums();
  readonly #byTrade = new Map<string, number>();
  readonly #byStrategy = new Map<string, number>();
  /** Of events with one winner at most, all that is at stake, and what each strategy has. */
  readonly #events = new Map<string, EventRisk>();
  readonly #ownEvents = new Map<string, Map<string, EventRisk>>();
  readonly #bounds: Bounds;
  readonly #correlations: Correlations;
  #total = 0;

  /** @param pending counted as if they were open already */
  constructor(
    orders: Orders,
    ledger: Ledger,
    nav: Money,
    market: FindMarket,
    bounds: Bounds,
    pending: readonly PendingOrder[] = [],
  ) {
    this.nav = nav;
    this.#orders = orders;
    this.#ledger = ledger;
    this.#market = market;
    this.#bounds = bounds;
    this.#correlations = bounds.correlations ?? new Correlations();
    let bound = 0;
    for (const order of orders.open()) {
      const cost = this.#addOrder(order, remaining(order));
      add(this.#byTrade, tradeOf(order.intent.ticker, order.intent.strategy), cost);
      bound += cost;
    }
    // Filled by the exchange's count, and not yet a position here.
    for (const order of orders.short()) bound += this.#addOrder(order, count(order.reported - order.filled));
    for (const { ticker, cost, position, strategy } of ledger.positions()) {
      const sums = this.#sumsOf(ticker);
      const side = position > 0 ? "bid" : "ask";
      this.#add(sums, side, cost);
      const shares = partAmong(cost, position, ledger.partsOf(ticker), strategy);
      for (const [name, share] of shares) this.#addOwn(sums, name, side, share);
    }
    for (const { market: { ticker }, strategy, side, risk } of pending) {
      const sums = this.#sumsOf(ticker);
      this.#add(sums, side, risk);
      this.#addOwn(sums, strategy, side, risk);
      bound += risk;
    }
    this.boundByOrders = money(bound);
    this.#freeCash = ledger.cash - bound;
  }

  /**
   * As risk sees it before one more order of this strategy in this market.
   * @param pending orders in other markets that are going to leave before it: few, and seldom, so all is added up anew
   */
  of(market: Market, strategy: string, pending: readonly PendingOrder[] = []): Stakes {
    if (pending.length > 0) {
      return new Exposure(this.#orders, this.#ledger, this.nav, this.#market, this.#bounds, pending).of(
        market,
        strategy,
      );
    }
    return this.#stakes(market, strategy, this.#byTrade.get(tradeOf(market.ticker, strategy)) ?? 0, NOTHING);
  }

  /** The same without the strategy's open orders in this market, because it is asked what it wants instead. */
  without(market: Market, strategy: string): Stakes {
    let yes = 0;
    let no = 0;
    for (const order of this.#orders.openIn(market.ticker)) {
      if (order.intent.strategy !== strategy) continue;
      const risk = this.#orderRisk(order, remaining(order));
      if (order.intent.side === "bid") yes += risk;
      else no += risk;
    }
    return this.#stakes(market, strategy, 0, { yes, no });
  }

  /** As risk sees it where an open order is to be changed: all but that order itself. */
  beside(order: OrderState, market: Market): Stakes {
    const { strategy, side } = order.intent;
    const risk = this.#orderRisk(order, remaining(order));
    const trade = this.#byTrade.get(tradeOf(market.ticker, strategy)) ?? 0;
    return this.#stakes(market, strategy, trade - risk, side === "bid" ? { yes: risk, no: 0 } : { yes: 0, no: risk });
  }

  /** What a strategy's open orders and its share of what is held put at stake. */
  inUse(strategy: string): Money {
    return money(this.#byStrategy.get(strategy) ?? 0);
  }

  /** The most that one decision's open orders put at stake. */
  get largestTrade(): Money {
    return largest(this.#byTrade);
  }
  get largestMarket(): Money {
    return largest(this.#byTicker);
  }
  get largestCategory(): Money {
    return largest(this.#byCategory);
  }
  /** The most at stake in markets that move together. */
  get largestCorrelated(): Money {
    return money(this.#byCorrelation.largest);
  }
  /** The most at stake in one part of a group that the configuration names. */
  largestOf(group: string): Money {
    return money(this.#byGroup.of({ whole: group, part: null }));
  }
  /** Everything. */
  get total(): Money {
    return money(this.#total);
  }

  #stakes(market: Market, strategy: string, trade: number, replaced: Replaced): Stakes {
    const sums = this.#correlations.of(market);
    const { ticker, exclusive } = sums;
    const { yes, no } = replaced;
    const event = exclusive === null ? undefined : this.#events.get(exclusive);
    const own = exclusive === null ? undefined : this.#ownEvents.get(strategy)?.get(exclusive);
    const gone = event?.relief(ticker, yes, no) ?? yes + no;
    const ownGone = own?.relief(ticker, yes, no) ?? yes + no;
    const { canary = null, budget } = this.#bounds;
    return {
      nav: this.nav,
      cash: money(this.#freeCash + yes + no),
      trade: money(trade),
      market: money((this.#byTicker.get(ticker) ?? 0) - yes - no),
      total: money(this.#total - gone),
      category: money((this.#byCategory.get(sums.category) ?? 0) - gone),
      correlated: money(this.#byCorrelation.of(sums.correlated) - gone),
      strategy: money(this.inUse(strategy) - ownGone),
      budget: budget(strategy),
      noRoom: money(event?.room(ticker, no) ?? 0),
      ownNoRoom: money(own?.room(ticker, no) ?? 0),
      groups: this.#groupStakes(sums, gone),
      positionLimit: market.positionLimit ?? null,
      canary,
    };
  }

  #groupStakes({ groups }: MarketSums, gone: number): readonly GroupStake[] {
    return groups.length === 0 ? NO_GROUPS : groups.map((member) => ({
      name: member.group.name,
      percent: member.group.percent,
      used: money(this.#byGroup.of(member) - gone),
    }));
  }

  /** What this part of an order could cost, counted everywhere. */
  #addOrder(order: OrderState, contracts: Count): number {
    const { ticker, strategy, side } = order.intent;
    const cost = this.#orderRisk(order, contracts);
    const sums = this.#sumsOf(ticker);
    this.#add(sums, side, cost);
    this.#addOwn(sums, strategy, side, cost);
    return cost;
  }

  /** After a restart, markets are told later than what is held in them: their tickers name the series, too. */
  #sumsOf(ticker: string): MarketSums {
    const market = this.#market(ticker)?.market;
    return market === undefined ? this.#correlations.ofTicker(ticker) : this.#correlations.of(market);
  }

  #add({ ticker, category, correlated, groups, exclusive }: MarketSums, side: Side, amount: number): void {
    add(this.#byTicker, ticker, amount);
    const more = exclusive === null ? amount : eventIn(this.#events, exclusive).add(ticker, side, amount);
    this.#total += more;
    add(this.#byCategory, category, more);
    this.#byCorrelation.add(correlated, more);
    for (const member of groups) this.#byGroup.add(member, more);
  }

  #addOwn({ ticker, exclusive }: MarketSums, strategy: string, side: Side, amount: number): void {
    if (exclusive === null) return add(this.#byStrategy, strategy, amount);
    let own = this.#ownEvents.get(strategy);
    if (own === undefined) this.#ownEvents.set(strategy, own = new Map());
    add(this.#byStrategy, strategy, eventIn(own, exclusive).add(ticker, side, amount));
  }

  /** What this part of an order could cost: at the worse limit while it is being changed, with the worst fee. */
  #orderRisk(order: OrderState, contracts: Count): number {
    if (contracts === 0) return 0;
    const { side, ticker, postOnly } = order.intent;
    const told = this.#market(ticker)?.market.fees;
    const fees = told !== undefined && isFeeKnown(told) ? told : DEAREST;
    let most = 0;
    for (const { price } of possibleTerms(order)) {
      most = Math.max(most, contracts * openingCost(side, price) + worstFee(fees, price, contracts, postOnly));
    }
    return most;
  }
}

/** Fills that a fee is reckoned with: one a contract, and one for what is left. More would round a little more. */
export const worstFee = (fees: Market["fees"], price: Price, contracts: Count, postOnly: boolean): Money =>
  isFeeKnown(fees)
    ? worstCaseFee(fees, price, contracts, postOnly ? "maker" : "taker", Math.ceil(contracts / 100) + 1)
    : money(0);

/** No ticker holds a space. */
const tradeOf = (ticker: string, strategy: string): string => `${ticker} ${strategy}`;

const add = (sums: Map<string, number>, key: string, amount: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + amount);
};

function eventIn(events: Map<string, EventRisk>, key: string): EventRisk {
  let event = events.get(key);
  if (event === undefined) events.set(key, event = new EventRisk());
  return event;
}

function largest(sums: ReadonlyMap<string, number>): Money {
  let most = 0;
  for (const sum of sums.values()) most = Math.max(most, sum);
  return money(most);
}
