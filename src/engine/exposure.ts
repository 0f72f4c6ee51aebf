/**
 * What is at stake: positions and open orders added up once, then told for any market. An index tick asks for every
 * market that it reprices, and nothing of this changes in between.
 * @module
 */

import { isFeeKnown, worstCaseFee } from "../core/fees.ts";
import type { Market } from "../core/market.ts";
import { settlementIndexOf } from "../core/ticker.ts";
import { type Count, count, type Money, money, type Price } from "../core/units.ts";
import type { Ledger } from "../execution/ledger.ts";
import { type Orders, type OrderState, remaining } from "../execution/orders.ts";
import { openingCost, type Stakes } from "../risk/limits.ts";
import type { MarketState } from "./market_state.ts";

type FindMarket = (ticker: string) => MarketState | undefined;

/** Right as long as no order, fill, mark or market changes: then another one has to be made. */
export class Exposure {
  readonly nav: Money;
  readonly #orders: Orders;
  readonly #market: FindMarket;
  readonly #freeCash: number;
  readonly #byTicker = new Map<string, number>();
  readonly #byCategory = new Map<string, number>();
  #total = 0;

  constructor(orders: Orders, ledger: Ledger, nav: Money, market: FindMarket) {
    this.nav = nav;
    this.#orders = orders;
    this.#market = market;
    let bound = 0;
    for (const order of orders.open()) bound += this.#addOrder(order, remaining(order));
    // Filled by the exchange's count, and not yet a position here.
    for (const order of orders.short()) bound += this.#addOrder(order, count(order.reported - order.filled));
    for (const { ticker, cost } of ledger.positions()) this.#add(ticker, cost);
    this.#freeCash = ledger.cash - bound;
  }

  /**
   * As risk sees it before an order in this market.
   * @param replaceable a strategy whose open orders in this market do not count, because it is asked what it wants instead
   */
  of({ ticker, series }: Market, replaceable: string | null = null): Stakes {
    let replaced = 0;
    if (replaceable !== null) {
      for (const order of this.#orders.openIn(ticker)) {
        if (order.intent.strategy === replaceable) replaced += this.#orderRisk(order, remaining(order));
      }
    }
    return {
      nav: this.nav,
      cash: money(this.#freeCash + replaced),
      market: money((this.#byTicker.get(ticker) ?? 0) - replaced),
      total: money(this.#total - replaced),
      category: money((this.#byCategory.get(categoryOf(series)) ?? 0) - replaced),
    };
  }

  #addOrder(order: OrderState, contracts: Count): number {
    const cost = this.#orderRisk(order, contracts);
    this.#add(order.intent.ticker, cost);
    return cost;
  }

  #add(ticker: string, amount: number): void {
    const category = categoryOf(this.#market(ticker)?.market.series ?? "");
    this.#total += amount;
    this.#byTicker.set(ticker, (this.#byTicker.get(ticker) ?? 0) + amount);
    this.#byCategory.set(category, (this.#byCategory.get(category) ?? 0) + amount);
  }

  /** What this part of an order could cost: at its limit, with the worst fee. */
  #orderRisk(order: OrderState, contracts: Count): number {
    if (contracts === 0) return 0;
    const { side, price, ticker, postOnly } = order.intent;
    const fees = this.#market(ticker)?.market.fees;
    const fee = fees === undefined ? 0 : worstFee(fees, price, contracts, postOnly);
    return contracts * openingCost(side, price) + fee;
  }
}

/** Fills that a fee is reckoned with: one a contract, and one for what is left. More would round a little more. */
export const worstFee = (fees: Market["fees"], price: Price, contracts: Count, postOnly: boolean): Money =>
  isFeeKnown(fees)
    ? worstCaseFee(fees, price, contracts, postOnly ? "maker" : "taker", Math.ceil(contracts / 100) + 1)
    : money(0);

/** Events that move together: everything that settles on a crypto index is one category. */
const categoryOf = (series: string): string => settlementIndexOf(series) === null ? series : "crypto";
