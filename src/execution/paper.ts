/**
 * The paper exchange: answers orders as the real one would, against its real market data (REQUIREMENTS.md X4). What is asked
 * reaches the book after a latency; what it meets there is worked out by {@link PaperBook} under the model that is set.
 *
 * | what is asked | in its order | answer |
 * | --- | --- | --- |
 * | place | taken | `order_accepted`, and its fills |
 * | place | refused as the exchange would (KALSHI.md 3.2), or its book cannot be believed | `order_rejected` |
 * | cancel | resting | `order_cancelled` |
 * | amend | resting; less size or another expiry keeps its place, more size or another price goes to the back (KALSHI.md 4.7) | `order_changed`, and its fills where it crosses |
 * | amend | post-only, and would cross | `order_cancelled` |
 * | decrease | resting; to nothing is a cancel | `order_changed` or `order_cancelled` |
 * | amend, decrease | refused | `change_failed` |
 * | amend, decrease | over by then | `change_failed`, and `order_update` with its end, which a real exchange would be asked for |
 *
 * By themselves orders end at their expiry, at the close, and reduce-only ones when there is nothing left to reduce.
 * @module
 */

import type { BookDeltaInput, TradeInput } from "../core/input.ts";
import type { MarketResult } from "../core/market.ts";
import type { OrderIntent, OrderTerms } from "../core/order.ts";
import {
  type Count,
  count,
  type Micros,
  micros,
  MICROS_PER_MILLISECOND,
  type Money,
  money,
  type Price,
} from "../core/units.ts";
import { PaperAccount, type PaperFigures, type PaperStart } from "./paper_account.ts";
import {
  accepted,
  cancelled,
  changed,
  changeFailed,
  filled,
  listed,
  type PaperAnswer,
  rejected,
} from "./paper_answers.ts";
import type { PaperExecution, PaperMarket } from "./paper_book.ts";
import { PaperBounds } from "./paper_bounds.ts";
import type { TakenContracts } from "./paper_taken.ts";
import type { PaperOrder } from "./paper_order.ts";
import { CHANGE_UNDER_WAY, NOT_RESTING, notOpen, PaperRules } from "./paper_rules.ts";
import { drawLatency, type LatencyModel } from "./latency.ts";
import { DEFAULT_FILLS, fillModel, type FillModelName, type FillSettings } from "./queue_models.ts";

export type { PaperFigures, PaperStart } from "./paper_account.ts";
export type { PaperMarket } from "./paper_book.ts";

export interface PaperSettings {
  /** From decision to matching, milliseconds. */
  readonly latencyMs: number;
  /** The same where it is not always alike: counts instead. */
  readonly latency?: LatencyModel;
  /**
   * How long after it happened what is heard was heard, in a simulation that delays it: an order meets the book of its arrival,
   * which is heard of so much later. Nothing where absent.
   */
  readonly feedLatency?: LatencyModel;
  /** Added to each taking fill's price, $0.0001; `simple` has its own. */
  readonly slippage: Price;
  /** How resting orders are filled; risk-averse where absent, as in journals of older versions. */
  readonly fills?: FillSettings;
}

/** The same orders by three models: only the chosen one traded. */
export interface PaperComparison {
  readonly model: FillModelName;
  /** Public trades that were heard. Without any, nobody knows how queues moved, and the bounds say nothing of it. */
  readonly trades: number;
  readonly pessimistic: PaperFigures;
  readonly chosen: PaperFigures;
  readonly optimistic: PaperFigures;
}

/** What an order is to be changed to; `arrivesAt` is when that was asked until it is under way. */
type Change =
  | { readonly type: "amend"; readonly terms: OrderTerms; readonly arrivesAt: Micros }
  | { readonly type: "decrease"; readonly reduceTo: Count; readonly arrivesAt: Micros };

/** An order from its sending to its end. */
interface Ticket {
  readonly intent: OrderIntent;
  readonly arrivesAt: Micros;
  /** `null` before it arrived. */
  order: PaperOrder | null;
  /** One at a time: the sender waits for its answer. */
  change: Change | null;
  cancelArrivesAt: Micros | null;
}

