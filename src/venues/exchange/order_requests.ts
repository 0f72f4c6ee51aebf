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
  /** `null` routes by ticker. */
  readonly shard: number | null;
}

/** Where a cancel or decrease is to be looked for. */
export interface OrderAddress {
  readonly orderId: string;
  readonly shard: number | null;
  readonly ticker: string | null;
}

export interface AmendOrder {
  readonly orderId: string;
  readonly ticker: string;
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
