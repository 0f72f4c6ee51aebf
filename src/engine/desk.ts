/**
 * The trading desk: orders go out through it, and what the venue says comes back to it. Its parts:
 *
 * | part | what it does |
 * | --- | --- |
 * | {@link Portfolio} | keeps what is held, open and at stake |
 * | {@link OrderEntry} | makes orders, changes them and takes them back |
 * | {@link Leases} | keeps what rests alive |
 * | {@link Fuses} | has the exchange itself stop a strategy that trades too much |
 * | {@link Answers} | books what the venue says of them |
 * | {@link RefusalPause} | holds orders back where the exchange refused others |
 * | {@link ExchangePause} | holds orders back where the exchange says that it takes none |
 * | {@link CashTransfers} | moves cash to where it is traded, where that is allowed |
 * | {@link Reconciliation} | finds what differs from the exchange, and asks for what is not known |
 * | {@link PaperVenue} | is the venue, on paper |
 *
 * The desk itself brings them together, and holds the halts.
 * @module
 */

import type { AccountInput, BookDeltaInput, ExchangeStatusInput, TradeInput } from "../core/input.ts";
import type { MarketResult } from "../core/market.ts";
import {
  type Count,
  formatCount,
  formatMoney,
  type Micros,
  MICROS_PER_SECOND,
  type Money,
  money,
} from "../core/units.ts";
import type { Ledger } from "../execution/ledger.ts";
import type { Orders } from "../execution/orders.ts";
import type { ReconcileSettings } from "../execution/reconciler.ts";
import type { OrderState } from "../execution/order_state.ts";
import { type PaperComparison, PaperVenue } from "../execution/paper.ts";
import { type BreakerRules, dailyLossReason, drawdownReason } from "../risk/breakers.ts";
import { type Halt, Halts, type HaltSubject } from "../risk/halts.ts";
import { kindOf } from "../risk/halt_kinds.ts";
import type { RiskLimits, Stakes } from "../risk/limits.ts";
import type { OrderRefusal } from "../risk/rule.ts";
import type { Target } from "../strategies/strategy.ts";
import { type BookView, PartialBook } from "../core/book_view.ts";
import { Answers, type VenueAnswer } from "./answers.ts";
import { CashTransfers } from "./cash_transfers.ts";
import { PLAIN_EXECUTION } from "./execution_settings.ts";
import { ExchangePause } from "./exchange_pause.ts";
import type { Exposure } from "./exposure.ts";
import { Fuses, isFuse } from "./fuses.ts";
import { Leases } from "./leases.ts";
import type { MarketState } from "./market_state.ts";
import type { EngineOptions, SafetyRules } from "./options.ts";
import { type NotedRefusal, OrderEntry, type RefusedLeg } from "./order_entry.ts";
import { Portfolio, type PortfolioTotals } from "./portfolio.ts";
import { ownAt } from "./own_orders.ts";
import { Reconciliation } from "./reconciliation.ts";
import { orderRecord } from "./records.ts";
import type { StrategyResult } from "./strategy_flows.ts";
import { RefusalPause } from "./refusal_pause.ts";
import type { Step } from "./step.ts";
import type { BasketLeg } from "./target_matcher.ts";

const DAILY_LOSS = "daily_loss";
const DRAWDOWN = "drawdown";
/** What is held counts at its cost before its market's book is heard: nothing follows from that for so long after a start. */
const MARKS_PATIENCE = 60 * MICROS_PER_SECOND;
/** A person lifts them; what they count from moves then, and must be known for that. */
const COUNTED: ReadonlySet<string> = new Set([DAILY_LOSS, DRAWDOWN]);

export class Desk {
  readonly halts: Halts;
  /** What the exchange itself stops a strategy by. */
  readonly fuses: Fuses;
  readonly #step: Step;
  readonly #market: (ticker: string) => MarketState | undefined;
  #limits: RiskLimits;
  /** `null` in journals of versions without. */
  readonly #safety: SafetyRules | null;
  #breakers: BreakerRules | null;
  readonly #startedAt: Micros;
  readonly #portfolio: Portfolio;
  readonly #entry: OrderEntry;
  readonly #answers: Answers;
  readonly #reconciliation: Reconciliation;
  readonly #pauses = new RefusalPause();
  readonly #exchange = new ExchangePause();
  readonly #leases: Leases;
  readonly #working: ReconcileSettings;
  readonly #workingPaused: ReconcileSettings;
  /** `null` where nothing may be moved. */
  readonly #transfers: CashTransfers | null;
  /** `null` where orders go to a real venue. */
  readonly #paper: PaperVenue | null;
  /** Of markets that were paid out, nobody was told yet. */
  #results: StrategyResult[] = [];

