/**
 * The exchange's REST interface as typed calls (KALSHI.md 3). Results are values; nothing here throws for what the
 * network or the exchange does.
 *
 * | file | calls |
 * | --- | --- |
 * | rest_exchange.ts | status, schedule, series, fees, incentives, live data, costs |
 * | rest_markets.ts | events, markets, books, newest trades |
 * | rest_history.ts | markets, trades and candlesticks across the historical cutoff |
 * | rest_portfolio.ts | our balance, positions, fills, orders, settlements, groups, limits |
 * | rest.ts | whatever changes something: orders, groups, transfers, the account's tier |
 *
 * What none of them does by itself: send an order twice.
 * @module
 */

import type { OrderIntent } from "../../core/order.ts";
import { type Count, formatCount } from "../../core/units.ts";
import {
  amendBody,
  type AmendedBody,
  type AmendRequest,
  cancelBody,
  type CancelledBody,
  createBody,
  type CreatedBody,
  type CreatedGroup,
  decreaseBody,
  type DecreasedBody,
  type DecreaseRequest,
  type GroupPlace,
  type OrderExtras,
  type OrderPlace,
  readAmended,
  readBatch,
  readCancelled,
  readCreated,
  readCreatedGroup,
  readDecreased,
  transferBody,
  type TransferRequest,
} from "./bodies_orders.ts";
import type { LimitsBody } from "./bodies_account.ts";
import type { ApiResult } from "./failure.ts";
import { part } from "./rest_calls.ts";
import { PortfolioCalls } from "./rest_portfolio.ts";
import { ORDERS_PATH } from "./transport.ts";

export type {
  AmendRequest,
  DecreaseRequest,
  GroupPlace,
  OrderExtras,
  OrderPlace,
  TransferRequest,
} from "./bodies_orders.ts";
export type { ExchangeStatus } from "./bodies_exchange.ts";
export type { MarketFilter } from "./rest_markets.ts";
export type { Query } from "./rest_calls.ts";

const GROUPS = "/portfolio/order_groups";

const orderPath = (orderId: string): string => `${ORDERS_PATH}/${part(orderId)}`;

/** A limit of 1 to 1,000,000 contracts. */
const limitBody = (limit: Count) => ({ contracts_limit_fp: formatCount(limit) });

/** For the query and the bucket: `undefined` leaves the exchange to find the shard itself. */
const known = (shard: number | null): number | undefined => shard ?? undefined;

export class KalshiRest extends PortfolioCalls {
  /** Prepares for orders, so that they leave at once. */
  start(): void {
    this.transport.start();
  }

  /** An order is over: its cancel need not be kept ready any more. */
  orderEnded(orderId: string): void {
    this.transport.forgetCancel(orderPath(orderId));
  }

  /**
   * A failure other than `http` below 500 and `unsent` leaves open whether the order exists.
   * @param edge expected dollars: under pressure orders with less of it are dropped first
   */
  async createOrder(
    intent: OrderIntent,
    edge: number | null = null,
    extras: OrderExtras = {},
  ): Promise<ApiResult<CreatedBody>> {
    const body = createBody(intent, extras);
    const { shard } = intent;
    const created = await this.write(
      { method: "POST", path: ORDERS_PATH, body, urgency: "order", shard, edge },
      readCreated,
    );
    if (created.ok && created.value.remainingCount > 0) {
      this.transport.expectCancel(orderPath(created.value.orderId));
    }
    return created;
  }

  /** Several orders, each with its own result, in the order given: in as many batches as the bucket's size asks for. */
  async createOrders(
    intents: readonly OrderIntent[],
    edge: number | null = null,
    extras: OrderExtras = {},
  ): Promise<ApiResult<readonly ApiResult<CreatedBody>[]>> {
    const created = await this.writeBatch(
      intents,
      { method: "POST", path: `${ORDERS_PATH}/batched`, urgency: "order", edge },
      (part) => ({ orders: part.map((intent) => createBody(intent, extras)) }),
      (count) => readBatch(count, readCreated),
    );
    for (const each of created.ok ? created.value : []) {
      if (each.ok && each.value.remainingCount > 0) this.transport.expectCancel(orderPath(each.value.orderId));
    }
    return created;
  }

  /**
   * Changes price, size or expiry. Only less size or another expiry keeps the place in the queue (KALSHI.md 4.7).
   * @param urgency `cancel` for one that takes risk away
   */
  amendOrder(
    request: AmendRequest,
    edge: number | null = null,
    urgency: "order" | "cancel" = "order",
  ): Promise<ApiResult<AmendedBody>> {
    const { orderId, subaccount, shard } = request;
    return this.write({
      method: "POST",
      path: `${orderPath(orderId)}/amend`,
      query: { subaccount },
      body: amendBody(request),
      urgency,
      shard: known(shard),
      edge,
    }, readAmended);
  }

