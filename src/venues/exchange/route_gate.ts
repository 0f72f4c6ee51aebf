/**
 * What every GET passes through: the clock is moved up, the rate limit asked, and a fault may refuse.
 * @module
 */

import type { Context, Hono } from "hono";
import type { House } from "./house.ts";
import { DEFAULT_COST } from "./rate_limit.ts";
import { tooManyRequests } from "./replies.ts";
import { SHARDS } from "./series.ts";

type Reply = (context: Context) => Response;

/** Registers routes that need no key. Who has one is billed by it, everybody else together. */
export function publicGet(routes: Hono, house: House): (path: string, reply: Reply) => void {
  return (path, reply) => {
    routes.get(path, (context) => {
      const now = house.clock.now();
      const known = house.authenticator.knows(context.req.header("kalshi-access-key") ?? null);
      const allowed = known ? house.limiter.read(DEFAULT_COST, now) : house.limiter.readKeyless(now);
      return !allowed || house.refusesByFault(false) ? tooManyRequests() : reply(context);
    });
  };
}

/** Registers routes that stand behind the signature check. */
export function signedGet(routes: Hono, house: House): (path: string, reply: Reply, cost?: number) => void {
  return (path, reply, cost = DEFAULT_COST) => {
    routes.get(path, (context) => {
      const now = house.clock.now();
      return !house.limiter.read(cost, now) || house.refusesByFault(true) ? tooManyRequests() : reply(context);
    });
  };
}

/** A single write with an explicit shard from 1 up is billed to that shard's own bucket (KALSHI.md 3.3). */
export function bucketOf(shard: number | null): number {
  return shard !== null && shard > 0 && SHARDS.some(([number]) => number === shard) ? shard : 0;
}

/** A comma-separated list of a query. */
export const listOf = (text: string | undefined): readonly string[] =>
  (text ?? "").split(",").filter((part) => part !== "");

/** Whether a second lies within `min_ts` and `max_ts`. */
export function withinQuery(context: Context): (second: number) => boolean {
  const from = Number(context.req.query("min_ts") ?? 0);
  const to = Number(context.req.query("max_ts") ?? Number.MAX_SAFE_INTEGER);
  return (second) => second >= from && second <= to;
}
