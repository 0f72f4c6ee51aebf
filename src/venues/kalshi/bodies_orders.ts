/**
 * Bodies of requests that create, change and cancel orders, and of their answers (KALSHI.md 3.13, 3.14): numbers as
 * strings, the YES price, the shard named wherever it is known.
 * @module
 */

import type { OrderIntent, Side } from "../../core/order.ts";
import {
  type Count,
  formatCount,
  formatPrice,
  type Micros,
  MICROS_PER_SECOND,
  type Money,
  type Price,
} from "../../core/units.ts";
import { type BodyReader, rows } from "./body_reader.ts";
import type { ApiFailure, ApiResult } from "./failure.ts";
import { FieldReader, isObject, type JsonObject } from "./fields.ts";
import { unreadable } from "./failure.ts";

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

/** What an order was changed to; an amend may cross and fill. */
export interface AmendedBody {
  readonly orderId: string;
  /** The new one where it was changed; `null` where the answer does not name it. */
  readonly clientOrderId: string | null;
  readonly fillCount: Count | null;
  readonly remainingCount: Count | null;
}

export const readAmended: BodyReader<AmendedBody> = (read, body, path) => ({
  orderId: read.text(body, "order_id", path),
  clientOrderId: read.optionalText(body, "client_order_id", path),
  fillCount: body.fill_count === undefined ? null : read.size(body, "fill_count", path),
  remainingCount: body.remaining_count === undefined ? null : read.size(body, "remaining_count", path),
});

export interface DecreasedBody {
  readonly orderId: string;
  readonly remainingCount: Count;
}

export const readDecreased: BodyReader<DecreasedBody> = (read, body, path) => ({
  orderId: read.text(body, "order_id", path),
  remainingCount: read.size(body, "remaining_count", path),
});

/** Where an order is: shard or ticker are named, because an id alone is looked for on shard 0 only. */
export interface OrderPlace {
  readonly orderId: string;
  readonly ticker: string;
  /** `null` where it is not known: then the exchange finds it by the ticker. */
  readonly shard: number | null;
}

/** How a resting order is to be from now on. */
export interface AmendRequest {
  readonly orderId: string;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Price;
  /** Already filled and wanted remaining, together. */
  readonly count: Count;
  readonly shard: number | null;
  readonly clientOrderId?: string;
  readonly newClientOrderId?: string;
  /** Absent keeps the expiry, `null` clears it. */
  readonly expiresAt?: Micros | null;
  readonly subaccount?: number;
}

/** How far an order is to shrink; it keeps its place in the queue. */
export interface DecreaseRequest extends OrderPlace {
  readonly change: { readonly by: Count } | { readonly to: Count };
  readonly subaccount?: number;
}

/** What goes with an order without being part of its intent. */
export interface OrderExtras {
  readonly subaccount?: number;
  readonly orderGroupId?: string;
  readonly cancelOnPause?: boolean;
  /** On meeting our own resting order: cancel the taker (the default), or the resting one. */
  readonly selfTrade?: "taker_at_cross" | "maker";
}

type WireBody = Readonly<Record<string, unknown>>;

const wholeSeconds = (at: Micros): number => Math.floor(at / MICROS_PER_SECOND);

/** The body of a V2 create. */
export function createBody(intent: OrderIntent, extras: OrderExtras = {}): WireBody {
  const { subaccount, orderGroupId, cancelOnPause, selfTrade } = extras;
  return {
    ticker: intent.ticker,
    side: intent.side,
    count: formatCount(intent.count),
    price: formatPrice(intent.price),
    time_in_force: intent.timeInForce,
    self_trade_prevention_type: selfTrade ?? "taker_at_cross",
    client_order_id: intent.clientOrderId,
    exchange_index: intent.shard,
    ...(intent.postOnly ? { post_only: true } : {}),
    ...(intent.reduceOnly ? { reduce_only: true } : {}),
    ...(intent.expiresAt === null ? {} : { expiration_time: wholeSeconds(intent.expiresAt) }),
    ...(subaccount === undefined ? {} : { subaccount }),
    ...(orderGroupId === undefined ? {} : { order_group_id: orderGroupId }),
    ...(cancelOnPause === true ? { cancel_order_on_pause: true } : {}),
  };
}

const shardField = (shard: number | null): WireBody => shard === null ? {} : { exchange_index: shard };

export function amendBody(request: AmendRequest): WireBody {
  const { clientOrderId, newClientOrderId, expiresAt } = request;
  return {
    ticker: request.ticker,
    side: request.side,
    price: formatPrice(request.price),
    count: formatCount(request.count),
    ...shardField(request.shard),
    ...(clientOrderId === undefined ? {} : { client_order_id: clientOrderId }),
    ...(newClientOrderId === undefined ? {} : { updated_client_order_id: newClientOrderId }),
    ...(expiresAt === undefined ? {} : { expiration_time: expiresAt === null ? 0 : wholeSeconds(expiresAt) }),
  };
}

