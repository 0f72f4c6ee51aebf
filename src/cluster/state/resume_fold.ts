/**
 * What a run would go on from if it ended now, kept up by the records that its engine writes: as the store makes it of the
 * same records (store/kv_rows.ts), in memory.
 * @module
 */

import type {
  AccountRecord,
  BudgetDayRecord,
  BudgetRecord,
  HaltRecord,
  OrderRecord,
  PositionRecord,
  ResumeState,
  StateRecord,
  StrategyRecord,
  TradeRecord,
} from "../../core/record.ts";
import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { isOpen } from "../../execution/order_state.ts";

/** Executions are read again from a minute before the newest known: these must not count twice. */
const TRADES_KEPT = 3 * 60 * MICROS_PER_SECOND;
const TRADES_MAX = 500;
/** Ids are short: of these many more. */
const TRADE_IDS_MAX = 1_000;
const SETTLED_MAX = 10_000;
/** As many as a store gives back. */
const BUDGET_DAYS_MAX = 5_000;

/** A state, and the executions of just before: enough to write both into a store. */
export interface FoldedState {
  /** Without the strategies' finished days, which are many and change once a day. */
  readonly resume: ResumeState;
  readonly trades: readonly TradeRecord[];
}

export class ResumeFold {
  #account: AccountRecord | null;
  readonly #positions: Map<string, PositionRecord>;
  readonly #openOrders: Map<string, OrderRecord>;
  readonly #halts: Map<string, HaltRecord>;
  readonly #budgets: Map<string, BudgetRecord>;
  readonly #strategies: Map<string, StrategyRecord>;
  readonly #settled = new Set<string>();
  /** Oldest first. */
  #tradeIds: string[];
  #trades: TradeRecord[] = [];
  #lastFillAt: Micros | null;
  #days: BudgetDayRecord[];

  constructor(resume: ResumeState, trades: readonly TradeRecord[] = []) {
    const { account, positions, openOrders, halts, recentTradeIds, lastFillAt } = resume;
    const { budgets = [], budgetDays = [], strategies = [] } = resume;
    this.#account = account;
    this.#positions = new Map(positions.map((record) => [record.ticker, record]));
    this.#openOrders = new Map(openOrders.map((record) => [record.clientOrderId, record]));
    this.#halts = new Map(halts.map((record) => [record.name, record]));
    this.#budgets = new Map(budgets.map((record) => [record.strategy, record]));
    this.#strategies = new Map(strategies.map((record) => [record.name, record]));
    this.#tradeIds = recentTradeIds.slice(0, TRADE_IDS_MAX).toReversed();
    this.#trades = [...trades];
    this.#lastFillAt = lastFillAt;
    this.#days = [...budgetDays];
  }

  /** Takes a record in: which part of what is shared is another one now; `null` where none is. */
  take(record: StateRecord): "state" | "days" | null {
    switch (record.kind) {
      case "order":
        this.#order(record);
        return "state";
      case "trade":
        this.#trade(record);
        return "state";
      case "position":
        this.#position(record);
        return "state";
      case "settlement":
        this.#settle(record.ticker);
        return "state";
      case "account":
        this.#account = record;
        return "state";
      case "halt":
        if (record.active && record.persistent) this.#halts.set(record.name, record);
        else this.#halts.delete(record.name);
        return "state";
      case "budget":
        this.#budgets.set(record.strategy, record);
        return "state";
      case "strategy":
        this.#strategies.set(record.name, record);
        return "state";
      case "budget_day":
        this.#days = [...this.#days.filter((day) => !isSameDay(day, record)), record].slice(-BUDGET_DAYS_MAX);
        return "days";
      case "portfolio":
      case "audit":
      case "price_minute":
        return null;
    }
  }

  get state(): FoldedState {
    return {
      resume: {
        account: this.#account,
        positions: [...this.#positions.values()],
        openOrders: [...this.#openOrders.values()],
        halts: [...this.#halts.values()],
        recentTradeIds: this.#tradeIds.toReversed(),
        lastFillAt: this.#lastFillAt,
        budgets: [...this.#budgets.values()],
        strategies: [...this.#strategies.values()],
      },
      trades: this.#trades,
    };
  }

  /** The strategies' finished days, oldest first. */
  get days(): readonly BudgetDayRecord[] {
    return this.#days;
  }

  #order(record: OrderRecord): void {
    if (isOpen(record)) this.#openOrders.set(record.clientOrderId, record);
    else this.#openOrders.delete(record.clientOrderId);
  }

  #position(record: PositionRecord): void {
    const { ticker, position } = record;
    if (position === 0 && this.#settled.has(ticker)) this.#positions.delete(ticker);
    else this.#positions.set(ticker, record);
  }

  #settle(ticker: string): void {
    this.#positions.delete(ticker);
    this.#settled.add(ticker);
    if (this.#settled.size <= SETTLED_MAX) return;
    for (const oldest of this.#settled) {
      this.#settled.delete(oldest);
      return;
    }
  }

  #trade(record: TradeRecord): void {
    const { tradeId, at, executedAt = at } = record;
    this.#tradeIds = [...this.#tradeIds.filter((id) => id !== tradeId), tradeId].slice(-TRADE_IDS_MAX);
    const kept = this.#trades.filter((trade) => trade.tradeId !== tradeId && trade.at > at - TRADES_KEPT);
    this.#trades = [...kept, record].slice(-TRADES_MAX);
    if (this.#lastFillAt === null || executedAt > this.#lastFillAt) this.#lastFillAt = executedAt;
  }
}

const isSameDay = (a: BudgetDayRecord, b: BudgetDayRecord): boolean => a.day === b.day && a.strategy === b.strategy;
