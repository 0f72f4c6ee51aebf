/**
 * Candlesticks: of one market, of several, of an event, and of markets beyond the cutoff (KALSHI.md 3.10).
 * @module
 */

import { type Context, Hono } from "hono";
import { type Candle, CANDLE_PERIODS, type CandlePeriod, periodEnd, type Quartet } from "./candles.ts";
import type { House } from "./house.ts";
import type { ListedMarket } from "./listed_market.ts";
import { refuse } from "./refusal.ts";
import { badParameter, badRequest, json, refusalReply } from "./replies.ts";
import { listOf, publicGet } from "./route_gate.ts";
import { countText, priceText } from "./wire.ts";

type Body = Record<string, unknown>;

const CANDLES_MAX = 5_000;
const ALL_CANDLES_MAX = 10_000;
const TICKERS_MAX = 100;
const SECONDS_PER_MINUTE = 60;

interface CandleQuery {
  readonly from: number;
  readonly to: number;
  readonly period: CandlePeriod;
  readonly withLatest: boolean;
}

function readQuery(context: Context, operation: string): CandleQuery | Response {
  const from = context.req.query("start_ts");
  const to = context.req.query("end_ts");
  if (from === undefined || !/^\d{1,12}$/.test(from)) return badParameter(operation, "StartTs", "required");
  if (to === undefined || !/^\d{1,12}$/.test(to)) return badParameter(operation, "EndTs", "required");
  const minutes = Number(context.req.query("period_interval"));
  const period = CANDLE_PERIODS.find((each) => each === minutes);
  if (period === undefined) return badParameter(operation, "PeriodInterval", "oneof");
  const query = { from: Number(from), to: Number(to), period };
  if ((query.to - query.from) / (period * SECONDS_PER_MINUTE) > CANDLES_MAX) {
    return badRequest(`max candlesticks: ${CANDLES_MAX}`);
  }
  return { ...query, withLatest: context.req.query("include_latest_before_start") === "true" };
}

const quartet = (prices: Quartet, suffix: string): Body => ({
  [`close${suffix}`]: priceText(prices.close),
  [`high${suffix}`]: priceText(prices.high),
  [`low${suffix}`]: priceText(prices.low),
  [`open${suffix}`]: priceText(prices.open),
});

/** Live candles leave out what there is not; historical ones say `null` (KALSHI.md 3.10). */
function priceBody({ trades, previous, volume }: Candle, historical: boolean): Body {
  const suffix = historical ? "" : "_dollars";
  const absent = historical ? { close: null, high: null, low: null, mean: null, open: null, previous: null } : {};
  const known = trades === null
    ? {}
    : { ...quartet(trades, suffix), [`mean${suffix}`]: priceText(Math.round(trades.weighted / volume)) };
  return { ...absent, ...known, ...(previous === null ? {} : { [`previous${suffix}`]: priceText(previous) }) };
}

function candleBody(candle: Candle, historical: boolean): Body {
  const suffix = historical ? "" : "_dollars";
  const counts = historical ? ["volume", "open_interest"] : ["volume_fp", "open_interest_fp"];
  return {
    end_period_ts: candle.end,
    price: priceBody(candle, historical),
    yes_ask: quartet(candle.ask, suffix),
    yes_bid: quartet(candle.bid, suffix),
    [counts[0]]: countText(candle.volume),
    [counts[1]]: countText(candle.openInterest),
  };
}

/** The newest candle before the start, carried to the first period's end without trades. */
function carried(market: ListedMarket, { from, period }: CandleQuery): readonly Candle[] {
  const latest = market.candles.latestBefore(period, from);
  if (latest === null) return [];
  const flat = (price: number): Quartet => ({ open: price, low: price, high: price, close: price });
  return [{
    end: periodEnd(from + 1, period),
    bid: flat(latest.bid.close),
    ask: flat(latest.ask.close),
    trades: null,
    previous: latest.trades?.close ?? latest.previous,
    volume: 0,
    openInterest: latest.openInterest,
  }];
}

function candlesOf(market: ListedMarket, query: CandleQuery, historical = false): Body[] {
  const candles = market.candles.between(query.period, query.from, query.to);
  const before = query.withLatest ? carried(market, query) : [];
  return [...before, ...candles].map((candle) => candleBody(candle, historical));
}

function eventReply(house: House, context: Context): Response {
  const query = readQuery(context, "GetEventCandlesticks");
  if (query instanceof Response) return query;
  const markets = house.liveMarkets().filter((market) =>
    market.event === context.req.param("event") && market.series.ticker === context.req.param("series")
  );
  if (markets.length === 0) return refusalReply(refuse("not_found"));
  return json({
    adjusted_end_ts: query.to,
    market_candlesticks: markets.map((market) => candlesOf(market, query)),
    market_tickers: markets.map((market) => market.ticker),
  });
}

function batchReply(house: House, context: Context): Response {
  const query = readQuery(context, "BatchGetMarketCandlesticks");
  if (query instanceof Response) return query;
  const tickers = listOf(context.req.query("market_tickers"));
  if (tickers.length === 0) return badParameter("BatchGetMarketCandlesticks", "MarketTickers", "required");
  if (tickers.length > TICKERS_MAX) return badParameter("BatchGetMarketCandlesticks", "MarketTickers", "max");
  let left = ALL_CANDLES_MAX;
  const markets = tickers.flatMap((ticker) => {
    const market = house.liveMarket(ticker);
    if (market === null) return [];
    const candlesticks = candlesOf(market, query).slice(0, left);
    left -= candlesticks.length;
    return [{ market_ticker: ticker, candlesticks }];
  });
  return json({ markets });
}

/** Mounted under `/trade-api/v2`, before the routes of single markets. */
export function candleRoutes(house: House): Hono {
  const routes = new Hono();
  const get = publicGet(routes, house);
  get("/markets/candlesticks", (context) => batchReply(house, context));
  get("/series/:series/events/:event/candlesticks", (context) => eventReply(house, context));
  get("/series/:series/markets/:ticker/candlesticks", (context) => {
    const query = readQuery(context, "GetMarketCandlesticks");
    if (query instanceof Response) return query;
    const market = house.liveMarket(context.req.param("ticker") ?? "");
    if (market === null || market.series.ticker !== context.req.param("series")) {
      return refusalReply(refuse("not_found"));
    }
    return json({ candlesticks: candlesOf(market, query), ticker: market.ticker });
  });
  get("/historical/markets/:ticker/candlesticks", (context) => {
    const query = readQuery(context, "GetMarketCandlesticksHistorical");
    if (query instanceof Response) return query;
    const market = house.historicalMarkets().find((each) => each.ticker === context.req.param("ticker"));
    if (market === undefined) return refusalReply(refuse("not_found"));
    return json({ candlesticks: candlesOf(market, query, true), ticker: market.ticker });
  });
  return routes;
}
