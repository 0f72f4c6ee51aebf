/**
 * For tests: the REST calls that change something.
 * @module
 */

import type { Count, Money, Price } from "../../core/units.ts";
import { cancelled, CREATE, created, INTENT, type RestCase, TICKER } from "./rest_case_bodies.ts";

/** Calls that change something. */
export const WRITE_CASES: readonly RestCase[] = [
  {
    name: "create",
    call: (rest) =>
      rest.createOrder(INTENT, 0.02, {
        subaccount: 4,
        orderGroupId: "g",
        cancelOnPause: true,
        selfTrade: "maker",
      }),
    sends: "POST /portfolio/events/orders",
    body: {
      ...CREATE,
      self_trade_prevention_type: "maker",
      subaccount: 4,
      order_group_id: "g",
      cancel_order_on_pause: true,
    },
    status: 201,
    answer: created,
    value: { orderId: "o-1", clientOrderId: "k-1", fillCount: 50, remainingCount: 100 },
  },
  {
    name: "batch of creates",
    call: (rest) => rest.createOrders([INTENT, { ...INTENT, clientOrderId: "k-2" }, INTENT]),
    sends: "POST /portfolio/events/orders/batched",
    body: { orders: [CREATE, { ...CREATE, client_order_id: "k-2" }, CREATE] },
    status: 201,
    answer: {
      orders: [
        created,
        { client_order_id: "k-2", error: { code: "insufficient_balance", message: "insufficient balance" } },
        { error: { code: "internal_server_error", message: "x" } },
      ],
    },
    value: [
      { ok: true, value: { orderId: "o-1", clientOrderId: "k-1", fillCount: 50, remainingCount: 100 } },
      {
        ok: false,
        failure: {
          kind: "http",
          status: 400,
          code: "insufficient_balance",
          message: "insufficient balance",
          details: "",
        },
      },
      { ok: false, failure: { kind: "http", status: 503, code: "internal_server_error", message: "x", details: "" } },
    ],
  },
  {
    name: "amend",
    call: (rest) =>
      rest.amendOrder({
        orderId: "o-1",
        ticker: TICKER,
        side: "ask",
        price: 6100 as Price,
        count: 200 as Count,
        shard: 2,
        clientOrderId: "k-1",
        newClientOrderId: "k-9",
        expiresAt: null,
        subaccount: 1,
      }),
    sends: "POST /portfolio/events/orders/o-1/amend?subaccount=1",
    body: {
      ticker: TICKER,
      side: "ask",
      price: "0.6100",
      count: "2.00",
      exchange_index: 2,
      client_order_id: "k-1",
      updated_client_order_id: "k-9",
      expiration_time: 0,
    },
    answer: { order_id: "o-1", client_order_id: "k-9", remaining_count: "1.50", fill_count: "0.50", ts_ms: 1 },
    value: { orderId: "o-1", clientOrderId: "k-9", fillCount: 50, remainingCount: 150 },
  },
  {
    name: "decrease by",
    call: (rest) => rest.decreaseOrder({ orderId: "o-1", ticker: TICKER, shard: 2, change: { by: 50 as Count } }),
    sends: "POST /portfolio/events/orders/o-1/decrease",
    body: { reduce_by: "0.50", market_ticker: TICKER, exchange_index: 2 },
    answer: { order_id: "o-1", remaining_count: "0.50", ts_ms: 1 },
    value: { orderId: "o-1", remainingCount: 50 },
  },
  {
    name: "decrease to",
    call: (rest) => rest.decreaseOrder({ orderId: "o-1", ticker: TICKER, shard: null, change: { to: 50 as Count } }),
    sends: "POST /portfolio/events/orders/o-1/decrease",
    body: { reduce_to: "0.50", market_ticker: TICKER },
    answer: { order_id: "o-1", remaining_count: "0.50", ts_ms: 1 },
  },
  {
    name: "cancel",
    call: (rest) => rest.cancelOrder({ orderId: "o-1", ticker: TICKER, shard: 2 }),
    sends: `DELETE /portfolio/events/orders/o-1?exchange_index=2&market_ticker=${TICKER}`,
    answer: cancelled,
    value: { orderId: "o-1", reducedBy: 100 },
  },
  {
    name: "cancel where the shard is not known",
    call: (rest) => rest.cancelOrder({ orderId: "o-1", ticker: TICKER, shard: null }),
    sends: `DELETE /portfolio/events/orders/o-1?market_ticker=${TICKER}`,
    answer: cancelled,
  },
  {
    name: "batch of cancels",
    call: (rest) =>
      rest.cancelOrders([{ orderId: "o-1", ticker: TICKER, shard: 2 }, { orderId: "o-2", ticker: "B", shard: 0 }]),
    sends: "DELETE /portfolio/events/orders/batched",
    body: {
      orders: [
        { order_id: "o-1", market_ticker: TICKER, exchange_index: 2 },
        { order_id: "o-2", market_ticker: "B", exchange_index: 0 },
      ],
    },
    answer: {
      orders: [cancelled, { order_id: "o-2", reduced_by: "0.00", error: { code: "not_found", message: "not found" } }],
    },
    value: [
      { ok: true, value: { orderId: "o-1", reducedBy: 100 } },
      {
        ok: false,
        failure: { kind: "http", status: 400, code: "not_found", message: "not found", details: "" },
      },
    ],
  },
  {
    name: "cancel all",
    call: (rest) => rest.cancelAll(),
    sends: "DELETE /portfolio/events/orders",
    status: 204,
    answer: null,
    value: null,
  },
  {
    name: "new order group",
    call: (rest) => rest.createOrderGroup(10_000 as Count, 2),
    sends: "POST /portfolio/order_groups/create",
    body: { contracts_limit_fp: "100.00", exchange_index: 2 },
    status: 201,
    answer: { order_group_id: "g", subaccount: 0, exchange_index: 2 },
    value: { id: "g", shard: 2 },
  },
  {
    name: "reset of a group",
    call: (rest) => rest.resetOrderGroup({ id: "g", shard: 2 }),
    sends: "PUT /portfolio/order_groups/g/reset?exchange_index=2",
    answer: {},
    value: null,
  },
  {
    name: "trigger of a group",
    call: (rest) => rest.triggerOrderGroup({ id: "g", shard: 2, subaccount: 3 }),
    sends: "PUT /portfolio/order_groups/g/trigger?exchange_index=2&subaccount=3",
    answer: {},
    value: null,
  },
  {
    name: "limit of a group",
    call: (rest) => rest.limitOrderGroup({ id: "g", shard: 2 }, 500 as Count),
    sends: "PUT /portfolio/order_groups/g/limit?exchange_index=2",
    body: { contracts_limit_fp: "5.00" },
    answer: {},
    value: null,
  },
  {
    name: "end of a group",
    call: (rest) => rest.deleteOrderGroup({ id: "g", shard: 0 }),
    sends: "DELETE /portfolio/order_groups/g?exchange_index=0",
    answer: {},
    value: null,
  },
  {
    name: "transfer between shards",
    call: (rest) => rest.transfer({ amount: 12_500_000 as Money, fromShard: 0, toShard: 2, clientTransferId: "tr-1" }),
    sends: "POST /portfolio/intra_exchange_instance_transfer",
    body: {
      source: "event_contract",
      destination: "event_contract",
      amount: 125_000,
      source_exchange_shard: 0,
      destination_exchange_shard: 2,
      client_transfer_id: "tr-1",
    },
    answer: { transfer_id: "x" },
    value: "x",
  },
];
