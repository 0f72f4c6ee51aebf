/**
 * The tables that can be exported, column by column. What is added goes to the end, so that readers by position stay right.
 * @module
 */

import type {
  AuditRecord,
  BudgetDayRecord,
  Evidence,
  HaltRecord,
  OrderRecord,
  PortfolioRecord,
  PositionRecord,
  PriceMinuteRecord,
  SettlementRecord,
  StrategyRecord,
  TradeRecord,
} from "../../core/record.ts";
import { type HaltChange, haltChange } from "../../risk/halt_history.ts";
import type { Cell, Column, ColumnType } from "./column.ts";

/** A column and how a row's value is found. */
interface Field<Row> extends Column {
  readonly of: (row: Row) => Cell;
}

const field = <Row>(name: string, type: ColumnType, of: (row: Row) => Cell): Field<Row> => ({ name, type, of });

const evidence = <Row extends { readonly evidence: Evidence }>(): readonly Field<Row>[] => [
  field("spot", "float", ({ evidence }) => evidence.spot),
  field("strike", "float", ({ evidence }) => evidence.strike),
  field("model_probability", "float", ({ evidence }) => evidence.modelProbability),
  field("market_probability", "float", ({ evidence }) => evidence.marketProbability),
  field("edge", "float", ({ evidence }) => evidence.edge),
  field("kelly_fraction", "float", ({ evidence }) => evidence.kellyFraction),
  field("expected_value", "float", ({ evidence }) => evidence.expectedValue),
  field("aroc", "float", ({ evidence }) => evidence.aroc),
];

const orders: readonly Field<OrderRecord>[] = [
  field("sent_at", "time", (row) => row.sentAt),
  field("client_order_id", "text", (row) => row.clientOrderId),
  field("order_id", "text", (row) => row.orderId),
  field("ticker", "text", (row) => row.ticker),
  field("side", "text", (row) => row.side),
  field("price", "price", (row) => row.price),
  field("count", "count", (row) => row.count),
  field("filled", "count", (row) => row.filled),
  field("phase", "text", (row) => row.phase),
  field("shard", "integer", (row) => row.shard),
  field("strategy", "text", (row) => row.strategy),
  field("signal", "text", (row) => row.signal),
  field("reason", "text", (row) => row.reason),
  field("updated_at", "time", (row) => row.updatedAt),
  ...evidence<OrderRecord>(),
];

const trades: readonly Field<TradeRecord>[] = [
  field("at", "time", (row) => row.at),
  field("executed_at", "time", (row) => row.executedAt ?? null),
  field("trade_id", "text", (row) => row.tradeId),
  field("client_order_id", "text", (row) => row.clientOrderId),
  field("ticker", "text", (row) => row.ticker),
  field("side", "text", (row) => row.side),
  field("price", "price", (row) => row.price),
  field("count", "count", (row) => row.count),
  field("fee", "money", (row) => row.fee),
  field("realised", "money", (row) => row.realised),
  field("is_taker", "flag", (row) => row.isTaker),
  field("strategy", "text", (row) => row.strategy),
  field("signal", "text", (row) => row.signal),
  ...evidence<TradeRecord>(),
];

const positions: readonly Field<PositionRecord>[] = [
  field("ticker", "text", (row) => row.ticker),
  field("position", "count", (row) => row.position),
  field("cost", "money", (row) => row.cost),
  field("realised", "money", (row) => row.realised),
  field("fees", "money", (row) => row.fees),
  field("strategy", "text", (row) => row.strategy),
  field("updated_at", "time", (row) => row.updatedAt),
];

const settlements: readonly Field<SettlementRecord>[] = [
  field("at", "time", (row) => row.at),
  field("ticker", "text", (row) => row.ticker),
  field("result", "text", (row) => row.result),
  field("position", "count", (row) => row.position),
  field("payout", "money", (row) => row.payout),
  field("pnl", "money", (row) => row.pnl),
];

const portfolio: readonly Field<PortfolioRecord>[] = [
  field("at", "time", (row) => row.at),
  field("cash", "money", (row) => row.cash),
  field("nav", "money", (row) => row.nav),
  field("exposure", "money", (row) => row.exposure),
];

const audit: readonly Field<AuditRecord>[] = [
  field("at", "time", (row) => row.at),
  field("number", "integer", (row) => row.number),
  field("event", "text", (row) => row.event),
  field("ticker", "text", (row) => row.ticker),
  field("text", "text", (row) => row.text),
];

