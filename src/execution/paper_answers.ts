/**
 * What the paper exchange answers, in the shapes that a real venue's answers come in.
 * @module
 */

import type { Input } from "../core/input.ts";
import type { OrderIntent, OrderTerms } from "../core/order.ts";
import { type Count, count, type Micros } from "../core/units.ts";
import type { PaperExecution } from "./paper_book.ts";
import type { PaperOrder } from "./paper_order.ts";
import type { PaperRefusal } from "./paper_rules.ts";

export type PaperAnswer = Extract<
  Input,
  {
    type:
      | "order_accepted"
      | "order_rejected"
      | "order_cancelled"
      | "order_changed"
      | "change_failed"
      | "order_update"
      | "fill";
  }
>;

const orderIdOf = ({ clientOrderId }: OrderIntent): string => `paper-${clientOrderId}`;

/** @param remaining what of it rests now */
export function accepted({ intent, filled }: PaperOrder, remaining: Count, at: Micros): PaperAnswer {
  return {
    type: "order_accepted",
    at,
    clientOrderId: intent.clientOrderId,
    orderId: orderIdOf(intent),
    fillCount: filled,
    remainingCount: remaining,
  };
}

export function rejected(clientOrderId: string, { code, reason }: PaperRefusal, at: Micros): PaperAnswer {
  return { type: "order_rejected", at, clientOrderId, code, reason };
}

/** What reduce-only took away before counts as cancelled, too: the sender was not told of it. */
export function cancelled({ intent: { clientOrderId }, wanted, filled }: PaperOrder, at: Micros): PaperAnswer {
  return { type: "order_cancelled", at, clientOrderId, reducedBy: count(wanted - filled) };
}

/** @param terms as they were asked for; `null` for a decrease */
export function changed({ intent, filled, left }: PaperOrder, terms: OrderTerms | null, at: Micros): PaperAnswer {
  return {
    type: "order_changed",
    at,
    clientOrderId: intent.clientOrderId,
    orderId: orderIdOf(intent),
    terms,
    fillCount: filled,
    remainingCount: left,
  };
}

export function changeFailed(
  clientOrderId: string,
  gone: boolean,
  { code, reason }: PaperRefusal,
  at: Micros,
): PaperAnswer {
  return { type: "change_failed", at, clientOrderId, gone, code, reason };
}

/** As the exchange's lists have an order that is over. */
export function listed({ intent, price, wanted, filled }: PaperOrder, at: Micros): PaperAnswer {
  return {
    type: "order_update",
    at,
    order: {
      orderId: orderIdOf(intent),
      clientOrderId: intent.clientOrderId,
      ticker: intent.ticker,
      side: intent.side,
      price,
      status: filled === wanted ? "executed" : "canceled",
      initialCount: wanted,
      fillCount: filled,
      remainingCount: count(0),
    },
  };
}

export function filled({ order, price, count: contracts, fee, role, number, at }: PaperExecution): PaperAnswer {
  const { clientOrderId, ticker, side } = order.intent;
  return {
    type: "fill",
    at,
    fill: {
      tradeId: `paper-${clientOrderId}-${number}`,
      orderId: orderIdOf(order.intent),
      clientOrderId,
      ticker,
      side,
      price,
      count: contracts,
      fee,
      isTaker: role === "taker",
      executedAt: at,
    },
  };
}
