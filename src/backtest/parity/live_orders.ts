/**
 * The orders of a live run as its journal has them: what was asked, what the exchange answered, what it executed.
 * @module
 */

import type { Input } from "../../core/input.ts";
import type { OrderIntent } from "../../core/order.ts";
import type { TradeRecord } from "../../core/record.ts";
import { complement, type Count, type Micros, MICROS_PER_SECOND, type Price } from "../../core/units.ts";
import type { JournalEntry } from "../../engine/journal.ts";
import { readJournal } from "../../store/journal_reader.ts";
import { isOrderAction, isPlace, isRecordOf } from "../explanation/recorded_actions.ts";
import type { OrderAction, TakenAction } from "./orders_on_paper.ts";

/** Orders of one run that are compared: a week of a busy one. */
const ORDERS_MAX = 200_000;

export interface LiveOrder {
  readonly intent: OrderIntent;
  readonly at: Micros;
  /** When the exchange's first word on it came; `null` where none did. */
  answeredAt: Micros | null;
  /** Why it was refused; `null` where it was not. */
  refusal: string | null;
  /** It was changed or taken back. */
  changed: boolean;
  readonly fills: TradeRecord[];
}

/** A change of a book that an order of ours made, and within what time it is heard. */
export interface OwnMark {
  readonly ticker: string;
  readonly ladder: "yes" | "no";
  readonly price: Price;
  /** Contracts, with their sign: what rests adds to its own side, what takes is gone from the other. */
  delta: number;
  readonly from: Micros;
  readonly until: Micros;
  /** It is ours that shows there, or showed; what we took was others'. */
  readonly own: boolean;
  /** When its order was sent. */
  readonly sentAt: Micros;
}

export interface LiveOrders {
  readonly run: string;
  readonly orders: ReadonlyMap<string, LiveOrder>;
  /** In order of time. */
  readonly marks: readonly OwnMark[];
  /** Orders beyond those that are compared. */
  readonly left: number;
}

/** A book may be heard of so much sooner or later than the answer of the order that changed it. */
const APART = 5 * MICROS_PER_SECOND;

/** What was asked of an order, where an entry of a journal is that. */
export function orderActionOf(entry: JournalEntry): OrderAction | null {
  if (entry.kind !== "action") return null;
  if (isPlace(entry.action)) return entry.action;
  return isOrderAction(entry.action) && entry.action.type !== "find_order" ? entry.action : null;
}

/** Goes through a journal once; the reason where it holds no live run that can be read. */
export async function readLiveOrders(path: string): Promise<LiveOrders | { readonly error: string }> {
  const reading = new Reading();
  for await (const event of readJournal(path)) {
    if (event.kind === "fault") return { error: `Journal cannot be read: ${event.reason}` };
    if (event.kind === "torn_tail") continue;
    for (const entry of event.entries) {
      const refused = reading.take(entry);
      if (refused !== null) return { error: `${path} ${refused}` };
    }
  }
  return reading.found;
}

class Reading {
  readonly #orders = new Map<string, LiveOrder>();
  readonly #marks: OwnMark[] = [];
  /** What rests of each order, and at which price. */
  readonly #resting = new Map<string, { price: Price; left: number }>();
  #run = "";
  #left = 0;
  #at = 0 as Micros;

  get found(): LiveOrders {
    return { run: this.#run, orders: this.#orders, marks: this.#marks, left: this.#left };
  }

  /** Why this is no live run; `null` where it may be. */
  take(entry: JournalEntry): string | null {
    if (entry.kind === "header") {
      this.#run = entry.header.run;
      const { config } = entry.header;
      const execution = typeof config === "object" && config !== null && "execution" in config ? config.execution : "";
      return execution === "live" ? null : `is of a run on paper: its fills are the model's own`;
    }
    if (entry.kind === "input") {
      this.#at = entry.input.at;
      this.#answer(entry.input);
    }
    const action = orderActionOf(entry);
    if (action !== null) this.#asked({ at: this.#at, action });
    if (entry.kind === "action" && isRecordOf(entry.action, "trade")) this.#filled(entry.action.record);
    return null;
  }

  #asked({ at, action }: TakenAction): void {
    if (action.type !== "place") {
      const order = this.#orders.get(action.clientOrderId);
      if (order !== undefined) order.changed = true;
      return;
    }
    if (this.#orders.size >= ORDERS_MAX) {
      this.#left++;
      return;
    }
    const { intent } = action;
    const order = { intent, at, answeredAt: null, refusal: null, changed: false, fills: [] };
    this.#orders.set(intent.clientOrderId, order);
  }

  #answer(input: Input): void {
    if (!("clientOrderId" in input)) return;
    const order = this.#orders.get(input.clientOrderId);
    if (order === undefined) return;
    order.answeredAt ??= input.at;
    switch (input.type) {
      case "order_accepted":
        return this.#rests(order, order.intent.price, input.remainingCount);
      case "order_rejected":
        order.refusal = input.reason === "" ? input.code : input.reason;
        return;
      case "order_cancelled":
        return this.#rests(order, order.intent.price, 0);
      case "order_changed":
        return this.#rests(order, input.terms?.price ?? this.#priceOf(order), input.remainingCount);
      default:
        return;
    }
  }

  #priceOf({ intent }: LiveOrder): Price {
    return this.#resting.get(intent.clientOrderId)?.price ?? intent.price;
  }

  /** The order shows so much at this price from now on: what it showed before goes, or is less. */
  #rests(order: LiveOrder, price: Price, left: Count | number): void {
    const id = order.intent.clientOrderId;
    const before = this.#resting.get(id);
    if (before !== undefined && before.price === price) this.#mark(order, price, left - before.left);
    else {
      if (before !== undefined) this.#mark(order, before.price, -before.left);
      this.#mark(order, price, left);
    }
    if (left === 0) this.#resting.delete(id);
    else this.#resting.set(id, { price, left });
  }

  #filled(record: TradeRecord): void {
    const order = this.#orders.get(record.clientOrderId ?? "");
    if (order === undefined) return;
    order.fills.push(record);
    if (record.isTaker) return this.#took(order, record);
    const resting = this.#resting.get(order.intent.clientOrderId);
    if (resting === undefined) return;
    resting.left -= record.count;
    this.#mark(order, resting.price, -record.count);
    if (resting.left <= 0) this.#resting.delete(order.intent.clientOrderId);
  }

  #mark({ intent: { ticker, side }, at }: LiveOrder, price: Price, delta: number): void {
    if (delta === 0) return;
    const own = side === "bid"
      ? { ladder: "yes", price } as const
      : { ladder: "no", price: complement(price) } as const;
    this.#marks.push({ ticker, ...own, delta, from: this.#from(at), until: this.#until, own: true, sentAt: at });
  }

  #took({ at }: LiveOrder, { ticker, side, price, count }: TradeRecord): void {
    const taken = side === "bid"
      ? { ladder: "no", price: complement(price) } as const
      : { ladder: "yes", price } as const;
    this.#marks.push({ ticker, ...taken, delta: -count, from: at, until: this.#until, own: false, sentAt: at });
  }

  /** No sooner than the order was sent. */
  #from(sentAt: Micros): Micros {
    return Math.max(sentAt, this.#at - APART) as Micros;
  }
  get #until(): Micros {
    return this.#at + APART as Micros;
  }
}
