/**
 * The routes that need no key (KALSHI.md 3.5 to 3.11).
 * @module
 */

import { type Context, Hono } from "hono";
import type { MarketStatus } from "../../core/market.ts";
import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import type { House } from "./house.ts";
import type { ListedMarket } from "./listed_market.ts";
import { eventBody, marketBody, orderbookBody, seriesBody, tradeBody } from "./market_bodies.ts";
import { DEFAULT_COST, ENDPOINT_COSTS } from "./rate_limit.ts";
import { refuse } from "./refusal.ts";
import { badParameter, json, page, readLimit, refusalReply, tooManyRequests } from "./replies.ts";
import { LISTED_SERIES, SHARDS } from "./series.ts";
import { seconds, timeText } from "./wire.ts";

const MARKETS_MAX = 1_000;
const EVENTS_MAX = 200;
const TRADES_MAX = 1_000;
const DEPTH_MAX = 100;
const TICKERS_MAX = 100;
const CUTOFF_MICROS = 60 * 86_400 * MICROS_PER_SECOND;

/** The filter's words and the statuses they stand for (KALSHI.md 3.8). */
const FILTERS: Readonly<Record<string, readonly MarketStatus[]>> = {
  unopened: ["initialized"],
  open: ["active"],
  paused: ["inactive"],
  closed: ["closed", "determined", "disputed", "amended"],
  settled: ["finalized"],
};

/** Every listed market, newest first. */
function newestFirst(house: House): ListedMarket[] {
  return [...house.exchange.cycle.markets.values()].sort((a, b) =>
    b.createdAt - a.createdAt || (a.ticker < b.ticker ? -1 : 1)
  );
}

interface TimeFilter {
  readonly low: string;
  readonly high: string;
  readonly of: (market: ListedMarket) => number | null;
}

const TIME_FILTERS: readonly TimeFilter[] = [
  { low: "min_created_ts", high: "max_created_ts", of: (market) => market.createdAt },
  { low: "min_close_ts", high: "max_close_ts", of: (market) => market.closeTime },
  { low: "min_settled_ts", high: "max_settled_ts", of: (market) => market.settledAt },
  { low: "min_updated_ts", high: "max_updated_ts", of: (market) => market.updatedAt },
];

function withinTimes(context: Context, market: ListedMarket): boolean {
  return TIME_FILTERS.every(({ low, high, of }) => {
    const from = context.req.query(low);
    const to = context.req.query(high);
    if (from === undefined && to === undefined) return true;
    const at = of(market);
    if (at === null) return false;
    const second = seconds(micros(at));
    return (from === undefined || second >= Number(from)) && (to === undefined || second <= Number(to));
  });
}

const list = (text: string | undefined): readonly string[] => (text ?? "").split(",").filter((part) => part !== "");

function marketsReply(house: House, context: Context): Response {
  const limit = readLimit(context.req.query("limit"), 100, 0, MARKETS_MAX);
  if (typeof limit === "string") return badParameter("GetMarkets", "Limit", limit);
  const filter = context.req.query("status") ?? "";
  if (filter !== "" && !Object.hasOwn(FILTERS, filter)) return badParameter("GetMarkets", "Status", "oneof");
  const statuses = filter === "" ? null : FILTERS[filter];
  const event = context.req.query("event_ticker");
  const series = context.req.query("series_ticker");
  const tickers = list(context.req.query("tickers"));
  const found = newestFirst(house).filter((market) =>
    (statuses === null || statuses.includes(market.status)) &&
    (event === undefined || market.event === event) &&
    (series === undefined || market.series.ticker === series) &&
    (tickers.length === 0 || tickers.includes(market.ticker)) &&
    withinTimes(context, market)
  );
  const part = page(found, limit === 0 ? 100 : limit, context.req.query("cursor"), (market) => market.ticker);
  return json({ cursor: part.cursor, markets: part.items.map(marketBody) });
}

function eventsReply(house: House, context: Context): Response {
  const limit = readLimit(context.req.query("limit"), EVENTS_MAX, 1, EVENTS_MAX);
  if (typeof limit === "string") return badParameter("GetEvents", "Limit", limit);
  const filter = context.req.query("status") ?? "";
  if (filter !== "" && !Object.hasOwn(FILTERS, filter)) return badParameter("GetEvents", "Status", "oneof");
  const series = context.req.query("series_ticker");
  const nested = context.req.query("with_nested_markets") === "true";
  const found = newestFirst(house).filter((market) =>
    (filter === "" || FILTERS[filter].includes(market.status)) &&
    (series === undefined || market.series.ticker === series)
  );
  const part = page(found, limit, context.req.query("cursor"), (market) => market.event);
  const events = part.items.map((market) => ({
    ...eventBody(market),
    ...(nested ? { markets: [marketBody(market)] } : {}),
  }));
  return json({ cursor: part.cursor, events });
}

function eventReply(house: House, ticker: string, nested: boolean): Response {
  const market = [...house.exchange.cycle.markets.values()].find((each) => each.event === ticker);
  if (market === undefined) return refusalReply(refuse("not_found"));
  const event = eventBody(market);
  if (nested) return json({ event: { ...event, markets: [marketBody(market)] } });
  return json({ event, markets: [marketBody(market)] });
}

