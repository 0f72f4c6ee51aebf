/**
 * What the store has of an order whose journal is gone.
 * @module
 */

import type { OrderRecord, SettlementRecord, TradeRecord } from "../../core/record.ts";
import { checkRecord } from "../../engine/journal_record_shape.ts";
import { openToRead } from "../../store/export/export.ts";

export interface StoredOrder {
  readonly record: OrderRecord;
  readonly trades: readonly TradeRecord[];
  readonly settlement: SettlementRecord | null;
}

/** Rows looked at for the exchange's id, the newest first: there is no index of it. */
const ROWS_MAX = 100_000;
const BATCH_ROWS = 500;

/** @param path of the database; a bot may be using it @returns the reason where it cannot be read */
export async function findStoredOrder(path: string, id: string): Promise<StoredOrder | null | { error: string }> {
  const opened = await openToRead(path);
  if (!opened.ok) return { error: opened.reason };
  const { kv } = opened;
  try {
    const record = await orderOf(kv, id);
    if (record === null) return null;
    return { record, trades: await tradesOf(kv, record), settlement: await settlementOf(kv, record.ticker) };
  } finally {
    kv.close();
  }
}

/** By its own id, or by the exchange's, or by how one of them begins where no other begins so. */
async function orderOf(kv: Deno.Kv, id: string): Promise<OrderRecord | null> {
  const sentAt = (await kv.get(["order_times", id])).value;
  if (typeof sentAt === "number") {
    const { value } = await kv.get(["orders", sentAt, id]);
    if (isOrder(value)) return value;
  }
  let found: OrderRecord | null = null;
  const rows = kv.list({ prefix: ["orders"] }, { reverse: true, limit: ROWS_MAX, batchSize: BATCH_ROWS });
  for await (const { value } of rows) {
    if (!isOrder(value)) continue;
    if (value.orderId === id) return value;
    if (!value.clientOrderId.startsWith(id) && value.orderId?.startsWith(id) !== true) continue;
    if (found !== null) return null;
    found = value;
  }
  return found;
}

async function tradesOf(kv: Deno.Kv, { clientOrderId, sentAt }: OrderRecord): Promise<TradeRecord[]> {
  const trades: TradeRecord[] = [];
  const rows = kv.list({ prefix: ["trades"], start: ["trades", sentAt] }, { limit: ROWS_MAX, batchSize: BATCH_ROWS });
  for await (const { value } of rows) if (isTrade(value) && value.clientOrderId === clientOrderId) trades.push(value);
  return trades;
}

async function settlementOf(kv: Deno.Kv, ticker: string): Promise<SettlementRecord | null> {
  const at = (await kv.get(["settlement_times", ticker])).value;
  if (typeof at !== "number") return null;
  const { value } = await kv.get(["settlements", at, ticker]);
  return isSettlement(value) ? value : null;
}

const isKind = (value: unknown, kind: string): boolean =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === kind && checkRecord(value) === null;
const isOrder = (value: unknown): value is OrderRecord => isKind(value, "order");
const isTrade = (value: unknown): value is TradeRecord => isKind(value, "trade");
const isSettlement = (value: unknown): value is SettlementRecord => isKind(value, "settlement");
