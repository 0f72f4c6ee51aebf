/**
 * The state of every order, moved only by what the exchange says (DESIGN.md 1).
 *
 * | what is heard | in phase | leads to |
 * | --- | --- | --- |
 * | accepted, something remains | sent, unknown | resting |
 * | accepted, nothing remains | sent, unknown | filled, or cancelled where less than all was filled |
 * | rejected | sent, unknown | rejected |
 * | no answer | sent | unknown |
 * | still nothing {@link ANSWER_TIMEOUT} after sending | sent | unknown |
 * | cancelled | any open one | cancelled; what is missing between the count and the part cancelled was filled |
 * | cancelled, and its count is not certain: reduce-only, or changed without a word of its fills | resting | resting, and counts whole; asked for, unless the exchange says within a second how much of it filled |
 * | the same | sent, unknown | unknown: asked for |
 * | cancel found nothing to cancel | resting | unknown: filled or cancelled, the lists will say |
 * | changed, something remains | resting | resting on the new terms |
 * | changed, something remains | unknown | stays, on the new terms: the question decides |
 * | the same, after its cancel was answered | resting | stays, on the new terms: it is asked for all the same |
 * | changed, nothing remains: it crossed, or was dropped | sent, unknown, resting | filled, or cancelled where less than all was filled |
 * | changed, nothing remains, and its fills are not told | sent, unknown, resting | unknown: asked for |
 * | made smaller, and its fills are not told | resting | resting; asked for, unless the exchange says more of it within a second |
 * | change refused | any | stays, on the old terms; not changed again for a while |
 * | change found nothing to change | sent, resting | unknown: filled or cancelled, the lists will say |
 * | no answer to its change | resting | unknown: it may have either terms, and counts with the worse |
 * | still nothing {@link ANSWER_TIMEOUT} after a change was sent | resting | unknown |
 * | listed as resting with the terms of the change | resting, unknown | resting on the new terms |
 * | listed as resting with the old terms, its change without an answer | unknown | stays; resting on the old terms where the list came {@link STALE_READ_MAX} after the change |
 * | listed as resting with terms that it had within {@link STALE_READ_MAX} | any open one | the terms stay: the read is older than the change |
 * | listed as resting with other terms: the exchange shrank it | resting, unknown | resting on those |
 * | its expiry passed by {@link EXPIRY_PATIENCE}, and nothing was heard | resting | unknown: asked for |
 * | listed by the exchange otherwise | any open one | what the list says |
 * | absent from the whole lists | resting | unknown: gone without a word, it is asked for |
 * | absent from the whole lists {@link ABSENCES_NEEDED} times | unknown, never acknowledged | rejected: it never arrived |
 * | accepted, listed or filled after all | rejected | unknown, then as above: the exchange has it |
 * | listed as resting within {@link STALE_READ_MAX} after its end | filled, cancelled | stays: the read is older than the end |
 * | listed as resting later than that | filled, cancelled | unknown: it is asked for |
 *
 * Fills may come before the answer, twice, or after the end: each execution counts once, by its trade id. One that names
 * only the exchange's order id waits for the answer that says whose it is.
 * @module
 */

