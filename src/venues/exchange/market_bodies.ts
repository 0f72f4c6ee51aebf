/**
 * REST bodies of public data, field by field as captured from the real exchange (KALSHI.md 3.5 to 3.11).
 * @module
 */

import { easternOffset } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { PublicTrade } from "./events.ts";
import { type ListedMarket, PRICE_RANGES, PRICE_STRUCTURE } from "./listed_market.ts";
import { CRYPTO_SHARD, type Series } from "./series.ts";
import { countText, levelTexts, noPrice, priceText, timeText } from "./wire.ts";

type Body = Record<string, unknown>;

const EXPIRATION_DELAY = 5 * MICROS_PER_MINUTE;
const LATEST_EXPIRATION_DELAY = 7 * MICROS_PER_DAY;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `83,950.62`. */
export function dollarsWithCommas(value: number): string {
  const [whole, cents] = value.toFixed(2).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents}`;
}

/** `3:15 PM EDT on Sep 25, 2026`. */
function easternText(at: Micros): string {
  const offset = easternOffset(at);
  const wall = new Date((at + offset) / 1_000);
  const zone = offset === -4 * 60 * MICROS_PER_MINUTE ? "EDT" : "EST";
  const hour = wall.getUTCHours() % 12 || 12;
  const minute = wall.getUTCMinutes().toString().padStart(2, "0");
  const half = wall.getUTCHours() < 12 ? "AM" : "PM";
  return `${hour}:${minute} ${half} ${zone} on ${
    MONTHS[wall.getUTCMonth()]
  } ${wall.getUTCDate()}, ${wall.getUTCFullYear()}`;
}

export const yesSubTitle = (market: ListedMarket): string =>
  market.floorStrike === null ? "Target price: TBD" : `Target Price: $${dollarsWithCommas(market.floorStrike)}`;

export const marketTitle = (market: ListedMarket): string => `${market.series.coin} price up in next 15 mins?`;

export function rulesPrimary(market: ListedMarket): string {
  const average = `the simple average of the sixty seconds of CF Benchmarks' ${market.series.indexName} before`;
  return `If ${average} ${easternText(market.closeTime)} is at least ${average} ${easternText(market.openTime)}, ` +
    "then the market resolves to Yes.";
}

export const RULES_SECONDARY =
  "SIMULATED EXCHANGE. At the last minute before expiration, 60 RTI prices are collected. " +
  "The official and final value is the average of these prices, rounded to the nearest 2 decimal places.";

/** The four quotes of a market with their sizes; an empty side reads 0 and 1 (KALSHI.md 6). */
export function quotes(market: ListedMarket): { bid: number; ask: number; bidSize: number; askSize: number } {
  const { book } = market;
  return {
    bid: book.best("bid") ?? 0,
    ask: book.best("ask") ?? 10_000,
    bidSize: book.bestSize("bid"),
    askSize: book.bestSize("ask"),
  };
}

export const expectedExpiration = (market: ListedMarket): Micros => micros(market.closeTime + EXPIRATION_DELAY);

export const priceRangeBodies: readonly Body[] = PRICE_RANGES.map(({ start, end, step }) => ({
  start: priceText(start),
  end: priceText(end),
  step: priceText(step),
}));

