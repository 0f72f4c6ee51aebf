/**
 * The quotes of others: a book's without what rests there of our own, whichever strategy sent it.
 * @module
 */

import type { Book } from "../core/book.ts";
import type { Side } from "../core/order.ts";
import { ONE_DOLLAR_PRICE, type Price } from "../core/units.ts";
import { type OrderState, remaining } from "../execution/order_state.ts";

/**
 * The best price of others on the ladder of a side, 0 where there is none: of NO bids for an ask. Walks past our own orders
 * only: as many levels as these have.
 */
export function rivalBest(side: Side, book: Book, open: ReadonlySet<OrderState>): number {
  const ladder = side === "bid" ? book.yes : book.no;
  let at = ladder.best;
  if (open.size === 0) return at;
  while (at !== 0 && ladder.sizeAt(at as Price) <= ownAt(side, at, open)) at = ladder.below(at as Price);
  return at;
}

/** What rests of our own at a price of a ladder. */
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
