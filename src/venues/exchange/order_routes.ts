/**
 * The V2 order endpoints (KALSHI.md 3.13). All signed.
 * @module
 */

import { type Context, Hono } from "hono";
import { micros } from "../../core/units.ts";
import type { House } from "./house.ts";
import type { AmendOrder, CreateOrder, OrderAddress, Placed } from "./order_requests.ts";
import { placedBody } from "./portfolio_bodies.ts";
import { DEFAULT_COST } from "./rate_limit.ts";
import { errorObject, type Refusal, refuse } from "./refusal.ts";
import { badRequest, json, noAnswer, problemReply, refusalReply, tooManyRequests } from "./replies.ts";
import { type FieldProblem, RequestFields } from "./request_fields.ts";
import { bucketOf } from "./route_gate.ts";
import { readSubaccount } from "./subaccount_query.ts";
import { countText, millis } from "./wire.ts";

const CANCEL_COST = 2;
/** Items of one batch; the bucket bounds it too. */
const BATCH_MAX = 500;

/** A field of the wrong JSON type: the whole body is no such request then, however many items it has. */
type WrongType = Exclude<FieldProblem, Refusal>;

const isWrongType = (value: object): value is WrongType => "badRequest" in value;

function readCreate(body: unknown): CreateOrder | FieldProblem {
  const fields = new RequestFields(body, "CreateOrderV2Request");
  const expiresAt = fields.time("expiration_time");
  const request: CreateOrder = {
    count: fields.requiredCount("count"),
    price: fields.requiredPrice("price"),
    ticker: fields.requiredText("ticker"),
    side: fields.oneOf("side", ["bid", "ask"]),
    timeInForce: fields.oneOf("time_in_force", ["good_till_canceled", "immediate_or_cancel", "fill_or_kill"]),
    prevention: fields.oneOf("self_trade_prevention_type", ["taker_at_cross", "maker"]),
    clientOrderId: fields.text("client_order_id") || null,
    expiresAt: expiresAt === 0 ? null : expiresAt,
    postOnly: fields.flag("post_only"),
    reduceOnly: fields.flag("reduce_only"),
    cancelOnPause: fields.flag("cancel_order_on_pause"),
    subaccount: fields.subaccount("subaccount"),
    group: fields.text("order_group_id") || null,
    shard: fields.integer("exchange_index"),
  };
  return fields.problem ?? request;
}

/** One item of a batch of cancels. */
function readCancel(body: unknown): { readonly address: OrderAddress; readonly problem: FieldProblem | null } {
  const fields = new RequestFields(body, "BatchCancelOrderV2Request");
  const address: OrderAddress = {
    orderId: fields.requiredText("order_id"),
    subaccount: fields.subaccount("subaccount"),
    shard: fields.integer("exchange_index"),
    ticker: fields.text("market_ticker"),
  };
  return { address, problem: fields.problem };
}

function readAmend(orderId: string, subaccount: number, body: unknown): AmendOrder | FieldProblem {
  const fields = new RequestFields(body, "AmendOrderV2Request");
  const expiresAt = fields.has("expiration_time") ? fields.time("expiration_time") : undefined;
  const request: AmendOrder = {
    orderId,
    subaccount,
    ticker: fields.requiredText("ticker"),
    shard: fields.integer("exchange_index"),
    clientOrderId: fields.text("client_order_id") || null,
    side: fields.oneOf("side", ["bid", "ask"]),
    price: fields.requiredPrice("price"),
    count: fields.requiredCount("count"),
    newClientOrderId: fields.text("updated_client_order_id") || null,
    expiresAt: expiresAt === 0 ? null : expiresAt,
  };
  return fields.problem ?? request;
}

const isProblem = (value: object): value is FieldProblem => "refused" in value || isWrongType(value);

const numberOrNull = (text: string | undefined): number | null =>
  text !== undefined && /^-?\d{1,4}$/.test(text) ? Number(text) : null;

