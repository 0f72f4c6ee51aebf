/**
 * The version of the layout in the database, and the way from older ones to this one.
 * @module
 */

import { SCHEMA_KEY } from "./kv_rows.ts";
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
 */
export const SCHEMA_VERSION = 4;

/** Brings a database from one version to the next. Must bear being run again after a crash in its middle. */
export type Migration = (kv: Deno.Kv) => Promise<void>;

/** By the version they start from: `MIGRATIONS.get(1)` makes 2 out of 1. */
export const MIGRATIONS: ReadonlyMap<number, Migration> = new Map([
  // New tables begin empty. Their number keeps an older kbot, which would never delete from them, away.
  [1, () => Promise.resolve()],
  [2, () => Promise.resolve()],
  // An older kbot would take a halt of one strategy for a halt of everything.
  [3, () => Promise.resolve()],
]);

export type SchemaResult =
  | { readonly ok: true; readonly migratedFrom: number | null }
  | { readonly ok: false; readonly reason: string };

/**
 * Sets the version of a fresh database, migrates an older one step by step, refuses a newer one.
 *
 * @param path for the messages.
 */
export async function ensureSchema(
  kv: Deno.Kv,
  path: string,
  version = SCHEMA_VERSION,
  migrations: ReadonlyMap<number, Migration> = MIGRATIONS,
): Promise<SchemaResult> {
  const found = (await kv.get(SCHEMA_KEY)).value;
  if (found === null) {
    await kv.set(SCHEMA_KEY, version);
    return { ok: true, migratedFrom: null };
  }
  if (typeof found !== "number" || !Number.isSafeInteger(found)) {
    return { ok: false, reason: `State in ${path} has no readable schema version: found ${String(found)}` };
  }
  if (found > version) {
    return {
      ok: false,
      reason: `State in ${path} was written by a newer kbot (schema ${found}, this one knows ${version}); ` +
        `use that kbot, or another directory with --state`,
    };
  }
  for (let step = found; step < version; step++) {
    const migrate = migrations.get(step);
    if (migrate === undefined) {
      return { ok: false, reason: `State in ${path} has schema ${found}, and there is no way from ${step} on` };
    }
    try {
      await migrate(kv);
      await kv.set(SCHEMA_KEY, step + 1);
    } catch (error) {
      return { ok: false, reason: `State in ${path} could not be brought from schema ${step}: ${messageOf(error)}` };
    }
  }
  return { ok: true, migratedFrom: found === version ? null : found };
}
