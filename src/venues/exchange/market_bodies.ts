/**
 * REST bodies of public data, field by field as captured from the real exchange (KALSHI.md 3.5 to 3.11).
 * @module
 */

import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { PublicTrade } from "./events.ts";
import type { ListedMarket } from "./listed_market.ts";
import {
  eventSubTitle,
  eventTitle,
  marketTitle,
  noSubTitle,
  RULES_SECONDARY,
  rulesPrimary,
  yesSubTitle,
} from "./market_words.ts";
import { CRYPTO_SHARD, type Series, seriesTag } from "./series.ts";
import { countText, levelTexts, noPrice, priceText, timeText } from "./wire.ts";

type Body = Record<string, unknown>;

export const SETTLEMENT_SOURCES = [{ name: "CF Benchmarks", url: "https://www.cfbenchmarks.com/" }];
const EXPIRATION_DELAY = 5 * MICROS_PER_MINUTE;
const LATEST_EXPIRATION_DELAY = 7 * MICROS_PER_DAY;

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

export const priceRangeBodies = (market: ListedMarket): readonly Body[] =>
  market.ranges.map(({ start, end, step }) => ({
    start: priceText(start),
    end: priceText(end),
    step: priceText(step),
  }));

/** `custom_strike`, and a ladder's `subtitle`. */
const kindFields = (market: ListedMarket): Body =>
  market.series.shape === "up_down" ? { custom_strike: { round_digits: "2" } } : { subtitle: yesSubTitle(market) };

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
    ...(market.terms.capStrike === null ? {} : { cap_strike: market.terms.capStrike }),
    close_time: timeText(market.closeTime),
    created_time: timeText(market.createdAt),
    ...kindFields(market),
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
    no_sub_title: noSubTitle(market),
    notional_value_dollars: "1.0000",
    occurrence_datetime: expected,
    open_interest_fp: countText(market.openInterest),
    open_time: timeText(market.openTime),
    previous_price_dollars: "0.0000",
    previous_yes_ask_dollars: "0.0000",
    previous_yes_bid_dollars: "0.0000",
    price_level_structure: market.structure,
    price_ranges: priceRangeBodies(market),
    result: market.result,
    rules_primary: rulesPrimary(market),
    rules_secondary: RULES_SECONDARY,
    settlement_bounds_type: "default",
    settlement_timer_seconds: market.series.settlementTimerSeconds,
    ...settled,
    status: market.status,
    strike_type: market.terms.strikeType,
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
    frequency: series.frequency,
    last_updated_ts: timeText(updatedAt),
    product_metadata: { simulated: true },
    settlement_sources: SETTLEMENT_SOURCES,
    tags: [series.coin, seriesTag(series.frequency)],
    ticker: series.ticker,
    title: series.title,
  };
}

/** The body of an event, told by any of its markets. */
export function eventBody(market: ListedMarket): Body {
  return {
    category: "Crypto",
    collateral_return_type: "",
    event_ticker: market.event,
    exchange_index: market.shard,
    last_updated_ts: timeText(market.updatedAt),
    mutually_exclusive: market.series.shape === "range",
    product_metadata: { cadence: market.series.frequency },
    series_ticker: market.series.ticker,
    settlement_sources: SETTLEMENT_SOURCES,
    strike_date: timeText(market.closeTime),
    strike_period: "",
    sub_title: eventSubTitle(market),
    title: eventTitle(market),
  };
}
