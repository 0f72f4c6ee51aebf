/**
 * The exchange about itself (KALSHI.md 3.5, 3.16), and lists of what does not exist here: combos, milestones, rewards.
 * @module
 */

import { Hono } from "hono";
import { easternOffset } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { House } from "./house.ts";
import { DEFAULT_COST, ENDPOINT_COSTS } from "./rate_limit.ts";
import { json } from "./replies.ts";
import { publicGet } from "./route_gate.ts";
import { categoryOf, SHARDS, tagsOf } from "./series.ts";
import { seconds, timeText } from "./wire.ts";

type Body = Record<string, unknown>;

const THURSDAY = 4;
const DAYS_PER_WEEK = 7;

/** The flags of shard 0 on top, those of every shard below; a pause holds for all of them. */
function statusBody(house: House): Body {
  const pause = house.exchange.pauses.at(house.exchange.now);
  const active = {
    exchange_active: pause !== "exchange",
    trading_active: pause === "none",
    intra_exchange_transfers_active: pause !== "exchange",
  };
  const shards = SHARDS.map(([index, description]) => ({ exchange_index: index, description, ...active }));
  return { ...active, exchange_index_statuses: shards };
}

/** Thursday's maintenance of this week or the next. */
function nextMaintenance(now: Micros): { readonly from: Micros; readonly to: Micros } {
  const offset = easternOffset(now);
  const day = Math.floor((now + offset) / MICROS_PER_DAY);
  const weekday = new Date(day * MICROS_PER_DAY / 1_000).getUTCDay();
  const midnight = micros((day + (THURSDAY - weekday + DAYS_PER_WEEK) % DAYS_PER_WEEK) * MICROS_PER_DAY - offset);
  const from = micros(midnight + 180 * MICROS_PER_MINUTE);
  const to = micros(midnight + 300 * MICROS_PER_MINUTE);
  return to > now ? { from, to } : { from: micros(from + 7 * MICROS_PER_DAY), to: micros(to + 7 * MICROS_PER_DAY) };
}

/** Open all week, as the crypto markets are, but for the weekly maintenance. Times are Eastern. */
function scheduleBody(now: Micros): Body {
  const whole = [{ open_time: "00:00", close_time: "00:00" }];
  const paused = [{ open_time: "00:00", close_time: "03:00" }, { open_time: "05:00", close_time: "00:00" }];
  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  const hours = Object.fromEntries(days.map((name) => [name, name === "thursday" ? paused : whole]));
  const always = { start_time: "2026-01-01T00:00:00Z", end_time: "2027-01-01T00:00:00Z" };
  const { from, to } = nextMaintenance(now);
  return {
    schedule: {
      standard_hours: [{ ...always, ...hours }],
      maintenance_windows: [{ start_datetime: timeText(from), end_datetime: timeText(to) }],
    },
  };
}

/** What a real exchange has and this one has not: honest empty lists, in the official client's shapes. */
const EMPTY: Readonly<Record<string, Body>> = {
  "/events/multivariate": { events: [], cursor: "" },
  "/incentive_programs": { incentive_programs: [] },
  "/milestones": { milestones: [], cursor: "" },
  "/multivariate_event_collections": { multivariate_contracts: [], cursor: "" },
  "/structured_targets": { structured_targets: [], cursor: "" },
  "/series/fee_changes": { series_fee_change_arr: [] },
  "/events/fee_changes": { event_fee_changes: [], cursor: "" },
};

/** `/exchange`, `/account/endpoint_costs` and the empty lists: mounted under `/trade-api/v2`. */
export function exchangeRoutes(house: House): Hono {
  const routes = new Hono();
  const get = publicGet(routes, house);
  const { exchange } = house;
  get("/exchange/status", () => json(statusBody(house)));
  get("/exchange/schedule", () => json(scheduleBody(exchange.now)));
  get("/exchange/user_data_timestamp", () => json({ as_of_time: timeText(house.stale.asOf(exchange.now)) }));
  get("/account/endpoint_costs", () => json({ default_cost: DEFAULT_COST, endpoint_costs: ENDPOINT_COSTS }));
  get("/search/tags_by_categories", () => {
    const categories = [...Map.groupBy(exchange.series, categoryOf)].map(([category, series]) =>
      [category, [...new Set(series.flatMap(tagsOf))]] as const
    );
    return json({ tags_by_categories: Object.fromEntries(categories) });
  });
  for (const [path, body] of Object.entries(EMPTY)) get(path, () => json(body));
  get("/historical/cutoff", () => {
    const { trades, orders } = house.cutoffs;
    // Kalshi's cutoffs move in whole steps; whole seconds are near enough.
    const text = (at: Micros) => timeText(micros(seconds(at) * 1_000_000));
    return json({
      market_positions_last_updated_ts: text(trades),
      market_settled_ts: text(trades),
      orders_updated_ts: text(orders),
      trades_created_ts: text(trades),
    });
  });
  return routes;
}
