/**
 * REST bodies of the account and of order requests -> core types (KALSHI.md 3.12, 3.13).
 * @module
 */

import type { PositionReport } from "../../core/input.ts";
import type { FillReport, OrderIntent, OrderReport } from "../../core/order.ts";
import { type Count, formatCount, formatPrice, MICROS_PER_SECOND, type Money } from "../../core/units.ts";
import type { BodyReader } from "./bodies.ts";
import { readFillSide, readOrderSide } from "./direction.ts";
import { isObject } from "./fields.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const ORDER_FIELDS = words(
  "order_id user_id client_order_id ticker side action outcome_side book_side type status yes_price_dollars " +
    "no_price_dollars initial_count_fp fill_count_fp remaining_count_fp taker_fill_cost_dollars " +
    "maker_fill_cost_dollars taker_fees_dollars maker_fees_dollars self_trade_prevention_type created_time " +
    "last_update_time subaccount_number exchange_index expiration_time order_group_id cancel_order_on_pause " +
    "last_update_reason",
);
const FILL_FIELDS = words(
  "fill_id trade_id order_id ticker market_ticker side action outcome_side book_side count_fp yes_price_dollars " +
    "no_price_dollars is_taker fee_cost created_time ts subaccount_number exchange_index",
);
const POSITION_FIELDS = words(
  "ticker position_fp market_exposure_dollars total_traded_dollars realized_pnl_dollars fees_paid_dollars " +
    "last_updated_ts exchange_index resting_orders_count",
);
const SHARDS_MAX = 100;

/** The price is the limit price, even where the order executed better (KALSHI.md 3.12). */
export const readOrder: BodyReader<OrderReport> = (read, body, path, unknown) => {
  unknown.note(body, ORDER_FIELDS, "order.");
  return {
    orderId: read.text(body, "order_id", path),
    clientOrderId: read.optionalText(body, "client_order_id", path) ?? "",
    ticker: read.text(body, "ticker", path),
    side: readOrderSide(read, body, path),
    price: read.price(body, "yes_price_dollars", path),
    status: read.word(body, "status", path, ["resting", "canceled", "executed"]),
    initialCount: read.size(body, "initial_count_fp", path),
    fillCount: read.size(body, "fill_count_fp", path),
    remainingCount: read.size(body, "remaining_count_fp", path),
  };
};

/** REST fills carry no client order id (KALSHI.md 4.4): they are joined through the order id. */
export const readFill: BodyReader<FillReport> = (read, body, path, unknown) => {
  unknown.note(body, FILL_FIELDS, "fill.");
  return {
    tradeId: read.text(body, "trade_id", path),
    orderId: read.text(body, "order_id", path),
    clientOrderId: null,
    ticker: read.text(body, "ticker", path),
    side: readFillSide(read, body, path),
    price: read.price(body, "yes_price_dollars", path),
    count: read.size(body, "count_fp", path),
    fee: read.money(body, "fee_cost", path),
    isTaker: read.boolean(body, "is_taker", path),
    executedAt: read.time(body, "created_time", path),
  };
};

export const readPosition: BodyReader<PositionReport> = (read, body, path, unknown) => {
  unknown.note(body, POSITION_FIELDS, "position.");
  return { ticker: read.text(body, "ticker", path), position: read.count(body, "position_fp", path) };
};

/** Cash in all, and by shard where the body breaks it down. */
export interface BalanceBody {
  readonly total: Money;
  readonly byShard: ReadonlyMap<number, Money>;
}

/** `balance` is in truncated cents and is not read. */
export const readBalance: BodyReader<BalanceBody> = (read, body, path) => {
  const byShard = new Map<number, Money>();
  const rows = body.balance_breakdown === undefined || body.balance_breakdown === null
    ? []
    : read.list(body, "balance_breakdown", path, SHARDS_MAX);
  rows.forEach((row, index) => {
    const at = `${path}balance_breakdown[${index}]`;
    if (isObject(row)) byShard.set(read.integer(row, "exchange_index", `${at}.`), read.money(row, "balance", `${at}.`));
    else read.refuse(at, row, "an object");
  });
  return { total: read.money(body, "balance_dollars", path), byShard };
};

/** What lies on one shard: only that can be traded there. Bodies without a breakdown know one pot only. */
export const balanceOn = (balance: BalanceBody, shard: number): Money =>
  balance.byShard.size === 0 ? balance.total : balance.byShard.get(shard) ?? (0 as Money);

/** The answer to a create, synchronous with the match. */
export interface CreatedBody {
  readonly orderId: string;
  readonly clientOrderId: string | null;
  readonly fillCount: Count;
  readonly remainingCount: Count;
}

export const readCreated: BodyReader<CreatedBody> = (read, body, path) => ({
  orderId: read.text(body, "order_id", path),
  clientOrderId: read.optionalText(body, "client_order_id", path),
  fillCount: read.size(body, "fill_count", path),
  remainingCount: read.size(body, "remaining_count", path),
});

/** The answer to a cancel. */
export interface CancelledBody {
  readonly orderId: string;
  readonly reducedBy: Count;
}

export const readCancelled: BodyReader<CancelledBody> = (read, body, path) => ({
  orderId: read.text(body, "order_id", path),
  reducedBy: read.size(body, "reduced_by", path),
});

/** Token buckets of the account, in tokens and tokens per second (KALSHI.md 3.3). */
export interface LimitsBody {
  readonly tier: string;
  readonly read: BucketSize;
  readonly write: BucketSize;
}

export interface BucketSize {
  readonly refillPerSecond: number;
  readonly capacity: number;
}

export const readLimits: BodyReader<LimitsBody> = (read, body, path) => {
  const bucket = (key: "read" | "write"): BucketSize => {
    const holder = read.object(body, key, path);
    const refillPerSecond = read.integer(holder, "refill_rate", `${path}${key}.`);
    const capacity = read.integer(holder, "bucket_capacity", `${path}${key}.`);
    if (refillPerSecond <= 0) read.refuse(`${path}${key}.refill_rate`, refillPerSecond, "more than 0");
    if (capacity <= 0) read.refuse(`${path}${key}.bucket_capacity`, capacity, "more than 0");
    return { refillPerSecond, capacity };
  };
  return {
    tier: read.optionalText(body, "usage_tier", path) ?? "unknown",
    read: bucket("read"),
    write: bucket("write"),
  };
};

/** The body of a V2 create (KALSHI.md 3.13): numbers as strings, the YES price, the shard always named. */
export function createBody(intent: OrderIntent): Readonly<Record<string, unknown>> {
  return {
    ticker: intent.ticker,
    side: intent.side,
    count: formatCount(intent.count),
    price: formatPrice(intent.price),
    time_in_force: intent.timeInForce,
    self_trade_prevention_type: "taker_at_cross",
    client_order_id: intent.clientOrderId,
    exchange_index: intent.shard,
    ...(intent.postOnly ? { post_only: true } : {}),
    ...(intent.reduceOnly ? { reduce_only: true } : {}),
    ...(intent.expiresAt === null ? {} : { expiration_time: Math.floor(intent.expiresAt / MICROS_PER_SECOND) }),
  };
}
