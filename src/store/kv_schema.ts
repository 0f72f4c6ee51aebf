/**
 * The version of the layout in the database, and the way from older ones to this one.
 * @module
 */

import { dirname } from "node:path";
import { fillHaltChanges } from "./halt_changes.ts";
import { schemaCopies } from "./kept_copies.ts";
import { SCHEMA_KEY, WRITER_KEY } from "./kv_rows.ts";
import { messageOf } from "./message.ts";

/**
 * The layout of kv_rows.ts.
 *
 * | version | what is new |
 * | --- | --- |
 * | 1 | |
 * | 2 | the table `price_minutes` |
 * | 3 | the tables `budgets` and `budget_days` |
 * | 4 | the table `strategies`; halts of less than the whole, and such that let out what closes |
 * | 5 | the table `halt_changes`; the row `writer` |
 */
export const SCHEMA_VERSION = 5;

/** Brings a database from one version to the next. It works on a copy, which takes the old one's place once it is whole. */
export type Migration = (kv: Deno.Kv, stateDirectory: string) => Promise<void>;

/** By the version they start from: `MIGRATIONS.get(1)` makes 2 out of 1. */
export const MIGRATIONS: ReadonlyMap<number, Migration> = new Map([
  // New tables begin empty. Their number keeps an older kbot, which would never delete from them, away.
  [1, () => Promise.resolve()],
  [2, () => Promise.resolve()],
  // An older kbot would take a halt of one strategy for a halt of everything.
  [3, () => Promise.resolve()],
  [4, fillHaltChanges],
]);

/** A version and the way there: this kbot's, or another one's in tests. */
export interface Schema {
  readonly version: number;
  readonly migrations: ReadonlyMap<number, Migration>;
}

export const SCHEMA: Schema = { version: SCHEMA_VERSION, migrations: MIGRATIONS };

export type SchemaResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export type FoundSchema =
  /** `null` for an empty database. */
  | { readonly ok: true; readonly schema: number | null }
  | { readonly ok: false; readonly reason: string };

/**
 * The version of a database that this kbot can read, or bring up to date first; a newer one is refused.
 *
 * @param path for the messages.
 */
export async function findSchema(kv: Deno.Kv, path: string, version: number): Promise<FoundSchema> {
  const found = (await kv.get(SCHEMA_KEY)).value;
  if (found === null) return { ok: true, schema: null };
  if (typeof found !== "number" || !Number.isSafeInteger(found)) {
    return { ok: false, reason: `State in ${path} has no readable schema version: found ${String(found)}` };
  }
  if (found <= version) return { ok: true, schema: found };
  return { ok: false, reason: `State in ${path} ${await newerText(kv, path, found, version)}` };
}

/** Who wrote a database that this kbot cannot read, and what can be done. */
export async function newerText(kv: Deno.Kv, path: string, found: number, version: number): Promise<string> {
  const writer = await writerOf(kv);
  const kept = (await schemaCopies(path)).findLast(({ schema }) => schema <= version);
  const wayBack = kept === undefined
    ? ""
    : `; or go back with kbot store rollback: what it was before with schema ${kept.schema} is kept as ${kept.path}`;
  return `was written by a newer kbot${writer === null ? "" : `, version ${writer}`} ` +
    `(schema ${found}, this one knows ${version}); use that kbot, or another directory with --state${wayBack}`;
}

/** The version of the kbot that opened a database last to write; `null` where that was never written down. */
export async function writerOf(kv: Deno.Kv): Promise<string | null> {
  const { value } = await kv.get(WRITER_KEY);
  return typeof value === "string" ? value : null;
}

/** Writes down what a database is from now on, and who writes it, where it does not say so already. */
export async function claimSchema(kv: Deno.Kv, schema: number | null, version: number, writer: string | null) {
  if (schema === null) await kv.set(SCHEMA_KEY, version);
  if (writer !== null && writer !== await writerOf(kv)) await kv.set(WRITER_KEY, writer);
}

/** Brings a database from an older version to this one, step by step. */
export async function migrateSteps(
  kv: Deno.Kv,
  path: string,
  found: number,
  { version, migrations }: Schema,
): Promise<SchemaResult> {
  for (let step = found; step < version; step++) {
    const migrate = migrations.get(step);
    if (migrate === undefined) {
      return { ok: false, reason: `State in ${path} has schema ${found}, and there is no way from ${step} on` };
    }
    try {
      await migrate(kv, dirname(path));
      await kv.set(SCHEMA_KEY, step + 1);
    } catch (error) {
      return { ok: false, reason: `State in ${path} could not be brought from schema ${step}: ${messageOf(error)}` };
    }
  }
  return { ok: true };
}
