/**
 * The member's reads and transfers (KALSHI.md 3.12, 3.15). All signed.
 * @module
 */

import { type Context, Hono } from "hono";
import { type Money, money } from "../../core/units.ts";
import type { House } from "./house.ts";
import { balanceBody, eventPositionBody, fillBody, positionBody, settlementBody } from "./portfolio_bodies.ts";
import { DEFAULT_COST } from "./rate_limit.ts";
import { refuse } from "./refusal.ts";
import { badParameter, badRequest, json, page, readLimit, refusalReply, tooManyRequests } from "./replies.ts";
import { RequestFields } from "./request_fields.ts";
import { Random } from "./random.ts";
import { SHARDS } from "./series.ts";
import { countText, seconds, timeText } from "./wire.ts";

const LIST_MAX = 1_000;
const ORDER_READ_COST = 2;
const STATUSES = ["resting", "canceled", "executed"];
const TRANSFERS_MAX = 10_000;
/** A transfer's amount is in hundredths of a cent. */
const MICROS_PER_CENTI_CENT = 100;

interface ListQuery {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly ticker: string;
  readonly shard: number | null;
  /** Whether a second lies within `min_ts` and `max_ts`. */
  readonly within: (second: number) => boolean;
}

function readList(context: Context, operation: string): ListQuery | Response {
  const limit = readLimit(context.req.query("limit"), 100, 1, LIST_MAX);
  if (typeof limit === "string") return badParameter(operation, "Limit", limit);
  const from = Number(context.req.query("min_ts") ?? 0);
  const to = Number(context.req.query("max_ts") ?? Number.MAX_SAFE_INTEGER);
  const shard = context.req.query("exchange_index");
  return {
    limit,
    cursor: context.req.query("cursor"),
    ticker: context.req.query("ticker") ?? "",
    shard: shard === undefined ? null : Number(shard),
    within: (second) => second >= from && second <= to,
  };
}

function ordersReply(house: House, context: Context): Response {
  const query = readList(context, "GetOrders");
  if (query instanceof Response) return query;
  const status = context.req.query("status") ?? "";
  if (status !== "" && !STATUSES.includes(status)) return badParameter("GetOrders", "Status", "oneof");
  const events = (context.req.query("event_ticker") ?? "").split(",").filter((part) => part !== "");
  const found = house.exchange.desk.orders.filter((order) =>
    (query.ticker === "" || order.market.ticker === query.ticker) &&
    (query.shard === null || order.market.shard === query.shard) &&
    (events.length === 0 || events.includes(order.market.event)) &&
    query.within(seconds(order.createdAt))
  ).reverse();
  const rows: Record<string, unknown>[] = [];
  for (const order of found) {
    const row = house.stale.order(order, house.exchange.now);
    if (row !== null && (status === "" || row.status === status)) rows.push(row);
  }
  const part = page(rows, query.limit, query.cursor, (row) => String(row.order_id));
  return json({ cursor: part.cursor, orders: part.items });
}

function fillsReply(house: House, context: Context): Response {
  const query = readList(context, "GetFills");
  if (query instanceof Response) return query;
  const orderId = context.req.query("order_id") ?? "";
  const tickers = query.ticker.split(",").filter((part) => part !== "");
  const found = house.exchange.desk.fills.filter((fill) =>
    (tickers.length === 0 || tickers.includes(fill.order.market.ticker)) &&
    (orderId === "" || fill.order.id === orderId) &&
    (query.shard === null || fill.order.market.shard === query.shard) &&
    query.within(seconds(fill.at)) && house.stale.seesFill(fill, house.exchange.now)
  ).reverse();
  const part = page(found, query.limit, query.cursor, (fill) => fill.tradeId);
  return json({ cursor: part.cursor, fills: part.items.map(fillBody) });
}

function positionsReply(house: House, context: Context): Response {
  const query = readList(context, "GetPositions");
  if (query instanceof Response) return query;
  const event = context.req.query("event_ticker") ?? "";
  const counted = (context.req.query("count_filter") ?? "").split(",");
  const settlement = context.req.query("settlement_status") ?? "unsettled";
  const { exchange } = house;
  const settledTickers = new Set(exchange.desk.settlements.map((settled) => settled.market.ticker));
  const found = [...exchange.desk.account.positions].filter((position) => {
    const settled = settledTickers.has(position.market.ticker);
    return (query.ticker === "" || position.market.ticker === query.ticker) &&
      (event === "" || position.market.event === event) &&
      (query.shard === null || position.market.shard === query.shard) &&
      (!counted.includes("position") || position.contracts !== 0) &&
      (settlement === "all" || (settlement === "settled") === settled);
  }).reverse();
  const part = page(found, query.limit, query.cursor, (position) => position.market.ticker);
  const rows = part.items.flatMap((position) =>
    house.stale.position(position.market.ticker, positionBody(position), exchange.now) ?? []
  );
  return json({ cursor: part.cursor, event_positions: part.items.map(eventPositionBody), market_positions: rows });
}

