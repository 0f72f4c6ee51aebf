/**
 * What happens on the exchange, as those who listen (the sockets) are told it.
 * @module
 */

import type { Side } from "../../core/order.ts";
import type { Count, Micros, Price } from "../../core/units.ts";
import type { Position } from "./account.ts";
import type { IndexId } from "./index_process.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { OrderGroup } from "./order_groups.ts";
import type { MemberFill, MemberOrder, UpdateReason } from "./order.ts";

/** A signed change of one level. `side` and `price` are of the inner YES book. */
export interface BookEvent {
  readonly type: "book";
  readonly market: ListedMarket;
  readonly side: Side;
  readonly price: Price;
  readonly delta: Count;
  readonly at: Micros;
  /** The member's order that caused it, where one did. */
  readonly cause: MemberOrder | null;
}

export interface PublicTrade {
  readonly id: string;
  /** Counts all trades of the exchange, so that pages of them can be told apart. */
  readonly number: number;
  readonly market: ListedMarket;
  readonly price: Price;
  readonly count: Count;
  readonly takerSide: Side;
  readonly at: Micros;
}

/** One value of an index with the averages that the feed prints beside it (KALSHI.md 5.9). */
export interface IndexTick {
  readonly index: IndexId;
  readonly value: number;
  /** Unix second of the value. */
  readonly second: number;
  readonly receivedAt: Micros;
  readonly prior: { readonly mean: number; readonly size: number };
  /** In the final minute of a quarter hour: the settlement average so far. */
  readonly closing: { readonly mean: number; readonly size: number; readonly closeSecond: number } | null;
}

/** One value of an index between two seconds, for those who subscribe to five a second. */
export interface FastIndexTick {
  readonly index: IndexId;
  readonly value: number;
  readonly sourceAt: Micros;
  readonly receivedAt: Micros;
}

export type LifecycleKind =
  | "created"
  | "metadata_updated"
  | "price_level_structure_updated"
  | "determined"
  | "settled";

export type GroupEventKind = "created" | "triggered" | "reset" | "deleted" | "limit_updated";

export type ExchangeEvent =
  | BookEvent
  | { readonly type: "trade"; readonly trade: PublicTrade }
  | { readonly type: "ticker"; readonly market: ListedMarket; readonly at: Micros }
  | { readonly type: "lifecycle"; readonly kind: LifecycleKind; readonly market: ListedMarket; readonly at: Micros }
  | { readonly type: "event_created"; readonly market: ListedMarket; readonly at: Micros }
  | { readonly type: "index"; readonly tick: IndexTick; readonly at: Micros }
  | { readonly type: "fast_index"; readonly tick: FastIndexTick; readonly at: Micros }
  | { readonly type: "group"; readonly kind: GroupEventKind; readonly group: OrderGroup; readonly at: Micros }
  | { readonly type: "fill"; readonly fill: MemberFill; readonly at: Micros }
  | { readonly type: "order"; readonly order: MemberOrder; readonly reason: UpdateReason; readonly at: Micros }
  | { readonly type: "position"; readonly position: Position; readonly at: Micros };

export type Emit = (event: ExchangeEvent) => void;
