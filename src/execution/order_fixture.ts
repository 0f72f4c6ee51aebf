/**
 * Hand-made orders and fills for tests.
 * @module
 */

import type { FeeSchedule, Market } from "../core/market.ts";
import type { FillReport, OrderIntent, OrderReport } from "../core/order.ts";
import { NAMED_PRICE_RANGES } from "../core/price_grid.ts";
import type { Evidence } from "../core/record.ts";
import { count, type Micros, micros, MICROS_PER_SECOND, money, price } from "../core/units.ts";

/** 2026-11-20 12:00:00 UTC, the start of a quarter hour. */
export const NOON: Micros = micros(1_795_176_000 * MICROS_PER_SECOND);
/** So many seconds after noon. */
export const after = (seconds: number): Micros => micros(NOON + Math.round(seconds * MICROS_PER_SECOND));

export const QUADRATIC: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };

export const EVIDENCE: Evidence = {
  spot: null,
  strike: null,
  modelProbability: 0.5,
  marketProbability: null,
  edge: null,
  kellyFraction: null,
  expectedValue: null,
  aroc: null,
};

/** KXBTC15M-26NOV200715-15, which closes a quarter of an hour after noon UTC. */
export function aMarket(change: Partial<Market> = {}): Market {
  return {
    ticker: "KXBTC15M-26NOV200715-15",
    event: "KXBTC15M-26NOV200715",
    series: "KXBTC15M",
    status: "active",
    openTime: NOON,
    closeTime: after(900),
    strikeType: "greater_or_equal",
    floorStrike: 84_000,
    capStrike: null,
    roundDigits: 2,
    priceRanges: NAMED_PRICE_RANGES.deci_cent,
    shard: 2,
    fees: QUADRATIC,
    result: "",
    expirationValue: null,
    settlementValue: null,
    ...change,
  };
}

export function anIntent(change: Partial<OrderIntent> = {}): OrderIntent {
  return {
    clientOrderId: "bot-1",
    ticker: aMarket().ticker,
    side: "bid",
    price: price(5_000),
    count: count(1_000),
    timeInForce: "good_till_canceled",
    postOnly: false,
    reduceOnly: false,
    expiresAt: null,
    shard: 2,
    strategy: "settlement_edge",
    signal: "baseline_gap",
    ...change,
  };
}

export function aFill(change: Partial<FillReport> = {}): FillReport {
  return {
    tradeId: "t-1",
    orderId: "o-1",
    clientOrderId: "bot-1",
    ticker: aMarket().ticker,
    side: "bid",
    price: price(5_000),
    count: count(400),
    fee: money(0),
    isTaker: true,
    executedAt: NOON,
    ...change,
  };
}

export function aReport(change: Partial<OrderReport> = {}): OrderReport {
  return {
    orderId: "o-1",
    clientOrderId: "bot-1",
    ticker: aMarket().ticker,
    side: "bid",
    price: price(5_000),
    status: "resting",
    initialCount: count(1_000),
    fillCount: count(0),
    remainingCount: count(1_000),
    ...change,
  };
}
