/**
 * Orders inside the exchange.
 * @module
 */

import type { OrderFees } from "../../core/fees.ts";
import type { Side } from "../../core/order.ts";
import type { Count, Micros, Money, Price } from "../../core/units.ts";
import type { Account } from "./account.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { MatchableOrder, SelfTradePrevention } from "./matching.ts";

/** Anything that can stand in a book: a member's order, or a simulated trader's. */
export interface BookOrder extends MatchableOrder {
  readonly account: Account;
  /** The full record where a member placed it; `null` for a simulated trader's. */
  readonly member: MemberOrder | null;
}

/** Why a member's order last changed, in the words of `last_update_reason` (KALSHI.md 4.6). */
export type UpdateReason =
  | ""
  | "Trade"
  | "Decrease"
  | "Amend"
  | "SelfTradeCancel"
  | "ExpiryCancel"
  | "CloseCancel"
  | "HaltCancel"
  | "PostOnlyCrossCancel"
  | "ReduceOnlyCancel";

/** What an order is when it is accepted. Price, count, expiry and client id can be amended later. */
export interface OrderTerms {
  readonly account: Account;
  readonly market: ListedMarket;
  readonly side: Side;
  readonly price: Price;
  readonly count: Count;
  readonly clientOrderId: string;
  readonly expiresAt: Micros | null;
  readonly prevention: SelfTradePrevention;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly cancelOnPause: boolean;
  /** The id of its order group; `null` for none. */
  readonly group: string | null;
  /** The order's own fee accumulator (KALSHI.md 7.2). */
  readonly fees: OrderFees;
  readonly createdAt: Micros;
}

export type MemberOrderStatus = "resting" | "canceled" | "executed";

/** A member's order from its creation to its end and after: kept for ever, as its client id is. */
export class MemberOrder implements BookOrder {
  status: MemberOrderStatus = "resting";
  filled = 0 as Count;
  remaining: Count;
  takerCost = 0 as Money;
  makerCost = 0 as Money;
  takerFees = 0 as Money;
  makerFees = 0 as Money;
  updatedAt: Micros;
  reason: UpdateReason = "";
  /** What `initial_count` says: grows and shrinks with amendments. */
  initial: Count;

  readonly account: Account;
  readonly market: ListedMarket;
  readonly side: Side;
  price: Price;
  clientOrderId: string;
  expiresAt: Micros | null;

  constructor(readonly id: string, readonly terms: OrderTerms) {
    this.account = terms.account;
    this.market = terms.market;
    this.side = terms.side;
    this.price = terms.price;
    this.clientOrderId = terms.clientOrderId;
    this.expiresAt = terms.expiresAt;
    this.initial = terms.count;
    this.remaining = terms.count;
    this.updatedAt = terms.createdAt;
  }

  get owner(): number {
    return this.account.owner;
  }

  /** Ends the order: whatever had not filled is gone. */
  end(status: "canceled" | "executed"): void {
    this.status = status;
    this.remaining = 0 as Count;
  }

  get member(): MemberOrder {
    return this;
  }
}

/** One execution of a member's order. */
export interface MemberFill {
  readonly tradeId: string;
  readonly order: MemberOrder;
  readonly price: Price;
  readonly count: Count;
  readonly isTaker: boolean;
  readonly fee: Money;
  /** The position right after. */
  readonly position: Count;
  readonly at: Micros;
}