class OrderEndpoints {
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
  }

  /** A 429, or `null` where the request may go on. Moves the exchange to the moment of the request. */
  #limit(cost: number, shard: number | null): Response | null {
    const now = this.#house.clock.now();
    if (this.#house.refusesByFault(true)) return tooManyRequests();
    return this.#house.limiter.write(cost, bucketOf(shard), now) ? null : tooManyRequests();
  }

  create(body: unknown): Response {
    const request = readCreate(body);
    const limited = this.#limit(DEFAULT_COST, isProblem(request) ? null : request.shard);
    if (limited !== null) return limited;
    if (isProblem(request)) return problemReply(request);
    const { exchange } = this.#house;
    const placed = exchange.desk.create(request, exchange.now);
    if ("refused" in placed) return refusalReply(placed);
    switch (this.#house.fateOfAnswer()) {
      case "send":
        return json(placedBody(placed), 201);
      case "lose":
        return noAnswer();
      case "503":
        return refusalReply(refuse("service_unavailable"));
    }
  }

  createBatch(body: unknown): Response {
    const items = batchItems(body);
    if (items === null) return badRequest("json: orders must be an array of 1 to 500 items");
    const limited = this.#limit(DEFAULT_COST * items.length, null);
    if (limited !== null) return limited;
    const requests: (CreateOrder | Refusal)[] = [];
    for (const item of items) {
      const request = readCreate(item);
      if (isWrongType(request)) return problemReply(request);
      requests.push(request);
    }
    const { exchange } = this.#house;
    const orders = requests.map((request) => {
      const placed: Placed | Refusal = "refused" in request ? request : exchange.desk.create(request, exchange.now);
      return "refused" in placed ? { error: errorObject(placed) } : placedBody(placed);
    });
    return json({ orders }, 201);
  }

  cancel(context: Context): Response {
    const shard = numberOrNull(context.req.query("exchange_index"));
    const subaccount = readSubaccount(context, 0);
    if (subaccount instanceof Response) return subaccount;
    const limited = this.#limit(CANCEL_COST, shard);
    if (limited !== null) return limited;
    const cancelled = this.#cancelOne({
      orderId: context.req.param("id") ?? "",
      subaccount,
      shard,
      ticker: context.req.query("market_ticker") ?? null,
    });
    return "refusal" in cancelled ? refusalReply(cancelled.refusal) : json(cancelled.body);
  }

  #cancelOne(address: OrderAddress): { readonly body: Record<string, unknown> } | { readonly refusal: Refusal } {
    const { exchange } = this.#house;
    const cancelled = exchange.desk.cancel(address, exchange.now);
    if ("refused" in cancelled) return { refusal: cancelled };
    const { order, reducedBy } = cancelled;
    return { body: { order_id: order.id, reduced_by: countText(reducedBy), ts_ms: millis(exchange.now) } };
  }

  cancelBatch(body: unknown): Response {
    const items = batchItems(body);
    if (items === null) return badRequest("json: orders must be an array of 1 to 500 items");
    const limited = this.#limit(CANCEL_COST * items.length, null);
    if (limited !== null) return limited;
    const requests: { readonly address: OrderAddress; readonly refusal: Refusal | null }[] = [];
    for (const item of items) {
      const { address, problem } = readCancel(item);
      if (problem !== null && isWrongType(problem)) return problemReply(problem);
      requests.push({ address, refusal: problem });
    }
    const orders = requests.map(({ address, refusal }) => {
      const result = refusal === null ? this.#cancelOne(address) : { refusal };
      return "refusal" in result
        ? { order_id: address.orderId, reduced_by: countText(0), error: errorObject(result.refusal) }
        : result.body;
    });
    return json({ orders });
  }

  cancelAll(context: Context): Response {
    const subaccount = readSubaccount(context, null);
    if (subaccount instanceof Response) return subaccount;
    const limited = this.#limit(DEFAULT_COST, null);
    if (limited !== null) return limited;
    const refusal = this.#house.exchange.desk.cancelAll(subaccount, this.#house.exchange.now);
    return refusal === null ? new Response(null, { status: 204 }) : refusalReply(refusal);
  }

  amend(context: Context, body: unknown): Response {
    const subaccount = readSubaccount(context, 0);
    if (subaccount instanceof Response) return subaccount;
    const request = readAmend(context.req.param("id") ?? "", subaccount, body);
    const limited = this.#limit(DEFAULT_COST, isProblem(request) ? null : request.shard);
    if (limited !== null) return limited;
    if (isProblem(request)) return problemReply(request);
    const { exchange } = this.#house;
    const placed = exchange.desk.amend(request, exchange.now);
    return "refused" in placed ? refusalReply(placed) : json(placedBody(placed));
  }

  decrease(context: Context, body: unknown): Response {
    const subaccount = readSubaccount(context, 0);
    if (subaccount instanceof Response) return subaccount;
    const fields = new RequestFields(body, "DecreaseOrderV2Request");
    const by = fields.count("reduce_by");
    const to = fields.count("reduce_to");
    const address: OrderAddress = {
      orderId: context.req.param("id") ?? "",
      subaccount,
      shard: fields.integer("exchange_index"),
      ticker: fields.text("market_ticker"),
    };
    const limited = this.#limit(DEFAULT_COST, address.shard);
    if (limited !== null) return limited;
    if (fields.problem !== null) return problemReply(fields.problem);
    if ((by === null) === (to === null)) {
      return refusalReply(refuse("invalid_parameters", "exactly one of reduce_by and reduce_to is required"));
    }
    const { exchange } = this.#house;
    const order = exchange.desk.decrease(address, by, to, exchange.now);
    if ("refused" in order) return refusalReply(order);
    return json({
      client_order_id: order.clientOrderId,
      order_id: order.id,
      remaining_count: countText(order.remaining),
      ts_ms: millis(micros(exchange.now)),
    });
  }
}

