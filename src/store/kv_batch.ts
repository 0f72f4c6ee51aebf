/**
 * Gathers writes into atomic commits within Deno KV's limits: 1,000 mutations and 800 KiB each.
 * @module
 */

import type { JournalMark } from "./store.ts";
import { MARK_KEY, set, type TimedTable, TIMES_OF, type Write, writesOf } from "./kv_rows.ts";
import type { StateRecord } from "../core/record.ts";

const MUTATIONS_MAX = 500;
const BYTES_MAX = 512 * 1024;

/** Records of one journal line or more, and the line they end at. */
export interface Queued {
  readonly records: readonly StateRecord[];
  readonly mark: JournalMark;
}

const nameOf = (key: Deno.KvKey): string => JSON.stringify(key);

/**
 * The writes of one commit, one per key: a later write of the same key replaces the earlier one, so an order that
 * changed ten times costs one.
 */
class Batch {
  readonly writes = new Map<string, Write>();
  #bytes = 0;

  get full(): boolean {
    return this.writes.size >= MUTATIONS_MAX || this.#bytes >= BYTES_MAX;
  }

  add(write: Write): void {
    const name = nameOf(write.key);
    this.#bytes += write.bytes - (this.writes.get(name)?.bytes ?? 0);
    // Deleted first, so that it moves to the end.
    this.writes.delete(name);
    this.writes.set(name, write);
  }
}

async function commit(kv: Deno.Kv, writes: Iterable<Write>): Promise<void> {
  let operation = kv.atomic();
  for (const write of writes) {
    operation = write.kind === "set" ? operation.set(write.key, write.value) : operation.delete(write.key);
  }
  const result = await operation.commit();
  if (!result.ok) throw new Error("The database refused the commit");
}

/**
 * Folds queued records into the database. The newest mark is part of the last commit, so it never passes data that is
 * not there; a crash between two commits leaves data ahead of the mark, which is harmless because records are upserts.
 *
 * @throws what the database says; nothing of the queue may then be forgotten.
 */
export async function writeQueued(kv: Deno.Kv, queued: readonly Queued[]): Promise<void> {
  let batch = new Batch();
  const known = async (table: TimedTable, id: string): Promise<number | null> => {
    const key: Deno.KvKey = [TIMES_OF[table], id];
    const pending = batch.writes.get(nameOf(key));
    if (pending !== undefined) return pending.kind === "set" ? pending.value as number : null;
    return (await kv.get<number>(key)).value;
  };
  for (const { records, mark } of queued) {
    for (const record of records) {
      for (const write of await writesOf(record, mark.run, known)) batch.add(write);
      if (batch.full) {
        await commit(kv, batch.writes.values());
        batch = new Batch();
      }
    }
  }
  const last = queued.at(-1);
  if (last !== undefined) batch.add(set(MARK_KEY, last.mark));
  await commit(kv, batch.writes.values());
}
