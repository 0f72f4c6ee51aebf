/**
 * What a member asks of the order desk, once read from the wire.
 * @module
 */

import type { Side, TimeInForce } from "../../core/order.ts";
import type { Count, Micros, Price } from "../../core/units.ts";
import type { SelfTradePrevention } from "./matching.ts";
import type { MemberFill, MemberOrder } from "./order.ts";

export interface CreateOrder {
  readonly ticker: string;
  readonly side: Side;
  readonly count: Count;
  readonly price: Price;
  readonly timeInForce: TimeInForce;
  readonly prevention: SelfTradePrevention;
  readonly clientOrderId: string | null;
  readonly expiresAt: Micros | null;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly cancelOnPause: boolean;
  readonly subaccount: number;
  readonly group: string | null;
  /** `null` routes by ticker. */
  readonly shard: number | null;
}

/** Where a cancel or decrease is to be looked for. */
export interface OrderAddress {
  readonly orderId: string;
  readonly subaccount: number;
  readonly shard: number | null;
  readonly ticker: string | null;
}

export interface AmendOrder {
  readonly orderId: string;
  readonly subaccount: number;
  readonly ticker: string;
  /** `null` routes by ticker. */
  readonly shard: number | null;
  /** What the sender thinks the order's client id is; `null` where it does not say. */
  readonly clientOrderId: string | null;
  readonly side: Side;
  readonly price: Price;
  /** Already filled + wanted remaining. */
  readonly count: Count;
  readonly newClientOrderId: string | null;
  /** `undefined` keeps the expiry, `null` clears it. */
  readonly expiresAt: Micros | null | undefined;
}

export interface Placed {
  readonly order: MemberOrder;
  readonly fills: readonly MemberFill[];
}
