/**
 * Frames that are read, checked and counted, and that no input is made of: what the exchange tells of our positions,
 * our order groups, its events and its fast index values (KALSHI.md 5.3, 5.7 to 5.9).
 *
 * Positions come out of fills and are checked against REST; a position told in between would only race them.
 * @module
 */

import type { Count, Micros, Money } from "../../core/units.ts";
import { type FieldReader, frameMessage, type JsonObject, type UnknownFields } from "./fields.ts";

/** An event was listed (`event_lifecycle`, on the lifecycle channel). Its markets announce themselves. */
export interface EventNotice {
  readonly event: "event_lifecycle";
  readonly eventTicker: string;
  readonly seriesTicker: string;
  /** `null` where the frame does not name its shard. */
  readonly shard: number | null;
}

/** Our position in one market, as the exchange sees it (`market_position`). */
export interface PositionNotice {
  readonly event: "position";
  readonly ticker: string;
  /** Negative is a position in NO. */
  readonly position: Count;
  readonly cost: Money;
  readonly realized: Money;
  readonly fees: Money;
  readonly volume: Count;
  readonly subaccount: number | null;
}

/** What became of an order group (`order_group_updates`). */
export interface OrderGroupNotice {
  readonly event: "order_group";
  readonly change: "created" | "triggered" | "reset" | "deleted" | "limit_updated";
  readonly groupId: string;
  /** `null` where the change is about no limit. */
  readonly limit: Count | null;
  readonly exchangeTime: Micros;
}

/** The indices that a channel offers: the answer to `indexlist`. */
export interface IndexListNotice {
  readonly event: "index_list";
  readonly id: number | null;
  readonly indices: readonly string[];
}

export type CountedNotice = EventNotice | PositionNotice | OrderGroupNotice | IndexListNotice;

const EVENT_FIELDS = new Set(
  "event_ticker exchange_index title subtitle collateral_return_type series_ticker".split(" "),
);
const POSITION_FIELDS = new Set(
  ("user_id market_ticker position_fp position_cost_dollars realized_pnl_dollars fees_paid_dollars " +
    "position_fee_cost_dollars volume_fp subaccount").split(" "),
);
const GROUP_FIELDS = new Set("event_type order_group_id contracts_limit_fp ts_ms".split(" "));
const INDEX_LIST_FIELDS = new Set(["index_ids"]);

const GROUP_CHANGES = ["created", "triggered", "reset", "deleted", "limit_updated"] as const;
/** Kalshi has some twenty. */
const INDICES_MAX = 1_000;

function optionalInteger(read: FieldReader, message: JsonObject, key: string): number | null {
  return message[key] === undefined || message[key] === null ? null : read.integer(message, key, "msg.");
}

export function readEventNotice(read: FieldReader, frame: JsonObject, unknown: UnknownFields | undefined): EventNotice {
  const message = frameMessage(read, frame, EVENT_FIELDS, unknown);
  return {
    event: "event_lifecycle",
    eventTicker: read.text(message, "event_ticker", "msg."),
    seriesTicker: read.text(message, "series_ticker", "msg."),
    shard: optionalInteger(read, message, "exchange_index"),
  };
}

export function readPositionNotice(
  read: FieldReader,
  frame: JsonObject,
  unknown: UnknownFields | undefined,
): PositionNotice {
  const message = frameMessage(read, frame, POSITION_FIELDS, unknown);
  return {
    event: "position",
    ticker: read.text(message, "market_ticker", "msg."),
    position: read.count(message, "position_fp", "msg."),
    cost: read.money(message, "position_cost_dollars", "msg."),
    realized: read.money(message, "realized_pnl_dollars", "msg."),
    fees: read.money(message, "fees_paid_dollars", "msg."),
    volume: read.size(message, "volume_fp", "msg."),
    subaccount: optionalInteger(read, message, "subaccount"),
  };
}

export function readOrderGroupNotice(
  read: FieldReader,
  frame: JsonObject,
  unknown: UnknownFields | undefined,
): OrderGroupNotice {
  const message = frameMessage(read, frame, GROUP_FIELDS, unknown);
  const change = read.word(message, "event_type", "msg.", GROUP_CHANGES);
  const silent = message.contracts_limit_fp === undefined || message.contracts_limit_fp === null;
  return {
    event: "order_group",
    change,
    groupId: read.text(message, "order_group_id", "msg."),
    limit: silent && change !== "limit_updated" ? null : read.size(message, "contracts_limit_fp", "msg."),
    exchangeTime: read.milliseconds(message, "ts_ms", "msg."),
  };
}

export function readIndexListNotice(
  read: FieldReader,
  frame: JsonObject,
  id: number | null,
  unknown: UnknownFields | undefined,
): IndexListNotice {
  const message = frameMessage(read, frame, INDEX_LIST_FIELDS, unknown);
  const indices: string[] = [];
  for (const [at, index] of read.list(message, "index_ids", "msg.", INDICES_MAX).entries()) {
    if (typeof index === "string" && index !== "") indices.push(index);
    else read.refuse(`msg.index_ids[${at}]`, index, "a text");
  }
  return { event: "index_list", id, indices };
}
