/**
 * The bodies (`msg`) of data frames, as text: made once for an event, whoever hears it (KALSHI.md 5.6 to 5.9).
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { Position } from "./account.ts";
import type { BookEvent, FastIndexTick, GroupEventKind, IndexTick, LifecycleKind, PublicTrade } from "./events.ts";
import type { ListedMarket } from "./listed_market.ts";
import { customStrikeFields, expectedExpiration, priceRangeBodies, quotes } from "./market_bodies.ts";
import { wordsOf } from "./market_words.ts";
import type { OrderGroup } from "./order_groups.ts";
import type { MemberFill, MemberOrder, UpdateReason } from "./order.ts";
import { countText, direction, levelTexts, millis, moneyText, noPrice, priceText, seconds, timeText } from "./wire.ts";

const MICROS_PER_DOLLAR = 1_000_000;
const AVERAGED_SECONDS = 60;

/** A delta; `yesPrice` gives NO levels in YES prices (`use_yes_price`). */
export function deltaMessage(event: BookEvent, yesPrice: boolean): string {
  const { market, side, price, delta, at, cause } = event;
  return JSON.stringify({
    market_ticker: market.ticker,
    market_id: market.id,
    price_dollars: priceText(side === "bid" || yesPrice ? price : noPrice(price)),
    delta_fp: countText(delta),
    side: side === "bid" ? "yes" : "no",
    ...(cause === null ? {} : { client_order_id: cause.clientOrderId, subaccount: cause.account.subaccount }),
    ts: timeText(at),
    ts_ms: millis(at),
  });
}

/** A whole book. A side that is empty has no key at all (KALSHI.md 5.6). */
export function snapshotMessage(market: ListedMarket, yesPrice: boolean): string {
  const yes = levelTexts(market.book.levels("bid"));
  const asks = market.book.levels("ask");
  // Ascending in the prices that are printed: NO prices rise where YES prices fall.
  const no = yesPrice
    ? levelTexts(asks.toReversed())
    : levelTexts(asks.map(([price, size]) => [noPrice(price), size] as const));
  return JSON.stringify({
    market_ticker: market.ticker,
    market_id: market.id,
    ...(yes.length === 0 ? {} : { yes_dollars_fp: yes }),
    ...(no.length === 0 ? {} : { no_dollars_fp: no }),
  });
}

export function tickerMessage(market: ListedMarket, at: Micros): string {
  const { bid, ask, bidSize, askSize } = quotes(market);
  return JSON.stringify({
    market_ticker: market.ticker,
    market_id: market.id,
    price_dollars: priceText(market.last?.price ?? 0),
    yes_bid_dollars: priceText(bid),
    yes_ask_dollars: priceText(ask),
    yes_bid_size_fp: countText(bidSize),
    yes_ask_size_fp: countText(askSize),
    last_trade_size_fp: countText(market.last?.count ?? 0),
    volume_fp: countText(market.volume),
    open_interest_fp: countText(market.openInterest),
    dollar_volume: Math.floor(market.dollarVolume / MICROS_PER_DOLLAR),
    dollar_open_interest: Math.floor(market.openInterest * (market.last?.price ?? 0) / MICROS_PER_DOLLAR),
    ts: seconds(at),
    ts_ms: millis(at),
    time: timeText(at),
  });
}

export function tradeMessage(trade: PublicTrade): string {
  const taker = trade.takerSide === "bid" ? "yes" : "no";
  return JSON.stringify({
    trade_id: trade.id,
    market_ticker: trade.market.ticker,
    yes_price_dollars: priceText(trade.price),
    no_price_dollars: priceText(noPrice(trade.price)),
    count_fp: countText(trade.count),
    taker_side: taker,
    taker_outcome_side: taker,
    taker_book_side: trade.takerSide,
    is_block_trade: false,
    ts: seconds(trade.at),
    ts_ms: millis(trade.at),
  });
}

function createdFields(market: ListedMarket): Record<string, unknown> {
  const words = wordsOf(market);
  return {
    open_ts: seconds(market.openTime),
    close_ts: seconds(market.closeTime),
    exchange_index: market.shard,
    price_level_structure: market.structure,
    additional_metadata: {
      name: words.title,
      title: words.title,
      yes_sub_title: words.yesSubTitle,
      no_sub_title: words.noSubTitle,
      rules_primary: words.rulesPrimary,
      rules_secondary: words.rulesSecondary,
      can_close_early: true,
      event_ticker: market.event,
      expected_expiration_ts: seconds(expectedExpiration(market)),
      strike_type: market.terms.strikeType,
      ...(market.floorStrike === null ? {} : { floor_strike: market.floorStrike }),
      ...(market.terms.capStrike === null ? {} : { cap_strike: market.terms.capStrike }),
      ...customStrikeFields(market),
    },
  };
}

function lifecycleFields(kind: LifecycleKind, market: ListedMarket, at: Micros): Record<string, unknown> {
  switch (kind) {
    case "created":
      return createdFields(market);
    case "metadata_updated":
      return {
        strike_type: market.terms.strikeType,
        floor_strike: market.floorStrike,
        yes_sub_title: wordsOf(market).yesSubTitle,
      };
    case "price_level_structure_updated":
      return { price_level_structure: market.structure, price_ranges: priceRangeBodies(market) };
    case "determined":
      return {
        determination_ts: seconds(at),
        result: market.result,
        settlement_value: priceText(market.yesValue ?? 0),
      };
    case "settled":
      return { settled_ts: seconds(at) };
  }
}

