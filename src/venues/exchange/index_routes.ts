/**
 * What Kalshi relays of CF Benchmarks' REST interface: an index' recent values and its history (KALSHI.md 3.16).
 *
 * Kalshi documents the envelope, the cost and the errors (of the missing entitlement only that it is one: the 403's body
 * is the usual one). The payload's shape, a list of `{"value","time"}` with the
 * oldest first, the hour that `values` reaches back and the points within a second that `history/values` holds are as
 * public clients read them, not verified here. A real history lags by minutes; this one does not.
 * @module
 */

import { type Context, Hono } from "hono";
import { MICROS_PER_SECOND, parseTime } from "../../core/units.ts";
import type { House } from "./house.ts";
import { type IndexId, isIndexId } from "./index_process.ts";
import { INDEX_COST } from "./rate_limit.ts";
import { refuse } from "./refusal.ts";
import { badRequest, json, refusalReply, tooManyRequests } from "./replies.ts";
import { millis } from "./wire.ts";

const HOUR_SECONDS = 3_600;

interface Tick {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The values of these seconds, both included, as far as they are kept and published. */
function ticksOf(house: House, index: IndexId, from: number, to: number): Tick[] {
  const { exchange } = house;
  const ticks: Tick[] = [];
  const last = Math.min(to, exchange.publishedSecond);
  for (let second = Math.max(from, exchange.index.oldestSecond); second <= last; second++) {
    const value = exchange.index.value(index, second);
    if (value !== null) ticks.push({ value: value.toFixed(2), time: second * 1_000 });
  }
  return ticks;
}

/** Between two seconds a point halfway, at the mean of both. */
function withHalfSeconds(ticks: readonly Tick[]): Tick[] {
  return ticks.flatMap((before, k) => {
    if (k === ticks.length - 1) return [before];
    const mean = (Number(before.value) + Number(ticks[k + 1].value)) / 2;
    return [before, { value: mean.toFixed(2), time: before.time + 500 }];
  });
}

function envelope(house: House, payload: readonly Tick[]): Response {
  const serverTime = new Date(millis(house.exchange.now)).toISOString();
  return json({ data: { serverTime, payload } });
}

/** The index asked for, or the answer to whoever asks for none or for one that nobody publishes. */
function indexOf(context: Context): IndexId | Response {
  const id = context.req.query("id") ?? "";
  if (id === "") return badRequest("id is required");
  return isIndexId(id) ? id : refusalReply(refuse("not_found"));
}

function valuesReply(house: House, context: Context): Response {
  const index = indexOf(context);
  if (index instanceof Response) return index;
  const newest = house.exchange.publishedSecond;
  return envelope(house, ticksOf(house, index, newest - HOUR_SECONDS + 1, newest));
}

/** The hour that begins at `timestamp`, which has to be a full one. */
function historyReply(house: House, context: Context): Response {
  const index = indexOf(context);
  if (index instanceof Response) return index;
  const timespan = context.req.query("timespan") ?? "";
  if (timespan !== "HOUR") return badRequest(`timespan "${timespan.slice(0, 20)}" is not known: only HOUR is`);
  const start = parseTime(context.req.query("timestamp") ?? "");
  if (start === null || start % (HOUR_SECONDS * MICROS_PER_SECOND) !== 0) {
    return badRequest("timestamp must be a full hour such as 2026-08-21T14:00:00.000Z");
  }
  const first = start / MICROS_PER_SECOND;
  return envelope(house, withHalfSeconds(ticksOf(house, index, first, first + HOUR_SECONDS - 1)));
}

/** `/cfbenchmarks`: mounted under `/trade-api/v2`, behind the signature check. */
export function indexRoutes(house: House): Hono {
  const routes = new Hono();
  const get = (path: string, reply: (house: House, context: Context) => Response) =>
    routes.get(path, (context) => {
      const now = house.clock.now();
      if (!house.limiter.read(INDEX_COST, now) || house.refusesByFault(true)) return tooManyRequests();
      if (house.faults.has("no-index-history")) return refusalReply(refuse("permission_denied"));
      if (house.faults.has("no-official-index")) return refusalReply(refuse("service_unavailable"));
      return reply(house, context);
    });
  get("/cfbenchmarks/values", valuesReply);
  get("/cfbenchmarks/history/values", historyReply);
  return routes;
}
