/**
 * The member's reads (KALSHI.md 3.12). All signed.
 * @module
 */

import { type Context, Hono } from "hono";
import type { House } from "./house.ts";
import type { MemberOrder } from "./order.ts";
import { balanceBody, eventPositionBody, fillBody, MICROS_PER_CENT, settlementBody } from "./portfolio_bodies.ts";
import { refuse } from "./refusal.ts";
import { badParameter, json, readLimit, refusalReply } from "./replies.ts";
import { listOf, signedGet, withinQuery } from "./route_gate.ts";
import { SHARDS } from "./series.ts";
import { readSubaccount } from "./subaccount_query.ts";
import { countText, dollarsText, seconds } from "./wire.ts";

const LIST_MAX = 1_000;
const ORDER_READ_COST = 2;
const STATUSES = ["resting", "canceled", "executed"];
const SETTLEMENT_STATUSES = ["unsettled", "settled", "all"];

interface ListQuery {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly ticker: string;
  readonly shard: number | null;
  /** `null` for all of them. */
  readonly subaccount: number | null;
  /** Whether a second lies within `min_ts` and `max_ts`. */
  readonly within: (second: number) => boolean;
}

/** @param subaccount what it means not to name one (KALSHI.md 3.12) */
function readList(context: Context, operation: string, subaccount: number | null): ListQuery | Response {
  const limit = readLimit(context.req.query("limit"), 100, 1, LIST_MAX);
  if (typeof limit === "string") return badParameter(operation, "Limit", limit);
  const named = readSubaccount(context, subaccount);
  if (named instanceof Response) return named;
  const shard = context.req.query("exchange_index");
  return {
    limit,
    cursor: context.req.query("cursor"),
    ticker: context.req.query("ticker") ?? "",
    shard: shard === undefined ? null : Number(shard),
    subaccount: named,
    within: withinQuery(context),
  };
}

/** Whether an order is on the far side of the cutoff: what rests never is. */
const isHistorical = (house: House, order: MemberOrder): boolean =>
  order.status !== "resting" && order.updatedAt < house.cutoffs.orders;

function ordersReply(house: House, context: Context, historical: boolean): Response {
  const query = readList(context, "GetOrders", null);
  if (query instanceof Response) return query;
  const status = context.req.query("status") ?? "";
  if (status !== "" && !STATUSES.includes(status)) return badParameter("GetOrders", "Status", "oneof");
  const events = listOf(context.req.query("event_ticker"));
  const found = house.exchange.desk.orders.filter((order) =>
    isHistorical(house, order) === historical &&
    (query.subaccount === null || order.account.subaccount === query.subaccount) &&
    (query.ticker === "" || order.market.ticker === query.ticker) &&
    (query.shard === null || order.market.shard === query.shard) &&
    (events.length === 0 || events.includes(order.market.event)) &&
    query.within(seconds(order.terms.createdAt))
  ).reverse();
  const rows: Record<string, unknown>[] = [];
  for (const order of found) {
    const row = house.stale.order(order, house.exchange.now);
    if (row !== null && (status === "" || row.status === status)) rows.push(row);
  }
  const part = house.page(rows, query.limit, query.cursor, (row) => String(row.order_id));
  return json({ cursor: part.cursor, orders: part.items });
}

function fillsReply(house: House, context: Context, historical: boolean): Response {
  const query = readList(context, "GetFills", null);
  if (query instanceof Response) return query;
  const orderId = context.req.query("order_id") ?? "";
  const tickers = listOf(query.ticker);
  const cutoff = house.cutoffs.trades;
  const found = house.exchange.desk.fills.filter((fill) =>
    (fill.at < cutoff) === historical &&
    (query.subaccount === null || fill.order.account.subaccount === query.subaccount) &&
    (tickers.length === 0 || tickers.includes(fill.order.market.ticker)) &&
    (orderId === "" || fill.order.id === orderId) &&
    (query.shard === null || fill.order.market.shard === query.shard) &&
    query.within(seconds(fill.at)) && house.stale.seesFill(fill, house.exchange.now)
  ).reverse();
  const part = house.page(found, query.limit, query.cursor, (fill) => fill.tradeId);
  return json({ cursor: part.cursor, fills: part.items.map(fillBody) });
}

function positionsReply(house: House, context: Context, historical: boolean): Response {
  const query = readList(context, "GetPositions", 0);
  if (query instanceof Response) return query;
  const event = context.req.query("event_ticker") ?? "";
  const counted = listOf(context.req.query("count_filter"));
  const settlement = context.req.query("settlement_status") ?? (historical ? "all" : "unsettled");
  if (!SETTLEMENT_STATUSES.includes(settlement)) return badParameter("GetPositions", "SettlementStatus", "oneof");
  const { exchange } = house;
  const cutoff = house.cutoffs.trades;
  const account = exchange.desk.members.account(query.subaccount ?? 0);
  const found = [...account?.positions ?? []].filter((position) => {
    const { ticker } = position.market;
    const settled = exchange.desk.settlements.some((each) => each.market.ticker === ticker);
    return (query.ticker === "" || ticker === query.ticker) &&
      (event === "" || position.market.event === event) &&
      (query.shard === null || position.market.shard === query.shard) &&
      (!counted.includes("position") || position.contracts !== 0) &&
      (settlement === "all" || (settlement === "settled") === settled) &&
      (settled && position.updatedAt < cutoff) === historical;
  }).reverse();
  const part = house.page(found, query.limit, query.cursor, (position) => position.market.ticker);
  const rows = part.items.flatMap((position) => house.stale.position(position, exchange.now) ?? []);
  const events = [...Map.groupBy(part.items, (position) => position.market.event).values()];
  return json({ cursor: part.cursor, event_positions: events.map(eventPositionBody), market_positions: rows });
}

