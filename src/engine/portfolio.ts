/**
 * All that is held, open and owed: cash, positions, orders, what they are worth and what is at stake; and the rows by which
 * the next run goes on from here.
 * @module
 */

import type { MarketResult } from "../core/market.ts";
import type { FillReport } from "../core/order.ts";
import { formatMoney, type Micros, type Money, money, type Price } from "../core/units.ts";
import { Ledger, type SettlementResult } from "../execution/ledger.ts";
import { Orders } from "../execution/orders.ts";
import type { OrderState } from "../execution/order_state.ts";
import { canaryAt, type CanaryRule } from "../risk/canary.ts";
import { Correlations } from "../risk/correlation.ts";
import { Exposure } from "./exposure.ts";
import type { MarketState } from "./market_state.ts";
import type { EngineOptions } from "./options.ts";
import { DEFAULT_RECOVERY, isRecovering, type RecoveryRules } from "../models/drawdown_recovery.ts";
import { dayOf, positionRecord, settledPositionRecord, tradeRecord } from "./records.ts";
import type { Step } from "./step.ts";
import { StrategyFlows, type StrategyResult } from "./strategy_flows.ts";
import { StrategyMoney } from "./strategy_money.ts";
import { TradingDay } from "./trading_day.ts";

export interface PortfolioTotals {
  readonly orders: number;
  readonly fills: number;
}

export class Portfolio {
  readonly orders: Orders;
  readonly day: TradingDay;
  readonly #step: Step;
  readonly #market: (ticker: string) => MarketState | undefined;
  readonly #mark = (ticker: string): Price | null => this.#market(ticker)?.mark ?? null;
  readonly #money: StrategyMoney;
  readonly #canary: CanaryRule | null;
  readonly #recovery: RecoveryRules;
  /** `null` in journals of versions that counted no losses. */
  readonly #flows: StrategyFlows | null;
  #results: readonly StrategyResult[] = [];
  #peakWritten: Money;
  readonly #correlations: Correlations;
  readonly #changedPositions = new Set<string>();
  #ledger: Ledger;
  #sent: number;
  #fills: number;
  #nextIntent: number;
  #lastFillAt: Micros | null;
  #fillsReadTo: Micros | null;
  #takenOverAt: Micros | null;
  readonly #remembersTakeOver: boolean;
  #exposure: Exposure | null = null;
  #known: boolean;
  #recovering: boolean;
  #changed = true;

  constructor(options: EngineOptions, step: Step, market: (ticker: string) => MarketState | undefined) {
    const { account, positions, recentTradeIds, lastFillAt } = options.resume;
    this.#step = step;
    this.#market = market;
    this.#canary = options.canary ?? null;
    this.#recovery = options.safety?.recovery ?? DEFAULT_RECOVERY;
    this.#flows = options.safety === undefined ? null : new StrategyFlows(positions);
    this.#correlations = new Correlations(options.risk.correlation);
    const { budgets = [], budgetDays = [] } = options.resume;
    this.#money = new StrategyMoney(options.allocation ?? null, { budgets, days: budgetDays }, step);
    this.orders = new Orders(recentTradeIds);
    this.#ledger = account === null ? new Ledger(options.capital ?? money(0)) : Ledger.resume(account, positions);
    const { cash } = this.#ledger;
    this.day = new TradingDay(
      account?.day ?? dayOf(options.startedAt),
      account?.dayStartNav ?? cash,
      account?.peakNav ?? cash,
      account ?? {},
    );
    this.#peakWritten = this.day.peakNav;
    this.#recovering = account?.recovering ?? false;
    this.#known = account !== null || options.capital !== null;
    this.#sent = account?.orders ?? 0;
    this.#fills = account?.fills ?? 0;
    this.#nextIntent = nextIntent(options);
    this.#lastFillAt = lastFillAt;
    this.#fillsReadTo = account?.fillsReadTo ?? null;
    this.#takenOverAt = account?.takenOverAt ?? null;
    this.#remembersTakeOver = options.remembersTakeOver ?? false;
  }

