/**
 * The order group endpoints (KALSHI.md 3.14). All signed. Calls by id go to shard 0 unless `exchange_index` says
 * otherwise, so that a group of the crypto shard has to be named with its shard.
 * @module
 */

import { type Context, Hono } from "hono";
import { type Count, ONE_CONTRACT } from "../../core/units.ts";
import type { House } from "./house.ts";
import { GROUP_LIMIT_MAX, type OrderGroup } from "./order_groups.ts";
import { DEFAULT_COST } from "./rate_limit.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { json, problemReply, refusalReply, tooManyRequests } from "./replies.ts";
import { type FieldProblem, RequestFields } from "./request_fields.ts";
import { bucketOf, signedGet } from "./route_gate.ts";
import { SHARDS } from "./series.ts";
import { readSubaccount } from "./subaccount_query.ts";
import { countText } from "./wire.ts";

type Body = Record<string, unknown>;

/** `contracts_limit` or `contracts_limit_fp`: whole contracts, 1 to a million; where both stand they must agree. */
function readLimit(fields: RequestFields): Count | FieldProblem {
  const whole = fields.integer("contracts_limit");
  const text = fields.count("contracts_limit_fp");
  if (fields.problem !== null) return fields.problem;
  const limit = text ?? (whole === null ? null : whole * ONE_CONTRACT as Count);
  const agree = whole === null || text === null || whole * ONE_CONTRACT === text;
  if (limit === null || !agree || limit % ONE_CONTRACT !== 0) {
    return refuse("invalid_parameters", "contracts_limit must be a whole number of contracts");
  }
  if (limit < ONE_CONTRACT || limit > GROUP_LIMIT_MAX * ONE_CONTRACT) {
    return refuse("invalid_parameters", `contracts_limit must be 1 to ${GROUP_LIMIT_MAX}`);
  }
  return limit;
}

const groupBody = (group: OrderGroup): Body => ({
  contracts_limit_fp: countText(group.limit),
  exchange_index: group.shard,
  is_auto_cancel_enabled: !group.triggered,
});

/** The shard that a call by id is about: 0 where it names none. */
const shardOf = (context: Context): number => Number(context.req.query("exchange_index") ?? 0);

class GroupEndpoints {
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
  }

  #limited(shard: number): Response | null {
    const { limiter, clock } = this.#house;
    const now = clock.now();
    if (this.#house.refusesByFault(true)) return tooManyRequests();
    return limiter.write(DEFAULT_COST, bucketOf(shard), now) ? null : tooManyRequests();
  }

  create(body: unknown): Response {
    const fields = new RequestFields(body, "CreateOrderGroupRequest");
    const subaccount = fields.integer("subaccount") ?? 0;
    const shard = fields.integer("exchange_index") ?? 0;
    const limited = this.#limited(shard);
    if (limited !== null) return limited;
    const { exchange } = this.#house;
    const limit = readLimit(fields);
    if (typeof limit !== "number") return problemReply(limit);
    if (!SHARDS.some(([number]) => number === shard) || exchange.desk.members.account(subaccount) === null) {
      return refusalReply(refuse("invalid_parameters", "exchange_index and subaccount must exist"));
    }
    const group = exchange.desk.groups.create(limit, subaccount, shard, exchange.now);
    if ("refused" in group) return refusalReply(group);
    return json({ exchange_index: shard, order_group_id: group.id, subaccount }, 201);
  }

  list(context: Context): Response {
    const subaccount = readSubaccount(context, null);
    if (subaccount instanceof Response) return subaccount;
    const groups = this.#house.exchange.desk.groups.list(subaccount);
    return json({ order_groups: groups.map((group) => ({ id: group.id, ...groupBody(group) })) });
  }

  get(context: Context): Response {
    const subaccount = readSubaccount(context, null);
    if (subaccount instanceof Response) return subaccount;
    const { desk } = this.#house.exchange;
    const group = desk.groups.get(context.req.param("id") ?? "", subaccount);
    if (group === null) return refusalReply(refuse("not_found"));
    const orders = desk.orders.filter((order) => order.terms.group === group.id && order.status === "resting");
    return json({ ...groupBody(group), orders: orders.map((order) => order.id) });
  }

  /** The group that a write means: of the subaccount and the shard named, 0 where they are not. */
  #locate(context: Context): OrderGroup | Response {
    const subaccount = readSubaccount(context, 0);
    if (subaccount instanceof Response) return subaccount;
    const group = this.#house.exchange.desk.groups.get(context.req.param("id") ?? "", subaccount);
    return group === null || group.shard !== shardOf(context) ? refusalReply(refuse("not_found")) : group;
  }

  write(context: Context, change: (group: OrderGroup) => Refusal | FieldProblem | null): Response {
    const limited = this.#limited(shardOf(context));
    if (limited !== null) return limited;
    const group = this.#locate(context);
    if (group instanceof Response) return group;
    const problem = change(group);
    return problem === null ? json({}) : problemReply(problem);
  }

  setLimit(context: Context, body: unknown): Response {
    return this.write(context, (group) => {
      const limit = readLimit(new RequestFields(body, "UpdateOrderGroupLimitRequest"));
      if (typeof limit !== "number") return limit;
      this.#house.exchange.desk.groups.setLimit(group, limit, this.#house.exchange.now);
      return null;
    });
  }
}

/** Mounted under `/trade-api/v2`, behind the signature check. */
export function groupRoutes(house: House): Hono {
  const routes = new Hono();
  const endpoints = new GroupEndpoints(house);
  const get = signedGet(routes, house);
  const path = "/portfolio/order_groups";
  const { desk } = house.exchange;
  const simple = (change: (group: OrderGroup) => void) => (context: Context) =>
    endpoints.write(context, (group) => {
      change(group);
      return null;
    });
  const bodyOf = (context: Context): Promise<unknown> => context.req.json().catch(() => null);
  get(path, (context) => endpoints.list(context));
  get(`${path}/:id`, (context) => endpoints.get(context));
  routes.post(`${path}/create`, async (context) => endpoints.create(await bodyOf(context)));
  routes.put(`${path}/:id/reset`, simple((group) => desk.groups.reset(group, house.exchange.now)));
  routes.put(`${path}/:id/trigger`, simple((group) => desk.groups.trigger(group, house.exchange.now)));
  routes.put(`${path}/:id/limit`, async (context) => endpoints.setLimit(context, await bodyOf(context)));
  routes.delete(`${path}/:id`, simple((group) => desk.groups.delete(group, house.exchange.now)));
  return routes;
}
