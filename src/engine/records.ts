/**
 * Rows for the store, made from the engine's own state.
 * @module
 */

import type { FillReport, OrderPhase } from "../core/order.ts";
import type { Evidence, OrderRecord, PositionRecord, TradeRecord } from "../core/record.ts";
import { type Count, count, formatTime, type Micros, MICROS_PER_MINUTE, type Money, money } from "../core/units.ts";
import type { Position } from "../execution/ledger.ts";
import type { OrderState } from "../execution/order_state.ts";

/** So far apart are rows of the portfolio while a run goes on. */
export const PORTFOLIO_EVERY = MICROS_PER_MINUTE;

export const NO_EVIDENCE: Evidence = {
  spot: null,
  strike: null,
  modelProbability: null,
  marketProbability: null,
  edge: null,
  kellyFraction: null,
  expectedValue: null,
  aroc: null,
};

/** Executions of an order that is over may still be missing: then the next run has to ask for it, as for an unknown one. */
const phaseOf = (order: OrderState): OrderPhase => order.reported > order.filled ? "unknown" : order.phase;

export const orderRecord = (order: OrderState): OrderRecord => ({
  kind: "order",
  clientOrderId: order.intent.clientOrderId,
  orderId: order.orderId,
  ticker: order.intent.ticker,
  side: order.intent.side,
  price: order.terms.price,
  count: order.terms.count,
  expiresAt: order.terms.expiresAt,
  postOnly: order.intent.postOnly,
  reduceOnly: order.intent.reduceOnly,
  changing: order.change?.terms ?? null,
  filled: order.filled,
  phase: phaseOf(order),
  shard: order.intent.shard,
  strategy: order.intent.strategy,
  signal: order.intent.signal,
  evidence: order.evidence,
  sentAt: order.sentAt,
  updatedAt: order.updatedAt,
  reason: order.reason,
});

export const tradeRecord = (
  fill: FillReport,
  order: OrderState | undefined,
  at: Micros,
  realised: Money,
): TradeRecord => ({
  kind: "trade",
  tradeId: fill.tradeId,
  clientOrderId: order?.intent.clientOrderId ?? fill.clientOrderId,
  ticker: fill.ticker,
  side: fill.side,
  price: fill.price,
  count: fill.count,
  fee: fill.fee,
  isTaker: fill.isTaker,
  at,
  executedAt: fill.executedAt,
  strategy: order?.intent.strategy ?? "unknown",
  signal: order?.intent.signal ?? "unknown",
  evidence: order?.evidence ?? NO_EVIDENCE,
  realised,
});

/** @param flows of its strategies, where those are kept */
export const positionRecord = (
  position: Position,
  parts: ReadonlyMap<string, Count>,
  flows: PositionRecord["flows"] | null = null,
): PositionRecord => ({
  kind: "position",
  ticker: position.ticker,
  position: position.position,
  cost: position.cost,
  realised: position.realised,
  fees: position.fees,
  strategy: position.strategy,
  parts: Object.fromEntries(parts),
  ...(flows === null ? {} : { flows }),
  updatedAt: position.updatedAt,
});

/** A market's last row: nothing is open any more, and `pnl` is the whole of it. */
export const settledPositionRecord = (position: Position, pnl: Money, at: Micros): PositionRecord => ({
  ...positionRecord(position, new Map()),
  position: count(0),
  cost: money(0),
  realised: pnl,
  updatedAt: at,
});

/** The UTC day, as `2026-11-20`. */
export const dayOf = (at: Micros): string => formatTime(at).slice(0, 10);
