/**
 * Series, events, markets, books and trades, on both sides of the cutoff (KALSHI.md 3.6 to 3.11).
 * @module
 */

import { type Context, Hono } from "hono";
import type { MarketStatus } from "../../core/market.ts";
import { micros } from "../../core/units.ts";
import type { House } from "./house.ts";
import type { ListedMarket } from "./listed_market.ts";
import { eventBody, marketBody, orderbookBody, seriesBody, settlementSources, tradeBody } from "./market_bodies.ts";
import { refuse } from "./refusal.ts";
import { badParameter, json, readLimit, refusalReply } from "./replies.ts";
import { listOf, publicGet, withinQuery } from "./route_gate.ts";
import { categoryOf } from "./series.ts";
import { seconds } from "./wire.ts";

const MARKETS_MAX = 1_000;
const EVENTS_MAX = 200;
const TRADES_MAX = 1_000;
const DEPTH_MAX = 100;
const TICKERS_MAX = 100;

/** The filter's words and the statuses they stand for (KALSHI.md 3.8). */
const FILTERS: Readonly<Record<string, readonly MarketStatus[]>> = {
  unopened: ["initialized"],
  open: ["active"],
  paused: ["inactive"],
  closed: ["closed", "determined", "disputed", "amended"],
  settled: ["finalized"],
};

const newestFirst = (markets: readonly ListedMarket[]): ListedMarket[] =>
  [...markets].sort((a, b) => b.createdAt - a.createdAt || (a.ticker < b.ticker ? -1 : 1));

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

function marketsReply(house: House, context: Context): Response {
  const limit = readLimit(context.req.query("limit"), 100, 0, MARKETS_MAX);
  if (typeof limit === "string") return badParameter("GetMarkets", "Limit", limit);
  const filter = context.req.query("status") ?? "";
  if (filter !== "" && !Object.hasOwn(FILTERS, filter)) return badParameter("GetMarkets", "Status", "oneof");
  const statuses = filter === "" ? null : FILTERS[filter];
  const event = context.req.query("event_ticker");
  const series = context.req.query("series_ticker");
  const tickers = listOf(context.req.query("tickers"));
  const found = newestFirst(house.liveMarkets()).filter((market) =>
    (statuses === null || statuses.includes(market.status)) &&
    (event === undefined || market.event === event) &&
    (series === undefined || market.series.ticker === series) &&
    (tickers.length === 0 || tickers.includes(market.ticker)) &&
    withinTimes(context, market)
  );
  const part = house.page(found, limit === 0 ? 100 : limit, context.req.query("cursor"), (market) => market.ticker);
  return json({ cursor: part.cursor, markets: part.items.map(marketBody) });
}

function eventsReply(house: House, context: Context): Response {
  const limit = readLimit(context.req.query("limit"), EVENTS_MAX, 1, EVENTS_MAX);
  if (typeof limit === "string") return badParameter("GetEvents", "Limit", limit);
  const filter = context.req.query("status") ?? "";
  if (filter !== "" && !Object.hasOwn(FILTERS, filter)) return badParameter("GetEvents", "Status", "oneof");
  const series = context.req.query("series_ticker");
  const nested = context.req.query("with_nested_markets") === "true";
  const found = newestFirst(house.liveMarkets()).filter((market) =>
    (filter === "" || FILTERS[filter].includes(market.status)) &&
    (series === undefined || market.series.ticker === series)
  );
  const part = house.page(byEvent(found), limit, context.req.query("cursor"), ([market]) => market.event);
  const events = part.items.map((markets) => ({
    ...eventBody(markets[0]),
    ...(nested ? { markets: marketsOf(house, markets[0].event).map(marketBody) } : {}),
  }));
  return json({ cursor: part.cursor, events });
}

const marketsOf = (house: House, event: string): readonly ListedMarket[] =>
  house.liveMarkets().filter((market) => market.event === event);

function eventReply(house: House, ticker: string, nested: boolean): Response {
  const markets = marketsOf(house, ticker);
  if (markets.length === 0) return refusalReply(refuse("not_found"));
  const event = eventBody(markets[0]);
  const bodies = markets.map(marketBody);
  return nested ? json({ event: { ...event, markets: bodies } }) : json({ event, markets: bodies });
}

/** Markets beyond the cutoff, newest first. */
function historicalMarketsReply(house: House, context: Context): Response {
  const limit = readLimit(context.req.query("limit"), 100, 1, MARKETS_MAX);
  if (typeof limit === "string") return badParameter("GetHistoricalMarkets", "Limit", limit);
  const tickers = listOf(context.req.query("tickers"));
  const event = context.req.query("event_ticker");
  const series = context.req.query("series_ticker");
  const found = newestFirst(house.historicalMarkets()).filter((market) =>
    (tickers.length === 0 || tickers.includes(market.ticker)) &&
    (event === undefined || market.event === event) &&
    (series === undefined || market.series.ticker === series)
  );
  const part = house.page(found, limit, context.req.query("cursor"), (market) => market.ticker);
  return json({ cursor: part.cursor, markets: part.items.map(marketBody) });
}

