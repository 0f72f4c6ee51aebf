/**
 * The table of halts that began and were lifted, filled from what remembers them beside the database.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { HaltRecord } from "../core/record.ts";
import { startsOver } from "../runner/identity.ts";
import { toldHalts } from "./audit/audit_halts.ts";
import { haltChangeWrite, MARK_KEY, type Write } from "./kv_rows.ts";
import type { JournalMark } from "./store.ts";

const WRITES_PER_COMMIT = 100;

const logger = getLogger(["kbot", "store"]);

async function commit(kv: Deno.Kv, writes: readonly Write[]): Promise<void> {
  let operation = kv.atomic();
  for (const write of writes) if (write.kind === "set") operation = operation.set(write.key, write.value);
  if (!(await operation.commit()).ok) throw new Error("The database refused the commit");
}

const leftOut = (reason: string): void =>
  logger.warn("Left out of the history of halts what cannot be read: {reason}", { reason });

/**
 * Writes every change of a halt that the audit trail and the journals tell up to the database's mark, and as each halt stands.
 * Twice is as good as once. What of the trail cannot be read costs what it tells, and is logged.
 */
export async function fillHaltChanges(kv: Deno.Kv, stateDirectory: string): Promise<void> {
  const mark = (await kv.get<JournalMark>(MARK_KEY)).value;
  if (mark === null) return;
  const lastAlone = await startsOver(stateDirectory);
  let writes: Write[] = [];
  const add = async (record: HaltRecord): Promise<void> => {
    writes.push(haltChangeWrite(record));
    if (writes.length < WRITES_PER_COMMIT) return;
    await commit(kv, writes);
    writes = [];
  };
  for await (const { run, line, record } of toldHalts(stateDirectory, leftOut)) {
    if (run > mark.run || (run === mark.run && line > mark.line)) break;
    if (!lastAlone || run === mark.run) await add(record);
  }
  for await (const { value } of kv.list<HaltRecord>({ prefix: ["halts"] })) await add(value);
  await commit(kv, writes);
}