/** Nothing at all: for tests and tools that look at fills only. */
const NO_START: PaperStart = { capital: money(0), account: null, positions: [] };

export class PaperVenue {
  readonly #latency: LatencyModel;
  readonly #feedLatency: LatencyModel | null;
  readonly #model: FillModelName;
  /** As many as the sender has open. */
  readonly #tickets = new Map<string, Ticket>();
  readonly #account: PaperAccount;
  readonly #rules: PaperRules;
  readonly #bounds: PaperBounds;
  /** Fills of the input at hand. */
  #executions: PaperExecution[] = [];
  /** Answers to what was refused at once: told with the next input. */
  #refused: PaperAnswer[] = [];
  #trades = 0;
  #nextDue = Infinity;

  constructor(
    settings: PaperSettings,
    market: (ticker: string) => PaperMarket | undefined,
    start: PaperStart = NO_START,
  ) {
    const { latencyMs, latency, feedLatency, slippage, fills = DEFAULT_FILLS } = settings;
    this.#latency = latency ?? { kind: "constant", micros: latencyMs * MICROS_PER_MILLISECOND };
    this.#feedLatency = feedLatency ?? null;
    this.#model = fills.model;
    this.#account = new PaperAccount(fillModel(fills, slippage), market, start, (each) => this.#executions.push(each));
    this.#rules = new PaperRules(this.#account, market);
    this.#bounds = new PaperBounds(slippage, market, start);
  }

