/**
 * Deletes what is older than its retention from a state that no bot uses, and gives the room back to the disk.
 * @module
 */

import { micros, MICROS_PER_DAY } from "../core/units.ts";
import { compactAudit } from "./audit/audit_compact.ts";
import { openAuditTrail } from "./audit/audit_trail.ts";
import { openKvStore } from "./kv_store.ts";
import { rewriteDatabase } from "./rewrite.ts";
import { statePaths } from "./state_directory.ts";
import type { Retention } from "./store.ts";

export type CompactResult =
  | {
    readonly ok: true;
    readonly removedRows: number;
    readonly removedAuditFiles: number;
    /** Of the database. */
    readonly bytesBefore: number;
    readonly bytesAfter: number;
  }
  | { readonly ok: false; readonly reason: string };

/** What a database and its write-ahead log take. */
async function bytesOf(path: string): Promise<number> {
  let bytes = 0;
  for (const end of ["", "-wal"]) bytes += (await Deno.stat(path + end).catch(() => ({ size: 0 }))).size;
  return bytes;
}

/**
 * Needs the state directory's lock.
 *
 * @param wallNow what the days are counted from, unless the state's own clock was behind it: that of a simulated exchange
 */
export async function compactStore(
  stateDirectory: string,
  wallNow: number,
  retention: Retention,
): Promise<CompactResult> {
  const { store: path } = statePaths(stateDirectory);
  const bytesBefore = await bytesOf(path);
  if (bytesBefore === 0) return { ok: false, reason: `There is no state at ${path}` };
  const opened = await openKvStore(path);
  if (!opened.ok) return opened;
  const { store } = opened;
  const account = await store.account();
  const now = micros(Math.min(wallNow, account?.updatedAt ?? wallNow));
  const { removed } = await store.compact(now, retention);
  const closed = await store.close();
  if (!closed.ok) return closed;
  const trail = await openAuditTrail(stateDirectory);
  if (!trail.ok) return trail;
  const audit = await compactAudit(trail.trail, Math.max(0, now - retention.auditDays * MICROS_PER_DAY), now);
  const kept = await trail.trail.close();
  if (!audit.ok) return audit;
  if (!kept.ok) return kept;
  const rewritten = await rewriteDatabase(path);
  if (!rewritten.ok) return rewritten;
  return {
    ok: true,
    removedRows: removed,
    removedAuditFiles: audit.removedFiles,
    bytesBefore,
    bytesAfter: await bytesOf(path),
  };
}