import type { FillReport, OrderIntent, OrderPhase, OrderReport, OrderTerms } from "../core/order.ts";
import type { Evidence, OrderRecord } from "../core/record.ts";
import { type Count, count, type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { Executions } from "./executions.ts";
import {
  changeAnswered,
  changeFailed,
  EXPIRY_PATIENCE,
  largestCount,
  type OrderChange,
  STALE_READ_MAX,
  termsListed,
  termsOf,
} from "./order_change.ts";
import { OrderIndex } from "./order_index.ts";
import {
  FIND_EVERY_MIN,
  isOpen,
  isSettled,
  type OrderState,
  resumedOrder,
  sentOrder,
  tellsFills,
} from "./order_state.ts";

/** An order that got no answer for this long is unknown, whatever the connection says. */
export const ANSWER_TIMEOUT = 10 * MICROS_PER_SECOND;
/** Reads lag the matching engine (KALSHI.md 3.1), so one absence proves nothing. */
export const ABSENCES_NEEDED = 3;
const FIND_EVERY_MAX = 30 * MICROS_PER_SECOND;
/** A cancel that nothing was heard of is sent again after this, */
const CANCEL_PATIENCE = 10 * MICROS_PER_SECOND;
/** and one that failed after this: at once would hammer an exchange that is in trouble. */
const CANCEL_RETRY = 1 * MICROS_PER_SECOND;

const NEVER_ARRIVED = "It was taken for rejected, and the exchange has it";

export class Orders {
  readonly #index = new OrderIndex();
  readonly #executions: Executions;
  /** Orders whose count of fills runs ahead of the executions heard of, open or ended. */
  readonly #short = new Set<OrderState>();

  /** @param recentTradeIds of earlier runs, newest first */
  constructor(recentTradeIds: readonly string[] = []) {
    this.#executions = new Executions(recentTradeIds);
  }

  /** Takes up an order of an earlier run: what became of it is unknown until the exchange was asked. */
  resume(record: OrderRecord): OrderState {
    const order = resumedOrder(record);
    this.#index.take(order);
    if (record.orderId !== null) this.#index.name(record.clientOrderId, record.orderId);
    return order;
  }

  send(intent: OrderIntent, evidence: Evidence, at: Micros): OrderState {
    const order = sentOrder(intent, evidence, at);
    this.#index.take(order);
    return order;
  }

  get(clientOrderId: string): OrderState | undefined {
    return this.#index.get(clientOrderId);
  }

  byOrderId(orderId: string): OrderState | undefined {
    return this.#index.byOrderId(orderId);
  }

  /** Sent, unknown and resting orders, oldest first. */
  open(): Iterable<OrderState> {
    return this.#index.open();
  }

  /** Open orders in one market. */
  openIn(ticker: string): ReadonlySet<OrderState> {
    return this.#index.openIn(ticker);
  }

  /** Orders with fills that were counted but not yet heard of one by one. */
  short(): ReadonlySet<OrderState> {
    return this.#short;
  }

  get openCount(): number {
    return this.#index.openCount;
  }

  accepted(order: OrderState, orderId: string, filled: Count, left: Count, at: Micros): void {
    if (order.phase === "rejected") this.#reopen(order, NEVER_ARRIVED, at);
    this.#identify(order, orderId);
    this.#report(order, filled);
    if (!isOpen(order)) return;
    // The exchange caps what is reduce-only by what there is to reduce.
    if (left > 0 && order.intent.reduceOnly && order.phase === "sent") {
      order.terms = { ...order.terms, count: count(filled + left) };
    }
    if (left > 0) this.#move(order, "resting", at, "");
    else if (filled >= order.terms.count) this.#move(order, "filled", at, "");
    else this.#move(order, "cancelled", at, "The part that did not cross was dropped");
  }

  rejected(order: OrderState, reason: string, at: Micros): void {
    if (isOpen(order)) this.#move(order, "rejected", at, reason);
  }

  /** No answer: ask at once. */
  unknown(order: OrderState, reason: string, at: Micros): void {
    if (!isOpen(order)) return;
    if (order.phase === "unknown") {
      // Asked for already, and still no answer: the next question keeps its time.
      order.reason = reason;
      return;
    }
    order.absences = 0;
    order.askEvery = FIND_EVERY_MIN;
    order.askedAt = 0 as Micros;
    this.#move(order, "unknown", at, reason);
  }

  /** @param reducedBy contracts that the cancel took away; `null` where the exchange did not say */
  cancelled(order: OrderState, at: Micros, reason: string, reducedBy: Count | null = null): void {
    if (!isOpen(order)) return;
    if (reducedBy !== null) {
      if (!tellsFills(order)) return this.#cancelledVaguely(order, at);
      this.#report(order, count(Math.max(0, order.terms.count - reducedBy)));
    }
    this.#move(order, "cancelled", at, reason);
  }

  /** What rests goes on as if its cancel were under way: mostly the exchange says more of it by itself. */
  #cancelledVaguely(order: OrderState, at: Micros): void {
    if (order.phase !== "resting") return this.unknown(order, "Cancelled; how much of it had filled is asked for", at);
    order.cancelling = true;
    order.cancelAgainAt = (at + CANCEL_PATIENCE) as Micros;
    this.#askSoon(order, at);
  }

  /** It rests, but is not as it is known here. */
  #askSoon(order: OrderState, at: Micros): void {
    order.isVague = true;
    order.askedAt = at;
    order.askEvery = FIND_EVERY_MIN;
  }

  /** Whether a change may be asked for now; notes that it is. One at a time, and none while a cancel is under way. */
  askChange(order: OrderState, kind: OrderChange["kind"], terms: OrderTerms, at: Micros): boolean {
    if (!isSettled(order, at) || order.orderId === null || at < order.changeAgainAt) return false;
    order.change = { kind, terms, askedAt: at };
    order.updatedAt = at;
    return true;
  }

  /**
   * The exchange changed the order.
   * @param terms `null` for a decrease
   * @param filled in all; `null` where it does not say
   */
  changed(
    order: OrderState,
    orderId: string,
    terms: OrderTerms | null,
    filled: Count | null,
    left: Count,
    at: Micros,
  ): void {
    this.#identify(order, orderId);
    if (filled !== null) this.#report(order, filled);
    if (!isOpen(order)) return;
    if (left === 0) {
      if (filled === null) return this.unknown(order, "Nothing was left of it; how much had filled is asked for", at);
      if (filled >= (terms ?? order.terms).count) return this.#move(order, "filled", at, "");
      return this.#move(order, "cancelled", at, "The change left nothing of it");
    }
    // What remains and what filled is what it is for, whatever was asked for.
    const whole = terms !== null && filled === null ? terms.count : count((filled ?? order.reported) + left);
    if (changeAnswered(order, { ...terms ?? order.terms, count: whole }, terms === null ? "decrease" : "amend", at)) {
      // Where it was cancelled meanwhile, that it was changed before says nothing of its end.
      order.isVague = order.isVague && order.cancelling;
      if (filled === null) this.#askSoon(order, at);
    } else if (terms === null && order.change === null && whole !== order.terms.count) this.#askSoon(order, at);
    order.updatedAt = at;
    this.#endWhenFilled(order, at);
  }

  /** The order was not changed: `gone` where the exchange has nothing left to change. */
  changeFailed(order: OrderState, gone: boolean, reason: string, at: Micros): void {
    changeFailed(order, at);
    order.updatedAt = at;
    if (gone) this.unknown(order, `Change: ${reason}`, at);
  }

  /** Contracts ahead of it, as the exchange counts. */
  queued(order: OrderState, ahead: Count): void {
    if (order.phase === "resting") order.queueAhead = ahead;
  }

  /** Whether a cancel may be asked for now; notes that it is. */
  askCancel(order: OrderState, at: Micros, reason: string): boolean {
    if (!isOpen(order) || at < order.cancelAgainAt) return false;
    order.cancelAgainAt = (at + CANCEL_PATIENCE) as Micros;
    order.cancelling = true;
    order.reason = reason;
    return true;
  }

  /** A cancel failed: `gone` where the exchange has nothing left to cancel. */
  cancelFailed(order: OrderState, gone: boolean, reason: string, at: Micros): void {
    order.cancelAgainAt = (at + CANCEL_RETRY) as Micros;
    order.cancelling = false;
    if (gone) this.unknown(order, `Cancel: ${reason}`, at);
  }

  /** The exchange's own account of the order. An older read never takes back what was heard since. */
  listed(order: OrderState, report: OrderReport, at: Micros): void {
    if (order.phase === "rejected") this.#reopen(order, NEVER_ARRIVED, at);
    this.#identify(order, report.orderId);
    // What is over is over with as much as it says.
    if (report.status !== "resting") order.isVague = false;
    this.#report(order, report.fillCount);
    order.absences = 0;
    if (!isOpen(order)) {
      const late = at - order.updatedAt > STALE_READ_MAX;
      if (report.status === "resting" && late) this.#reopen(order, "It was over, and the exchange says it rests", at);
      return;
    }
    switch (report.status) {
      case "resting":
        return this.#rests(order, report, at);
      case "executed":
        this.#move(order, "filled", at, "");
        return;
      case "canceled":
        this.#move(order, "cancelled", at, order.reason);
    }
  }

  #rests(order: OrderState, report: OrderReport, at: Micros): void {
    const { terms, change } = order;
    termsListed(order, termsOf(report), order.phase === "unknown", at);
    if (order.terms !== terms || order.change !== change) order.updatedAt = at;
    // While it may have either terms, it is asked for again.
    if (order.phase !== "resting" && (order.phase !== "unknown" || order.change === null)) {
      this.#move(order, "resting", at, "");
    }
    this.#endWhenFilled(order, at);
  }

  /** The lists were read whole without it. Ends an order only after several reads, and never one that was acknowledged. */
  absent(order: OrderState, at: Micros): void {
    if (order.phase === "resting") return this.unknown(order, "The exchange does not list it any more", at);
    if (order.phase !== "unknown") return;
    order.absences++;
    if (order.absences >= ABSENCES_NEEDED && order.orderId === null) {
      this.#move(order, "rejected", at, "The exchange was asked and never received it");
    }
  }

  /** Whether this execution is new. Remembers it. */
  isNewExecution(fill: FillReport): boolean {
    return this.#executions.isNew(fill);
  }

  /** The order that an execution belongs to, by whichever id the report has. */
  ownerOf(fill: FillReport): OrderState | undefined {
    const order = this.#known(fill);
    if (order === undefined) this.#executions.keepEarly(fill);
    return order;
  }

  /**
   * An execution was told once more. The run that counted it may not have known whose it was: then it counts for its order
   * now. That order; `null` where nothing changes.
   */
  heardAgain(fill: FillReport, at: Micros): OrderState | null {
    const order = this.#known(fill);
    if (order === undefined || order.told === null) return null;
    let told = 0;
    for (const contracts of order.told.values()) told += contracts;
    if (told <= order.filled) return null;
    this.filled(order, count(told - order.filled), at);
    return order;
  }

  /** The order that an execution names, which learns its id from it. */
  #known(fill: FillReport): OrderState | undefined {
    const byClient = fill.clientOrderId === null ? undefined : this.get(fill.clientOrderId);
    if (byClient !== undefined) this.#identify(byClient, fill.orderId);
    const order = byClient ?? this.byOrderId(fill.orderId);
    order?.told?.set(fill.tradeId, fill.count);
    return order;
  }

  /** Contracts that were counted as filled in a market and never heard of one by one are not waited for any more. */
  writeOff(ticker: string): readonly { readonly order: OrderState; readonly missing: Count }[] {
    const found: { readonly order: OrderState; readonly missing: Count }[] = [];
    for (const order of this.#short) {
      if (order.intent.ticker !== ticker) continue;
      found.push({ order, missing: count(order.reported - order.filled) });
      order.reported = order.filled;
      this.#short.delete(order);
    }
    return found;
  }

  filled(order: OrderState, contracts: Count, at: Micros): void {
    if (order.phase === "rejected") this.#reopen(order, NEVER_ARRIVED, at);
    order.filled = count(order.filled + contracts);
    this.#report(order, order.filled);
    order.updatedAt = at;
    this.#endWhenFilled(order, at);
  }

  /** Orders whose fate has to be asked for now; notes that they were. */
  toAskFor(at: Micros): OrderState[] {
    const asked: OrderState[] = [];
    for (const order of this.#index.open()) {
      if (order.phase === "sent" && at - order.sentAt >= ANSWER_TIMEOUT) {
        this.unknown(order, "No answer in ten seconds", at);
      }
      if (order.phase === "resting") this.#doubt(order, at);
      const inDoubt = order.phase === "unknown" || (order.phase === "resting" && order.isVague);
      if (!inDoubt || at - order.askedAt < order.askEvery) continue;
      order.askEvery = order.askedAt === 0 ? FIND_EVERY_MIN : Math.min(FIND_EVERY_MAX, order.askEvery * 2);
      order.askedAt = at;
      asked.push(order);
    }
    return asked;
  }

  /** What should have been heard of by now. */
  #doubt(order: OrderState, at: Micros): void {
    const { change, terms } = order;
    if (change !== null) {
      if (at - change.askedAt >= ANSWER_TIMEOUT) this.unknown(order, "No answer to its change in ten seconds", at);
    } else if (terms.expiresAt !== null && at > terms.expiresAt + EXPIRY_PATIENCE) {
      this.unknown(order, "Its expiry passed without a word", at);
    }
  }

  /** Its fills may have been heard of before it was known that it is for no more. */
  #endWhenFilled(order: OrderState, at: Micros): void {
    if (isOpen(order) && !order.isVague && order.reported >= largestCount(order)) this.#move(order, "filled", at, "");
  }

  #report(order: OrderState, filled: Count): void {
    const more = Math.max(0, filled - order.reported);
    order.reported = count(order.reported + more);
    // These may have filled before it was made smaller: then as much still rests.
    if (order.isVague) order.terms = { ...order.terms, count: count(order.terms.count + more) };
    if (order.reported > order.filled) this.#short.add(order);
    else this.#short.delete(order);
  }

  /** What was taken for over is not: its fate has to be asked for. */
  #reopen(order: OrderState, reason: string, at: Micros): void {
    order.phase = "sent";
    this.#index.take(order);
    this.unknown(order, reason, at);
  }

  #identify(order: OrderState, orderId: string): void {
    if (order.orderId === orderId) return;
    order.orderId = orderId;
    this.#index.name(order.intent.clientOrderId, orderId);
    const early = this.#executions.takeEarly(orderId);
    if (early === 0) return;
    order.filled = count(order.filled + early);
    this.#report(order, order.filled);
  }

  #move(order: OrderState, phase: OrderPhase, at: Micros, reason: string): void {
    order.phase = phase;
    order.updatedAt = at;
    order.reason = reason;
    if (isOpen(order)) return;
    order.change = null;
    const forgotten = this.#index.end(order);
    if (forgotten !== null) this.#short.delete(forgotten);
  }
}
