/**
 * The trading desk: the only place where orders are made, and where answers, fills and settlements are booked.
 * Everything it wants done or remembered goes out with the step under way.
 * @module
 */

import type { AccountInput, BookDeltaInput, TradeInput } from "../core/input.ts";
import type { MarketResult } from "../core/market.ts";
import type { OrderReport } from "../core/order.ts";
import {
  formatCount,
  formatMoney,
  type Micros,
  micros,
  MICROS_PER_SECOND,
  type Money,
  type Price,
} from "../core/units.ts";
import type { Ledger } from "../execution/ledger.ts";
import type { Orders, OrderState } from "../execution/orders.ts";
import { PaperVenue } from "../execution/paper.ts";
import { dailyLossReason, Halts } from "../risk/halts.ts";
import type { Refusal, Stakes } from "../risk/limits.ts";
import type { Target } from "../strategies/strategy.ts";
import { Answers, type VenueAnswer } from "./answers.ts";
import { AccountCheck, type MarketPhase } from "./account_check.ts";
import type { Exposure } from "./exposure.ts";
import type { MarketState } from "./market_state.ts";
import type { EngineOptions } from "./options.ts";
import { OrderEntry } from "./order_entry.ts";
import { Portfolio, type PortfolioTotals } from "./portfolio.ts";
import { orderRecord } from "./records.ts";
import type { Step } from "./step.ts";

const DAILY_LOSS = "daily_loss";
/** A fill count told without its executions is asked for again after this. */
const FILL_PATIENCE = 2 * MICROS_PER_SECOND;
/** After the close the exchange cancels what rests; an order still open this long after is asked for. */
const CLOSE_PATIENCE = 3 * MICROS_PER_SECOND;
/** Executions just before the newest one known are read again too: reads are not in order to the microsecond. */
const FILL_OVERLAP = 60 * MICROS_PER_SECOND;
/** What a contract counts at where nothing at all is known of its market. */
const HALF: Price = 5_000 as Price;

export class Desk {
  readonly halts: Halts;
  readonly #options: EngineOptions;
  readonly #step: Step;
  readonly #market: (ticker: string) => MarketState | undefined;
  readonly #portfolio: Portfolio;
  readonly #entry: OrderEntry;
  readonly #answers: Answers;
  /** `null` where orders go to a real venue. */
  readonly #paper: PaperVenue | null;
  readonly #accountCheck = new AccountCheck();
  #accountKnown: boolean;
  /** Live: the exchange told its account in this run. What an earlier run knew may have changed since. */
  #accountHeard: boolean;
  #fillsAskedAt = 0;

