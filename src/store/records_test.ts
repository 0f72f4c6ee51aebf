/** Records of every kind for the tests of the store. No tests of its own. */

import type {
  AccountRecord,
  AuditRecord,
  BudgetDayRecord,
  BudgetRecord,
  Evidence,
  HaltRecord,
  OrderRecord,
  PortfolioRecord,
  PositionRecord,
  PriceMinuteRecord,
  SettlementRecord,
  StrategyRecord,
  TradeRecord,
} from "../core/record.ts";

const EVIDENCE: Evidence = {
  spot: 84_012.5,
  strike: 84_000,
  modelProbability: 0.61,
  marketProbability: 0.56,
  edge: 0.031,
  kellyFraction: 0.02,
  expectedValue: 3.1,
  aroc: 120,
};

/** Brands are a matter of the compiler; the tests write plain numbers. */
type Plain<T> = { readonly [K in keyof T]?: T[K] extends number | undefined ? number : T[K] };

export const order = (id: string, at: number, other: Plain<OrderRecord> = {}): OrderRecord => ({
  kind: "order",
  clientOrderId: id,
  orderId: null,
  ticker: "T",
  side: "bid",
  price: 5_600,
  count: 100,
  filled: 0,
  phase: "sent",
  shard: 2,
  strategy: "settlement_edge",
  signal: "delay_capture",
  evidence: EVIDENCE,
  sentAt: at,
  updatedAt: at,
  reason: "",
  ...other,
} as OrderRecord);

export const trade = (id: string, at: number, other: Plain<TradeRecord> = {}): TradeRecord => ({
  kind: "trade",
  tradeId: id,
  clientOrderId: "o1",
  ticker: "T",
  side: "bid",
  price: 5_600,
  count: 100,
  fee: 17_500,
  isTaker: true,
  at,
  strategy: "settlement_edge",
  signal: "delay_capture",
  evidence: EVIDENCE,
  realised: 0,
  ...other,
} as TradeRecord);

export const position = (ticker: string, held: number, at = 1): PositionRecord => ({
  kind: "position",
  ticker,
  position: held,
  cost: held * 5_600,
  realised: 0,
  fees: 0,
  strategy: "settlement_edge",
  updatedAt: at,
} as PositionRecord);

export const settlement = (ticker: string, at: number): SettlementRecord =>
  ({
    kind: "settlement",
    ticker,
    result: "yes",
    position: 100,
    payout: 1_000_000,
    pnl: 440_000,
    at,
  }) as SettlementRecord;

export const account = (fills: number): AccountRecord => ({
  kind: "account",
  startingCapital: 1_000_000_000,
  cash: 999_000_000,
  realised: 0,
  fees: 17_500,
  orders: fills,
  fills,
  settled: 0,
  wins: 0,
  losses: 0,
  nextIntent: fills + 1,
  day: "2026-11-20",
  dayStartNav: 1_000_000_000,
  peakNav: 1_000_000_000,
  updatedAt: fills,
} as AccountRecord);

export const portfolio = (at: number): PortfolioRecord =>
  ({ kind: "portfolio", at, cash: 1, nav: 2, exposure: 1 }) as PortfolioRecord;

export const halt = (name: string, active: boolean, persistent = true): HaltRecord =>
  ({ kind: "halt", name, active, persistent, reason: "A person said so", at: 5 }) as HaltRecord;

export const audit = (number: number, at: number, text = "x"): AuditRecord =>
  ({ kind: "audit", at, number, event: "refusal", ticker: "T", text }) as AuditRecord;

export const minute = (asset: string, start: number): PriceMinuteRecord =>
  ({
    kind: "price_minute",
    asset,
    start,
    open: 100,
    high: 102,
    low: 99,
    close: 101,
    source: "official",
  }) as PriceMinuteRecord;

export const budget = (strategy: string, day: string, dollars = 100): BudgetRecord =>
  ({
    kind: "budget",
    strategy,
    day,
    budget: dollars * 1e6,
    weight: 0.25,
    active: true,
    realised: 3,
    opening: 2,
    updatedAt: 7,
  }) as BudgetRecord;

export const strategyRow = (name: string, phase: StrategyRecord["phase"], losses = 0): StrategyRecord =>
  ({
    kind: "strategy",
    name,
    phase,
    reason: "by cli",
    enabled: true,
    losses,
    since: 6,
    updatedAt: 7,
  }) as StrategyRecord;

export const budgetDay = (strategy: string, day: string, pnl = 5): BudgetDayRecord =>
  ({ kind: "budget_day", strategy, day, pnl, budget: 100, at: 7 }) as BudgetDayRecord;