/** Trades on this side of the cutoff or beyond it, newest first. */
function tradesReply(house: House, context: Context, historical: boolean): Response {
  const limit = readLimit(context.req.query("limit"), 100, 1, TRADES_MAX);
  if (typeof limit === "string") return badParameter("GetTrades", "Limit", limit);
  const ticker = context.req.query("ticker") ?? "";
  const within = withinQuery(context);
  const cutoff = house.cutoffs.trades;
  // No trade here is a block trade.
  const wanted = context.req.query("is_block_trade") !== "true";
  const found = house.exchange.floor.tape.filter((trade) =>
    wanted && (ticker === "" || trade.market.ticker === ticker) && within(seconds(trade.at)) &&
    (trade.at < cutoff) === historical
  ).reverse();
  const part = house.page(found, limit, context.req.query("cursor"), (trade) => String(trade.number));
  return json({ cursor: part.cursor, trades: part.items.map(tradeBody) });
}

function orderbooksReply(house: House, context: Context): Response {
  const tickers = context.req.queries("tickers") ?? [];
  if (tickers.length === 0) return badParameter("GetMarketOrderbooks", "Tickers", "required");
  if (tickers.length > TICKERS_MAX) return badParameter("GetMarketOrderbooks", "Tickers", "max");
  const markets = house.exchange.markets;
  return json({
    orderbooks: tickers.map((ticker) => ({ orderbook_fp: orderbookBody(markets.get(ticker), 0), ticker })),
  });
}

/** The events of these markets in order, each with its markets. */
function byEvent(markets: readonly ListedMarket[]): readonly (readonly ListedMarket[])[] {
  return [...Map.groupBy(markets, (market) => market.event).values()];
}

function metadataBody(markets: readonly ListedMarket[]): Record<string, unknown> {
  return {
    image_url: "",
    market_details: markets.map((market) => ({ market_ticker: market.ticker, image_url: "", color_code: "" })),
    settlement_sources: settlementSources(markets[0].series),
  };
}

/** `/series`, `/events`, `/markets`: mounted under `/trade-api/v2`. */
export function marketRoutes(house: House): Hono {
  const routes = new Hono();
  const get = publicGet(routes, house);
  const { exchange } = house;
  const market = (context: Context) => house.liveMarket(context.req.param("ticker") ?? "");

  get("/series", (context) => {
    const category = context.req.query("category");
    const found = exchange.series.filter((series) => category === undefined || category === categoryOf(series));
    return json({ series: found.map((series) => seriesBody(series, exchange.settings.startAt)) });
  });
  get("/series/:ticker", (context) => {
    const series = exchange.series.find((each) => each.ticker === context.req.param("ticker"));
    if (series === undefined) return refusalReply(refuse("not_found"));
    return json({ series: seriesBody(series, exchange.settings.startAt) });
  });
  get("/events", (context) => eventsReply(house, context));
  get("/events/:ticker", (context) => {
    const nested = context.req.query("with_nested_markets") === "true";
    return eventReply(house, context.req.param("ticker") ?? "", nested);
  });
  get("/events/:ticker/metadata", (context) => {
    const markets = house.liveMarkets().filter((each) => each.event === context.req.param("ticker"));
    return markets.length === 0 ? refusalReply(refuse("not_found")) : json(metadataBody(markets));
  });
  get("/markets", (context) => marketsReply(house, context));
  get("/markets/trades", (context) => tradesReply(house, context, false));
  get("/historical/trades", (context) => tradesReply(house, context, true));
  get("/historical/markets", (context) => historicalMarketsReply(house, context));
  get("/historical/markets/:ticker", (context) => {
    const found = house.historicalMarkets().find((each) => each.ticker === context.req.param("ticker"));
    return found === undefined ? refusalReply(refuse("not_found")) : json({ market: marketBody(found) });
  });
  get("/markets/orderbooks", (context) => orderbooksReply(house, context));
  get("/markets/:ticker", (context) => {
    const found = market(context);
    return found === null ? refusalReply(refuse("not_found")) : json({ market: marketBody(found) });
  });
  get("/markets/:ticker/orderbook", (context) => {
    const depth = readLimit(context.req.query("depth"), 0, 0, DEPTH_MAX);
    if (typeof depth === "string") return badParameter("GetMarketOrderbook", "Depth", depth);
    return json({ orderbook_fp: orderbookBody(market(context) ?? undefined, depth) });
  });
  return routes;
}
