/**
 * Hand-made orders and fills for tests.
 * @module
 */

import { after, aMarket, NOON, QUADRATIC } from "../core/market_fixture.ts";
import type { FillReport, OrderIntent, OrderReport } from "../core/order.ts";
import type { Evidence } from "../core/record.ts";
import { count, money, price } from "../core/units.ts";

export { after, aMarket, NOON, QUADRATIC };

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
