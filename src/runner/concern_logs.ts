/**
 * What the logs beside the main one hold: `trades`, `signals` and `latency`, one JSON line each, with fields for programs
 * (README.md lists them). Money, prices and counts are exact decimal texts; times that were measured are numbers with their
 * unit in the name.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { Input } from "../core/input.ts";
import type { AuditRecord, Evidence, OrderRecord, SettlementRecord, StateRecord, TradeRecord } from "../core/record.ts";
import {
  formatCount,
  formatMoney,
  formatPrice,
  formatTime,
  type Micros,
  MICROS_PER_MILLISECOND,
} from "../core/units.ts";
import type { RunSight } from "./run_alerts.ts";
import type { RunWatcher } from "./pump.ts";
import type { StepTimes } from "./step_times.ts";

/** Between two lines of latency. */
export const LATENCY_EVERY_MS = 10_000;
/** Records that wait to be written; more are written at once. */
const WAITING_MAX = 10_000;
/** Orders without an answer whose sending is remembered, and answers of one interval that are measured. */
const ORDERS_MAX = 10_000;

const trades = getLogger(["kbot", "trades"]);
const signals = getLogger(["kbot", "signals"]);
const latency = getLogger(["kbot", "latency"]);

/** Orders at a simulated exchange, or on paper, are named so in every line. */
export interface LineOrigin {
  readonly run: string;
  readonly mode: "paper" | "live";
  readonly simulated: boolean;
}

const evidenceOf = (evidence: Evidence) => ({
  spot_usd: evidence.spot,
  strike_usd: evidence.strike,
  model_probability: evidence.modelProbability,
  market_probability: evidence.marketProbability,
  edge_usd: evidence.edge,
  kelly_fraction: evidence.kellyFraction,
  expected_value_usd: evidence.expectedValue,
  aroc: evidence.aroc,
});

export class ConcernLogs implements RunWatcher {
  readonly #origin: LineOrigin;
  /** When orders without an answer were sent. */
  readonly #sent = new Map<string, Micros>();
  #answers: number[] = [];
  /** Not written where they arise: an order must not wait for its log line. */
  #waiting: StateRecord[] = [];

  constructor(origin: LineOrigin) {
    this.#origin = origin;
  }

  input(_input: Input): void {
    // What alone reaches the engine is in the journal.
  }

  trouble(): void {
    // The main log says it.
  }

  record(record: StateRecord): void {
    const { kind } = record;
    if (kind !== "trade" && kind !== "settlement" && kind !== "order" && kind !== "audit") return;
    this.#waiting.push(record);
    if (this.#waiting.length >= WAITING_MAX) this.flush();
  }

  /** Writes what came since the last call. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const record of waiting) this.#write(record);
  }

  #write(record: StateRecord): void {
    switch (record.kind) {
      case "trade":
        return this.#trade(record);
      case "settlement":
        return this.#settlement(record);
      case "order":
        return this.#order(record);
      case "audit":
        return this.#refused(record);
      default:
        return;
    }
  }

  /** Says how long things took since it was called last. */
  latency(times: StepTimes, { venue, feeds }: RunSight): void {
    this.flush();
    const answers = this.#answers.sort((a, b) => a - b);
    this.#answers = [];
    const { timed, p50Us, p99Us, maxUs } = times.take();
    latency.info("Latency", {
      ...this.#origin,
      steps_timed: timed,
      step_p50_us: p50Us,
      step_p99_us: p99Us,
      step_max_us: maxUs,
      orders_answered: answers.length,
      order_answer_p50_ms: quantile(answers, 0.5),
      order_answer_p99_ms: quantile(answers, 0.99),
      order_answer_max_ms: answers.at(-1) ?? null,
      request_ms: venue.requestLatencyMs,
      requests: venue.requests,
      request_errors: venue.requestErrors,
      clock_offset_ms: venue.clockOffsetMs,
      feeds: Object.fromEntries(
        feeds.map(({ name, by, ageMs, latencyMs }) => [name, { by, age_ms: ageMs, latency_ms: latencyMs }]),
      ),
    });
  }

  #trade(trade: TradeRecord): void {
    const { ticker, side, price, count, fee, at, executedAt, realised } = trade;
    trades.info("Fill", {
      ...this.#origin,
      kind: "fill",
      at: formatTime(at),
      executed_at: executedAt === undefined ? null : formatTime(executedAt),
      trade_id: trade.tradeId,
      client_order_id: trade.clientOrderId,
      ticker,
      side,
      price: formatPrice(price),
      count: formatCount(count),
      fee: formatMoney(fee),
      realised: formatMoney(realised),
      is_taker: trade.isTaker,
      strategy: trade.strategy,
      signal: trade.signal,
      ...evidenceOf(trade.evidence),
    });
  }

  #settlement({ ticker, result, position, payout, pnl, at }: SettlementRecord): void {
    trades.info("Settlement", {
      ...this.#origin,
      kind: "settlement",
      at: formatTime(at),
      ticker,
      result,
      position: formatCount(position),
      payout: formatMoney(payout),
      pnl: formatMoney(pnl),
    });
  }

  #order(order: OrderRecord): void {
    const { clientOrderId, phase, sentAt, updatedAt } = order;
    if (phase !== "sent") {
      const sent = this.#sent.get(clientOrderId);
      this.#sent.delete(clientOrderId);
      // An answer that was lost took no time that could be told.
      if (sent !== undefined && phase !== "unknown" && this.#answers.length < ORDERS_MAX) {
        this.#answers.push((updatedAt - sent) / MICROS_PER_MILLISECOND);
      }
      return;
    }
    if (this.#sent.has(clientOrderId)) return;
    if (this.#sent.size >= ORDERS_MAX) this.#sent.clear();
    this.#sent.set(clientOrderId, sentAt);
    signals.info("Order", {
      ...this.#origin,
      kind: "order",
      at: formatTime(sentAt),
      client_order_id: clientOrderId,
      ticker: order.ticker,
      side: order.side,
      price: formatPrice(order.price),
      count: formatCount(order.count),
      strategy: order.strategy,
      signal: order.signal,
      ...evidenceOf(order.evidence),
    });
  }

  #refused({ event, at, ticker, text }: AuditRecord): void {
    if (event !== "refused") return;
    signals.info("Refused", {
      ...this.#origin,
      kind: "refused",
      at: formatTime(at),
      ticker,
      reason: text,
    });
  }
}

/** Of numbers in order; `null` of none. */
function quantile(sorted: readonly number[], part: number): number | null {
  return sorted.length === 0 ? null : sorted[Math.ceil(part * sorted.length) - 1];
}
