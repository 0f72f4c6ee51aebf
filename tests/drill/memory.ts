/**
 * What is left of a run that was killed: its records, folded as the store folds them, so that the next one goes on from there.
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
} from "../../src/core/record.ts";
import type { Micros } from "../../src/core/units.ts";

/** More than the engine asks for. */
const TRADE_IDS_KEPT = 16_384;

export class Memory {
  /** Newest row of each order that was ever sent. */
  readonly orders = new Map<string, OrderRecord>();
  /** Of every fill that was booked, in order. */
  readonly tradeIds: string[] = [];
  readonly #positions = new Map<string, PositionRecord>();
  readonly #settled = new Set<string>();
  readonly #halts = new Map<string, HaltRecord>();
  readonly #budgets = new Map<string, BudgetRecord>();
  readonly #budgetDays: BudgetDayRecord[] = [];
  readonly #strategies = new Map<string, StrategyRecord>();
  #account: AccountRecord | null = null;
  #lastTradeAt: Micros | null = null;

  keep(record: StateRecord): void {
    switch (record.kind) {
      case "order":
        this.orders.set(record.clientOrderId, record);
        return;
      case "trade":
        this.tradeIds.push(record.tradeId);
        this.#lastTradeAt = record.at;
        return;
      case "position":
        this.#positions.set(record.ticker, record);
        return;
      case "settlement":
        this.#settled.add(record.ticker);
        return;
      case "halt":
        this.#halts.set(record.name, record);
        return;
      case "account":
        this.#account = record;
        return;
      case "budget":
        this.#budgets.set(record.strategy, record);
        return;
      case "budget_day":
        this.#budgetDays.push(record);
        return;
      case "strategy":
        this.#strategies.set(record.name, record);
        return;
      case "portfolio":
      case "audit":
        return;
    }
  }

  get state(): ResumeState {
    return {
      account: this.#account,
      positions: [...this.#positions.values()].filter(({ ticker }) => !this.#settled.has(ticker)),
      openOrders: [...this.orders.values()].filter(({ phase }) =>
        phase === "sent" || phase === "unknown" || phase === "resting"
      ),
      halts: [...this.#halts.values()].filter(({ active, persistent }) => active && persistent),
      recentTradeIds: this.tradeIds.slice(-TRADE_IDS_KEPT).reverse(),
      lastFillAt: this.#lastTradeAt,
      budgets: [...this.#budgets.values()],
      budgetDays: [...this.#budgetDays],
      strategies: [...this.#strategies.values()],
    };
  }
}