export const decreaseBody = ({ change, ticker, shard }: DecreaseRequest): WireBody => ({
  ...("by" in change ? { reduce_by: formatCount(change.by) } : { reduce_to: formatCount(change.to) }),
  market_ticker: ticker,
  ...shardField(shard),
});

export const cancelBody = ({ orderId, ticker, shard }: OrderPlace, subaccount?: number): WireBody => ({
  order_id: orderId,
  market_ticker: ticker,
  ...shardField(shard),
  ...(subaccount === undefined ? {} : { subaccount }),
});

/** Words that mean that the exchange failed, and not that it refused. */
const OUTAGE = /internal|unavailable|time_?d?_?out|upstream/i;

/** An item's error in a batch has no status of its own. */
function itemFailure(error: JsonObject): ApiFailure {
  const word = (key: string): string => typeof error[key] === "string" ? (error[key] as string).slice(0, 300) : "";
  const code = word("code");
  const status = OUTAGE.test(`${code} ${word("message")}`) ? 503 : 400;
  return { kind: "http", status, code, message: word("message") || code, details: word("details") };
}

/**
 * The answer to a batch: one result for each item, in the order asked. Whatever does not fit the request refuses the whole.
 */
export const readBatch = <T>(
  count: number,
  reader: BodyReader<T>,
): BodyReader<readonly ApiResult<T>[]> =>
(read, body, path, unknown) => {
  const list = read.list(body, "orders", path, count);
  if (list.length !== count) read.refuse(`${path}orders`, list, `a list of ${count}, as many as were sent`);
  return list.map((row, index): ApiResult<T> => {
    const item = new FieldReader();
    const at = `${path}orders[${index}]`;
    if (!isObject(row)) item.refuse(at, row, "an object");
    else if (isObject(row.error)) return { ok: false, failure: itemFailure(row.error) };
    const value = reader(item, isObject(row) ? row : {}, `${at}.`, unknown);
    return item.refusal === null ? { ok: true, value } : { ok: false, failure: unreadable(item.refusal) };
  });
};

/** Orders that are cancelled together once more than a number of contracts matched within 15 seconds. */
export interface OrderGroup {
  readonly id: string;
  readonly limit: Count | null;
  readonly autoCancel: boolean;
  readonly shard: number | null;
  /** Only where one group is asked for. */
  readonly orderIds: readonly string[];
}

const GROUPS_MAX = 100_000;

const readGroupOf = (id: string): BodyReader<OrderGroup> => (read, body, path) => ({
  id,
  limit: body.contracts_limit_fp === undefined ? null : read.size(body, "contracts_limit_fp", path),
  autoCancel: read.boolean(body, "is_auto_cancel_enabled", path),
  shard: body.exchange_index === undefined ? null : read.integer(body, "exchange_index", path),
  orderIds: body.orders === undefined || body.orders === null
    ? []
    : read.list(body, "orders", path, GROUPS_MAX).map((each, index) => {
      if (typeof each !== "string") read.refuse(`${path}orders[${index}]`, each, "a text");
      return String(each);
    }),
});

/** One group; its body does not repeat its id. */
export const readGroup = readGroupOf;

/** All groups. */
export const readGroups: BodyReader<readonly OrderGroup[]> = (read, body, path, unknown) =>
  body.order_groups === undefined || body.order_groups === null
    ? []
    : rows("order_groups", GROUPS_MAX, (reader, row, at, counter) =>
      readGroupOf(reader.text(row, "id", at))(reader, row, at, counter))(read, body, path, unknown);

/** Where a group is: without its shard it is looked for on shard 0, and not found. */
export interface GroupPlace {
  readonly id: string;
  readonly shard: number;
  readonly subaccount?: number;
}

export interface CreatedGroup {
  readonly id: string;
  readonly shard: number | null;
}

export const readCreatedGroup: BodyReader<CreatedGroup> = (read, body, path) => ({
  id: read.text(body, "order_group_id", path),
  shard: body.exchange_index === undefined ? null : read.integer(body, "exchange_index", path),
});

/** Cash from one shard to another. */
export interface TransferRequest {
  /** Whole hundredths of a cent. */
  readonly amount: Money;
  readonly fromShard: number;
  readonly toShard: number;
  /** The same id twice moves the money once. */
  readonly clientTransferId: string;
}

const MONEY_PER_CENTICENT = 100;

/** @throws RangeError for an amount that the wire cannot carry: nothing, less than nothing, or parts of $0.0001 */
export function transferBody({ amount, fromShard, toShard, clientTransferId }: TransferRequest): WireBody {
  if (amount <= 0 || amount % MONEY_PER_CENTICENT !== 0) {
    throw new RangeError(`Transfer of ${amount} micro-dollars: wanted a positive multiple of ${MONEY_PER_CENTICENT}`);
  }
  return {
    source: "event_contract",
    destination: "event_contract",
    amount: amount / MONEY_PER_CENTICENT,
    source_exchange_shard: fromShard,
    destination_exchange_shard: toShard,
    client_transfer_id: clientTransferId,
  };
}
