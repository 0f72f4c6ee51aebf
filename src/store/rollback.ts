/**
 * Goes back to the database as it was before a migration, for an older kbot. Nothing is lost by it: what came after it stands in
 * the journals, and the next start takes it up from there: the records, which an older kbot knows also where it does not know
 * an input that they came from. Such a run it cannot replay.
 * @module
 */

import { startsOver } from "../runner/identity.ts";
import { copyDatabase, findDamage, removeDatabase, replaceDatabase, settle } from "./database_file.ts";
import { listRuns } from "./journal_files.ts";
import { newerJournal } from "./journal_format.ts";
import { dropOldCopies, keptBefore, schemaCopies, type SchemaCopy } from "./kept_copies.ts";
import { MARK_KEY, SCHEMA_KEY } from "./kv_rows.ts";
import { SCHEMA_VERSION } from "./kv_schema.ts";
import { messageOf } from "./message.ts";
import { statePaths } from "./state_directory.ts";
import type { JournalMark } from "./store.ts";

export interface RollbackOptions {
  /** The version to go back to; `null` for the newest that this kbot knows. */
  readonly to: number | null;
  /** Wall time, for the name of the copy. */
  readonly now: Date;
}

export type RollbackResult =
  | {
    readonly ok: true;
    readonly from: number;
    readonly to: number;
    /** That is in its place now. */
    readonly copy: string;
    /** Where the database of before lies. */
    readonly kept: string;
    /** Whose journals the next start takes up. */
    readonly runs: number;
  }
  | { readonly ok: false; readonly reason: string };

interface Content {
  readonly schema: number;
  readonly mark: JournalMark | null;
}

async function contentOf(path: string): Promise<Content> {
  const kv = await Deno.openKv(path);
  try {
    const schema = (await kv.get(SCHEMA_KEY)).value;
    if (typeof schema !== "number") throw new Error(`${path} has no readable schema version`);
    return { schema, mark: (await kv.get<JournalMark>(MARK_KEY)).value };
  } finally {
    kv.close();
  }
}

const listed = (copies: readonly SchemaCopy[]): string =>
  copies.length === 0 ? "none" : [...new Set(copies.map(({ schema }) => schema))].join(", ");

/** The copy to go back to. @throws why there is none */
function choose(copies: readonly SchemaCopy[], schema: number, to: number | null): SchemaCopy {
  if (to === null && schema <= SCHEMA_VERSION) {
    throw new Error(
      `it has schema ${schema}, which this kbot knows; for an older kbot name its schema with --to, kept are: ` +
        listed(copies),
    );
  }
  const fits = (copy: SchemaCopy) =>
    copy.schema < schema && (to === null ? copy.schema <= SCHEMA_VERSION : copy.schema === to);
  const chosen = copies.findLast(fits);
  if (chosen !== undefined) return chosen;
  throw new Error(
    `there is no copy of schema ${to ?? `${SCHEMA_VERSION} or older`} from before; kept are: ${listed(copies)}`,
  );
}

/** The runs whose journals tell what came after a copy. @throws what is missing of them */
async function runsSince(stateDirectory: string, mark: JournalMark | null): Promise<readonly string[]> {
  const runs = (await listRuns(stateDirectory)).filter((run) => mark === null || run >= mark.run);
  if (await startsOver(stateDirectory)) return runs;
  if (mark !== null && runs[0] !== mark.run) {
    throw new Error(`the journal of run ${mark.run}, which the copy ends in, is not there, nor what came after it`);
  }
  for (const run of runs) {
    const reason = await newerJournal(stateDirectory, run);
    if (reason !== null) throw new Error(reason);
  }
  return runs;
}

/** Puts a kept database in the place of the one that is there, and keeps that. Needs the state directory's lock. */
export async function rollBack(stateDirectory: string, { to, now }: RollbackOptions): Promise<RollbackResult> {
  const { store: path } = statePaths(stateDirectory);
  const fresh = `${path}.returning`;
  const kept = keptBefore(path, "rollback", now);
  try {
    // To open none would make one.
    if (!await Deno.stat(path).then(() => true, () => false)) throw new Error("there is none");
    const { schema } = await contentOf(path);
    const copy = choose(await schemaCopies(path), schema, to);
    const [damage] = findDamage(copy.path);
    if (damage !== undefined) throw new Error(damage);
    const content = await contentOf(copy.path);
    if (content.schema !== copy.schema) {
      throw new Error(`${copy.path} has schema ${content.schema}, not that of its name`);
    }
    const runs = await runsSince(stateDirectory, content.mark);
    for (const [from, into] of [[copy.path, fresh], [path, kept]]) {
      const copied = copyDatabase(from, into);
      if (!copied.ok) throw new Error(copied.reason);
    }
    await settle(kept);
    await replaceDatabase(fresh, path);
    await dropOldCopies(path, "rollback").catch(() => {});
    return { ok: true, from: schema, to: content.schema, copy: copy.path, kept, runs: runs.length };
  } catch (error) {
    for (const left of [fresh, kept]) await removeDatabase(left).catch(() => {});
    return { ok: false, reason: `State in ${path} was left as it is: ${messageOf(error)}` };
  }
}
