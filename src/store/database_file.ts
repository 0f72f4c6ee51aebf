/**
 * The database as a file: Deno KV keeps it in SQLite, and SQLite can do what Deno KV has no words for.
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { messageOf } from "./message.ts";

/** What a write-ahead log leaves beside a database. */
const BESIDE = ["-wal", "-shm"] as const;

/** How SQLite says that a file is no database, or one no more. */
const DAMAGED = /not a database|malformed|corrupt|disk image/i;

/** Whether a reason is that the file itself is damaged, and not that it cannot be reached at this moment. */
export const isDamage = (reason: string): boolean => DAMAGED.test(reason);

export type FileResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

function onDatabase(path: string, readOnly: boolean, task: (database: DatabaseSync) => void): FileResult {
  let database: DatabaseSync | null = null;
  try {
    Deno.statSync(path);
    database = new DatabaseSync(path, { readOnly });
    database.exec("PRAGMA busy_timeout = 5000");
    task(database);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: `State in ${path}: ${messageOf(error)}` };
  } finally {
    database?.close();
  }
}

/** Copies a database as it is at one moment into a new file, also while a bot writes it. */
export const copyDatabase = (path: string, into: string): FileResult =>
  onDatabase(path, true, (database) => {
    database.prepare("VACUUM INTO ?").run(into);
    Deno.chmodSync(into, 0o600);
  });

/** Gives the room of deleted rows back to the disk. Nobody else may have it open. */
export const vacuumDatabase = (path: string): FileResult =>
  onDatabase(path, false, (database) => {
    database.exec("VACUUM");
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  });

/** Reads every page: what is damaged, in SQLite's words; empty where nothing is. */
export function findDamage(path: string): readonly string[] {
  const found: string[] = [];
  const result = onDatabase(path, true, (database) => {
    for (const row of database.prepare("PRAGMA integrity_check(10)").all()) {
      const text = String(Object.values(row)[0]);
      if (text !== "ok") found.push(`State in ${path}: ${text}`);
    }
  });
  return result.ok ? found : [result.reason];
}

/** Moves a database with all that belongs to it. */
export async function moveDatabase(from: string, to: string): Promise<void> {
  await Deno.rename(from, to);
  for (const end of BESIDE) {
    await Deno.rename(from + end, to + end).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

/** Removes a database with all that belongs to it; harmless where there is none. */
export async function removeDatabase(path: string): Promise<void> {
  for (const end of ["", ...BESIDE]) {
    await Deno.remove(path + end).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
