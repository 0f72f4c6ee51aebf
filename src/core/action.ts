/**
 * Everything the engine can ask of the world. Actions are journaled before they are performed.
 * @module
 */

import type { OrderIntent, OrderTerms, Side } from "./order.ts";
import type { StateRecord } from "./record.ts";
import type { Count, Micros, Money } from "./units.ts";

/** Send this order. `paper` orders never leave the process: the engine's own fill model answers them. */
export interface PlaceAction {
  readonly type: "place";
  readonly execution: "paper" | "live";
  readonly intent: OrderIntent;
  /**
   * Expected net edge in dollars per contract; absent or `null` where nobody said. When more is to be sent than the exchange
   * allows, the orders with the least of it are those that never leave, and are rejected as `dropped_under_pressure`.
   */
  readonly edge?: number | null;
  /** The exchange's fuse that the order belongs to. Not part of the intent: what is wanted does not depend on it. */
  readonly orderGroupId?: string;
  /** The order is one of several that go together or not at all, and leave in one step. */
  readonly basket?: { readonly id: string; readonly legs: number };
}

/**
 * Change a resting order: answered by `order_changed` or `change_failed`. Less size or another expiry keeps its place in the
 * queue, another price or more size does not (KALSHI.md 4.7).
 */
export interface AmendAction {
  readonly type: "amend";
  readonly execution: "paper" | "live";
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly ticker: string;
  /** Of the market; `null` where that is not known: then the venue finds it by the ticker. */
  readonly shard: number | null;
  readonly side: Side;
  readonly terms: OrderTerms;
  readonly reason: string;
  /** As of {@link PlaceAction}. */
  readonly edge?: number | null;
  /** It goes away from the market, because the old price is wrong: that is as urgent as a cancel. */
  readonly retreats?: true;
}

/** Make a resting order smaller; it keeps its place in the queue. Answered by `order_changed` or `change_failed`. */
export interface DecreaseAction {
  readonly type: "decrease";
  readonly execution: "paper" | "live";
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly ticker: string;
  readonly shard: number | null;
  /** What is to remain; what filled meanwhile does not count against it. */
  readonly reduceTo: Count;
  readonly reason: string;
}

export interface CancelAction {
  readonly type: "cancel";
  readonly execution: "paper" | "live";
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly ticker: string;
  /** Of the market; `null` where that is not known: then the venue finds it by the ticker. */
  readonly shard: number | null;
  readonly reason: string;
}

/** Cancel whatever rests, everywhere. */
export interface CancelAllAction {
  readonly type: "cancel_all";
  readonly execution: "paper" | "live";
  readonly reason: string;
}

/**
 * Have the exchange keep a fuse for one strategy on one shard, or close it again once it tripped (KALSHI.md 3.14): answered
 * by `order_group`.
 */
export interface OrderGroupAction {
  readonly type: "order_group";
  readonly command: "create" | "reset";
  readonly strategy: string;
  readonly shard: number;
  /** Of the group to reset; `null` for one to be created. */
  readonly groupId: string | null;
  /** Contracts that may match within 15 seconds before it trips. */
  readonly limit: Count;
}

/** Ask the exchange what became of an order: answered by `order_update` or `order_absent`, and by its fills. */
export interface FindOrderAction {
  readonly type: "find_order";
  readonly clientOrderId: string;
  readonly orderId: string | null;
  readonly ticker: string;
}

/** Read our fills again from this time on: answered by `fill` inputs. */
export interface FetchFillsAction {
  readonly type: "fetch_fills";
  readonly since: Micros;
}

/** Move cash between shards. That it worked shows in the next `account`. */
export interface TransferAction {
  readonly type: "transfer";
  /** Unique for ever on the account: asked twice under one id, the money moves once. */
  readonly transferId: string;
  readonly amount: Money;
  readonly fromShard: number;
  readonly toShard: number;
}

/** Get fresh snapshots for these books. */
export interface ResyncAction {
  readonly type: "resync";
  readonly tickers: readonly string[];
  readonly reason: string;
}

export interface RecordAction {
  readonly type: "record";
  readonly record: StateRecord;
}

export interface LogAction {
  readonly type: "log";
  readonly level: "debug" | "info" | "warn" | "error";
  readonly text: string;
}

export type Action = VenueAction | RecordAction | LogAction;

/** The actions that a venue performs. */
export type VenueAction =
  | PlaceAction
  | AmendAction
  | DecreaseAction
  | CancelAction
  | CancelAllAction
  | OrderGroupAction
  | FindOrderAction
  | FetchFillsAction
  | TransferAction
  | ResyncAction;