function settlementsReply(house: House, context: Context): Response {
  const query = readList(context, "GetSettlements", null);
  if (query instanceof Response) return query;
  const event = context.req.query("event_ticker") ?? "";
  const found = house.exchange.desk.settlements.filter((settled) =>
    (query.subaccount === null || settled.subaccount === query.subaccount) &&
    (query.ticker === "" || settled.market.ticker === query.ticker) &&
    (event === "" || settled.market.event === event) && query.within(seconds(settled.at))
  ).reverse();
  const part = house.page(
    found,
    query.limit,
    query.cursor,
    (settled) => `${settled.subaccount}/${settled.market.ticker}`,
  );
  return json({ cursor: part.cursor, settlements: part.items.map(settlementBody) });
}

function queueReply(house: House, context: Context): Response {
  const subaccount = readSubaccount(context, 0);
  if (subaccount instanceof Response) return subaccount;
  const tickers = listOf(context.req.query("market_tickers"));
  const event = context.req.query("event_ticker") ?? "";
  const resting = house.exchange.desk.orders.filter((order) =>
    order.status === "resting" && order.account.subaccount === subaccount &&
    (tickers.length === 0 || tickers.includes(order.market.ticker)) &&
    (event === "" || order.market.event === event)
  );
  return json({
    queue_positions: resting.map((order) => ({
      market_ticker: order.market.ticker,
      order_id: order.id,
      queue_position_fp: countText(order.market.book.ahead(order)),
    })),
  });
}

/** What resting orders bind, in cents, and by shard in dollars. */
function restingValueReply(house: House, context: Context): Response {
  const subaccount = readSubaccount(context, 0);
  if (subaccount instanceof Response) return subaccount;
  const { desk } = house.exchange;
  const account = desk.members.account(subaccount);
  if (account === null) return refusalReply(refuse("not_found", "subaccount not found"));
  const bound = SHARDS.map(([shard]) => ({ shard, value: account.cash(shard) - desk.available(shard, account) }));
  const total = bound.reduce((sum, { value }) => sum + value, 0);
  return json({
    resting_order_value_breakdown: bound.filter(({ value }) => value !== 0)
      .map(({ shard, value }) => ({ balance: dollarsText(value), exchange_index: shard })),
    total_resting_order_value: Math.floor(total / MICROS_PER_CENT),
  });
}

/** `/portfolio` reads, and their history: mounted under `/trade-api/v2`, behind the signature check. */
export function portfolioRoutes(house: House): Hono {
  const routes = new Hono();
  const { exchange } = house;
  const get = signedGet(routes, house);
  const visibleOrder = (id: string) => {
    const order = exchange.desk.order(id);
    return order === undefined || isHistorical(house, order) ? undefined : order;
  };

  get("/portfolio/balance", (context) => {
    const subaccount = readSubaccount(context, 0);
    if (subaccount instanceof Response) return subaccount;
    const account = exchange.desk.members.account(subaccount);
    if (account === null) return refusalReply(refuse("not_found", "subaccount not found"));
    const shard = context.req.query("exchange_index");
    return json(balanceBody(exchange, account, shard === undefined ? null : Number(shard)));
  });
  get("/portfolio/positions", (context) => positionsReply(house, context, false));
  get("/historical/positions", (context) => positionsReply(house, context, true));
  get("/portfolio/fills", (context) => fillsReply(house, context, false));
  get("/historical/fills", (context) => fillsReply(house, context, true));
  get("/portfolio/settlements", (context) => settlementsReply(house, context));
  get("/portfolio/orders", (context) => ordersReply(house, context, false));
  get("/historical/orders", (context) => ordersReply(house, context, true));
  get("/portfolio/orders/queue_positions", (context) => queueReply(house, context));
  get("/portfolio/orders/:id/queue_position", (context) => {
    const order = visibleOrder(context.req.param("id") ?? "");
    if (order === undefined || order.status !== "resting") return refusalReply(refuse("not_found"));
    return json({ queue_position_fp: countText(order.market.book.ahead(order)) });
  });
  get("/portfolio/orders/:id", (context) => {
    const order = visibleOrder(context.req.param("id") ?? "");
    const body = order === undefined ? null : house.stale.order(order, exchange.now);
    return body === null ? refusalReply(refuse("not_found")) : json({ order: body });
  }, ORDER_READ_COST);
  get("/portfolio/summary/total_resting_order_value", (context) => restingValueReply(house, context));
  get("/portfolio/deposits", () => json({ cursor: "", deposits: [] }));
  get("/portfolio/withdrawals", () => json({ cursor: "", withdrawals: [] }));
  return routes;
}
