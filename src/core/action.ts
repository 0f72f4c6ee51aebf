/**
 * Everything the engine can ask of the world. Actions are journaled before they are performed.
 * @module
 */

import type { OrderIntent } from "./order.ts";
import type { StateRecord } from "./record.ts";
import type { Micros, Money } from "./units.ts";

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

export type Action =
  | PlaceAction
  | CancelAction
  | CancelAllAction
  | FindOrderAction
  | FetchFillsAction
  | TransferAction
  | ResyncAction
  | RecordAction
  | LogAction;

/** The actions that a venue performs. */
export type VenueAction =
  | PlaceAction
  | CancelAction
  | CancelAllAction
  | FindOrderAction
  | FetchFillsAction
  | TransferAction
  | ResyncAction;
