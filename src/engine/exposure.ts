/**
 * What is at stake: positions and open orders added up once, then told for any market. An index tick asks for every
 * market that it reprices, and nothing of this changes in between.
 * @module
 */

import { isFeeKnown, worstCaseFee } from "../core/fees.ts";
import type { FeeSchedule, Market } from "../core/market.ts";
import { seriesOf, settlementIndexOf } from "../core/ticker.ts";
import { type Count, count, type Money, money, type Price } from "../core/units.ts";
import type { Ledger } from "../execution/ledger.ts";
import type { Orders } from "../execution/orders.ts";
import { possibleTerms } from "../execution/order_change.ts";
import { type OrderState, remaining } from "../execution/order_state.ts";
import { partAmong } from "../risk/allocation.ts";
import type { CanaryRule } from "../risk/canary.ts";
import { openingCost, type Stakes } from "../risk/limits.ts";
import type { MarketState } from "./market_state.ts";

/** What is reckoned with while nobody has said what a market charges: no fee that is known is higher (KALSHI.md 7.1). */
const DEAREST: FeeSchedule = { type: "quadratic_with_combo_maker_fees", multiplierMillionths: 1_000_000 };

/** An order that was checked and has not left yet. */
export interface PendingOrder {
  readonly market: Market;
  /** What it may lose at worst. */
  readonly risk: Money;
}

type FindMarket = (ticker: string) => MarketState | undefined;
/** What a strategy may put at stake in all; `null` where no budget bounds it. */
type BudgetOf = (strategy: string) => Money | null;

/** Right as long as no order, fill, mark or market changes: then another one has to be made. */
export class Exposure {
  readonly nav: Money;
  readonly #orders: Orders;
  readonly #market: FindMarket;
  readonly #freeCash: number;
  readonly #byTicker = new Map<string, number>();
  readonly #byCategory = new Map<string, number>();
  readonly #byCorrelation = new Map<string, number>();
  readonly #byTrade = new Map<string, number>();
  readonly #byStrategy = new Map<string, number>();
  readonly #budget: BudgetOf;
  readonly #canary: CanaryRule | null;
  #total = 0;

  /** @param canary the one that counts now; `null` for none */
  constructor(
    orders: Orders,
    ledger: Ledger,
    nav: Money,
    market: FindMarket,
    budget: BudgetOf,
    canary: CanaryRule | null = null,
  ) {
    this.nav = nav;
    this.#canary = canary;
    this.#budget = budget;
    this.#orders = orders;
    this.#market = market;
    let bound = 0;
    for (const order of orders.open()) {
      const cost = this.#addOrder(order, remaining(order));
      add(this.#byTrade, tradeOf(order.intent.ticker, order.intent.strategy), cost);
      add(this.#byStrategy, order.intent.strategy, cost);
      bound += cost;
    }
    // Filled by the exchange's count, and not yet a position here.
    for (const order of orders.short()) {
      const cost = this.#addOrder(order, count(order.reported - order.filled));
      add(this.#byStrategy, order.intent.strategy, cost);
      bound += cost;
    }
    for (const { ticker, cost, position, strategy } of ledger.positions()) {
      this.#add(ticker, cost);
      const shares = partAmong(cost, position, ledger.partsOf(ticker), strategy);
      for (const [name, share] of shares) add(this.#byStrategy, name, share);
    }
    this.#freeCash = ledger.cash - bound;
  }

  /**
   * As risk sees it before one more order of this strategy in this market.
   * @param pending orders of the same strategy in other markets that are going to leave before it
   */
  of({ ticker, series }: Market, strategy: string, pending: readonly PendingOrder[] = []): Stakes {
    const stakes = this.#stakes(ticker, series, strategy, this.#byTrade.get(tradeOf(ticker, strategy)) ?? 0, 0);
    if (pending.length === 0) return stakes;
    const sum = (counts: (market: Market) => boolean): number =>
      pending.reduce((total, { market, risk }) => counts(market) ? total + risk : total, 0);
    const all = sum(() => true);
    return {
      ...stakes,
      cash: money(stakes.cash - all),
      total: money(stakes.total + all),
      strategy: money(stakes.strategy + all),
      category: money(stakes.category + sum((market) => categoryOf(market.series) === categoryOf(series))),
      correlated: money(stakes.correlated + sum((market) => correlationOf(market.series) === correlationOf(series))),
    };
  }

  /** The same without the strategy's open orders in this market, because it is asked what it wants instead. */
  without({ ticker, series }: Market, strategy: string): Stakes {
    let replaced = 0;
    for (const order of this.#orders.openIn(ticker)) {
      if (order.intent.strategy === strategy) replaced += this.#orderRisk(order, remaining(order));
    }
    return this.#stakes(ticker, series, strategy, 0, replaced);
  }

  /** As risk sees it where an open order is to be changed: all but that order itself. */
  beside(order: OrderState, { ticker, series }: Market): Stakes {
    const risk = this.#orderRisk(order, remaining(order));
    const trade = this.#byTrade.get(tradeOf(ticker, order.intent.strategy)) ?? 0;
    return this.#stakes(ticker, series, order.intent.strategy, trade - risk, risk);
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
    return largest(this.#byCorrelation);
  }
  /** Everything. */
  get total(): Money {
    return money(this.#total);
  }

  #stakes(ticker: string, series: string, strategy: string, trade: number, replaced: number): Stakes {
    return {
      nav: this.nav,
      cash: money(this.#freeCash + replaced),
      trade: money(trade),
      market: money((this.#byTicker.get(ticker) ?? 0) - replaced),
      total: money(this.#total - replaced),
      category: money((this.#byCategory.get(categoryOf(series)) ?? 0) - replaced),
      correlated: money((this.#byCorrelation.get(correlationOf(series)) ?? 0) - replaced),
      strategy: money(this.inUse(strategy) - replaced),
      budget: this.#budget(strategy),
      ...(this.#canary === null ? {} : { canary: this.#canary }),
    };
  }

  #addOrder(order: OrderState, contracts: Count): number {
    const cost = this.#orderRisk(order, contracts);
    this.#add(order.intent.ticker, cost);
    return cost;
  }

  /** After a restart, markets are told later than what is held in them: their tickers name the series, too. */
  #add(ticker: string, amount: number): void {
    const series = this.#market(ticker)?.market.series ?? seriesOf(ticker);
    this.#total += amount;
    add(this.#byTicker, ticker, amount);
    add(this.#byCategory, categoryOf(series), amount);
    add(this.#byCorrelation, correlationOf(series), amount);
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

/** Events that move together: everything that settles on a crypto index is one category. */
const categoryOf = (series: string): string => settlementIndexOf(series) === null ? series : "crypto";

/** Markets that move together: all that settle on one index, whatever their window and strike. Others: their series. */
const correlationOf = (series: string): string => settlementIndexOf(series) ?? series;

/** No ticker holds a space. */
const tradeOf = (ticker: string, strategy: string): string => `${ticker} ${strategy}`;

const add = (sums: Map<string, number>, key: string, amount: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + amount);
};

function largest(sums: ReadonlyMap<string, number>): Money {
  let most = 0;
  for (const sum of sums.values()) most = Math.max(most, sum);
  return money(most);
}
