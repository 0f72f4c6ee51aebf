/**
 * What a member's resting orders bind (KALSHI.md 4.5): a bid binds its price, an ask `1 - price`, per contract, except
 * for contracts that would only close the position; plus the most that the fees can come to.
 *
 * The exchange's exact rule for resting orders is not published; this one never lets an account's cash go negative.
 * @module
 */

import { type Role, worstCaseFee } from "../../core/fees.ts";
import type { FeeSchedule } from "../../core/market.ts";
import type { Side } from "../../core/order.ts";
import { type Count, type Money, money, ONE_DOLLAR_PRICE, type Price } from "../../core/units.ts";

/** Executions that an order's fee is reckoned with: more would round a little more. */
const FILLS_MAX = 100;

export interface BindingOrder {
  readonly side: Side;
  readonly price: Price;
  readonly remaining: Count;
  /** `taker` for an order that is about to be placed and may trade at once. */
  readonly role: Role;
}

function bound(orders: readonly BindingOrder[], side: Side, closable: number, fees: FeeSchedule): number {
  // The most eager orders fill first, so they are the ones that close.
  const eager = orders.filter((order) => order.side === side)
    .sort((a, b) => (side === "bid" ? b.price - a.price : a.price - b.price));
  let free = closable;
  let sum = 0;
  for (const { price, remaining, role } of eager) {
    const closing = Math.min(free, remaining);
    free -= closing;
    const each = side === "bid" ? price : ONE_DOLLAR_PRICE - price;
    sum += each * (remaining - closing) + worstCaseFee(fees, price, remaining, role, FILLS_MAX);
  }
  return sum;
}

/** What the orders of one market bind, given the position in it. */
export function boundByOrders(orders: readonly BindingOrder[], position: Count, fees: FeeSchedule): Money {
  return money(
    bound(orders, "bid", Math.max(0, -position), fees) + bound(orders, "ask", Math.max(0, position), fees),
  );
}
