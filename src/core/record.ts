/**
 * What the engine wants remembered: one row of the store's tables each, written as an upsert of current state, so that
 * applying the same record twice changes nothing. The store folds them in journal order.
 * @module
 */

import type { MarketResult } from "./market.ts";
import type { OrderPhase, OrderTerms, Side } from "./order.ts";
import type { PriceMinute } from "./price_history.ts";
import type { Count, Micros, Money, Price } from "./units.ts";

/** Why an order was sent: what the strategy believed at that moment (P1). Probabilities are of YES. */
export interface Evidence {
  readonly spot: number | null;
  readonly strike: number | null;
  readonly modelProbability: number | null;
  readonly marketProbability: number | null;
  /** Net of fee, slippage and latency buffers, in dollars per contract. */
  readonly edge: number | null;
  readonly kellyFraction: number | null;
  /** Expected profit of the whole order, dollars. */
  readonly expectedValue: number | null;
  /** Annualised return on the capital bound until settlement. */
  readonly aroc: number | null;
  /** Of an order that goes with others: the most that all could lose where only some of them fill, dollars. */
  readonly worstLoss?: number;
}

export interface OrderRecord {
  readonly kind: "order";
  readonly clientOrderId: string;
  readonly orderId: string | null;
  readonly ticker: string;
  readonly side: Side;
  /** As the exchange was last known to have it: a change moves it. */
  readonly price: Price;
  readonly count: Count;
  /** `null` for none. Rows written before this was kept lack it, and the two below. */
  readonly expiresAt?: Micros | null;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  /** A change without an answer: the order may be like this already. */
  readonly changing?: OrderTerms | null;
  readonly filled: Count;
  readonly phase: OrderPhase;
  readonly shard: number;
  readonly strategy: string;
  readonly signal: string;
  readonly evidence: Evidence;
  readonly sentAt: Micros;
  readonly updatedAt: Micros;
  /** The exchange's reason for a rejection, the cause of a cancel; `""` where there is none. */
  readonly reason: string;
}

/** One execution with the reasons of the order behind it. */
export interface TradeRecord {
  readonly kind: "trade";
  readonly tradeId: string;
  readonly clientOrderId: string | null;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Price;
  readonly count: Count;
  readonly fee: Money;
  readonly isTaker: boolean;
  /** When it was heard of. */
  readonly at: Micros;
  /** When the exchange executed it; rows written before this was kept lack it. */
  readonly executedAt?: Micros;
  readonly strategy: string;
  readonly signal: string;
  readonly evidence: Evidence;
  /** Profit realised by this fill where it closed part of a position, after its fee. */
  readonly realised: Money;
}

export interface PositionRecord {
  readonly kind: "position";
  readonly ticker: string;
  /** Positive YES, negative NO; 0 once closed or settled. */
  readonly position: Count;
  /** What the open contracts cost, without fees. */
  readonly cost: Money;
  /** Of this market so far, fees included. */
  readonly realised: Money;
  readonly fees: Money;
  /** That opened it. */
  readonly strategy: string;
  /** What each strategy's own executions come to, positive YES, negative NO; rows written before this was kept lack it. */
  readonly parts?: Readonly<Record<string, Count>>;
  /** The cash that each strategy's own executions brought and took, fees included; lacking where losses are not counted. */
  readonly flows?: Readonly<Record<string, Money>>;
  readonly updatedAt: Micros;
}

export interface SettlementRecord {
  readonly kind: "settlement";
  readonly ticker: string;
  readonly result: MarketResult;
  readonly position: Count;
  readonly payout: Money;
  /** The market's whole profit or loss, fees included. */
  readonly pnl: Money;
  readonly at: Micros;
}

/** The ledger's totals: enough, with positions and open orders, to go on after a restart. */
export interface AccountRecord {
  readonly kind: "account";
  readonly startingCapital: Money;
  readonly cash: Money;
  readonly realised: Money;
  readonly fees: Money;
  readonly orders: number;
  readonly fills: number;
  /** Followed markets that settled, held or not; `wins` and `losses` are of those that were traded. */
  readonly settled: number;
  readonly wins: number;
  readonly losses: number;
  /** The number of the next intent: client order ids are never reused. */
  readonly nextIntent: number;
  /** UTC day that `dayStartNav` belongs to, as `2026-11-20`. */
  readonly day: string;
  readonly dayStartNav: Money;
  readonly peakNav: Money;
  /** What the day's loss is a share of, where money went in or out since the day began. */
  readonly dayBaseNav?: Money;
  /** What a drawdown that halts is counted from, where a person lifted such a halt since the peak. */
  readonly haltPeakNav?: Money;
  /** A drawdown is being earned back; absent where none is. */
  readonly recovering?: boolean;
  /** Our executions were read whole up to this moment; rows written before this was kept lack it. */
  readonly fillsReadTo?: Micros;
  /** When the account was taken over as the exchange had it; absent where kbot's own books begin with a capital. */
  readonly takenOverAt?: Micros;
  readonly updatedAt: Micros;
}

