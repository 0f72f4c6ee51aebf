/**
 * REST bodies of public data, field by field as captured from the real exchange (KALSHI.md 3.5 to 3.11).
 * @module
 */

import { type Micros, micros, MICROS_PER_DAY, MICROS_PER_MINUTE } from "../../core/units.ts";
import type { PublicTrade } from "./events.ts";
import type { ListedMarket } from "./listed_market.ts";
import { climateEarlyClose } from "./climate_words.ts";
import { wordsOf } from "./market_words.ts";
import { categoryOf, feesOf, type Series, shardOf, tagsOf } from "./series.ts";
import { countText, levelTexts, noPrice, priceText, timeText } from "./wire.ts";

type Body = Record<string, unknown>;

const SOURCES: Readonly<Record<Series["kind"], { readonly name: string; readonly url: string }>> = {
  crypto: { name: "CF Benchmarks", url: "https://www.cfbenchmarks.com/" },
  climate: { name: "The Weather Company", url: "https://weather.com/kalshi" },
  rates: { name: "Federal Reserve", url: "https://www.federalreserve.gov/monetarypolicy/fomccalendars.htm" },
};
/** Who says what markets settle on. */
export const settlementSources = ({ kind }: Series): readonly object[] => [SOURCES[kind]];

/** From the close until a market is expected to expire. A day's temperature is by the clock: its report comes at 14:00Z. */
const EXPIRATION_DELAYS = { crypto: 5 * MICROS_PER_MINUTE, rates: 10 * MICROS_PER_MINUTE } as const;
const REPORT_EXPECTED = 14 * 60 * MICROS_PER_MINUTE;
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

export function expectedExpiration({ series: { kind }, closeTime }: ListedMarket): Micros {
  return kind === "climate"
    ? micros(Math.floor(closeTime / MICROS_PER_DAY) * MICROS_PER_DAY + REPORT_EXPECTED)
    : micros(closeTime + EXPIRATION_DELAYS[kind]);
}

export const priceRangeBodies = (market: ListedMarket): readonly Body[] =>
  market.ranges.map(({ start, end, step }) => ({
    start: priceText(start),
    end: priceText(end),
    step: priceText(step),
  }));

const isWindow = ({ series }: ListedMarket): boolean => series.kind === "crypto" && series.shape === "up_down";

/** `custom_strike`, where a market has one. */
export function customStrikeFields(market: ListedMarket): Body {
  const { customStrike } = market.terms;
  if (customStrike !== undefined) return { custom_strike: customStrike.body };
  return isWindow(market) ? { custom_strike: { round_digits: "2" } } : {};
}

/** What only some kinds of markets have: windows no `subtitle`, and daily temperatures a condition of their close. */
const kindFields = (market: ListedMarket, subtitle: string): Body => ({
  ...customStrikeFields(market),
  ...(isWindow(market) ? {} : { subtitle }),
  ...(market.series.kind === "climate" ? { early_close_condition: climateEarlyClose(market) } : {}),
});

/** When what a market is about happens: the day of a temperature, otherwise when it expires. */
const occurrence = (market: ListedMarket): Micros =>
  micros(expectedExpiration(market) - (market.series.kind === "climate" ? MICROS_PER_DAY : 0));

export function marketBody(market: ListedMarket): Body {
  const words = wordsOf(market);
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
    ...kindFields(market, words.yesSubTitle),
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
    no_sub_title: words.noSubTitle,
    notional_value_dollars: "1.0000",
    occurrence_datetime: timeText(occurrence(market)),
    open_interest_fp: countText(market.openInterest),
    open_time: timeText(market.openTime),
    previous_price_dollars: "0.0000",
    previous_yes_ask_dollars: "0.0000",
    previous_yes_bid_dollars: "0.0000",
    price_level_structure: market.structure,
    price_ranges: priceRangeBodies(market),
    result: market.result,
    rules_primary: words.rulesPrimary,
    rules_secondary: words.rulesSecondary,
    settlement_bounds_type: "default",
    settlement_timer_seconds: market.series.settlementTimerSeconds,
    ...settled,
    status: market.status,
    strike_type: market.terms.strikeType,
    ticker: market.ticker,
    title: words.title,
    updated_time: timeText(market.updatedAt),
    volume_24h_fp: countText(market.volume),
    volume_fp: countText(market.volume),
    yes_ask_dollars: priceText(ask),
    yes_ask_size_fp: countText(askSize),
    yes_bid_dollars: priceText(bid),
    yes_bid_size_fp: countText(bidSize),
    yes_sub_title: words.yesSubTitle,
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
    categories: [categoryOf(series)],
    category: categoryOf(series),
    contract_terms_url: "",
    contract_url: "",
    exchange_index: shardOf(series),
    fee_multiplier: 1,
    fee_type: feesOf(series).type,
    frequency: series.frequency,
    last_updated_ts: timeText(updatedAt),
    product_metadata: { simulated: true },
    settlement_sources: settlementSources(series),
    tags: tagsOf(series),
    ticker: series.ticker,
    title: series.title,
  };
}

/** Whether exactly one market of each event pays YES. */
export const hasOneWinner = (series: Series): boolean =>
  series.kind === "climate" || series.shape === "range" || series.shape === "decision";

/** The body of an event, told by any of its markets. */
export function eventBody(market: ListedMarket): Body {
  const { series } = market;
  const words = wordsOf(market);
  return {
    category: categoryOf(series),
    collateral_return_type: "",
    event_ticker: market.event,
    exchange_index: market.shard,
    last_updated_ts: timeText(market.updatedAt),
    mutually_exclusive: hasOneWinner(series),
    product_metadata: { cadence: series.frequency },
    series_ticker: series.ticker,
    settlement_sources: settlementSources(series),
    strike_date: timeText(market.closeTime),
    strike_period: "",
    sub_title: words.eventSubTitle,
    title: words.eventTitle,
  };
}
