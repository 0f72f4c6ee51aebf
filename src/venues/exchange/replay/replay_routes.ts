/**
 * What a replay answers at REST: the tape's markets, books and trades. There is no trading on a tape: an account exists,
 * so that clients can start, but it has no money, and orders are refused.
 * @module
 */

import { type Context, Hono } from "hono";
import type { MarketStatus } from "../../../core/market.ts";
import { parseTime } from "../../../core/units.ts";
import type { Authenticator } from "../auth.ts";
import { eventBody, marketBody, orderbookBody, seriesBody } from "../market_bodies.ts";
import { DEFAULT_COST, ENDPOINT_COSTS, RateLimiter, TIERS } from "../rate_limit.ts";
import { refuse } from "../refusal.ts";
import { badParameter, json, page, readLimit, refusalReply } from "../replies.ts";
import { listOf } from "../route_gate.ts";
import { SHARDS } from "../series.ts";
import { signatureCheck } from "../signature_check.ts";
import { seconds, timeText } from "../wire.ts";
import type { ReplayFloor } from "./replay_floor.ts";
import type { Message } from "./tape.ts";

export const REST_ROOT = "/trade-api/v2";
const LIST_MAX = 1_000;

const STATUSES: Readonly<Record<string, readonly MarketStatus[]>> = {
  unopened: ["initialized"],
  open: ["active"],
  paused: ["inactive"],
  closed: ["closed"],
  settled: ["finalized"],
};

/** A trade frame as REST tells it. */
function tradeBody(msg: Message): Message {
  const { market_ticker: ticker, ts_ms: at, ts: _seconds, ...rest } = msg;
  const created = typeof at === "number" ? new Date(at).toISOString() : "";
  return { ...rest, ticker, created_time: created.replace(/\.?0*Z$/, "Z"), is_block_trade: false };
}

function marketsReply(floor: ReplayFloor, context: Context): Response {
  const limit = readLimit(context.req.query("limit"), 100, 0, LIST_MAX);
  if (typeof limit === "string") return badParameter("GetMarkets", "Limit", limit);
  const status = context.req.query("status") ?? "";
  if (status !== "" && !Object.hasOwn(STATUSES, status)) return badParameter("GetMarkets", "Status", "oneof");
  const series = context.req.query("series_ticker");
  const event = context.req.query("event_ticker");
  const tickers = listOf(context.req.query("tickers"));
  const found = [...floor.markets.values()].filter((market) =>
    (status === "" || STATUSES[status].includes(market.status)) &&
    (series === undefined || market.series.ticker === series) &&
    (event === undefined || market.event === event) &&
    (tickers.length === 0 || tickers.includes(market.ticker))
  );
  const part = page(found, limit === 0 ? 100 : limit, context.req.query("cursor"), (market) => market.ticker);
  return json({ cursor: part.cursor, markets: part.items.map(marketBody) });
}

function eventsReply(floor: ReplayFloor, context: Context): Response {
  const series = context.req.query("series_ticker");
  const status = context.req.query("status") ?? "";
  const found = [...floor.markets.values()].filter((market) =>
    (series === undefined || market.series.ticker === series) &&
    (status === "" || STATUSES[status]?.includes(market.status) === true)
  );
  const part = page(found, LIST_MAX, context.req.query("cursor"), (market) => market.event);
  return json({ cursor: part.cursor, events: part.items.map(eventBody) });
}

function tradesReply(floor: ReplayFloor, context: Context): Response {
  const limit = readLimit(context.req.query("limit"), 100, 1, LIST_MAX);
  if (typeof limit === "string") return badParameter("GetTrades", "Limit", limit);
  const ticker = context.req.query("ticker") ?? "";
  const found = floor.trades.filter((msg) => ticker === "" || msg.market_ticker === ticker).toReversed();
  const part = page(found, limit, context.req.query("cursor"), (msg) => String(msg.trade_id));
  return json({ cursor: part.cursor, trades: part.items.map(tradeBody) });
}

const ACTIVE = { exchange_active: true, trading_active: true, intra_exchange_transfers_active: true };

