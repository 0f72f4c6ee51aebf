/**
 * What became of an order: every answer, change and execution, its end, and how its market ended for the account. Fed with
 * the lines of the journal that follow on its sending. Live, the answers are inputs; on paper the engine answers itself,
 * and what it recorded tells.
 * @module
 */

import type { PlaceAction } from "../../core/action.ts";
import type { Input, LifecycleInput } from "../../core/input.ts";
import type { OrderTerms } from "../../core/order.ts";
import type { OrderRecord, SettlementRecord, TradeRecord } from "../../core/record.ts";
import {
  type Count,
  count,
  formatCount,
  formatMoney,
  formatPrice,
  formatTime,
  type Micros,
  money,
  price,
} from "../../core/units.ts";
import type { JournalEntry } from "../../engine/journal.ts";
import { isOrderAction, isRecordOf, type OrderAction } from "./recorded_actions.ts";

/** Something that happened to the order. */
export interface OrderEvent {
  readonly at: string;
  /** Since it was sent, milliseconds by the run's clock. */
  readonly after_ms: number;
  readonly event: string;
  readonly detail: string;
}

/** One execution. */
export interface OrderFill {
  readonly trade_id: string;
  /** When it was heard of. */
  readonly at: string;
  /** When the exchange executed it; `null` where that was not kept. */
  readonly executed_at: string | null;
  readonly after_ms: number;
  /** YES price. */
  readonly price: string;
  readonly count: string;
  readonly fee: string;
  readonly role: "taker" | "maker";
  /** Profit realised where it closed part of a position, after its fee. */
  readonly realised: string;
}

/** Where the order stands at the end of what was read. */
export interface OrderEnd {
  readonly phase: OrderRecord["phase"];
  /** False while it may still fill. */
  readonly over: boolean;
  readonly at: string;
  readonly after_ms: number;
  readonly filled: string;
  /** YES price over all executions, rounded to the unit of a price; `null` without one. */
  readonly average_price: string | null;
  readonly fees: string;
  readonly reason: string;
}

/** How its market ended, as far as that was heard. */
export interface MarketEnd {
  readonly result: string;
  readonly at: string;
  /** Whether it was paid out. */
  readonly settled: boolean;
  /** Of the whole account in this market, all orders together; `null` where nothing was held. */
  readonly position: string | null;
  readonly payout: string | null;
  /** The market's whole profit or loss, fees included. */
  readonly pnl: string | null;
}

/** Events kept of one order, and as many executions. */
const EVENTS_MAX = 1_000;
const ENDED: ReadonlySet<OrderRecord["phase"]> = new Set(["filled", "cancelled", "rejected"]);

export class OrderLife {
  readonly events: OrderEvent[] = [];
  readonly fills: OrderFill[] = [];
  /** Events and executions beyond {@link EVENTS_MAX}. */
  omitted = 0;
  readonly #clientOrderId: string;
  readonly #ticker: string;
  readonly #sentAt: Micros;
  readonly #onPaper: boolean;
  #orderId: string | null = null;
  #at: Micros;
  #newest: OrderRecord | null = null;
  #shown = "";
  #market: MarketEnd | null = null;
  #filled = 0;
  #paid = 0;
  #fees = 0;

  constructor(
    { clientOrderId, ticker, execution }: Pick<PlaceAction["intent"], "clientOrderId" | "ticker"> & {
      readonly execution: PlaceAction["execution"];
    },
    sentAt: Micros,
  ) {
    this.#clientOrderId = clientOrderId;
    this.#ticker = ticker;
    this.#sentAt = sentAt;
    this.#at = sentAt;
    this.#onPaper = execution === "paper";
  }

  /** The exchange's id; `null` while it has given none. */
  get orderId(): string | null {
    return this.#orderId;
  }

  /** As it was recorded last; `null` before. */
  get record(): OrderRecord | null {
    return this.#newest;
  }

  get market(): MarketEnd | null {
    return this.#market;
  }

  /** Nothing more can happen to it that matters here. */
  get isOver(): boolean {
    return this.#newest !== null && ENDED.has(this.#newest.phase) && this.#market?.settled === true;
  }

