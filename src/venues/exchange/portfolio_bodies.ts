/**
 * REST bodies of the member's own data (KALSHI.md 3.12, 3.13).
 * @module
 */

import { money, ONE_DOLLAR_PRICE } from "../../core/units.ts";
import type { Account, Position, SettledPosition } from "./account.ts";
import type { ExchangeCore } from "./exchange_core.ts";
import type { MemberFill, MemberOrder } from "./order.ts";
import type { Placed } from "./order_requests.ts";
import { SHARDS } from "./series.ts";
import { countText, direction, dollarsText, millis, moneyText, noPrice, priceText, seconds, timeText } from "./wire.ts";

type Body = Record<string, unknown>;

export const MICROS_PER_CENT = 10_000;

export function orderBody(order: MemberOrder, userId: string): Body {
  return {
    ...direction(order.side),
    client_order_id: order.clientOrderId,
    ...(order.terms.cancelOnPause ? { cancel_order_on_pause: true } : {}),
    created_time: timeText(order.terms.createdAt),
    exchange_index: order.market.shard,
    ...(order.expiresAt === null ? {} : { expiration_time: timeText(order.expiresAt) }),
    fill_count_fp: countText(order.filled),
    initial_count_fp: countText(order.initial),
    last_update_time: timeText(order.updatedAt),
    maker_fees_dollars: moneyText(order.makerFees),
    maker_fill_cost_dollars: moneyText(order.makerCost),
    no_price_dollars: priceText(noPrice(order.price)),
    ...(order.terms.group === null ? {} : { order_group_id: order.terms.group }),
    order_id: order.id,
    remaining_count_fp: countText(order.remaining),
    self_trade_prevention_type: order.terms.prevention,
    status: order.status,
    subaccount_number: order.account.subaccount,
    taker_fees_dollars: moneyText(order.takerFees),
    taker_fill_cost_dollars: moneyText(order.takerCost),
    ticker: order.market.ticker,
    type: "limit",
    user_id: userId,
    yes_price_dollars: priceText(order.price),
  };
}

/** Volume-weighted per contract, with as many digits as it takes but at least four. */
function average(sum: number, count: number): string {
  return moneyText(Math.round(sum * 100 / count)).replace(/0{1,2}$/, "");
}

/** The answer to create and amend: synchronous with the match (KALSHI.md 3.13). */
export function placedBody({ order, fills }: Placed): Body {
  let filled = 0;
  let fees = 0;
  let paid = 0;
  for (const fill of fills) {
    filled += fill.count;
    fees += fill.fee;
    paid += fill.price * fill.count;
  }
  return {
    ...(filled === 0 ? {} : { average_fee_paid: average(fees, filled), average_fill_price: average(paid, filled) }),
    client_order_id: order.clientOrderId,
    fill_count: countText(order.filled),
    order_id: order.id,
    remaining_count: countText(order.remaining),
    ts_ms: millis(order.updatedAt),
  };
}

export function fillBody(fill: MemberFill): Body {
  return {
    ...direction(fill.order.side),
    count_fp: countText(fill.count),
    created_time: timeText(fill.at),
    exchange_index: fill.order.market.shard,
    fee_cost: moneyText(fill.fee),
    fill_id: fill.tradeId,
    is_taker: fill.isTaker,
    market_ticker: fill.order.market.ticker,
    no_price_dollars: priceText(noPrice(fill.price)),
    order_id: fill.order.id,
    subaccount_number: fill.order.account.subaccount,
    ticker: fill.order.market.ticker,
    trade_id: fill.tradeId,
    ts: seconds(fill.at),
    yes_price_dollars: priceText(fill.price),
  };
}

export function positionBody(position: Position): Body {
  return {
    exchange_index: position.market.shard,
    fees_paid_dollars: moneyText(position.fees),
    last_updated_ts: timeText(position.updatedAt),
    market_exposure_dollars: moneyText(position.cost),
    position_fp: countText(position.contracts),
    realized_pnl_dollars: moneyText(position.realized),
    ticker: position.market.ticker,
    total_traded_dollars: moneyText(position.traded),
  };
}

/** The positions of one event, added up. */
export function eventPositionBody(positions: readonly Position[]): Body {
  const sum = (of: (position: Position) => number) => positions.reduce((total, position) => total + of(position), 0);
  const cost = moneyText(sum((position) => position.cost));
  return {
    event_exposure_dollars: cost,
    event_ticker: positions.at(0)?.market.event ?? "",
    fees_paid_dollars: moneyText(sum((position) => position.fees)),
    realized_pnl_dollars: moneyText(sum((position) => position.realized)),
    total_cost_dollars: cost,
    total_cost_shares_fp: countText(sum((position) => Math.abs(position.contracts))),
  };
}

export function settlementBody(settled: SettledPosition): Body {
  const yes = settled.contracts > 0;
  return {
    event_ticker: settled.market.event,
    exchange_index: settled.market.shard,
    fee_cost: moneyText(settled.fees),
    market_result: settled.yesValue === ONE_DOLLAR_PRICE ? "yes" : "no",
    no_count_fp: countText(yes ? 0 : -settled.contracts),
    no_total_cost_dollars: moneyText(yes ? 0 : settled.cost),
    revenue: Math.floor(settled.payout / MICROS_PER_CENT),
    settled_time: timeText(settled.at),
    ticker: settled.market.ticker,
    value: settled.yesValue / 100,
    yes_count_fp: countText(yes ? settled.contracts : 0),
    yes_total_cost_dollars: moneyText(yes ? settled.cost : 0),
  };
}

/** What the open positions would bring at the best quotes of the moment. */
function portfolioValue(exchange: ExchangeCore, account: Account, shard: number | null): number {
  let sum = 0;
  for (const position of account.positions) {
    const { market, contracts } = position;
    if (contracts === 0 || (shard !== null && market.shard !== shard)) continue;
    const book = exchange.markets.get(market.ticker)?.book;
    const each = contracts > 0 ? book?.best("bid") ?? 0 : ONE_DOLLAR_PRICE - (book?.best("ask") ?? ONE_DOLLAR_PRICE);
    sum += each * Math.abs(contracts);
  }
  return sum;
}

/**
 * `balance` is what can be traded with: cash less what resting orders bind. Of one account; all shards, or one.
 */
export function balanceBody(exchange: ExchangeCore, account: Account, shard: number | null): Body {
  const shards = SHARDS.map(([number]) => number).filter((number) => shard === null || number === shard);
  const available = shards.map((number) => ({ number, free: exchange.desk.available(number, account) }));
  const total = money(available.reduce((sum, { free }) => sum + free, 0));
  return {
    balance: Math.floor(total / MICROS_PER_CENT),
    balance_breakdown: available.filter(({ number, free }) => free !== 0 || number === 0).map(({ number, free }) => ({
      balance: dollarsText(free),
      exchange_index: number,
    })),
    balance_dollars: dollarsText(total),
    portfolio_value: Math.floor(portfolioValue(exchange, account, shard) / MICROS_PER_CENT),
    updated_ts: seconds(exchange.now),
  };
}