function settlementsReply(house: House, context: Context): Response {
  const query = readList(context, "GetSettlements");
  if (query instanceof Response) return query;
  const event = context.req.query("event_ticker") ?? "";
  const found = house.exchange.desk.settlements.filter((settled) =>
    (query.ticker === "" || settled.market.ticker === query.ticker) &&
    (event === "" || settled.market.event === event) && query.within(seconds(settled.at))
  ).reverse();
  const part = page(found, query.limit, query.cursor, (settled) => settled.market.ticker);
  return json({ cursor: part.cursor, settlements: part.items.map(settlementBody) });
}

function queueReply(house: House, context: Context): Response {
  const tickers = (context.req.query("market_tickers") ?? "").split(",").filter((part) => part !== "");
  const event = context.req.query("event_ticker") ?? "";
  const resting = house.exchange.desk.orders.filter((order) =>
    order.status === "resting" && (tickers.length === 0 || tickers.includes(order.market.ticker)) &&
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

interface Transfer {
  readonly id: string;
  readonly client: string | null;
  readonly body: Record<string, unknown>;
}

/** Moving cash between shards: amounts in hundredths of a cent (KALSHI.md 3.15). */
class Transfers {
  readonly #house: House;
  readonly #ids: Random;
  readonly #made: Transfer[] = [];

  constructor(house: House) {
    this.#house = house;
    this.#ids = Random.named(house.exchange.settings.seed, "transfers");
  }

  get bodies(): readonly Record<string, unknown>[] {
    return this.#made.map((transfer) => transfer.body).reverse();
  }

  make(body: unknown): Response {
    const fields = new RequestFields(body, "IntraExchangeInstanceTransferRequest");
    const amount = fields.integer("amount") ?? 0;
    const from = fields.integer("source_exchange_shard") ?? 0;
    const to = fields.integer("destination_exchange_shard") ?? 0;
    const client = fields.text("client_transfer_id");
    if (fields.problem !== null) {
      return "refused" in fields.problem ? refusalReply(fields.problem) : badRequest(fields.problem.badRequest);
    }
    const repeated = client === null ? undefined : this.#made.find((transfer) => transfer.client === client);
    if (repeated !== undefined) return json({ transfer_id: repeated.id });
    const known = (shard: number) => SHARDS.some(([number]) => number === shard);
    if (
      amount <= 0 || amount > Number.MAX_SAFE_INTEGER / MICROS_PER_CENTI_CENT || from === to || !known(from) ||
      !known(to)
    ) {
      return refusalReply(refuse("invalid_parameters", "amount must be positive and the shards exist and differ"));
    }
    const moved = money(amount * MICROS_PER_CENTI_CENT);
    const { desk, now } = this.#house.exchange;
    if (moved > desk.available(from) || this.#made.length >= TRANSFERS_MAX) {
      return refusalReply(refuse("insufficient_balance"));
    }
    desk.account.deposit(from, -moved as Money);
    desk.account.deposit(to, moved);
    const id = this.#ids.uuid();
    const shards = { source_exchange_shard: from, destination_exchange_shard: to };
    this.#made.push({ id, client, body: { transfer_id: id, amount, ...shards, created_time: timeText(now) } });
    return json({ transfer_id: id });
  }
}

/** `/portfolio` reads, transfers and `/account/limits`: mounted under `/trade-api/v2`, behind the signature check. */
export function portfolioRoutes(house: House): Hono {
  const routes = new Hono();
  const { exchange } = house;
  const transfers = new Transfers(house);
  const get = (path: string, reply: (context: Context) => Response, cost = DEFAULT_COST) =>
    routes.get(path, (context) => {
      const now = house.clock.now();
      return !house.limiter.read(cost, now) || house.refusesByFault() ? tooManyRequests() : reply(context);
    });

  get("/portfolio/balance", (context) => {
    const shard = context.req.query("exchange_index");
    return json(balanceBody(exchange, shard === undefined ? null : Number(shard)));
  });
  get("/portfolio/positions", (context) => positionsReply(house, context));
  get("/portfolio/fills", (context) => fillsReply(house, context));
  get("/portfolio/settlements", (context) => settlementsReply(house, context));
  get("/portfolio/orders", (context) => ordersReply(house, context));
  get("/portfolio/orders/queue_positions", (context) => queueReply(house, context));
  get("/portfolio/orders/:id/queue_position", (context) => {
    const order = exchange.desk.order(context.req.param("id") ?? "");
    if (order === undefined || order.status !== "resting") return refusalReply(refuse("not_found"));
    return json({ queue_position_fp: countText(order.market.book.ahead(order)) });
  });
  get("/portfolio/orders/:id", (context) => {
    const order = exchange.desk.order(context.req.param("id") ?? "");
    const body = order === undefined ? null : house.stale.order(order, exchange.now);
    return body === null ? refusalReply(refuse("not_found")) : json({ order: body });
  }, ORDER_READ_COST);
  get("/portfolio/intra_exchange_instance_transfers", () => json({ cursor: "", transfers: transfers.bodies }));
  get("/account/limits", () => json(house.limiter.body()));
  routes.post("/portfolio/intra_exchange_instance_transfer", async (context) => {
    const body: unknown = await context.req.json().catch(() => null);
    if (!house.limiter.write(DEFAULT_COST, 0, house.clock.now())) return tooManyRequests();
    return transfers.make(body);
  });
  return routes;
}