export function marketBody(market: ListedMarket): Body {
  const { bid, ask, bidSize, askSize } = quotes(market);
  const latest = timeText(micros(market.closeTime + LATEST_EXPIRATION_DELAY));
  const expected = timeText(expectedExpiration(market));
  const settled = market.settledAt === null || market.yesValue === null ? {} : {
    settlement_ts: timeText(market.settledAt),
    settlement_value_dollars: priceText(market.yesValue),
  };
  return {
    can_close_early: true,
    close_time: timeText(market.closeTime),
    created_time: timeText(market.createdAt),
    custom_strike: { round_digits: "2" },
    event_ticker: market.event,
    exchange_index: market.shard,
    expected_expiration_time: expected,
    expiration_time: latest,
    expiration_value: market.expirationValue?.toFixed(2) ?? "",
    ...(market.floorStrike === null ? {} : { floor_strike: market.floorStrike }),
    last_price_dollars: priceText(market.last?.price ?? 0),
    latest_expiration_time: latest,
    market_type: "binary",
    no_ask_dollars: priceText(10_000 - bid),
    no_bid_dollars: priceText(10_000 - ask),
    no_sub_title: "Target price: TBD",
    notional_value_dollars: "1.0000",
    occurrence_datetime: expected,
    open_interest_fp: countText(market.openInterest),
    open_time: timeText(market.openTime),
    previous_price_dollars: "0.0000",
    previous_yes_ask_dollars: "0.0000",
    previous_yes_bid_dollars: "0.0000",
    price_level_structure: PRICE_STRUCTURE,
    price_ranges: priceRangeBodies,
    result: market.result,
    rules_primary: rulesPrimary(market),
    rules_secondary: RULES_SECONDARY,
    settlement_bounds_type: "default",
    settlement_timer_seconds: 1,
    ...settled,
    status: market.status,
    strike_type: "greater_or_equal",
    ticker: market.ticker,
    title: marketTitle(market),
    updated_time: timeText(market.updatedAt),
    volume_24h_fp: countText(market.volume),
    volume_fp: countText(market.volume),
    yes_ask_dollars: priceText(ask),
    yes_ask_size_fp: countText(askSize),
    yes_bid_dollars: priceText(bid),
    yes_bid_size_fp: countText(bidSize),
    yes_sub_title: yesSubTitle(market),
  };
}

/** Both ladders as bids, ascending, each in its own prices; the best `depth` levels, all for 0. */
export function orderbookBody(market: ListedMarket | undefined, depth: number): Body {
  if (market === undefined) return { yes_dollars: [], no_dollars: [] };
  const levels = depth === 0 ? undefined : depth;
  return {
    no_dollars: levelTexts(market.book.levels("ask", levels).map(([price, size]) => [noPrice(price), size])),
    yes_dollars: levelTexts(market.book.levels("bid", levels)),
  };
}

export function tradeBody(trade: PublicTrade): Body {
  const taker = trade.takerSide === "bid" ? "yes" : "no";
  return {
    count_fp: countText(trade.count),
    created_time: timeText(trade.at),
    is_block_trade: false,
    no_price_dollars: priceText(noPrice(trade.price)),
    taker_book_side: trade.takerSide,
    taker_outcome_side: taker,
    taker_side: taker,
    ticker: trade.market.ticker,
    trade_id: trade.id,
    yes_price_dollars: priceText(trade.price),
  };
}

export function seriesBody(series: Series, updatedAt: Micros): Body {
  return {
    additional_prohibitions: [],
    categories: ["Crypto"],
    category: "Crypto",
    contract_terms_url: "",
    contract_url: "",
    exchange_index: CRYPTO_SHARD,
    fee_multiplier: 1,
    fee_type: "quadratic",
    frequency: "fifteen_min",
    last_updated_ts: timeText(updatedAt),
    product_metadata: { simulated: true },
    settlement_sources: [{ name: "CF Benchmarks", url: "https://www.cfbenchmarks.com/" }],
    tags: [series.coin, "15 min"],
    ticker: series.ticker,
    title: series.title,
  };
}

export function eventBody(market: ListedMarket): Body {
  const target = market.floorStrike === null ? "" : ` · $${dollarsWithCommas(market.floorStrike)} target`;
  return {
    category: "Crypto",
    collateral_return_type: "",
    event_ticker: market.event,
    exchange_index: market.shard,
    last_updated_ts: timeText(market.updatedAt),
    mutually_exclusive: false,
    product_metadata: { cadence: "fifteen_min" },
    series_ticker: market.series.ticker,
    settlement_sources: [{ name: "CF Benchmarks", url: "https://www.cfbenchmarks.com/" }],
    strike_date: timeText(market.closeTime),
    strike_period: "",
    sub_title: `${easternText(market.openTime)} to ${easternText(market.closeTime)}`,
    title: `${market.series.coin} 15 min${target}`,
  };
}