export interface PortfolioRecord {
  readonly kind: "portfolio";
  readonly at: Micros;
  readonly cash: Money;
  readonly nav: Money;
  readonly exposure: Money;
}

/** A halt stands until lifted; a persistent one survives a restart and needs a person. */
export interface HaltRecord {
  readonly kind: "halt";
  /** `kill`, `daily_loss`, `store`, ...; of less than the whole with what it is about: `feed_stale BRTI`. */
  readonly name: string;
  readonly active: boolean;
  readonly persistent: boolean;
  /** It lets out what closes; absent where only cancels go. */
  readonly level?: "reducing";
  /** It is of this strategy alone, or of the markets on this index; absent both where it is of the whole. */
  readonly strategy?: string;
  readonly index?: string;
  readonly reason: string;
  readonly at: Micros;
}

/** Append-only: a decision, a refusal, an operator's act, a reconciliation. */
export interface AuditRecord {
  readonly kind: "audit";
  readonly at: Micros;
  /** Counts within the run, so that the key is unique. */
  readonly number: number;
  readonly event: string;
  readonly ticker: string | null;
  readonly text: string;
}

/** One finished minute of a price (D8). */
export interface PriceMinuteRecord extends PriceMinute {
  readonly kind: "price_minute";
  /** `BTC`, `ETH`, ... */
  readonly asset: string;
}

/** A strategy's own money as it stands (S9). */
export interface BudgetRecord {
  readonly kind: "budget";
  readonly strategy: string;
  /** The day that the budget is of, as `2026-11-20`, by the hour at which budgets are rebalanced. */
  readonly day: string;
  /** What it may put at stake. */
  readonly budget: Money;
  /** Its part of the total, 0 to 1. */
  readonly weight: number;
  /** Whether it has a part; one that is off has none. */
  readonly active: boolean;
  /** The cash that its own executions and payouts ever brought and took, fees included. */
  readonly realised: Money;
  /** The same with its own contracts at their marks, when the day began: what the day's profit and loss is counted from. */
  readonly opening: Money;
  readonly updatedAt: Micros;
}

/** One finished day of one strategy. */
export interface BudgetDayRecord {
  readonly kind: "budget_day";
  readonly strategy: string;
  readonly day: string;
  /** Realised, and the change of what is open at its marks. */
  readonly pnl: Money;
  readonly budget: Money;
  /** When it was closed. */
  readonly at: Micros;
}

/** Whether a strategy trades (strategy_states.ts). */
export type StrategyPhase = "off" | "active" | "winding_up" | "stopped" | "failed";

/** A strategy as it stands: what a person or a failure made of it, and the markets that it lost one after the other. */
export interface StrategyRecord {
  readonly kind: "strategy";
  readonly name: string;
  readonly phase: StrategyPhase;
  /** Who or what brought it there, in words; `""` at the start. */
  readonly reason: string;
  /** What the configuration said then: where it says something else now, that counts, and the phase does not. */
  readonly enabled: boolean;
  /** Markets settled with a loss since the last that was not. */
  readonly losses: number;
  /** Since when it is in that phase. */
  readonly since: Micros;
  readonly updatedAt: Micros;
}

export type StateRecord =
  | OrderRecord
  | TradeRecord
  | PositionRecord
  | SettlementRecord
  | AccountRecord
  | PortfolioRecord
  | HaltRecord
  | AuditRecord
  | PriceMinuteRecord
  | BudgetRecord
  | BudgetDayRecord
  | StrategyRecord;

/** What a run starts from: folded from the records of the runs before it. */
export interface ResumeState {
  readonly account: AccountRecord | null;
  /** With a position other than zero, or not settled yet. */
  readonly positions: readonly PositionRecord[];
  /** Sent, unknown or resting. */
  readonly openOrders: readonly OrderRecord[];
  /** Still active and persistent. */
  readonly halts: readonly HaltRecord[];
  /** Newest trade ids, so that a fill read again after a restart counts once. */
  readonly recentTradeIds: readonly string[];
  /** The newest execution's time, from where fills are read again; `null` where there is none. */
  readonly lastFillAt: Micros | null;
  /** Of every strategy that ever had one; journals written before these were kept lack them. */
  readonly budgets?: readonly BudgetRecord[];
  /** The newest days of all strategies, oldest first. */
  readonly budgetDays?: readonly BudgetDayRecord[];
  /** Of every strategy that was written down; journals written before these were kept lack them. */
  readonly strategies?: readonly StrategyRecord[];
}
