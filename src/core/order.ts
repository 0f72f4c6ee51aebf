/**
 * Orders as the engine means them and as the exchange reports them.
 * @module
 */

import type { Count, Micros, Money, Price } from "./units.ts";

/** On the YES book: a bid buys YES (or sells NO), an ask sells YES (or buys NO at 1 - price). */
export type Side = "bid" | "ask";

export type TimeInForce = "good_till_canceled" | "immediate_or_cancel" | "fill_or_kill";

/** What a strategy wants sent, complete: journaled before it leaves, and never sent twice under one id. */
export interface OrderIntent {
  /** Deterministic and unique for ever on the account (KALSHI.md 4.4). */
  readonly clientOrderId: string;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Price;
  readonly count: Count;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  /** The exchange drops the order by itself after this time; `null` for none. Whole seconds on the wire. */
  readonly expiresAt: Micros | null;
  readonly shard: number;
  readonly strategy: string;
  /** The strategy's word for why: `delay_capture`, `baseline_gap`, ... */
  readonly signal: string;
}

/** What of an order can be changed while it rests. */
export interface OrderTerms {
  readonly price: Price;
  /** What has filled and what is still wanted, together (KALSHI.md 3.13). */
  readonly count: Count;
  /** `null` for none. Whole seconds on the wire. */
  readonly expiresAt: Micros | null;
}

/**
 * Where an order is in its life.
 *
 * | phase | meaning |
 * | --- | --- |
 * | sent | journaled and handed to the venue; no answer yet |
 * | unknown | the answer was lost; nothing more is sent for its market until the exchange has been asked |
 * | resting | acknowledged and on the book |
 * | filled, cancelled, rejected | ended by an explicit answer of the exchange |
 */
export type OrderPhase = "sent" | "unknown" | "resting" | "filled" | "cancelled" | "rejected";

/** An order's state as the exchange tells it, from a REST body or a `user_order` frame. */
export interface OrderReport {
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Price;
  readonly status: "resting" | "canceled" | "executed";
  readonly initialCount: Count;
  readonly fillCount: Count;
  readonly remainingCount: Count;
  /** `null` for none; absent where nobody said. */
  readonly expiresAt?: Micros | null;
}

/** One execution. Price is the YES price, whichever side traded (KALSHI.md 4.1). */
export interface FillReport {
  /** The exchange's trade id: the same execution seen twice counts once. */
  readonly tradeId: string;
  readonly orderId: string;
  /** REST fills carry none (KALSHI.md 4.4). */
  readonly clientOrderId: string | null;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Price;
  readonly count: Count;
  readonly fee: Money;
  readonly isTaker: boolean;
  /** When the exchange executed it. */
  readonly executedAt: Micros;
}
