/**
 * What a run remembers from start to start, behind an interface: fed with the engine's records, asked by the page, the
 * commands and the next start.
 *
 * The journal is the truth; the store is a view of it that can be asked quickly. Its {@link JournalMark} says up to
 * which line of which run the journal is folded in, and moves only together with or after the data, so that after any
 * crash `recover` folds the rest in again: records are upserts, twice is as good as once.
 * @module
 */

import type {
  AccountRecord,
  AuditRecord,
  BudgetDayRecord,
  BudgetRecord,
  HaltRecord,
  OrderRecord,
  PortfolioRecord,
  PositionRecord,
  PriceMinuteRecord,
  ResumeState,
  SettlementRecord,
  StateRecord,
  StrategyRecord,
  TradeRecord,
} from "../core/record.ts";
import type { Micros } from "../core/units.ts";

/** A line of a run's journal (its number within the run): all records up to it are in the store. */
export interface JournalMark {
  readonly run: string;
  readonly line: number;
}

export type StoreResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface StoreHealth {
  /** False while records wait that could not be written, or were refused: the engine is told by a `health` input. */
  readonly healthy: boolean;
  /** In words; `""` while healthy. */
  readonly detail: string;
  /** Records waiting to be written. */
  readonly queued: number;
}

/** Newest first. */
export interface PageQuery {
  /** Rows wanted; a few more come where several share the last one's time, so that none falls between two pages. */
  readonly limit: number;
  /** Only rows older than this time, or than the row of this id (order, trade, ticker of a settlement). */
  readonly before?: Micros | string;
}

/**
 * How long rows are kept, in days. Orders, settlements and the strategies' days go with the trades, when halts began and were
 * lifted with the audit's entries.
 */
export interface Retention {
  readonly tradesDays: number;
  readonly portfolioDays: number;
  readonly auditDays: number;
  /** Of prices. */
  readonly minutesDays: number;
}

export const DEFAULT_RETENTION: Retention = { tradesDays: 3_650, portfolioDays: 90, auditDays: 365, minutesDays: 7 };

export interface StateStore {
  /**
   * Queues records and the journal line they end at; they are written in the background, in this order. Refused where
   * the queue is full: then nothing is taken any more until the next start, which catches up from the journal, because
   * a mark must not pass records that are missing.
   */
  apply(records: readonly StateRecord[], mark: JournalMark): StoreResult;
  /** Writes everything queued, and says whether that worked. */
  flush(): Promise<StoreResult>;
  health(): StoreHealth;
  /** Up to where the journal is folded in; `null` for an empty store. */
  mark(): Promise<JournalMark | null>;
  /** What the next run starts from. */
  loadResumeState(): Promise<ResumeState>;

  order(clientOrderId: string): Promise<OrderRecord | null>;
  listOrders(query: PageQuery): Promise<OrderRecord[]>;
  /** Sent, unknown or resting. */
  openOrders(): Promise<OrderRecord[]>;
  listTrades(query: PageQuery): Promise<TradeRecord[]>;
  /** Every market with a position, or traded and not settled. */
  positions(): Promise<PositionRecord[]>;
  listSettlements(query: PageQuery): Promise<SettlementRecord[]>;
  account(): Promise<AccountRecord | null>;
  /** Oldest first, the newest `limit` of those since `since`. */
  portfolio(query: { readonly since?: Micros; readonly limit: number }): Promise<PortfolioRecord[]>;
  /** Every halt that ever was, as it stands now. */
  halts(): Promise<HaltRecord[]>;
  /** Whenever a halt began or was lifted. `before` is a time here, as of the audit's entries: they have no id. */
  listHaltChanges(query: PageQuery): Promise<HaltRecord[]>;
  listAudit(query: PageQuery): Promise<AuditRecord[]>;

  /** An asset's minutes, oldest first: the newest `limit` of those that begin before `before`. */
  priceMinutes(
    query: { readonly asset: string; readonly before?: Micros; readonly limit: number },
  ): Promise<PriceMinuteRecord[]>;

  /** Every strategy's own money, as it stands. */
  budgets(): Promise<BudgetRecord[]>;
  /** What the strategies' days brought, oldest first: the newest `limit` of them. */
  budgetDays(query: { readonly limit: number }): Promise<BudgetDayRecord[]>;
  /** Every strategy that was ever written down, as it stands. */
  strategies(): Promise<StrategyRecord[]>;

  /** Everything that was written at a time or later, oldest first: the newest `limit` of it. Reads all that there is. */
  writtenSince(since: Micros, limit: number): Promise<StateRecord[]>;

  /** Deletes what is older than its retention. `now` by the clock that stamped the records. */
  compact(now: Micros, retention?: Retention): Promise<{ readonly removed: number }>;
  /** Writes what is queued and closes. */
  close(): Promise<StoreResult>;
}
