/**
 * Deletes rows older than their table's retention, a bounded number to a commit.
 * @module
 */

import { formatTime, type Micros, micros, MICROS_PER_DAY } from "../core/units.ts";
import type { PositionRecord } from "../core/record.ts";
import { TIMES_OF } from "./kv_rows.ts";
import type { Retention } from "./store.ts";

const DELETES_PER_COMMIT = 500;

/** A closed position whose settlement was never heard of is dropped from the open ones after this long. */
const FORGOTTEN_AFTER_DAYS = 30;

async function removeAll(kv: Deno.Kv, keys: AsyncIterable<readonly Deno.KvKey[]>): Promise<number> {
  let removed = 0;
  let pending: Deno.KvKey[] = [];
  const commit = async (): Promise<void> => {
    let operation = kv.atomic();
    for (const key of pending) operation = operation.delete(key);
    await operation.commit();
    pending = [];
  };
  for await (const row of keys) {
    pending.push(...row);
    removed++;
    if (pending.length >= DELETES_PER_COMMIT) await commit();
  }
  if (pending.length > 0) await commit();
  return removed;
}

/** The keys of a table's rows before a time, each with the key that leads to it. */
async function* rowsBefore(kv: Deno.Kv, table: string, before: number): AsyncGenerator<readonly Deno.KvKey[]> {
  const times: string | undefined = TIMES_OF[table as keyof typeof TIMES_OF];
  for await (const { key } of kv.list({ start: [table], end: [table, before] })) {
    yield times === undefined ? [key] : [key, [times, key[2]]];
  }
}

/** Positions updated before a time: in history, or among the open ones where they are zero. */
async function* positionsBefore(kv: Deno.Kv, table: string, before: number): AsyncGenerator<readonly Deno.KvKey[]> {
  for await (const { key, value } of kv.list<PositionRecord>({ prefix: [table] })) {
    if (value.position === 0 && value.updatedAt < before) yield [key];
  }
}

/** Assets are few; this only bounds what a damaged database could take. */
const ASSETS_MAX = 1_000;

/** The keys of all assets' minutes before a time: of each asset only those that go are read. */
async function* minutesBefore(kv: Deno.Kv, before: number): AsyncGenerator<readonly Deno.KvKey[]> {
  let start: Deno.KvKey = ["price_minutes"];
  for (let assets = 0; assets < ASSETS_MAX; assets++) {
    const first = await kv.list({ start, end: ["price_minutes", Infinity] }, { limit: 1 }).next();
    if (first.done) return;
    const [table, asset] = first.value.key;
    for await (const { key } of kv.list({ start: [table, asset], end: [table, asset, before] })) yield [key];
    start = [table, asset, Infinity];
  }
}

/** The keys of the strategies' days before the day of a time. */
async function* budgetDaysBefore(kv: Deno.Kv, before: number): AsyncGenerator<readonly Deno.KvKey[]> {
  const day = formatTime(micros(Math.max(0, before))).slice(0, 10);
  for await (const { key } of kv.list({ start: ["budget_days"], end: ["budget_days", day] })) yield [key];
}

/** Deletes what is older than `retention` says, and tells how many rows that were. */
export async function compactTables(kv: Deno.Kv, now: Micros, retention: Retention): Promise<{ removed: number }> {
  const daysAgo = (days: number): number => now - days * MICROS_PER_DAY;
  const trades = daysAgo(retention.tradesDays);
  let removed = 0;
  for (const table of ["orders", "trades", "settlements"]) {
    removed += await removeAll(kv, rowsBefore(kv, table, trades));
  }
  removed += await removeAll(kv, rowsBefore(kv, "portfolio", daysAgo(retention.portfolioDays)));
  for (const table of ["audit", "halt_changes"]) {
    removed += await removeAll(kv, rowsBefore(kv, table, daysAgo(retention.auditDays)));
  }
  removed += await removeAll(kv, minutesBefore(kv, daysAgo(retention.minutesDays)));
  removed += await removeAll(kv, budgetDaysBefore(kv, trades));
  removed += await removeAll(kv, positionsBefore(kv, "positions", trades));
  removed += await removeAll(kv, positionsBefore(kv, "positions_open", daysAgo(FORGOTTEN_AFTER_DAYS)));
  return { removed };
}