export function lifecycleMessage(kind: LifecycleKind, market: ListedMarket, at: Micros): string {
  return JSON.stringify({ market_ticker: market.ticker, event_type: kind, ...lifecycleFields(kind, market, at) });
}

export function eventCreatedMessage(market: ListedMarket): string {
  return JSON.stringify({
    event_ticker: market.event,
    exchange_index: market.shard,
    title: wordsOf(market).eventTitle,
    subtitle: "",
    collateral_return_type: "",
    series_ticker: market.series.ticker,
  });
}

export function indexMessage(tick: IndexTick): string {
  const sourceMs = tick.second * 1_000;
  const receivedMs = millis(tick.receivedAt);
  const value = tick.value.toFixed(2);
  const closing = tick.closing;
  return JSON.stringify({
    index_id: tick.index,
    received_at: receivedMs,
    data: JSON.stringify({ type: "value", time: sourceMs, id: tick.index, value }),
    avg_60s_data: {
      value: tick.prior.mean.toFixed(8),
      window_size: tick.prior.size,
      window_start_ts_ms: sourceMs - AVERAGED_SECONDS * 1_000,
      window_end_ts_exclusive: sourceMs,
    },
    ...(closing === null ? {} : {
      last_60s_windowed_average_15min: {
        value: closing.mean.toFixed(8),
        window_size: closing.size,
        window_start_ts_ms: (closing.closeSecond - AVERAGED_SECONDS) * 1_000,
        window_end_ts_exclusive: receivedMs,
      },
    }),
  });
}

/** One of five values a second (KALSHI.md 5.9). */
export function fastIndexMessage(tick: FastIndexTick): string {
  const sourceMs = millis(tick.sourceAt);
  const value = tick.value.toFixed(2);
  return JSON.stringify({
    index_id: tick.index,
    value_usd: tick.value.toFixed(8),
    source_ts_ms: sourceMs,
    received_at: millis(tick.receivedAt),
    data: JSON.stringify({ type: "value", time: sourceMs, id: tick.index, value }),
  });
}

export function groupMessage(kind: GroupEventKind, group: OrderGroup, at: Micros): string {
  return JSON.stringify({
    event_type: kind,
    order_group_id: group.id,
    ...(kind === "created" || kind === "limit_updated" ? { contracts_limit_fp: countText(group.limit) } : {}),
    ts_ms: millis(at),
  });
}

export function fillMessage(fill: MemberFill): string {
  const { order } = fill;
  return JSON.stringify({
    trade_id: fill.tradeId,
    order_id: order.id,
    client_order_id: order.clientOrderId,
    market_ticker: order.market.ticker,
    exchange_index: order.market.shard,
    is_taker: fill.isTaker,
    ...direction(order.side),
    purchased_side: order.side === "bid" ? "yes" : "no",
    yes_price_dollars: priceText(fill.price),
    count_fp: countText(fill.count),
    fee_cost: moneyText(fill.fee),
    post_position_fp: countText(fill.position),
    ts: seconds(fill.at),
    ts_ms: millis(fill.at),
    subaccount: order.account.subaccount,
  });
}

export function orderMessage(order: MemberOrder, reason: UpdateReason, userId: string): string {
  const { side, outcome_side, book_side } = direction(order.side);
  return JSON.stringify({
    order_id: order.id,
    user_id: userId,
    ticker: order.market.ticker,
    exchange_index: order.market.shard,
    status: order.status,
    side,
    is_yes: order.side === "bid",
    outcome_side,
    book_side,
    yes_price_dollars: priceText(order.price),
    initial_count_fp: countText(order.initial),
    fill_count_fp: countText(order.filled),
    remaining_count_fp: countText(order.remaining),
    taker_fill_cost_dollars: moneyText(order.takerCost),
    maker_fill_cost_dollars: moneyText(order.makerCost),
    taker_fees_dollars: moneyText(order.takerFees),
    maker_fees_dollars: moneyText(order.makerFees),
    client_order_id: order.clientOrderId,
    ...(order.terms.group === null ? {} : { order_group_id: order.terms.group }),
    self_trade_prevention_type: order.terms.prevention,
    created_time: timeText(order.terms.createdAt),
    created_ts_ms: millis(order.terms.createdAt),
    ...(order.expiresAt === null ? {} : {
      expiration_time: timeText(order.expiresAt),
      expiration_ts_ms: millis(order.expiresAt),
    }),
    last_update_time: timeText(order.updatedAt),
    last_updated_ts_ms: millis(order.updatedAt),
    ...(reason === "" ? {} : { last_update_reason: reason }),
    subaccount_number: order.account.subaccount,
  });
}

export function positionMessage(position: Position, userId: string): string {
  return JSON.stringify({
    user_id: userId,
    market_ticker: position.market.ticker,
    position_fp: countText(position.contracts),
    position_cost_dollars: moneyText(position.cost),
    realized_pnl_dollars: moneyText(position.realized),
    fees_paid_dollars: moneyText(position.fees),
    position_fee_cost_dollars: moneyText(position.contracts === 0 ? 0 : position.fees),
    volume_fp: countText(position.volume),
    subaccount: position.subaccount,
  });
}