const priceMinutes: readonly Field<PriceMinuteRecord>[] = [
  field("asset", "text", (row) => row.asset),
  field("start", "time", (row) => row.start),
  field("open", "float", (row) => row.open),
  field("high", "float", (row) => row.high),
  field("low", "float", (row) => row.low),
  field("close", "float", (row) => row.close),
  field("source", "text", (row) => row.source),
];

const budgetDays: readonly Field<BudgetDayRecord>[] = [
  field("day", "text", (row) => row.day),
  field("strategy", "text", (row) => row.strategy),
  field("pnl", "money", (row) => row.pnl),
  field("budget", "money", (row) => row.budget),
  field("at", "time", (row) => row.at),
];

const strategies: readonly Field<StrategyRecord>[] = [
  field("name", "text", (row) => row.name),
  field("phase", "text", (row) => row.phase),
  field("reason", "text", (row) => row.reason),
  field("enabled", "flag", (row) => row.enabled),
  field("losses", "integer", (row) => row.losses),
  field("since", "time", (row) => row.since),
  field("updated_at", "time", (row) => row.updatedAt),
];

const halts: readonly Field<HaltChange>[] = [
  field("at", "time", (row) => row.at),
  field("change", "text", (row) => row.change),
  field("name", "text", (row) => row.name),
  field("kind", "text", (row) => row.kind),
  field("scope", "text", (row) => row.scope),
  field("subject", "text", (row) => row.subject),
  field("level", "text", (row) => row.level),
  field("persistent", "flag", (row) => row.persistent),
  field("by", "text", (row) => row.by),
  field("reason", "text", (row) => row.reason),
];

export interface ExportTable {
  /** The table's first key in the database (kv_rows.ts). */
  readonly key: string;
  readonly columns: readonly Column[];
  /** A stored row, in the order of the columns. */
  readonly cells: (row: unknown) => readonly Cell[];
}

/** @param key where not the table's name */
function table<Row>(key: string, fields: readonly Field<Row>[]): ExportTable {
  const columns = fields.map(({ name, type }) => ({ name, type }));
  // What lies under a table's key was written as its record: kv_rows.ts sees to that.
  return { key, columns, cells: (row) => fields.map(({ of }) => of(row as Row) ?? null) };
}

const haltTable = table("halt_changes", halts);

export const EXPORT_TABLES = {
  trades: table("trades", trades),
  orders: table("orders", orders),
  positions: table("positions", positions),
  settlements: table("settlements", settlements),
  portfolio: table("portfolio", portfolio),
  price_minutes: table("price_minutes", priceMinutes),
  budget_days: table("budget_days", budgetDays),
  strategies: table("strategies", strategies),
  halts: { ...haltTable, cells: (row: unknown) => haltTable.cells(haltChange(row as HaltRecord)) },
  audit: table("audit", audit),
} as const;

export type ExportTableName = keyof typeof EXPORT_TABLES;

export const EXPORT_TABLE_NAMES = Object.keys(EXPORT_TABLES) as readonly ExportTableName[];

/** Whose rows they are, so that a file that lies alone still says it; `null` where nothing tells. */
export interface Origin {
  readonly execution: "paper" | "live" | null;
  readonly venue: string | null;
  /** Its market is a simulated one. */
  readonly simulated: boolean | null;
}

const origin: readonly Field<Origin>[] = [
  field("execution", "text", ({ execution }) => execution),
  field("venue", "text", ({ venue }) => venue),
  field("simulated", "flag", ({ simulated }) => simulated),
];

/** Behind the columns of every table. */
export const ORIGIN_COLUMNS: readonly Column[] = origin.map(({ name, type }) => ({ name, type }));

export const originCells = (of: Origin): readonly Cell[] => origin.map((each) => each.of(of));

/** A tape's lines; a gap stands in its place, with the number of messages that are missing. */
export const TAPE_COLUMNS: readonly Column[] = [
  { name: "at", type: "time" },
  { name: "source", type: "text" },
  { name: "raw", type: "text" },
  { name: "missing", type: "integer" },
  { name: "reason", type: "text" },
  { name: "venue", type: "text" },
  { name: "simulated", type: "flag" },
];

/** The entries of the audit trail, whole: `what` is the journal's own text. */
export const TRAIL_COLUMNS: readonly Column[] = [
  { name: "number", type: "integer" },
  { name: "at", type: "time" },
  { name: "run", type: "text" },
  { name: "line", type: "integer" },
  { name: "kind", type: "text" },
  { name: "what", type: "text" },
  { name: "previous", type: "text" },
  { name: "hash", type: "text" },
];