function batchItems(body: unknown): readonly unknown[] | null {
  if (typeof body !== "object" || body === null || !("orders" in body)) return null;
  const { orders } = body;
  return Array.isArray(orders) && orders.length > 0 && orders.length <= BATCH_MAX ? orders : null;
}

/** Reads the JSON of a request, then answers; a body that is no JSON gets the flat 400. */
async function withJson(context: Context, answer: (body: unknown) => Response): Promise<Response> {
  let body: unknown;
  try {
    body = JSON.parse(await context.req.text());
  } catch {
    return badRequest("invalid character in JSON body");
  }
  return answer(body);
}

const LEGACY = "Please switch to the V2 endpoints under /portfolio/events/orders";

/** Mounted under `/trade-api/v2`, behind the signature check. */
export function orderRoutes(house: House): Hono {
  const routes = new Hono();
  const endpoints = new OrderEndpoints(house);
  const path = "/portfolio/events/orders";
  routes.post(path, (context) => withJson(context, (body) => endpoints.create(body)));
  routes.post(`${path}/batched`, (context) => withJson(context, (body) => endpoints.createBatch(body)));
  routes.delete(`${path}/batched`, (context) => withJson(context, (body) => endpoints.cancelBatch(body)));
  routes.delete(path, (context) => endpoints.cancelAll(context));
  routes.delete(`${path}/:id`, (context) => endpoints.cancel(context));
  routes.post(`${path}/:id/amend`, (context) => withJson(context, (body) => endpoints.amend(context, body)));
  routes.post(`${path}/:id/decrease`, (context) => withJson(context, (body) => endpoints.decrease(context, body)));
  routes.post("/portfolio/orders", () => refusalReply(refuse("legacy_endpoint", LEGACY)));
  routes.delete("/portfolio/orders/:id", () => refusalReply(refuse("legacy_endpoint", LEGACY)));
  return routes;
}
