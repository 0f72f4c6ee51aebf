/**
 * What of a book is our own, whichever strategy sent it.
 * @module
 */

import type { Side } from "../core/order.ts";
import { ONE_DOLLAR_PRICE } from "../core/units.ts";
import { type OrderState, remaining } from "../execution/order_state.ts";

/** What rests of our own at a price of a side's ladder: of NO bids for an ask. */
export function ownAt(side: Side, at: number, open: ReadonlySet<OrderState>): number {
  let own = 0;
  for (const order of open) {
    const { intent } = order;
    if (intent.side !== side || intent.timeInForce !== "good_till_canceled") continue;
    const { price } = order.terms;
    if ((side === "bid" ? price : ONE_DOLLAR_PRICE - price) === at) own += remaining(order);
  }
  return own;
}
