/**
 * Brings a database of an older version up to date.
 *
 * Nothing is changed where it lies: a copy is made and kept, another one is migrated, and that takes the database's place by a
 * rename. So at any moment, also that of a crash or of a full disk, the database is the old one or the new one.
 *
 * | moment of a crash | what the next start finds |
 * | --- | --- |
 * | while the copy to keep is made | the old database; what there is of the copy is removed |
 * | while the other one is made or migrated | the old database and the copy; the other one is made anew |
 * | before the rename | the same |
 * | after the rename | the new database and the copy |
 *
 * Needs the state directory's lock.
 * @module
 */

import { copyDatabase, removeDatabase, replaceDatabase, settle } from "./database_file.ts";
import { dropOldCopies, keptSchema, schemaCopies } from "./kept_copies.ts";
import { MARK_KEY } from "./kv_rows.ts";
import { migrateSteps, type Schema, type SchemaResult } from "./kv_schema.ts";
import { messageOf } from "./message.ts";

/** How the system and SQLite say that a disk is full. */
const WITHOUT_ROOM = /no space left|disk is full|disk I\/O error/i;

export interface MigrationParts {
  readonly schema: Schema;
  readonly openKv: (path: string) => Promise<Deno.Kv>;
  /** Wall time, for the copy's name. */
  readonly now: Date;
}

/** Puts a copy aside. */
async function keep(path: string, found: number, now: Date): Promise<string> {
  const unfinished = `${path}.copying`;
  await removeDatabase(unfinished);
  try {
    const copied = copyDatabase(path, unfinished);
    if (!copied.ok) throw new Error(copied.reason);
    const kept = keptSchema(path, found, now);
    await Deno.rename(unfinished, kept);
    await settle(kept);
    return kept;
  } catch (error) {
    await removeDatabase(unfinished).catch(() => {});
    throw error;
  }
}

async function markOf(path: string, openKv: MigrationParts["openKv"]): Promise<string> {
  const kv = await openKv(path);
  try {
    return JSON.stringify((await kv.get(MARK_KEY)).value);
  } finally {
    kv.close();
  }
}

/**
 * Whether the copy of a try that a crash ended is as good as one of now: not where a kbot of the older version went on
 * meanwhile, because the journals that lead from the copy to now may be gone one day.
 */
async function isKept(path: string, found: number, { openKv }: MigrationParts): Promise<boolean> {
  const copy = (await schemaCopies(path)).findLast(({ schema }) => schema === found);
  if (copy === undefined) return false;
  const known = await markOf(copy.path, openKv).catch(() => null);
  return known !== null && known === await markOf(path, openKv);
}

async function makeNew(path: string, fresh: string, found: number, parts: MigrationParts): Promise<SchemaResult> {
  const copied = copyDatabase(path, fresh);
  if (!copied.ok) return copied;
  const kv = await parts.openKv(fresh);
  try {
    const migrated = await migrateSteps(kv, path, found, parts.schema);
    if (!migrated.ok) return migrated;
  } finally {
    kv.close();
  }
  return { ok: true };
}

/**
 * Migrates a database that nobody has open.
 *
 * @param found its version
 */
export async function migrateDatabase(path: string, found: number, parts: MigrationParts): Promise<SchemaResult> {
  const fresh = `${path}.migrating`;
  let kept: string | null = null;
  let result: SchemaResult;
  try {
    const interrupted = await Deno.stat(fresh).then(() => true, () => false);
    await removeDatabase(fresh);
    if (!interrupted || !await isKept(path, found, parts)) kept = await keep(path, found, parts.now);
    result = await makeNew(path, fresh, found, parts);
    if (result.ok) await replaceDatabase(fresh, path);
  } catch (error) {
    result = { ok: false, reason: `State in ${path} cannot be brought up to date: ${messageOf(error)}` };
  }
  if (result.ok) {
    // One too many is no reason not to start.
    await dropOldCopies(path, "migration").catch(() => {});
    return result;
  }
  // On a full disk they would keep what room there is.
  for (const left of [fresh, kept]) if (left !== null) await removeDatabase(left).catch(() => {});
  const remedy = WITHOUT_ROOM.test(result.reason) ? "; it takes room for two copies of the database" : "";
  return { ok: false, reason: `${result.reason}; it was left as it was, with schema ${found}${remedy}` };
}