  constructor(
    options: EngineOptions,
    step: Step,
    market: (ticker: string) => MarketState | undefined,
  ) {
    const { account, openOrders, halts } = options.resume;
    this.#options = options;
    this.#step = step;
    this.#market = market;
    this.#portfolio = new Portfolio(options, step, market);
    this.#accountKnown = account !== null || options.execution === "paper";
    this.#accountHeard = options.execution === "paper";
    this.halts = new Halts(halts, (record) => step.record(record));
    this.#paper = options.execution === "live" ? null : new PaperVenue(options.paper, (ticker) => {
      const state = market(ticker);
      return state === undefined ? undefined : { market: state.market, book: state.book };
    });
    this.#entry = new OrderEntry(options, step, this.#portfolio, this.halts, this.#paper);
    this.#answers = new Answers(step, this.#portfolio, market, options.instance);
    for (const record of openOrders) {
      const order = this.orders.resume(record);
      if (options.execution === "live") continue;
      this.orders.cancelled(order, options.startedAt, "Paper orders do not outlive their run");
      this.#step.record(orderRecord(order));
    }
  }

  /** Whether the account is known, without which nothing is sent. */
  get ready(): boolean {
    return this.#accountHeard;
  }

  get orders(): Orders {
    return this.#portfolio.orders;
  }
  get ledger(): Ledger {
    return this.#portfolio.ledger;
  }
  get totals(): PortfolioTotals {
    return this.#portfolio.totals;
  }
  get nav(): Money {
    return this.#portfolio.nav;
  }
  get dayStartNav(): Money {
    return this.#portfolio.day.startNav;
  }
  get refusals(): ReadonlyMap<string, number> {
    return this.#entry.refusals;
  }
  get exposure(): Exposure {
    return this.#portfolio.exposure;
  }

  /** Something that the stakes depend on changed. */
  moved(): void {
    this.#portfolio.moved();
  }

  /** Time moved on: on paper, everything that fell due until now happens first. */
  advance(): void {
    this.moved();
    if (this.#paper !== null) this.#take(this.#paper.advance(this.#step.at));
  }

  // --- orders out ---------------------------------------------------------------------------------------------------

  /** Checks and sends one order. The refusal where it may not go. */
  place(state: MarketState, target: Target, strategy: string, stakes: Stakes): Refusal | null {
    return this.#entry.place(state, target, strategy, stakes);
  }

  cancel(order: OrderState, reason: string): void {
    this.#entry.cancel(order, reason);
  }

  cancelAll(reason: string): void {
    this.#entry.cancelAll(reason);
  }

  // --- answers in ---------------------------------------------------------------------------------------------------

  answer(input: VenueAnswer): void {
    this.moved();
    if (input.type === "order_update" && this.#answers.isOurs(input.order.clientOrderId)) {
      this.#cancelForgotten(input.order);
    }
    this.#answers.take(input);
    if (input.type === "fill") this.#payLate(input.fill.ticker);
  }

  #take(answers: readonly VenueAnswer[]): void {
    for (const answer of answers) this.answer(answer);
  }

  /** Heard of only after the market had been paid out: it has its share, too. */
  #payLate(ticker: string): void {
    const state = this.#market(ticker);
    if (state === undefined || state.settledAt === null || state.payout === null) return;
    if (this.ledger.position(ticker) === undefined) return;
    this.settle(ticker, state.result, state.payout);
  }

  /** An order that bears our name, rests, and is not remembered: nobody would ever cancel it. */
  #cancelForgotten({ clientOrderId, orderId, ticker, status }: OrderReport): void {
    if (status !== "resting" || this.orders.get(clientOrderId) !== undefined) return;
    const shard = this.#market(ticker)?.market.shard ?? 0;
    const reason = "It is not remembered here";
    this.#step.act({ type: "cancel", execution: "live", clientOrderId, orderId, ticker, shard, reason });
  }

  // --- market events ------------------------------------------------------------------------------------------------

  /** A book changed. On paper, orders move up in its queues. */
  bookChanged(input: BookDeltaInput): void {
    if (this.#paper !== null) this.#take(this.#paper.onDelta(input));
  }

  /** A book was replaced. On paper, what was known of its queues is gone. */
  bookReplaced(ticker: string): void {
    if (this.#paper !== null) this.#take(this.#paper.onSnapshot(ticker, this.#step.at));
  }

  /** Others traded. On paper, orders in the way are filled. */
  traded(input: TradeInput): void {
    if (this.#paper !== null) this.#take(this.#paper.onTrade(input));
  }

  /** The market closed: on paper the exchange's cancels happen here, live they are heard of. */
  closed(ticker: string): void {
    if (this.#paper !== null) this.#take(this.#paper.onClose(ticker, this.#step.at));
  }

  /** Nothing more will be heard of this market. */
  forget(ticker: string): void {
    this.#entry.forget(ticker);
    const missing = this.orders.writeOff(ticker);
    if (missing > 0) this.#step.audit("fills_missing", ticker, `${formatCount(missing)} contracts were never heard of`);
  }

  /** Whether anything of a market is held or open: it must not be forgotten then. */
  isInvolved(ticker: string): boolean {
    return this.ledger.position(ticker) !== undefined || this.orders.openIn(ticker).size > 0;
  }

  /** Pays a settled market out. */
  settle(ticker: string, result: MarketResult, yesValue: Money): void {
    this.moved();
    for (const order of this.orders.openIn(ticker)) this.orders.unknown(order, "Its market settled", this.#step.at);
    this.#entry.forget(ticker);
    const settled = this.#portfolio.settle(ticker, result, yesValue);
    if (settled === null) return;
    this.#step.log(
      "info",
      `${ticker} settled ${result}: ${formatCount(settled.position)} contracts, P&L ${formatMoney(settled.pnl)}`,
    );
  }

  /** The exchange's own account, read whole. */
  account(input: AccountInput): void {
    if (this.#options.execution === "paper") return;
    this.#accountHeard = true;
    this.moved();
    if (!this.#accountKnown) {
      this.#portfolio.begin(input.balance);
      for (const { ticker, position } of input.positions) {
        if (position === 0 || this.#phaseOf(ticker) === "unknown") continue;
        this.ledger.adopt(ticker, position, this.#priceOf(ticker), input.at);
        this.#portfolio.touch(ticker);
      }
      this.#accountKnown = true;
      this.#portfolio.day.begin(this.nav);
      this.#step.audit(
        "account",
        null,
        `The account holds ${formatMoney(input.balance)} and ${input.positions.length} positions`,
      );
      return;
    }
    const quiet = this.orders.openCount === 0 && this.orders.short().size === 0;
    for (const finding of this.#accountCheck.compare(input, this.ledger, quiet, (ticker) => this.#phaseOf(ticker))) {
      if (finding.kind === "cash") this.#portfolio.transfer(finding.amount);
      else {
        const { ticker, position } = finding;
        this.ledger.overrule(ticker, position, this.#priceOf(ticker), input.at);
        this.#portfolio.touch(ticker);
      }
      this.#portfolio.touch();
      this.#step.audit("reconciled", finding.kind === "cash" ? null : finding.ticker, finding.text);
      this.#step.log("warn", finding.text);
    }
  }

  #phaseOf(ticker: string): MarketPhase {
    const state = this.#market(ticker);
    return state === undefined ? "unknown" : state.closed ? "closed" : "open";
  }

  /** The YES price that contracts without a history here are reckoned with. */
  #priceOf(ticker: string): Price {
    return this.#market(ticker)?.mark ?? HALF;
  }

  // --- once a second ------------------------------------------------------------------------------------------------

  /** Orders to ask for, fills that are missing, the day's loss. */
  housekeep(): void {
    const at = this.#step.at;
    if (this.#options.execution === "live") this.#chase(at);
    const { day, nav } = this.#portfolio;
    if (day.reach(at, nav)) this.#portfolio.touch();
    if (!this.#accountKnown) return;
    const loss = dailyLossReason(nav, day.startNav, this.#options.risk);
    if (loss !== null && this.halts.raise(DAILY_LOSS, loss, true, at)) this.halted(loss);
  }

  /** A person lifts every halt that needs one. The day's loss counts from here on, or it would halt again at once. */
  resume(reason: string): void {
    for (const halt of this.halts.list()) {
      if (!halt.persistent || !this.halts.lift(halt.name, reason, this.#step.at)) continue;
      this.#step.audit("resumed", null, `${halt.name}: ${reason}`);
      if (halt.name !== DAILY_LOSS) continue;
      this.#portfolio.day.restart(this.nav);
      this.#portfolio.touch();
    }
  }

  /** A halt began: everything that rests is cancelled. */
  halted(reason: string): void {
    this.#step.audit("halted", null, reason);
    this.#step.log("error", `Halted: ${reason}`);
    this.cancelAll(reason);
  }

  #chase(at: Micros): void {
    for (const order of this.orders.open()) {
      const closedAt = this.#market(order.intent.ticker)?.closedAt ?? null;
      const late = closedAt !== null && at - closedAt > CLOSE_PATIENCE;
      if (late && order.phase === "resting") this.orders.unknown(order, "Its market closed", at);
    }
    for (const order of this.orders.toAskFor(at)) {
      const { clientOrderId, ticker } = order.intent;
      this.#step.act({ type: "find_order", clientOrderId, orderId: order.orderId, ticker });
    }
    if (at - this.#fillsAskedAt < FILL_PATIENCE) return;
    // Fills heard of since, in other markets, must not hide one that is missing from longer ago.
    let since: number = this.fillsSince;
    let missing = false;
    for (const order of this.orders.short()) {
      if (at - order.updatedAt <= FILL_PATIENCE) continue;
      missing = true;
      since = Math.min(since, Math.max(0, order.sentAt - FILL_OVERLAP));
    }
    if (!missing) return;
    this.#fillsAskedAt = at;
    this.#step.act({ type: "fetch_fills", since: micros(since) });
  }

  /** From where executions must be read so that none is missed. */
  get fillsSince(): Micros {
    return micros(Math.max(0, (this.#portfolio.lastFillAt ?? this.#options.startedAt) - FILL_OVERLAP));
  }

  // --- records ------------------------------------------------------------------------------------------------------

  /** Writes down what changed in this step: positions and the totals. */
  flush(): void {
    this.#portfolio.flush();
  }

  /** Writes down one point of the curve. */
  snapshot(): void {
    this.#portfolio.snapshot();
  }
}