  get ledger(): Ledger {
    return this.#ledger;
  }
  get totals(): PortfolioTotals {
    return { orders: this.#sent, fills: this.#fills };
  }
  /** When the newest execution happened that is known. */
  get lastFillAt(): Micros | null {
    return this.#lastFillAt;
  }

  /** Up to when executions were read whole: a later one that was heard says nothing of what was missed before it. */
  get fillsReadTo(): Micros | null {
    return this.#fillsReadTo;
  }

  /** Whether it is known what there is: by the capital on paper, by an earlier run, or by the exchange. */
  get known(): boolean {
    return this.#known;
  }

  /** A drawdown is being earned back: bets are smaller. */
  get recovering(): boolean {
    return this.#recovering;
  }

  /** Takes note of a drawdown, or of its end. @param nav what all is worth now */
  recover(nav: Money): void {
    const { peakNav } = this.day;
    const recovering = isRecovering(this.#recovering, nav, peakNav, this.#recovery);
    if (recovering === this.#recovering) return;
    this.#recovering = recovering;
    this.touch();
    const text = recovering
      ? `${formatMoney(nav)} is ${this.#recovery.drawdownPercent} % or more below the peak of ${
        formatMoney(peakNav)
      }: smaller bets`
      : `The peak of ${formatMoney(peakNav)} is reached again`;
    this.#step.audit("drawdown_recovery", null, text);
    this.#step.log("warn", `Drawdown recovery ${recovering ? "begins" : "ends"}. ${text}`);
  }

  get nav(): Money {
    return money(this.#ledger.cash + this.#ledger.marketValue(this.#mark));
  }

  /** Positions and open orders as they stand now. */
  get exposure(): Exposure {
    return this.#exposure ??= new Exposure(
      this.orders,
      this.#ledger,
      this.nav,
      this.#market,
      {
        budget: (strategy) => this.budget(strategy),
        canary: canaryAt(this.#canary, this.#step.at),
        correlations: this.#correlations,
      },
    );
  }

  /** An order, a position, a mark or a market changed: what is at stake is added up anew when next asked for. */
  moved(): void {
    this.#exposure = null;
  }

  /** The totals changed, and the position in this market: they are written down at the end of the step. */
  touch(ticker: string | null = null): void {
    this.#changed = true;
    if (ticker !== null) this.#changedPositions.add(ticker);
  }

  /** The number of one more order: no other ever bears it. */
  numberOrder(): number {
    this.#sent++;
    this.touch();
    this.moved();
    return this.#nextIntent++;
  }

  /** Goes on from the cash that the exchange holds for us: nothing was known before. */
  begin(cash: Money): void {
    this.#ledger = new Ledger(cash);
    this.#known = true;
    if (this.#remembersTakeOver) this.#takenOverAt = this.#step.at;
    this.touch();
  }

  /** Whether an execution of no order of ours is in the account as it was taken over: readings begin a little before that. */
  tookOver({ executedAt }: FillReport): boolean {
    return this.#takenOverAt !== null && executedAt <= this.#takenOverAt;
  }

  /** Books one execution and writes it down. */
  execute(fill: FillReport, order: OrderState | undefined, at: Micros): void {
    const strategy = order?.intent.strategy ?? "unknown";
    const realised = this.#ledger.apply({ ...fill, strategy, at });
    this.#money.executed(fill, strategy);
    this.#flows?.executed(fill, strategy);
    this.#fills++;
    if (this.#lastFillAt === null || fill.executedAt > this.#lastFillAt) this.#lastFillAt = fill.executedAt;
    this.#step.record(tradeRecord(fill, order, at, realised));
    this.touch(fill.ticker);
  }

  /** Executions were read whole. */
  readFills(to: Micros): void {
    if (this.#fillsReadTo !== null && to <= this.#fillsReadTo) return;
    this.#fillsReadTo = to;
    this.touch();
  }

  /** One more market that was followed has settled, held or not. */
  countSettled(): void {
    this.#ledger.countSettled();
    this.touch();
  }

  /** Pays a market out and writes that down; `null` where nothing of it was ever held. */
  settle(ticker: string, result: MarketResult, yesValue: Money): SettlementResult | null {
    const { at } = this.#step;
    const position = this.#ledger.position(ticker);
    const parts = new Map(this.#ledger.partsOf(ticker));
    const settled = this.#ledger.settle(ticker, result, yesValue);
    if (settled !== null) this.#money.paidOut(parts, yesValue);
    this.#results = this.#flows?.settle(ticker, parts, yesValue) ?? [];
    if (position === undefined || settled === null) return null;
    this.#step.record({ kind: "settlement", ticker, result, at, ...settled });
    this.#step.record(settledPositionRecord(position, settled.pnl, at));
    this.#changedPositions.delete(ticker);
    this.touch();
    return settled;
  }

  /** What the market that was paid out last came to for each strategy. */
  get results(): readonly StrategyResult[] {
    return this.#results;
  }

  /** Whether a mark is known of all that is held in open markets: before, the worth of it is what it cost. */
  get marked(): boolean {
    for (const { ticker, position } of this.#ledger.positions()) {
      const state = this.#market(ticker);
      if (position !== 0 && (state === undefined || (!state.closed && state.mark === null))) return false;
    }
    return true;
  }

  /** Money in or out is neither a profit nor a loss. */
  transfer(amount: Money): void {
    const { nav } = this;
    this.#ledger.transfer(amount);
    this.#money.transferred();
    this.day.transfer(amount, this.#flows === null ? null : nav);
  }

  /**
   * Writes down what changed in this step: positions and the totals. Before it is known what there is there is nothing to
   * write: the next run would take an empty account for what is known, and the whole of the real one for a deposit.
   */
  flush(): void {
    if (!this.#changed || !this.#known) return;
    this.#changed = false;
    const ledger = this.#ledger;
    for (const ticker of this.#changedPositions) {
      const position = ledger.position(ticker);
      if (position === undefined) continue;
      const flows = this.#flows?.of(ticker) ?? null;
      this.#step.record(positionRecord(position, ledger.partsOf(ticker), flows));
    }
    this.#changedPositions.clear();
    this.#money.flush();
    this.#peakWritten = this.day.peakNav;
    this.#step.record({
      kind: "account",
      startingCapital: ledger.startingCapital,
      cash: ledger.cash,
      realised: ledger.realised,
      fees: ledger.fees,
      orders: this.#sent,
      fills: this.#fills,
      settled: ledger.settled,
      wins: ledger.wins,
      losses: ledger.losses,
      nextIntent: this.#nextIntent,
      day: this.day.name,
      dayStartNav: this.day.startNav,
      peakNav: this.day.peakNav,
      ...this.day.bases,
      ...(this.#recovering ? { recovering: true } : {}),
      ...(this.#fillsReadTo === null ? {} : { fillsReadTo: this.#fillsReadTo }),
      ...(this.#takenOverAt === null ? {} : { takenOverAt: this.#takenOverAt }),
      updatedAt: this.#step.at,
    });
  }

  /** Parts the money between the strategies that run, where that is due. */
  rebalance(running: readonly string[]): void {
    // Asked every second, and due once a day: what all is worth is worked out only then.
    if (!this.#known || !this.#money.isDue(running)) return;
    if (!this.#money.rebalance(this.nav, running, this.#ledger, this.#mark)) return;
    this.touch();
    this.moved();
  }

  /** What a strategy may put at stake in all; `null` where no budget bounds it. */
  budget(strategy: string): Money | null {
    return this.#money.budget(strategy);
  }

  /** What a strategy earned since the day of the budgets began; `null` where money is not parted. */
  dayPnl(strategy: string): Money | null {
    return this.#money.dayPnl(strategy, this.#ledger, this.#mark);
  }

  /** One point of the curve that the page draws. A peak that nothing but prices made is remembered with it. */
  snapshot(): void {
    const { cash } = this.#ledger;
    if (this.#flows !== null && this.day.peakNav !== this.#peakWritten) this.touch();
    this.#step.record({
      kind: "portfolio",
      at: this.#step.at,
      cash,
      nav: this.nav,
      exposure: this.#ledger.exposure(),
    });
  }
}

/** The first number that no order of this state directory bears: an order may have been written down without the totals. */
function nextIntent({ instance, resume }: EngineOptions): number {
  let next = resume.account?.nextIntent ?? 1;
  for (const { clientOrderId } of resume.openOrders) {
    const number = Number(clientOrderId.slice(instance.length + 1));
    if (clientOrderId.startsWith(`${instance}-`) && number >= next) next = number + 1;
  }
  return next;
}
