/**
 * REST bodies of the account -> core types (KALSHI.md 3.3, 3.12, 3.15).
 * @module
 */

import type { PositionReport } from "../../core/input.ts";
import type { MarketResult } from "../../core/market.ts";
import type { FillReport, OrderReport } from "../../core/order.ts";
import { type Count, type Micros, microsFromSeconds, type Money, money, parseTime } from "../../core/units.ts";
import { type BodyReader, rows } from "./body_reader.ts";
import { readFillSide, readOrderSide } from "./direction.ts";
import { type FieldReader, isObject, type JsonObject } from "./fields.ts";

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

/** An order as its list shows it: the report, and where it rests. */
export interface ListedOrder extends OrderReport {
  /** `null` where the body does not say. */
  readonly shard: number | null;
}

/** The report alone, as the engine takes it. */
export const reportOf = ({ shard: _shard, ...report }: ListedOrder): OrderReport => report;

/** Nothing where the body says nothing that can be read: no order is given up for its expiry. */
function expiryOf({ expiration_time: text }: JsonObject): Pick<OrderReport, "expiresAt"> {
  const expiresAt = typeof text === "string" ? parseTime(text) : null;
  return expiresAt === null ? {} : { expiresAt };
}

/** The price is the limit price, even where the order executed better (KALSHI.md 3.12). */
export const readOrder: BodyReader<ListedOrder> = (read, body, path, unknown) => {
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
    ...expiryOf(body),
    shard: body.exchange_index === undefined ? null : read.integer(body, "exchange_index", path),
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

/** What lies on some shards together: only that can be traded there. Bodies without a breakdown know one pot only. */
export function balanceOn({ total, byShard }: BalanceBody, shards: readonly number[]): Money {
  if (byShard.size === 0) return total;
  return money(shards.reduce((sum, shard) => sum + (byShard.get(shard) ?? 0), 0));
}

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

/** A position that was paid out. */
export interface Settlement {
  readonly ticker: string;
  readonly event: string;
  readonly result: Exclude<MarketResult, "">;
  readonly yesCount: Count;
  readonly yesCost: Money;
  readonly noCount: Count;
  readonly noCost: Money;
  /** What was paid out; on the wire in cents. */
  readonly revenue: Money;
  readonly fee: Money;
  /** What one YES contract paid; `null` where the body does not say. */
  readonly value: Money | null;
  readonly settledAt: Micros;
}

const MONEY_PER_CENT = 10_000;

function readCents(read: FieldReader, body: JsonObject, key: string, path: string): Money {
  const cents = read.integer(body, key, path);
  if (Math.abs(cents) <= Number.MAX_SAFE_INTEGER / MONEY_PER_CENT) return money(cents * MONEY_PER_CENT);
  read.refuse(path + key, cents, "an amount of money");
  return money(0);
}

export const readSettlement: BodyReader<Settlement> = (read, row, path) => ({
  ticker: read.text(row, "ticker", path),
  event: read.optionalText(row, "event_ticker", path) ?? "",
  result: read.word(row, "market_result", path, ["yes", "no", "scalar"]),
  yesCount: read.size(row, "yes_count_fp", path),
  yesCost: read.money(row, "yes_total_cost_dollars", path),
  noCount: read.size(row, "no_count_fp", path),
  noCost: read.money(row, "no_total_cost_dollars", path),
  revenue: readCents(read, row, "revenue", path),
  fee: read.money(row, "fee_cost", path),
  value: row.value === undefined || row.value === null ? null : readCents(read, row, "value", path),
  settledAt: read.time(row, "settled_time", path),
});

/** How many contracts stand before an order at its price. */
export interface QueuePosition {
  readonly orderId: string;
  readonly ticker: string;
  readonly ahead: Count;
}

const QUEUE_MAX = 100_000;

export const readQueuePositions: BodyReader<readonly QueuePosition[]> = (read, body, path, unknown) =>
  body.queue_positions === null ? [] : rows("queue_positions", QUEUE_MAX, (reader, row, at): QueuePosition => ({
    orderId: reader.text(row, "order_id", at),
    ticker: reader.text(row, "market_ticker", at),
    ahead: reader.size(row, "queue_position_fp", at),
  }))(read, body, path, unknown);

/** Cash of one subaccount on one shard. */
export interface SubaccountBalance {
  readonly subaccount: number;
  readonly shard: number;
  readonly balance: Money;
}

export const readSubaccountBalances: BodyReader<readonly SubaccountBalance[]> = rows(
  "subaccount_balances",
  SHARDS_MAX * SHARDS_MAX,
  (read, row, path) => ({
    subaccount: read.integer(row, "subaccount_number", path),
    shard: read.integer(row, "exchange_index", path),
    balance: read.money(row, "balance", path),
  }),
);

/** Cash that was moved between shards (KALSHI.md 3.15). */
export interface TransferBody {
  readonly transferId: string;
  readonly fromShard: number;
  readonly toShard: number;
  readonly amount: Money;
  readonly complete: boolean;
  readonly createdAt: Micros;
}

export const readTransfer: BodyReader<TransferBody> = (read, row, path) => ({
  transferId: read.text(row, "transfer_id", path),
  fromShard: read.integer(row, "source_exchange_shard", path),
  toShard: read.integer(row, "destination_exchange_shard", path),
  amount: read.money(row, "amount", path),
  complete: read.word(row, "status", path, ["pending", "complete"]) === "complete",
  createdAt: read.optionalSeconds(row, "created_ts", path) ?? microsFromSeconds(0),
});

/** Whether positions on both sides of a market are one (KALSHI.md 4.5), for one subaccount on one shard. */
export interface NettingBody {
  readonly subaccount: number;
  readonly shard: number;
  readonly enabled: boolean;
}

export const readNetting: BodyReader<readonly NettingBody[]> = rows(
  "netting_configs",
  SHARDS_MAX * SHARDS_MAX,
  (read, row, path) => ({
    subaccount: read.integer(row, "subaccount_number", path),
    shard: read.integer(row, "exchange_index", path),
    enabled: read.boolean(row, "enabled", path),
  }),
);