  /** What the orders of this run came to, by the chosen model and by the two that bound it. */
  get comparison(): PaperComparison {
    const { pessimistic, optimistic } = this.#bounds;
    return { model: this.#model, trades: this.#trades, pessimistic, chosen: this.#account.figures, optimistic };
  }

  /** What our orders took of a market's book and it shows still; `null` where nothing was. */
  takenIn(ticker: string): TakenContracts | null {
    return this.#account.takenIn(ticker);
  }

  /** Contracts that stand before a resting order, by the chosen model; `null` where it does not rest or has no queue. */
  ahead(clientOrderId: string, now: Micros): Count | null {
    return this.#tickets.get(clientOrderId)?.order?.queue?.aheadAt(now) ?? null;
  }

  /** What an open order got of the two bounding models; `null` where it is not open. */
  boundsOf(clientOrderId: string): readonly [pessimistic: Count, optimistic: Count] | null {
    return this.#bounds.filled(clientOrderId);
  }

  place(intent: OrderIntent, at: Micros): void {
    const arrivesAt = this.#arrival(intent.clientOrderId, at);
    this.#tickets.set(intent.clientOrderId, { intent, arrivesAt, order: null, change: null, cancelArrivesAt: null });
    this.#due(arrivesAt);
    this.#bounds.watch(intent.ticker);
    this.#account.watch(intent.ticker);
  }

  cancel(clientOrderId: string, at: Micros): void {
    const ticket = this.#tickets.get(clientOrderId);
    if (ticket === undefined || ticket.cancelArrivesAt !== null) return;
    ticket.cancelArrivesAt = this.#laterArrival(ticket, at);
    this.#due(ticket.cancelArrivesAt);
  }

  /** Asks for other terms; `terms.count` is what has filled and what is still wanted, together. */
  amend(clientOrderId: string, terms: OrderTerms, at: Micros): void {
    this.#ask(clientOrderId, { type: "amend", terms, arrivesAt: at }, at);
  }

  /** Asks for less: `reduceTo` is what is to remain. */
  decrease(clientOrderId: string, reduceTo: Count, at: Micros): void {
    this.#ask(clientOrderId, { type: "decrease", reduceTo, arrivesAt: at }, at);
  }

  /** Everything that falls due up to now, against the books as they stood before the input that brings the time. */
  advance(now: Micros): PaperAnswer[] {
    const answers = this.#refused;
    this.#refused = [];
    if (now < this.#nextDue) return answers;
    this.#nextDue = Infinity;
    for (const ticket of this.#tickets.values()) {
      this.#work(ticket, now, answers);
      if (this.#tickets.has(ticket.intent.clientOrderId)) this.#note(ticket);
    }
    return answers;
  }

  /** After a change was applied to the book. */
  onDelta(delta: BookDeltaInput): PaperAnswer[] {
    this.#bounds.onDelta(delta);
    this.#account.onDelta(delta);
    return this.#tell(delta.ticker, delta.at);
  }

  /** Others traded. */
  onTrade(trade: TradeInput): PaperAnswer[] {
    this.#trades++;
    this.#bounds.onTrade(trade);
    this.#account.onTrade(trade);
    return this.#tell(trade.ticker, trade.at);
  }

  /** A fresh snapshot replaced the book. */
  onSnapshot(ticker: string, at: Micros): PaperAnswer[] {
    this.#bounds.onSnapshot(ticker, at);
    this.#account.onSnapshot(ticker, at);
    return this.#tell(ticker, at);
  }

  /** The market closed: whatever rests is cancelled by the exchange, whatever is still on its way is refused. */
  onClose(ticker: string, at: Micros): PaperAnswer[] {
    const answers: PaperAnswer[] = [];
    for (const ticket of this.#tickets.values()) {
      if (ticket.intent.ticker !== ticker) continue;
      if (ticket.order !== null) this.#cancel(ticket, ticket.order, at, answers);
      else {
        this.#drop(ticket, at);
        answers.push(rejected(ticket.intent.clientOrderId, notOpen(ticker), at));
      }
    }
    this.#bounds.close(ticker);
    this.#account.close(ticker);
    return answers;
  }

  /** The market paid out. */
  settle(ticker: string, result: MarketResult, yesValue: Money): void {
    this.#bounds.settle(ticker, result, yesValue);
    this.#account.settle(ticker, result, yesValue);
  }

  /** Nothing more will be heard of this market; none of our orders is open there. */
  forget(ticker: string): void {
    this.#bounds.close(ticker);
    this.#account.close(ticker);
  }

  /** When what is sent now meets the book, by the time at which that book is heard of. */
  #arrival(what: string, at: Micros): Micros {
    const heard = this.#feedLatency === null ? 0 : drawLatency(this.#feedLatency, what);
    return micros(at + drawLatency(this.#latency, what) + heard);
  }

  /** Of what is asked about an order: not before the order itself. */
  #laterArrival({ intent: { clientOrderId }, arrivesAt }: Ticket, at: Micros): Micros {
    return micros(Math.max(arrivesAt, this.#arrival(`${clientOrderId} ${at}`, at)));
  }

  #due(at: Micros): void {
    this.#nextDue = Math.min(this.#nextDue, at);
  }

  #note({ arrivesAt, order, change, cancelArrivesAt }: Ticket): void {
    if (order === null) this.#due(arrivesAt);
    if (change !== null) this.#due(change.arrivesAt);
    if (cancelArrivesAt !== null) this.#due(cancelArrivesAt);
    if (order !== null && order.expiresAt !== null) this.#due(order.expiresAt);
  }

  #ask(clientOrderId: string, change: Change, at: Micros): void {
    const ticket = this.#tickets.get(clientOrderId);
    if (ticket === undefined) this.#refused.push(changeFailed(clientOrderId, true, NOT_RESTING, at));
    else if (ticket.change !== null) this.#refused.push(changeFailed(clientOrderId, false, CHANGE_UNDER_WAY, at));
    else {
      ticket.change = { ...change, arrivesAt: this.#laterArrival(ticket, at) };
      this.#due(ticket.change.arrivesAt);
    }
  }

  /** What one order comes to until now, in order of time: its arrival, a change and a cancel, its expiry. */
  #work(ticket: Ticket, now: Micros, answers: PaperAnswer[]): void {
    if (ticket.order === null && ticket.arrivesAt <= now) this.#match(ticket, answers);
    const { change, cancelArrivesAt } = ticket;
    const cancelAt = cancelArrivesAt ?? Infinity;
    if (change !== null && change.arrivesAt <= Math.min(now, cancelAt)) {
      this.#expire(ticket, change.arrivesAt, answers);
      this.#change(ticket, change, answers);
    }
    if (cancelArrivesAt !== null && cancelArrivesAt <= now) {
      this.#expire(ticket, cancelArrivesAt, answers);
      if (ticket.order !== null) this.#cancel(ticket, ticket.order, cancelArrivesAt, answers);
    }
    this.#expire(ticket, now, answers);
  }

  #expire(ticket: Ticket, now: Micros, answers: PaperAnswer[]): void {
    const { order } = ticket;
    if (order === null || order.expiresAt === null || order.expiresAt > now) return;
    this.#cancel(ticket, order, order.expiresAt, answers);
  }

  #match(ticket: Ticket, answers: PaperAnswer[]): void {
    const { intent, arrivesAt: at } = ticket;
    const order = this.#account.prepare(intent, at);
    const refusal = this.#rules.refuseOrder(order, at);
    if (refusal !== null) {
      this.#drop(ticket, at);
      answers.push(rejected(intent.clientOrderId, refusal, at));
      return;
    }
    ticket.order = order;
    this.#bounds.entered(intent, at);
    this.#account.enter(order, at);
    const rests = order.left > 0 && intent.timeInForce === "good_till_canceled";
    answers.push(accepted(order, rests ? order.left : count(0), at));
    if (!rests) this.#drop(ticket, at);
    answers.push(...this.#tell(intent.ticker, at));
  }

  #change(ticket: Ticket, change: Change, answers: PaperAnswer[]): void {
    const { order, intent: { clientOrderId } } = ticket;
    if (order === null || !this.#tickets.has(clientOrderId)) return;
    ticket.change = null;
    const { arrivesAt: at } = change;
    const terms = change.type === "amend" ? change.terms : decreased(order, change.reduceTo);
    const refusal = change.type === "amend"
      ? this.#rules.refuseAmend(order, terms, at)
      : this.#rules.refuseDecrease(order, change.reduceTo, at);
    if (refusal !== null) {
      answers.push(changeFailed(clientOrderId, false, refusal, at));
      return;
    }
    const barred = order.intent.postOnly && !order.keepsPlace(terms) && this.#account.crosses(order, terms);
    if (barred || terms.count === order.filled) return this.#cancel(ticket, order, at, answers);
    this.#bounds.changed(clientOrderId, terms, at);
    this.#account.change(order, terms, at);
    answers.push(changed(order, change.type === "amend" ? terms : null, at));
    answers.push(...this.#tell(order.intent.ticker, at));
  }

  /** Fills of the input at hand, and the ends that they bring. */
  #tell(ticker: string, at: Micros): PaperAnswer[] {
    if (this.#executions.length === 0) return [];
    const answers = this.#executions.map(filled);
    this.#executions = [];
    for (const ticket of this.#tickets.values()) {
      const { order, intent } = ticket;
      if (order === null || intent.ticker !== ticker || order.left > 0) continue;
      // What was wanted and did not fill, reduce-only took away: there is nothing left to reduce.
      if (order.filled < order.wanted) this.#cancel(ticket, order, at, answers);
      else this.#drop(ticket, at);
    }
    return answers;
  }

  #cancel(ticket: Ticket, order: PaperOrder, at: Micros, answers: PaperAnswer[]): void {
    if (!this.#tickets.has(ticket.intent.clientOrderId)) return;
    this.#drop(ticket, at);
    answers.push(cancelled(order, at));
  }

  /** The order is over. A change that is still on its way will find nothing; then the sender asks what became of the order. */
  #drop({ intent: { clientOrderId }, order, change }: Ticket, at: Micros): void {
    this.#tickets.delete(clientOrderId);
    this.#bounds.ended(clientOrderId);
    if (order !== null) this.#account.end(order);
    if (change === null) return;
    this.#refused.push(changeFailed(clientOrderId, true, NOT_RESTING, at));
    if (order !== null) this.#refused.push(listed(order, at));
  }
}

/** The terms that a decrease comes to. */
const decreased = ({ price, filled, expiresAt }: PaperOrder, reduceTo: Count): OrderTerms => ({
  price,
  count: count(filled + reduceTo),
  expiresAt,
});