  get end(): OrderEnd | null {
    const record = this.#newest;
    if (record === null) return null;
    const { phase, updatedAt, reason } = record;
    return {
      phase,
      over: ENDED.has(phase),
      at: formatTime(updatedAt),
      after_ms: this.#after(updatedAt),
      filled: formatCount(record.filled),
      average_price: this.#filled === 0 ? null : formatPrice(price(Math.round(this.#paid / this.#filled))),
      fees: formatMoney(money(this.#fees)),
      reason,
    };
  }

  take(entry: JournalEntry): void {
    if (entry.kind === "input") {
      this.#at = entry.input.at;
      return this.#input(entry.input);
    }
    if (entry.kind !== "action") return;
    const { action } = entry;
    if (isOrderAction(action)) this.#asked(action);
    else if (isRecordOf(action, "order")) this.recorded(action.record);
    else if (isRecordOf(action, "trade")) this.traded(action.record);
    else if (isRecordOf(action, "settlement")) this.settled(action.record);
  }

  recorded(record: OrderRecord): void {
    if (record.clientOrderId !== this.#clientOrderId) return;
    const before = this.#newest;
    this.#newest = record;
    this.#orderId = record.orderId ?? this.#orderId;
    if (!this.#onPaper || before === null) return;
    if (before.price !== record.price || before.count !== record.count) {
      this.#add(record.updatedAt, "changed", `${formatCount(record.count)} in all at ${formatPrice(record.price)}`);
    }
    if (before.phase === record.phase) return;
    // For a moment, until the executions that were counted have been booked.
    if (record.phase === "unknown") return;
    this.#add(record.updatedAt, record.phase, record.reason);
  }

  traded(trade: TradeRecord): void {
    if (trade.clientOrderId !== this.#clientOrderId) return;
    this.#filled += trade.count;
    this.#paid += trade.price * trade.count;
    this.#fees += trade.fee;
    if (this.fills.length >= EVENTS_MAX) {
      this.omitted++;
      return;
    }
    this.fills.push({
      trade_id: trade.tradeId,
      at: formatTime(trade.at),
      executed_at: trade.executedAt === undefined ? null : formatTime(trade.executedAt),
      after_ms: this.#after(trade.at),
      price: formatPrice(trade.price),
      count: formatCount(trade.count),
      fee: formatMoney(trade.fee),
      role: trade.isTaker ? "taker" : "maker",
      realised: formatMoney(trade.realised),
    });
  }

  settled({ ticker, result, at, position, payout, pnl }: SettlementRecord): void {
    if (ticker !== this.#ticker) return;
    this.#market = {
      result,
      at: formatTime(at),
      settled: true,
      position: formatCount(position),
      payout: formatMoney(payout),
      pnl: formatMoney(pnl),
    };
  }

  #input(input: Input): void {
    if (input.type === "lifecycle") return this.#lifecycle(input);
    if (!this.#isOurs(input)) return;
    switch (input.type) {
      case "order_accepted":
        this.#orderId = input.orderId;
        return this.#event("accepted", filledAndLeft(input.fillCount, input.remainingCount));
      case "order_rejected":
        return this.#event("rejected", `${input.code}: ${input.reason}`);
      case "order_unknown":
        return this.#event("no_answer", input.reason);
      case "order_cancelled":
        return this.#event("cancelled", `${formatCount(input.reducedBy)} contracts taken off`);
      case "cancel_failed":
        return this.#event("cancel_failed", `${input.reason}${input.gone ? "; it does not rest any more" : ""}`);
      case "order_changed":
        return this.#event("changed", `${describeTerms(input.terms)}${formatCount(input.remainingCount)} left`);
      case "change_failed":
        return this.#event("change_failed", `${input.code}: ${input.reason}`);
      case "order_absent":
        return this.#event("absent", "The exchange was asked, and does not know it");
      case "order_update": {
        const { status, fillCount, remainingCount } = input.order;
        const told = `${status}, ${filledAndLeft(fillCount, remainingCount)}`;
        if (told !== this.#shown) this.#event("reported", told);
        this.#shown = told;
        return;
      }
      default:
        return;
    }
  }

  #isOurs(input: Input): boolean {
    if ("clientOrderId" in input) return input.clientOrderId === this.#clientOrderId;
    return input.type === "order_update" && input.order.clientOrderId === this.#clientOrderId;
  }

  #lifecycle({ ticker, event, result, at }: LifecycleInput): void {
    if (ticker !== this.#ticker) return;
    const known = this.#market;
    this.#market = {
      position: null,
      payout: null,
      pnl: null,
      ...known,
      result: result === "" ? known?.result ?? "" : result,
      at: formatTime(at),
      settled: event === "settled" || known?.settled === true,
    };
  }

  #asked(action: OrderAction): void {
    if (action.clientOrderId !== this.#clientOrderId) return;
    switch (action.type) {
      case "cancel":
        return this.#event("cancel_asked", action.reason);
      case "amend":
        return this.#event("change_asked", `${describeTerms(action.terms)}${action.reason}`);
      case "decrease":
        return this.#event("change_asked", `down to ${formatCount(action.reduceTo)} left: ${action.reason}`);
      case "find_order":
        return this.#event("asked_for", "The exchange is asked what became of it");
    }
  }

  #event(event: string, detail: string): void {
    this.#add(this.#at, event, detail);
  }

  #add(at: Micros, event: string, detail: string): void {
    if (this.events.length >= EVENTS_MAX) {
      this.omitted++;
      return;
    }
    this.events.push({ at: formatTime(at), after_ms: this.#after(at), event, detail });
  }

  #after(at: Micros): number {
    return (at - this.#sentAt) / 1_000;
  }
}

function filledAndLeft(filled: Count, left: Count): string {
  return `${formatCount(filled)} filled, ${formatCount(left)} left`;
}

/** The count of terms is what was filled already and what is to remain, together. */
const describeTerms = (terms: OrderTerms | null): string =>
  terms === null ? "" : `${formatCount(count(terms.count))} in all at ${formatPrice(terms.price)}, `;