function publicRoutes(floor: ReplayFloor): Hono {
  const routes = new Hono();
  const market = (context: Context) => floor.markets.get(context.req.param("ticker") ?? "");
  const notFound = () => refusalReply(refuse("not_found"));
  routes.use(async (_context, next) => {
    floor.settle();
    await next();
  });
  routes.get("/exchange/status", () => {
    const shards = SHARDS.map(([index, description]) => ({ exchange_index: index, description, ...ACTIVE }));
    return json({ ...ACTIVE, exchange_index_statuses: shards });
  });
  routes.get("/exchange/schedule", () => json({ schedule: { standard_hours: [], maintenance_windows: [] } }));
  routes.get("/exchange/user_data_timestamp", () => json({ as_of_time: timeText(floor.now) }));
  routes.get("/series", () => {
    const all = [...floor.series.values()];
    return json({ series: all.map((series) => seriesBody(series, floor.tape.startAt)) });
  });
  routes.get("/series/fee_changes", () => json({ series_fee_change_arr: [] }));
  routes.get("/series/:ticker", (context) => {
    const series = floor.series.get(context.req.param("ticker"));
    return series === undefined ? notFound() : json({ series: seriesBody(series, floor.tape.startAt) });
  });
  routes.get("/events", (context) => eventsReply(floor, context));
  routes.get("/events/fee_changes", () => json({ event_fee_changes: [], cursor: "" }));
  routes.get("/events/:ticker", (context) => {
    const markets = [...floor.markets.values()].filter((each) => each.event === context.req.param("ticker"));
    return markets.length === 0 ? notFound() : json({ event: eventBody(markets[0]), markets: markets.map(marketBody) });
  });
  routes.get("/markets", (context) => marketsReply(floor, context));
  routes.get("/markets/trades", (context) => tradesReply(floor, context));
  routes.get("/markets/orderbooks", (context) => {
    const tickers = context.req.queries("tickers") ?? [];
    const books = tickers.map((ticker) => ({ orderbook_fp: orderbookBody(floor.markets.get(ticker), 0), ticker }));
    return json({ orderbooks: books });
  });
  routes.get("/markets/:ticker", (context) => {
    const found = market(context);
    return found === undefined ? notFound() : json({ market: marketBody(found) });
  });
  routes.get("/markets/:ticker/orderbook", (context) => json({ orderbook_fp: orderbookBody(market(context), 0) }));
  routes.get("/historical/cutoff", () => {
    const cutoff = timeText(parseTime("2026-01-01T00:00:00Z") ?? floor.tape.startAt);
    return json({ market_settled_ts: cutoff, orders_updated_ts: cutoff, trades_created_ts: cutoff });
  });
  routes.get("/account/endpoint_costs", () => json({ default_cost: DEFAULT_COST, endpoint_costs: ENDPOINT_COSTS }));
  return routes;
}

/** Reads of an account without anything in it. */
function signedRoutes(floor: ReplayFloor): Hono {
  const routes = new Hono();
  const limits = new RateLimiter(TIERS.prestige, floor.tape.startAt);
  routes.get("/account/limits", () => json(limits.body()));
  routes.get("/portfolio/balance", () =>
    json({
      balance: 0,
      balance_breakdown: [{ balance: "0.0000", exchange_index: 0 }],
      balance_dollars: "0.0000",
      portfolio_value: 0,
      updated_ts: seconds(floor.now),
    }));
  routes.get("/portfolio/orders", () => json({ cursor: "", orders: [] }));
  routes.get("/portfolio/fills", () => json({ cursor: "", fills: [] }));
  routes.get("/portfolio/settlements", () => json({ cursor: "", settlements: [] }));
  routes.get("/portfolio/positions", () => json({ cursor: "", event_positions: [], market_positions: [] }));
  routes.all("/portfolio/events/*", () => refusalReply(refuse("permission_denied", "a recorded tape takes no orders")));
  return routes;
}

/** `{"simulated","now","now_us","speed","mode","ended"}`; a tape at full speed has no speed: `null`. */
export function replayClockBody(floor: ReplayFloor): Record<string, unknown> {
  const { now } = floor;
  const speed = floor.speed === "max" ? null : floor.speed;
  return { simulated: true, now: timeText(now), now_us: now, speed, mode: "replay", ended: floor.ended };
}

export function replayHttp(floor: ReplayFloor, authenticator: Authenticator): Hono {
  const app = new Hono();
  const check = signatureCheck(authenticator);
  app.use(`${REST_ROOT}/portfolio/*`, check);
  app.use(`${REST_ROOT}/account/limits`, check);
  app.route(REST_ROOT, publicRoutes(floor));
  app.route(REST_ROOT, signedRoutes(floor));
  app.get("/sim/clock", () => json(replayClockBody(floor)));
  app.notFound(() => refusalReply(refuse("not_found")));
  app.onError(() => json({ error: { code: "internal_error", message: "internal error" } }, 500));
  return app;
}
