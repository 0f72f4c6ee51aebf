/**
 * The frames of the private channels: our fills and our orders (KALSHI.md 5.8).
 * @module
 */

import type { FillInput, OrderUpdateInput } from "../../core/input.ts";
import type { OrderReport } from "../../core/order.ts";
import { type Micros, microsFromMilliseconds } from "../../core/units.ts";
import { readFillSide, readOrderSide } from "./direction.ts";
import { type FieldReader, frameMessage, type JsonObject, type UnknownFields } from "./fields.ts";

const YEAR_2200_MS = 7_258_118_400_000;
const FILL_FIELDS = new Set(
  ("trade_id order_id client_order_id market_ticker exchange_index is_taker side action outcome_side book_side " +
    "purchased_side yes_price_dollars no_price_dollars count_fp fee_cost post_position_fp ts ts_ms subaccount")
    .split(" "),
);
const ORDER_FIELDS = new Set(
  ("order_id user_id ticker exchange_index status side is_yes outcome_side book_side yes_price_dollars " +
    "no_price_dollars initial_count_fp fill_count_fp remaining_count_fp taker_fill_cost_dollars " +
    "maker_fill_cost_dollars taker_fees_dollars maker_fees_dollars client_order_id order_group_id " +
    "self_trade_prevention_type created_time created_ts_ms expiration_time expiration_ts_ms last_update_time " +
    "last_updated_ts_ms last_update_reason subaccount_number").split(" "),
);

/** Nothing where the frame says nothing that can be read: no order is given up for its expiry. */
function expiryOf({ expiration_ts_ms: expiry }: JsonObject): Pick<OrderReport, "expiresAt"> {
  return typeof expiry === "number" && Number.isSafeInteger(expiry) && expiry > 0 && expiry <= YEAR_2200_MS
    ? { expiresAt: microsFromMilliseconds(expiry) }
    : {};
}

export function readPrivateFill(
  read: FieldReader,
  frame: JsonObject,
  at: Micros,
  unknown: UnknownFields | undefined,
): FillInput {
  const message = frameMessage(read, frame, FILL_FIELDS, unknown);
  return {
    type: "fill",
    at,
    fill: {
      tradeId: read.text(message, "trade_id", "msg."),
      orderId: read.text(message, "order_id", "msg."),
      clientOrderId: read.optionalText(message, "client_order_id", "msg."),
      ticker: read.text(message, "market_ticker", "msg."),
      side: readFillSide(read, message, "msg."),
      price: read.price(message, "yes_price_dollars", "msg."),
      count: read.size(message, "count_fp", "msg."),
      fee: read.money(message, "fee_cost", "msg."),
      isTaker: read.boolean(message, "is_taker", "msg."),
      executedAt: read.milliseconds(message, "ts_ms", "msg."),
    },
  };
}

export function readOrderUpdate(
  read: FieldReader,
  frame: JsonObject,
  at: Micros,
  unknown: UnknownFields | undefined,
): OrderUpdateInput {
  const message = frameMessage(read, frame, ORDER_FIELDS, unknown);
  return {
    type: "order_update",
    at,
    order: {
      orderId: read.text(message, "order_id", "msg."),
      clientOrderId: read.optionalText(message, "client_order_id", "msg.") ?? "",
      ticker: read.text(message, "ticker", "msg."),
      side: readOrderSide(read, message, "msg."),
      price: read.price(message, "yes_price_dollars", "msg."),
      status: read.word(message, "status", "msg.", ["resting", "canceled", "executed"]),
      initialCount: read.size(message, "initial_count_fp", "msg."),
      fillCount: read.size(message, "fill_count_fp", "msg."),
      remainingCount: read.size(message, "remaining_count_fp", "msg."),
      ...expiryOf(message),
    },
  };
}