function tradesReply(house: House, context: Context): Response {
  const limit = readLimit(context.req.query("limit"), 100, 1, TRADES_MAX);
  if (typeof limit === "string") return badParameter("GetTrades", "Limit", limit);
  const ticker = context.req.query("ticker") ?? "";
  const from = Number(context.req.query("min_ts") ?? 0);
  const to = Number(context.req.query("max_ts") ?? Number.MAX_SAFE_INTEGER);
  const found = house.exchange.floor.tape.filter((trade) =>
    (ticker === "" || trade.market.ticker === ticker) && seconds(trade.at) >= from && seconds(trade.at) <= to
  ).reverse();
  const part = page(found, limit, context.req.query("cursor"), (trade) => String(trade.number));
  return json({ cursor: part.cursor, trades: part.items.map(tradeBody) });
}

function orderbooksReply(house: House, context: Context): Response {
  const tickers = context.req.queries("tickers") ?? [];
  if (tickers.length === 0) return badParameter("GetMarketOrderbooks", "Tickers", "required");
  if (tickers.length > TICKERS_MAX) return badParameter("GetMarketOrderbooks", "Tickers", "max");
  const markets = house.exchange.cycle.markets;
  return json({
    orderbooks: tickers.map((ticker) => ({ orderbook_fp: orderbookBody(markets.get(ticker), 0), ticker })),
  });
}

function statusBody(): Record<string, unknown> {
  const active = { exchange_active: true, trading_active: true, intra_exchange_transfers_active: true };
  const shards = SHARDS.map(([index, description]) => ({ exchange_index: index, description, ...active }));
  return { ...active, exchange_index_statuses: shards };
}

/** Open all week, as the crypto markets are. */
function scheduleBody(): Record<string, unknown> {
  const day = [{ open_time: "00:00", close_time: "00:00" }];
  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  const hours = Object.fromEntries(days.map((name) => [name, day]));
  const always = { start_time: "2026-01-01T00:00:00Z", end_time: "2027-01-01T00:00:00Z" };
  return { schedule: { standard_hours: [{ ...always, ...hours }], maintenance_windows: [] } };
}

/** `/exchange`, `/series`, `/events`, `/markets`: mounted under `/trade-api/v2`. */
export function publicRoutes(house: House): Hono {
  const routes = new Hono();
  const get = (path: string, reply: (context: Context) => Response) =>
    routes.get(path, (context) => {
      const now = house.clock.now();
      const known = house.authenticator.knows(context.req.header("kalshi-access-key") ?? null);
      const allowed = known ? house.limiter.read(DEFAULT_COST, now) : house.limiter.readKeyless(now);
      return !allowed || house.refusesByFault() ? tooManyRequests() : reply(context);
    });
  const { exchange } = house;
  const market = (context: Context) => exchange.cycle.markets.get(context.req.param("ticker") ?? "");

  get("/exchange/status", () => json(statusBody()));
  get("/exchange/schedule", () => json(scheduleBody()));
  get("/exchange/user_data_timestamp", () => json({ as_of_time: timeText(house.stale.asOf(exchange.now)) }));
  get("/series", () => json({ series: LISTED_SERIES.map((series) => seriesBody(series, exchange.settings.startAt)) }));
  get("/series/fee_changes", () => json({ series_fee_change_arr: [] }));
  get("/series/:ticker", (context) => {
    const series = LISTED_SERIES.find((each) => each.ticker === context.req.param("ticker"));
    if (series === undefined) return refusalReply(refuse("not_found"));
    return json({ series: seriesBody(series, exchange.settings.startAt) });
  });
  get("/events", (context) => eventsReply(house, context));
  get("/events/fee_changes", () => json({ event_fee_changes: [], cursor: "" }));
  get("/events/:ticker", (context) => {
    const nested = context.req.query("with_nested_markets") === "true";
    return eventReply(house, context.req.param("ticker") ?? "", nested);
  });
  get("/markets", (context) => marketsReply(house, context));
  get("/markets/trades", (context) => tradesReply(house, context));
  get("/markets/orderbooks", (context) => orderbooksReply(house, context));
  get("/markets/:ticker", (context) => {
    const found = market(context);
    return found === undefined ? refusalReply(refuse("not_found")) : json({ market: marketBody(found) });
  });
  get("/markets/:ticker/orderbook", (context) => {
    const depth = readLimit(context.req.query("depth"), 0, 0, DEPTH_MAX);
    if (typeof depth === "string") return badParameter("GetMarketOrderbook", "Depth", depth);
    return json({ orderbook_fp: orderbookBody(market(context), depth) });
  });
  get("/historical/cutoff", () => {
    const cutoff = timeText(micros(exchange.settings.startAt - CUTOFF_MICROS));
    return json({
      market_positions_last_updated_ts: cutoff,
      market_settled_ts: cutoff,
      orders_updated_ts: cutoff,
      trades_created_ts: cutoff,
    });
  });
  get("/account/endpoint_costs", () => json({ default_cost: DEFAULT_COST, endpoint_costs: ENDPOINT_COSTS }));
  return routes;
}
