/**
 * Which kbot wrote what of a state directory, and what is kept to go back to.
 * @module
 */

import { JOURNAL_FORMAT } from "../engine/journal.ts";
import { BACKUP_FORMAT } from "./backup_manifest.ts";
import { listRuns } from "./journal_files.ts";
import { journalOrigin } from "./journal_format.ts";
import { schemaCopies, type SchemaCopy } from "./kept_copies.ts";
import { SCHEMA_KEY } from "./kv_rows.ts";
import { SCHEMA_VERSION, writerOf } from "./kv_schema.ts";
import { messageOf } from "./message.ts";
import { statePaths } from "./state_directory.ts";

export interface StoreVersions {
  /** What this kbot writes. */
  readonly writes: { readonly schema: number; readonly journal: number; readonly backup: number };
  /** `null` where there is no database. */
  readonly database: { readonly schema: number | null; readonly writer: string | null } | null;
  /** Of the newest run; `null` where there is none, or it cannot be read. */
  readonly journal: { readonly run: string; readonly format: number; readonly version: string } | null;
  /** Databases of older versions, oldest first. */
  readonly kept: readonly SchemaCopy[];
}

export type VersionsResult =
  | { readonly ok: true; readonly versions: StoreVersions }
  | { readonly ok: false; readonly reason: string };

async function databaseAt(path: string): Promise<StoreVersions["database"]> {
  if (!await Deno.stat(path).then(() => true, () => false)) return null;
  const kv = await Deno.openKv(path);
  try {
    const schema = (await kv.get(SCHEMA_KEY)).value;
    return { schema: typeof schema === "number" ? schema : null, writer: await writerOf(kv) };
  } finally {
    kv.close();
  }
}

/** Looks, and changes nothing; a bot may be running. */
export async function storeVersions(stateDirectory: string): Promise<VersionsResult> {
  const { store: path } = statePaths(stateDirectory);
  try {
    const run = (await listRuns(stateDirectory)).at(-1);
    const origin = run === undefined ? null : await journalOrigin(stateDirectory, run);
    return {
      ok: true,
      versions: {
        writes: { schema: SCHEMA_VERSION, journal: JOURNAL_FORMAT, backup: BACKUP_FORMAT },
        database: await databaseAt(path),
        journal: run === undefined || origin === null ? null : { run, ...origin },
        kept: await schemaCopies(path),
      },
    };
  } catch (error) {
    return { ok: false, reason: `State in ${path} cannot be read: ${messageOf(error)}` };
  }
}
