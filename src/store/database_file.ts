/**
 * The database as a file: Deno KV keeps it in SQLite, and SQLite can do what Deno KV has no words for.
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { messageOf } from "./message.ts";
import { syncEntries } from "./whole_file.ts";

/** What a write-ahead log leaves beside a database. */
const BESIDE = ["-wal", "-shm"] as const;

/** How SQLite says that a file is no database, or one no more. */
const DAMAGED = /not a database|malformed|corrupt|disk image/i;

/** Whether a reason is that the file itself is damaged, and not that it cannot be reached at this moment. */
export const isDamage = (reason: string): boolean => DAMAGED.test(reason);

export type FileResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

function onDatabase(path: string, task: (database: DatabaseSync) => void): FileResult {
  let database: DatabaseSync | null = null;
  try {
    Deno.statSync(path);
    database = new DatabaseSync(path);
    database.exec("PRAGMA busy_timeout = 5000");
    task(database);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: `State in ${path}: ${messageOf(error)}` };
  } finally {
    database?.close();
  }
}

/**
 * Copies a database as it is at one moment into a new file, also while a bot writes it: the bot's own writes wait as long
 * as the copy takes. (SQLite's ways to copy need rights that kbot does not give itself.)
 */
export const copyDatabase = (path: string, into: string): FileResult =>
  onDatabase(path, (database) => {
    // Whoever holds this lock is the only one who may write: database and log stand still.
    database.exec("BEGIN IMMEDIATE");
    try {
      // The log of an earlier copy would be taken for this one's.
      for (const end of ["", ...BESIDE]) removeIfThere(into + end);
      Deno.copyFileSync(path, into);
      copyIfThere(`${path}-wal`, `${into}-wal`);
    } finally {
      database.exec("ROLLBACK");
    }
    Deno.chmodSync(into, 0o600);
    foldLog(into);
  });

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function copyIfThere(from: string, to: string): void {
  try {
    Deno.copyFileSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Brings what stands in a copy's log into the copy, which is one file then. */
function foldLog(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    copy.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    copy.close();
  }
}

/** Reads every page: what is damaged, in SQLite's words; empty where nothing is. */
export function findDamage(path: string): readonly string[] {
  const found: string[] = [];
  const result = onDatabase(path, (database) => {
    for (const row of database.prepare("PRAGMA integrity_check(10)").all()) {
      const text = String(Object.values(row)[0]);
      if (text !== "ok") found.push(`State in ${path}: ${text}`);
    }
  });
  return result.ok ? found : [result.reason];
}

/** A second name for a file; where the file system has none, a copy. */
async function nameAgain(from: string, to: string): Promise<void> {
  try {
    await Deno.link(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    // Perhaps the same file, which a copy onto itself would empty.
    if (!(error instanceof Deno.errors.AlreadyExists)) await Deno.copyFile(from, to);
  }
}

/**
 * Keeps a closed database, whole or damaged, under another name as well: it stays there when another one takes its place.
 * It takes no room. False where there is none.
 */
export async function keepDatabase(path: string, kept: string): Promise<boolean> {
  for (const end of ["", ...BESIDE]) {
    try {
      await nameAgain(path + end, kept + end);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      if (end === "") return false;
    }
  }
  return true;
}

/** Moves a database with all that belongs to it. */
async function moveDatabase(from: string, to: string): Promise<void> {
  await Deno.rename(from, to);
  for (const end of BESIDE) {
    await Deno.rename(from + end, to + end).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

/** Forces a closed database to the disk, and that it is there. */
export async function settle(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.syncData();
  syncEntries(path);
}

/**
 * Puts a closed database in the place of another, at once: there is never none. It is on the disk before: a power loss would
 * else leave its name and nothing in it, and nothing of the other.
 */
export async function replaceDatabase(from: string, to: string): Promise<void> {
  await settle(from);
  for (const end of BESIDE) removeIfThere(to + end);
  await moveDatabase(from, to);
}

/** Removes a database with all that belongs to it; harmless where there is none. */
export async function removeDatabase(path: string): Promise<void> {
  for (const end of ["", ...BESIDE]) {
    await Deno.remove(path + end).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
