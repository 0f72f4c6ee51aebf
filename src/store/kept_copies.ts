/**
 * Copies of the database that are kept before it is changed for good: `state.kv.before-schema-2`,
 * `state.kv.before-rebuild-20261120T040211Z`.
 * @module
 */

import { basename, dirname, join } from "node:path";
import { removeDatabase } from "./database_file.ts";

/** Of each kind; of more the oldest go. */
const KEPT_MAX = 3;

/** `20261120T040211Z`. */
export const stampOf = (now: Date): string => now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "") + "Z";

/** Where the copy before a change is kept. */
export const keptCopy = (path: string, change: string): string => `${path}.before-${change}`;

/** Removes the oldest copies of one kind, named by a stamp after `change`. */
export async function dropOldCopies(path: string, change: string): Promise<void> {
  const prefix = `${basename(keptCopy(path, change))}-`;
  const found: string[] = [];
  for await (const { name } of Deno.readDir(dirname(path))) {
    if (name.startsWith(prefix) && !name.endsWith("-wal") && !name.endsWith("-shm")) found.push(name);
  }
  for (const name of found.sort().slice(0, -KEPT_MAX)) await removeDatabase(join(dirname(path), name));
}
