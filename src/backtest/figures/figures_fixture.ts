/**
 * Executions for the tests of this folder.
 * @module
 */

import type { TradeRecord } from "../../core/record.ts";
import { count, micros, money, price } from "../../core/units.ts";

/** 2026-10-06, a Tuesday, at noon UTC. */
export const NOON = micros(Date.UTC(2026, 9, 6, 12) * 1_000);

export interface DrawnExecution {
  readonly side: "bid" | "ask";
  readonly price: number;
  readonly count: number;
  readonly fee: number;
  readonly mid: number | null;
  readonly at?: number;
  readonly ticker?: string;
  readonly strategy?: string;
  readonly signal?: string;
  readonly edge?: number | null;
  readonly probability?: number | null;
}

export function execution(drawn: DrawnExecution): TradeRecord {
  const { ticker = "KXBTC15M-X", strategy = "settlement_edge", signal = "gap", edge = null, probability = null } =
    drawn;
  return {
    kind: "trade",
    tradeId: crypto.randomUUID(),
    clientOrderId: null,
    ticker,
    side: drawn.side,
    price: price(drawn.price),
    count: count(drawn.count),
    fee: money(drawn.fee),
    isTaker: true,
    at: micros(drawn.at ?? NOON),
    strategy,
    signal,
    evidence: {
      spot: null,
      strike: null,
      modelProbability: probability,
      marketProbability: drawn.mid,
      edge,
      kellyFraction: null,
      expectedValue: null,
      aroc: null,
    },
    realised: money(0),
  };
}
