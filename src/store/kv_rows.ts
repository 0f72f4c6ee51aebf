/**
 * How records lie in Deno KV: the keys of each table, and the writes that one record makes.
 *
 * | key | value |
 * | --- | --- |
 * | `schema` | the version of this layout |
 * | `mark` | the journal line up to which everything is folded in |
 * | `writer` | the version of the kbot that opened it last to write |
 * | `orders`, sentAt, clientOrderId | the order |
 * | `order_times`, clientOrderId | its sentAt, to find it by id |
 * | `orders_open`, clientOrderId | the order, while it is sent, unknown or resting |
 * | `trades`, at, tradeId | the execution |
 * | `trade_times`, tradeId | its time, to find it by id |
 * | `positions`, ticker | the position |
 * | `positions_open`, ticker | the same, while it is not zero or its market not settled |
 * | `settlements`, at, ticker | the settlement |
 * | `settlement_times`, ticker | its time, to find it by ticker |
 * | `account` | the ledger's totals |
 * | `portfolio`, at | a point of the series |
 * | `halts`, name | the halt, as it last began or was lifted |
 * | `halt_changes`, at, name, active | the halt, as it began or was lifted then |
 * | `audit`, at, run, number | the entry |
 * | `price_minutes`, asset, start | the minute |
 * | `budgets`, strategy | the strategy's own money |
 * | `budget_days`, day, strategy | what a finished day of it brought |
 * | `strategies`, name | whether it trades, and the markets it lost in a row |
 * @module
 */

import type { HaltRecord, OrderRecord, PositionRecord, SettlementRecord, StateRecord } from "../core/record.ts";
import { MICROS_PER_DAY } from "../core/units.ts";
import { isOpen } from "../execution/order_state.ts";

/** One key set to a value, or deleted. */
export type Write =
  | { readonly kind: "set"; readonly key: Deno.KvKey; readonly value: unknown; readonly bytes: number }
  | { readonly kind: "delete"; readonly key: Deno.KvKey; readonly bytes: number };

export const SCHEMA_KEY: Deno.KvKey = ["schema"];
export const MARK_KEY: Deno.KvKey = ["mark"];
export const WRITER_KEY: Deno.KvKey = ["writer"];
export const ACCOUNT_KEY: Deno.KvKey = ["account"];

/** KV refuses a value above 64 KiB; an estimate from JSON stays well below. */
const VALUE_BYTES_MAX = 48 * 1024;
const TEXT_CHARS_MAX = 2_000;
/** What KV adds to each key and value, generously. */
const ROW_BYTES = 128;

function sizeOf(value: unknown): number {
  const text = JSON.stringify(value) ?? "";
  // The structured clone writes text beyond Latin-1 as UTF-16.
  return text.length * 2 + ROW_BYTES;
}

/** Shortens the texts of a record that would not fit; the journal has them whole. */
function fitting(value: unknown): unknown {
  if (sizeOf(value) <= VALUE_BYTES_MAX) return value;
  return JSON.parse(JSON.stringify(value, (_, part) => {
    return typeof part === "string" && part.length > TEXT_CHARS_MAX ? `${part.slice(0, TEXT_CHARS_MAX)}...` : part;
  }));
}

export function set(key: Deno.KvKey, value: unknown): Write {
  const fitted = fitting(value);
  return { kind: "set", key, value: fitted, bytes: sizeOf(fitted) };
}

/**
 * When a row was last written, by the clock that stamped it: never later than this. A minute may be written a day after it
 * was over, where it was asked for.
 */
export function writtenBy(value: unknown): number {
  if (typeof value === "number") return value;
  const record = value as StateRecord;
  switch (record.kind) {
    case "price_minute":
      return record.start + MICROS_PER_DAY;
    case "order":
    case "position":
    case "account":
    case "budget":
    case "strategy":
      return record.updatedAt;
    case "trade":
    case "settlement":
    case "portfolio":
    case "halt":
    case "audit":
    case "budget_day":
      return record.at;
  }
}