  /** Makes an order smaller; that reduces risk, and goes as early as a cancel. */
  decreaseOrder(request: DecreaseRequest): Promise<ApiResult<DecreasedBody>> {
    const { orderId, subaccount, shard } = request;
    return this.write({
      method: "POST",
      path: `${orderPath(orderId)}/decrease`,
      query: { subaccount },
      body: decreaseBody(request),
      urgency: "cancel",
      shard: known(shard),
    }, readDecreased);
  }

  async cancelOrder({ orderId, ticker, shard }: OrderPlace, subaccount?: number): Promise<ApiResult<CancelledBody>> {
    const cancelled = await this.write({
      method: "DELETE",
      path: orderPath(orderId),
      query: { exchange_index: known(shard), market_ticker: ticker, subaccount },
      urgency: "cancel",
      shard: known(shard),
    }, readCancelled);
    if (cancelled.ok) this.orderEnded(orderId);
    return cancelled;
  }

  /** Several cancels, each with its own result, in the order given: in as many batches as the bucket's size asks for. */
  async cancelOrders(
    places: readonly OrderPlace[],
    subaccount?: number,
  ): Promise<ApiResult<readonly ApiResult<CancelledBody>[]>> {
    const cancelled = await this.writeBatch(
      places,
      { method: "DELETE", path: `${ORDERS_PATH}/batched`, urgency: "cancel" },
      (part) => ({ orders: part.map((place) => cancelBody(place, subaccount)) }),
      (count) => readBatch(count, readCancelled),
    );
    for (const each of cancelled.ok ? cancelled.value : []) if (each.ok) this.orderEnded(each.value.orderId);
    return cancelled;
  }

  /** How orders leave, in words. */
  get orderPath(): string {
    return this.transport.orderPath;
  }

  /** Cancels whatever rests, on all shards, and perhaps what is placed within the next minute; answered without a body. */
  cancelAll(subaccount?: number): Promise<ApiResult<null>> {
    return this.writeSilently({ method: "DELETE", path: ORDERS_PATH, query: { subaccount }, urgency: "cancel" });
  }

  /** @param limit contracts that may match within 15 seconds before the group's orders are cancelled */
  createOrderGroup(limit: Count, shard: number, subaccount?: number): Promise<ApiResult<CreatedGroup>> {
    const body = { ...limitBody(limit), exchange_index: shard, ...(subaccount === undefined ? {} : { subaccount }) };
    return this.write({ method: "POST", path: `${GROUPS}/create`, body, urgency: "order", shard }, readCreatedGroup);
  }

  /** Lets a triggered group take orders again. */
  resetOrderGroup(place: GroupPlace): Promise<ApiResult<null>> {
    return this.#group("PUT", "/reset", "order", place);
  }

  /** Cancels the group's orders and lets it take no new ones. */
  triggerOrderGroup(place: GroupPlace): Promise<ApiResult<null>> {
    return this.#group("PUT", "/trigger", "cancel", place);
  }

  limitOrderGroup(place: GroupPlace, limit: Count): Promise<ApiResult<null>> {
    return this.#group("PUT", "/limit", "order", place, limitBody(limit));
  }

  /** Ends the group; its orders are cancelled. */
  deleteOrderGroup(place: GroupPlace): Promise<ApiResult<null>> {
    return this.#group("DELETE", "", "cancel", place);
  }

  #group(
    method: "PUT" | "DELETE",
    end: string,
    urgency: "order" | "cancel",
    { id, shard, subaccount }: GroupPlace,
    body?: Readonly<Record<string, unknown>>,
  ): Promise<ApiResult<null>> {
    const query = { exchange_index: shard, subaccount };
    return this.writeSilently({ method, path: `${GROUPS}/${part(id)}${end}`, query, body, urgency, shard });
  }

  /** Moves cash from one shard to another, once for each client transfer id; the transfer's id where it was taken. */
  transfer(request: TransferRequest): Promise<ApiResult<string>> {
    return this.write({
      method: "POST",
      path: "/portfolio/intra_exchange_instance_transfer",
      body: transferBody(request),
      urgency: "order",
    }, (read, body, path) => read.text(body, "transfer_id", path));
  }

  /** Asks for the tier that is given to whoever has traded by the interface; keeps to its limits from then on. */
  async upgradeTier(): Promise<ApiResult<LimitsBody>> {
    const path = "/account/api_usage_level/upgrade";
    const upgraded = await this.writeSilently({ method: "POST", path, urgency: "order" });
    return upgraded.ok ? await this.accountLimits() : upgraded;
  }
}
