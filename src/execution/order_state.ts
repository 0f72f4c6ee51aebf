/**
 * One order as it is known here.
 * @module
 */

import type { OrderIntent, OrderPhase } from "../core/order.ts";
import type { Evidence, OrderRecord } from "../core/record.ts";
import { type Count, count, type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { type ChangingTerms, fixedTerms, largestCount } from "./order_change.ts";

/** Between the first questions after an order. */
export const FIND_EVERY_MIN = 1 * MICROS_PER_SECOND;

export interface OrderState extends ChangingTerms {
  /** As it was first meant; how it is now its `terms` say. */
  readonly intent: OrderIntent;
  readonly evidence: Evidence;
  readonly sentAt: Micros;
  orderId: string | null;
  phase: OrderPhase;
  /** Contracts of executions that were heard of one by one. */
  filled: Count;
  /**
   * Of an order of an earlier run, contracts by trade id of all executions told since, known ones too: that run may have
   * counted them without knowing whose they were. `null` for an order of this run.
   */
  readonly told: Map<string, Count> | null;
  /** Contracts filled by the exchange's own count; may run ahead of `filled` for a moment. */
  reported: Count;
  /** A cancel was asked for, and has not failed. */
  cancelling: boolean;
  /** No cancel is asked for again before then; 0 where none was. */
  cancelAgainAt: Micros;
  updatedAt: Micros;
  reason: string;
  absences: number;
  askedAt: Micros;
  askEvery: number;
}

export const isOpen = ({ phase }: { readonly phase: OrderPhase }): boolean =>
  phase === "sent" || phase === "unknown" || phase === "resting";

/** Contracts that may still fill; while it is being changed, by the larger of both counts. */
export const remaining = (order: OrderState): Count =>
  count(isOpen(order) ? Math.max(0, largestCount(order) - Math.max(order.filled, order.reported)) : 0);

/** It rests, it is known how, and neither a change nor a cancel of it is under way. */
export const isSettled = (order: OrderState, at: Micros): boolean =>
  order.phase === "resting" && order.change === null && !order.isVague && !isCancelling(order, at);

/** A cancel is under way, and something may still be heard of it. */
export const isCancelling = ({ cancelling, cancelAgainAt }: OrderState, at: Micros): boolean =>
  cancelling && at < cancelAgainAt;

/** Of a cancelled order, whether what was taken away tells what had filled: not where the exchange may have shrunk it. */
export const tellsFills = (order: OrderState): boolean =>
  !order.intent.reduceOnly && order.change === null && !order.isVague;

/** An order that leaves now. */
export const sentOrder = (intent: OrderIntent, evidence: Evidence, at: Micros): OrderState => ({
  ...fixedTerms({ price: intent.price, count: intent.count, expiresAt: intent.expiresAt }, at),
  intent,
  evidence,
  sentAt: at,
  orderId: null,
  phase: "sent",
  filled: count(0),
  told: null,
  reported: count(0),
  cancelling: false,
  cancelAgainAt: 0 as Micros,
  updatedAt: at,
  reason: "",
  absences: 0,
  askedAt: at,
  askEvery: FIND_EVERY_MIN,
});

/** An order of an earlier run: what became of it is unknown until the exchange was asked. */
export const resumedOrder = (record: OrderRecord): OrderState => ({
  ...fixedTerms({ price: record.price, count: record.count, expiresAt: record.expiresAt ?? null }, record.updatedAt),
  change: record.changing == null ? null : { kind: "amend", terms: record.changing, askedAt: record.updatedAt },
  intent: {
    clientOrderId: record.clientOrderId,
    ticker: record.ticker,
    side: record.side,
    price: record.price,
    count: record.count,
    timeInForce: "good_till_canceled",
    postOnly: record.postOnly ?? false,
    reduceOnly: record.reduceOnly ?? false,
    expiresAt: record.expiresAt ?? null,
    shard: record.shard,
    strategy: record.strategy,
    signal: record.signal,
  },
  evidence: record.evidence,
  sentAt: record.sentAt,
  orderId: record.orderId,
  phase: "unknown",
  filled: record.filled,
  told: new Map(),
  reported: record.filled,
  cancelling: false,
  cancelAgainAt: 0 as Micros,
  updatedAt: record.updatedAt,
  reason: "Open when the last run ended",
  absences: 0,
  askedAt: 0 as Micros,
  askEvery: FIND_EVERY_MIN,
});