export const remove = (key: Deno.KvKey): Write => ({ kind: "delete", key, bytes: ROW_BYTES });

/** The tables in order of time; each has a table of times beside it, to find a row by its id. */
export const TIMES_OF = { orders: "order_times", trades: "trade_times", settlements: "settlement_times" } as const;
export type TimedTable = keyof typeof TIMES_OF;

/** Rows that only lead to others, or show them once more. */
const BESIDE: ReadonlySet<unknown> = new Set([...Object.values(TIMES_OF), "orders_open", "positions_open"]);

/** Rows about the database itself. */
const ABOUT: ReadonlySet<unknown> = new Set([SCHEMA_KEY[0], MARK_KEY[0], WRITER_KEY[0]]);

/** Whether a row is of a table, and not about the database itself. */
export const isOfTable = (key: Deno.KvKey): boolean => !ABOUT.has(key[0]);

/** Whether a row is one that others are made from. */
export const isMain = (key: Deno.KvKey): boolean => isOfTable(key) && !BESIDE.has(key[0]);

/** What is stored already, as far as the writes of a record depend on it: the time of a row, `null` where there is none. */
export type KnownTime = (table: TimedTable, id: string) => Promise<number | null>;

/** Writes of a row that has a time and an id; should its time have changed, the old row goes. */
async function timedWrites(
  table: TimedTable,
  at: number,
  id: string,
  value: unknown,
  known: KnownTime,
): Promise<Write[]> {
  const before = await known(table, id);
  const writes = [set([table, at, id], value)];
  if (before !== at) writes.push(set([TIMES_OF[table], id], at));
  if (before !== null && before !== at) writes.push(remove([table, before, id]));
  return writes;
}

async function orderWrites(order: OrderRecord, known: KnownTime): Promise<Write[]> {
  const { clientOrderId, sentAt } = order;
  const open: Deno.KvKey = ["orders_open", clientOrderId];
  const writes = await timedWrites("orders", sentAt, clientOrderId, order, known);
  return [...writes, isOpen(order) ? set(open, order) : remove(open)];
}

async function positionWrites(position: PositionRecord, known: KnownTime): Promise<Write[]> {
  const { ticker } = position;
  const open: Deno.KvKey = ["positions_open", ticker];
  // The engine writes a settled market's last position after its settlement.
  const done = position.position === 0 && (await known("settlements", ticker)) !== null;
  return [set(["positions", ticker], position), done ? remove(open) : set(open, position)];
}

async function settlementWrites(settlement: SettlementRecord, known: KnownTime): Promise<Write[]> {
  const { ticker, at } = settlement;
  const writes = await timedWrites("settlements", at, ticker, settlement, known);
  return [...writes, remove(["positions_open", ticker])];
}

/** That a halt began or was lifted, by itself: older changes may be written after newer ones. */
export const haltChangeWrite = (record: HaltRecord): Write =>
  set(["halt_changes", record.at, record.name, record.active], record);

/** The writes that fold one record in. Doing them twice changes nothing. */
export async function writesOf(record: StateRecord, run: string, known: KnownTime): Promise<Write[]> {
  switch (record.kind) {
    case "order":
      return await orderWrites(record, known);
    case "trade":
      return await timedWrites("trades", record.at, record.tradeId, record, known);
    case "position":
      return await positionWrites(record, known);
    case "settlement":
      return await settlementWrites(record, known);
    case "account":
      return [set(ACCOUNT_KEY, record)];
    case "portfolio":
      return [set(["portfolio", record.at], record)];
    case "halt":
      return [set(["halts", record.name], record), haltChangeWrite(record)];
    case "audit":
      return [set(["audit", record.at, run, record.number], record)];
    case "price_minute":
      return [set(["price_minutes", record.asset, record.start], record)];
    case "budget":
      return [set(["budgets", record.strategy], record)];
    case "budget_day":
      return [set(["budget_days", record.day, record.strategy], record)];
    case "strategy":
      return [set(["strategies", record.name], record)];
  }
}
