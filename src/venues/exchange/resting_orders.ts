/**
 * A member's resting orders by market, and the cash that they bind.
 * @module
 */

import { type Money, money } from "../../core/units.ts";
import type { Account } from "./account.ts";
import { type BindingOrder, boundByOrders } from "./collateral.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { MemberOrder } from "./order.ts";
import { feesOf } from "./series.ts";

export class RestingOrders {
  readonly #orders = new Map<ListedMarket, Set<MemberOrder>>();

  /** Markets in which something rests. */
  get markets(): readonly ListedMarket[] {
    return [...this.#orders.keys()];
  }

  add(order: MemberOrder): void {
    const orders = this.#orders.get(order.market) ?? new Set();
    this.#orders.set(order.market, orders.add(order));
  }

  remove(order: MemberOrder): void {
    const orders = this.#orders.get(order.market);
    orders?.delete(order);
    if (orders?.size === 0) this.#orders.delete(order.market);
  }

  /** In order of their arrival. */
  in(market: ListedMarket): readonly MemberOrder[] {
    return [...this.#orders.get(market) ?? []].filter((order) => order.status === "resting");
  }

  count(market: ListedMarket): number {
    return this.#orders.get(market)?.size ?? 0;
  }

  /** What an account's orders of a shard bind, with those added and without the one replaced. */
  bound(
    shard: number,
    account: Account,
    change: {
      readonly market: ListedMarket;
      readonly added: BindingOrder;
      readonly replaced: MemberOrder | null;
    } | null = null,
  ): Money {
    let sum = 0;
    const markets = new Set(this.#orders.keys());
    if (change !== null) markets.add(change.market);
    for (const market of markets) {
      if (market.shard !== shard) continue;
      const resting = this.in(market)
        .filter((order) => order !== change?.replaced && order.account === account)
        .map(({ side, price, remaining }): BindingOrder => ({ side, price, remaining, role: "maker" }));
      const added = change?.market === market ? [change.added] : [];
      sum += boundByOrders([...resting, ...added], account.contracts(market.ticker), feesOf(market.series));
    }
    return money(sum);
  }
}
