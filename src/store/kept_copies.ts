/**
 * Copies of the database that are kept before it is changed for good, each by the moment at which it was put aside:
 * `state.kv.schema-4-20261120T040211Z` before a migration, with the version that it has;
 * `state.kv.before-rebuild-20261120T040211Z`; `state.kv.before-rollback-20261120T040211Z`.
 * @module
 */

import { basename, dirname, join } from "node:path";
import { removeDatabase } from "./database_file.ts";

/** Of each kind; of more the oldest go. */
export const KEPT_MAX = 3;

/** Why a database is put aside. */
export type Change = "rebuild" | "rollback";

/** `20261120T040211Z`. */
const stampOf = (now: Date): string => now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "") + "Z";

/** Where the copy before a change is kept. */
export const keptBefore = (path: string, change: Change, now: Date): string =>
  `${path}.before-${change}-${stampOf(now)}`;

/** Where the copy before a migration is kept. */
export const keptSchema = (path: string, schema: number, now: Date): string =>
  `${path}.schema-${schema}-${stampOf(now)}`;

/** The files beside a database whose names go on like this, oldest first. */
async function copiesBeside(path: string, name: RegExp): Promise<readonly RegExpExecArray[]> {
  const found: RegExpExecArray[] = [];
  const own = `${basename(path)}.`;
  for await (const entry of Deno.readDir(dirname(path))) {
    const match = entry.name.startsWith(own) ? name.exec(entry.name) : null;
    if (match !== null) found.push(match);
  }
  const stamp = ({ groups }: RegExpExecArray): string => groups?.stamp ?? "";
  return found.sort((a, b) => stamp(a) < stamp(b) ? -1 : 1);
}

const STAMP = "(?<stamp>\\d{8}T\\d{6}Z)";

/** Removes the oldest copies of one kind. */
export async function dropOldCopies(path: string, change: Change | "migration"): Promise<void> {
  const name = change === "migration" ? OF_SCHEMA : new RegExp(`\\.before-${change}-${STAMP}$`);
  const copies = await copiesBeside(path, name);
  for (const { input } of copies.slice(0, -KEPT_MAX)) await removeDatabase(join(dirname(path), input));
}

/** A database of an older version, as it was before a migration. */
export interface SchemaCopy {
  readonly path: string;
  readonly schema: number;
  /** When it was put aside, as its name has it; `null` for one of a kbot that did not say. */
  readonly stamp: string | null;
}

/** The second form is of versions before 5. */
const OF_SCHEMA = new RegExp(`\\.(?:schema-(?<schema>\\d{1,6})-${STAMP}|before-schema-(?<bare>\\d{1,6}))$`);

/** What was put aside before migrations, oldest first. */
export async function schemaCopies(path: string): Promise<readonly SchemaCopy[]> {
  const copies = await copiesBeside(path, OF_SCHEMA);
  return copies.map(({ input, groups = {} }) => ({
    path: join(dirname(path), input),
    schema: Number(groups.schema ?? groups.bare),
    stamp: groups.stamp ?? null,
  }));
}