  constructor(options: EngineOptions, step: Step, market: (ticker: string) => MarketState | undefined) {
    this.#step = step;
    this.#market = market;
    this.#limits = options.risk;
    this.#safety = options.safety ?? null;
    this.#breakers = this.#safety?.breakers ?? null;
    this.#startedAt = options.startedAt;
    this.#portfolio = new Portfolio(options, step, market);
    this.fuses = new Fuses(options, step);
    this.halts = new Halts(options.resume.halts.filter((record) => !isFuse(record)), (record) => step.record(record));
    this.#paper = options.execution === "live" ? null : paperVenue(options, market);
    const pauses = { refusals: this.#pauses, exchange: this.#exchange };
    const { orders = PLAIN_EXECUTION } = options;
    this.#leases = new Leases(orders);
    this.#working = { ...orders, canChange: true };
    this.#workingPaused = { ...orders, canChange: false };
    this.#entry = new OrderEntry(options, step, this.#portfolio, this, pauses, this.#paper, this.#leases);
    this.#answers = new Answers(step, this.#portfolio, this.#pauses, this.fuses, market, options);
    this.#reconciliation = new Reconciliation(options, step, this.#portfolio, market);
    const { transfers = null, instance, run } = options;
    this.#transfers = transfers === null ? null : new CashTransfers(transfers, `${instance}-${run}`);
    this.#resumeOrders(options);
  }

  get orders(): Orders {
    return this.#portfolio.orders;
  }
  get ledger(): Ledger {
    return this.#portfolio.ledger;
  }
  /** As they are now (settings.ts). */
  get limits(): RiskLimits {
    return this.#limits;
  }
  /** The same of the breakers; `null` in journals of versions without. */
  get breakers(): BreakerRules | null {
    return this.#breakers;
  }
  get totals(): PortfolioTotals {
    return this.#portfolio.totals;
  }
  get nav(): Money {
    return this.#portfolio.nav;
  }
  /** A drawdown is being earned back. */
  get recovering(): boolean {
    return this.#portfolio.recovering;
  }
  get dayStartNav(): Money {
    return this.#portfolio.day.startNav;
  }
  /** What the day's loss is a share of. */
  get dayBaseNav(): Money {
    return this.#portfolio.day.baseNav;
  }
  /** What a drawdown that halts is counted from. */
  get haltPeakNav(): Money {
    return this.#portfolio.day.haltPeakNav;
  }
  get exposure(): Exposure {
    return this.#portfolio.exposure;
  }
  get refusals(): ReadonlyMap<string, number> {
    return this.#entry.refusals;
  }
  /** The newest orders that risk kept back, oldest first. */
  get notedRefusals(): readonly NotedRefusal[] {
    return this.#entry.noted;
  }
  /** Whether the account is known, without which nothing is sent. */
  get ready(): boolean {
    return this.#paper !== null || this.#reconciliation.heard;
  }
  /**
   * A market's book as others make it. A venue's shows our own orders, too; on paper it shows none of them, but what they took
   * is shown still.
   */
  othersBook({ market: { ticker }, book }: MarketState): BookView {
    if (this.#paper === null) {
      const open = this.orders.openIn(ticker);
      return open.size === 0
        ? book
        : new PartialBook(book, (side, at) => ownAt(side === "yes" ? "bid" : "ask", at, open));
    }
    const taken = this.#paper.takenIn(ticker);
    return taken === null ? book : new PartialBook(book, (side, at) => taken.at(side, at));
  }

  /** What paper orders came to by three fill models; `null` where orders go to a real venue. */
  get paperComparison(): PaperComparison | null {
    return this.#paper?.comparison ?? null;
  }
  /** Nothing can be bought: the account is known, and holds no cash where it is traded. */
  get penniless(): boolean {
    return this.#reconciliation.penniless;
  }
  /** Why no order may go to a shard, in words, by the exchange's own account of itself; `null` where it may. */
  pausedOn(shard: number): string | null {
    return this.#exchange.reason(shard);
  }
  /** From where executions must be read so that none is missed. */
  get fillsSince(): Micros {
    return this.#reconciliation.fillsSince;
  }

  // --- orders -------------------------------------------------------------------------------------------------------

  /** Checks and sends one order. The refusal where it may not go. */
  place(state: MarketState, target: Target, strategy: string, stakes: Stakes): OrderRefusal | null {
    return this.#entry.place(state, target, strategy, stakes);
  }

  /** Checks every order of a basket, each with those before it at stake, and sends all or none. Which one is refused, and why. */
  placeAll(legs: readonly BasketLeg[]): RefusedLeg | null {
    return this.#entry.placeAll(legs);
  }

  /** How orders on a shard are made to match what is wanted: while the exchange pauses it, it changes none. */
  workingOn(shard: number): ReconcileSettings {
    return this.#exchange.of(shard) === "none" ? this.#working : this.#workingPaused;
  }

  /** Checks and changes an order that rests. The refusal where it may not be so. */
  amend(state: MarketState, order: OrderState, target: Target, whole: Count): OrderRefusal | null {
    return this.#entry.amend(state, order, target, whole);
  }

  decrease(order: OrderState, reduceTo: Count, reason: string): void {
    this.#entry.decrease(order, reduceTo, reason);
  }

  cancel(order: OrderState, reason: string): void {
    this.#entry.cancel(order, reason);
  }

  cancelAll(reason: string): void {
    this.#entry.cancelAll(reason);
  }

  /** Parts the money between the strategies that run, where that is due. */
  rebalance(running: readonly string[]): void {
    this.#portfolio.rebalance(running);
  }

  /** What a strategy may put at stake in all; `null` where no budget bounds it. */
  budget(strategy: string): Money | null {
    return this.#portfolio.budget(strategy);
  }

  /** What a strategy earned since the day of the budgets began; `null` where money is not parted. */
  dayPnl(strategy: string): Money | null {
    return this.#portfolio.dayPnl(strategy);
  }

  /** Other limits from now on. What stands halted stays so, whatever they are: who or what lifts a halt, lifts it. */
  limit(limits: RiskLimits, breakers: BreakerRules | null): void {
    this.#limits = limits;
    this.#breakers = breakers;
  }

  /** Something that the stakes depend on changed. */
  moved(): void {
    this.#portfolio.moved();
  }

  // --- what the venue says ------------------------------------------------------------------------------------------

  answer(input: VenueAnswer): void {
    this.moved();
    if (input.type === "order_update" && this.#answers.isOurs(input.order.clientOrderId)) {
      this.#reconciliation.cancelForgotten(input.order);
    }
    this.#answers.take(input);
    if (input.type === "fill") this.#payLate(input.fill.ticker);
  }

  /** The exchange's own account, read whole. */
  account(input: AccountInput): void {
    if (this.#paper !== null) return;
    this.moved();
    this.#reconciliation.account(input);
    const transfer = this.#transfers?.after(input) ?? null;
    if (transfer === null) return;
    const { amount, fromShard, toShard } = transfer;
    this.#step.act(transfer);
    const text = `${formatMoney(amount)} from shard ${fromShard} to shard ${toShard}, which is traded on`;
    this.#step.audit("transfer", null, text);
    this.#step.log("warn", `Moving ${text}`);
  }

  /** The exchange says what it takes. */
  exchangeStatus(input: ExchangeStatusInput): void {
    for (const text of this.#exchange.take(input)) {
      this.#step.audit("exchange_status", null, text);
      this.#step.log("warn", text);
    }
    for (const { shard, pause } of input.shards) if (pause === "none") this.#pauses.reopened(shard);
  }

  // --- what happens in the markets ----------------------------------------------------------------------------------

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

  /**
   * Pays a settled market out.
   * @param followed it was followed before it settled, and so counts even where nothing of it is held
   */
  settle(ticker: string, result: MarketResult, yesValue: Money, followed: boolean): void {
    for (const order of this.orders.openIn(ticker)) this.orders.unknown(order, "Its market settled", this.#step.at);
    this.#entry.forget(ticker);
    if (followed || this.ledger.position(ticker) !== undefined) this.#portfolio.countSettled();
    this.#pay(ticker, result, yesValue);
    this.#results.push(...this.#portfolio.results);
    this.#paper?.settle(ticker, result, yesValue);
  }

  /** What the markets that were paid out since the last call came to for each strategy. */
  takeResults(): readonly StrategyResult[] {
    if (this.#results.length === 0) return this.#results;
    const results = this.#results;
    this.#results = [];
    return results;
  }

  #pay(ticker: string, result: MarketResult, yesValue: Money): void {
    this.moved();
    const settled = this.#portfolio.settle(ticker, result, yesValue);
    if (settled === null) return;
    const { position, pnl } = settled;
    this.#step.log("info", `${ticker} settled ${result}: ${formatCount(position)} contracts, P&L ${formatMoney(pnl)}`);
  }

  /** Whether anything of a market is held or open: it must not be forgotten then. */
  isInvolved(ticker: string): boolean {
    return this.ledger.position(ticker) !== undefined || this.orders.openIn(ticker).size > 0;
  }

  /** Nothing more will be heard of this market. */
  forget(ticker: string): void {
    this.#entry.forget(ticker);
    this.#paper?.forget(ticker);
    this.ledger.forget(ticker);
    for (const { order, missing } of this.orders.writeOff(ticker)) {
      const { clientOrderId } = order.intent;
      this.#step.record(orderRecord(order));
      this.#step.audit(
        "fills_missing",
        ticker,
        `${formatCount(missing)} contracts of ${clientOrderId} were never heard of`,
      );
    }
  }

  // --- time ---------------------------------------------------------------------------------------------------------

  /** Time moved on: on paper, everything that fell due until now happens first. */
  advance(): void {
    this.moved();
    if (this.#paper !== null) this.#take(this.#paper.advance(this.#step.at));
  }

  /** Once a second: orders to ask for and to renew, places in paper queues, fills that are missing, the day's loss. */
  housekeep(): void {
    if (this.#paper === null) this.#reconciliation.chase();
    else if (this.orders.openCount > 0) this.#estimateQueues(this.#paper);
    if (this.orders.openCount > 0) this.#renew();
    if (this.#safety !== null && !this.#worthIsKnown) return;
    const { day, nav } = this.#portfolio;
    if (day.reach(this.#step.at, nav)) this.#portfolio.touch();
    if (this.#paper === null && !this.#reconciliation.known) return;
    this.#portfolio.recover(nav);
    const loss = dailyLossReason(nav, day.startNav, this.#limits, day.baseNav);
    if (loss !== null) this.halt(DAILY_LOSS, loss);
    const fall = this.#breakers === null ? null : drawdownReason(nav, day.haltPeakNav, this.#breakers);
    if (fall !== null) this.halt(DRAWDOWN, fall);
  }

  /** Nobody waits for the marks of markets that may never be heard again. */
  get #worthIsKnown(): boolean {
    return this.#step.at - this.#startedAt > MARKS_PATIENCE || this.#portfolio.marked;
  }

  /** On paper nobody tells the places in the queue: the fill model has them. */
  #estimateQueues(paper: PaperVenue): void {
    for (const order of this.orders.open()) {
      const ahead = paper.ahead(order.intent.clientOrderId, this.#step.at);
      if (ahead !== null) this.orders.queued(order, ahead);
    }
  }

  #renew(): void {
    if (this.halts.first !== null) return;
    const closeOf = ({ intent }: OrderState): Micros | null => this.#market(intent.ticker)?.market.closeTime ?? null;
    for (const order of this.#leases.due(this.orders.open(), closeOf, this.#step.at)) {
      if (this.#exchange.of(order.intent.shard) === "none") this.#entry.renew(order);
    }
  }

  /** Writes down what changed in this step. */
  flush(): void {
    this.#portfolio.flush();
  }

  /** Writes down one point of the curve. */
  snapshot(): void {
    this.#portfolio.snapshot();
  }

  // --- halts --------------------------------------------------------------------------------------------------------

  /**
   * A halt begins, unless it stands already: where nothing of the whole may go out, everything that rests is cancelled; what
   * one of less keeps back is cancelled as soon as its markets are decided about. Whether it began now.
   */
  halt(name: string, reason: string, subject: HaltSubject = {}): boolean {
    const { level, scope, persistent } = kindOf(name);
    if (!this.halts.raise(name, reason, persistent, this.#step.at, subject)) return false;
    const reduces = level === "reducing";
    this.#step.audit(reduces ? "reducing" : "halted", null, reason);
    this.#step.log(scope === "whole" && !reduces ? "error" : "warn", `${reduces ? "Reducing" : "Halted"}: ${reason}`);
    if (scope === "whole" && !reduces) this.cancelAll(reason);
    return true;
  }

  /** The cause of a halt is gone: it ends by itself. */
  end(name: string, reason: string): void {
    if (!this.halts.lift(name, reason, this.#step.at) || this.#safety === null) return;
    this.#step.audit("halt_over", null, `${name}: ${reason}`);
    this.#step.log("warn", `Halt ${name} is over: ${reason}`);
  }

  /**
   * Why nothing is lifted when a person resumes, in words; `null` where all that a person lifts for the whole may be. What is
   * of one strategy alone is lifted with its start.
   */
  get resumeObstacle(): string | null {
    const whole = this.halts.of(null).filter(({ persistent }) => persistent);
    const kept = whole.filter(({ name }) => COUNTED.has(name) && !this.ready);
    if (kept.length > 0) {
      const names = kept.map(({ name }) => name).join(", ");
      return `Not yet (${names}): ${kindOf(kept[0].name).first}`;
    }
    const rest = this.halts.list();
    if (whole.length > 0 || rest.length === 0) return null;
    return `Nothing of the whole waits for a person. ${rest.map(whatEnds).join("; ")}`;
  }

  /** A person lifts every halt of the whole that needs one. What it counted counts from here on, or it would halt again at once. */
  resume(reason: string): void {
    const obstacle = this.#safety === null ? null : this.resumeObstacle;
    if (obstacle !== null) return this.#step.audit("resume_refused", null, obstacle);
    for (const halt of this.halts.of(null)) {
      if (!halt.persistent || !this.halts.lift(halt.name, reason, this.#step.at)) continue;
      this.#step.audit("resumed", null, `${halt.name}: ${reason}`);
      if (!COUNTED.has(halt.name)) continue;
      if (halt.name === DAILY_LOSS) this.#portfolio.day.restart(this.nav);
      else this.#portfolio.day.restartPeak(this.nav);
      this.#portfolio.touch();
    }
  }

  // ------------------------------------------------------------------------------------------------------------------

  #take(answers: readonly VenueAnswer[]): void {
    for (const answer of answers) this.answer(answer);
  }

  /** Heard of only after the market had been paid out: it has its share, too. */
  #payLate(ticker: string): void {
    const state = this.#market(ticker);
    if (state === undefined || state.settledAt === null || state.payout === null) return;
    if (this.ledger.position(ticker) === undefined) return;
    this.#pay(ticker, state.result, state.payout);
  }

  /** Orders of an earlier run: their fate is asked for. On paper they ended with it. */
  #resumeOrders({ resume, startedAt }: EngineOptions): void {
    for (const record of resume.openOrders) {
      const order = this.orders.resume(record);
      if (this.#paper === null) continue;
      this.orders.cancelled(order, startedAt, "Paper orders do not outlive their run");
      this.#step.record(orderRecord(order));
    }
  }
}

function paperVenue({ paper, capital, resume }: EngineOptions, market: (ticker: string) => MarketState | undefined) {
  const start = { capital: capital ?? money(0), account: resume.account, positions: resume.positions };
  return new PaperVenue(paper, (ticker) => market(ticker), start);
}

const whatEnds = ({ name, strategy }: Halt): string => {
  const { lifts, first } = kindOf(name);
  return lifts === "start"
    ? `${name} ends with kbot strategy start ${strategy ?? ""}, once ${first}`
    : `${name} ends ${lifts === "itself" ? "by itself, " : ""}once ${first}`;
};
