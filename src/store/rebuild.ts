/**
 * Makes the database anew from the journals, and keeps the old one.
 *
 * The journals of a state that has lost its oldest ones still tell all that a run goes on from: each begins with what its
 * run resumed from. What only the lost ones told (old trades, old points of the portfolio) is not in the new database.
 * @module
 */

import { join } from "node:path";
import type { StateRecord } from "../core/record.ts";
import { checkRecord } from "../engine/journal_record_shape.ts";
import { isObject } from "../engine/journal_shape.ts";
import { keepDatabase, removeDatabase, replaceDatabase } from "./database_file.ts";
import { fillHaltChanges } from "./halt_changes.ts";
import { journalDirectory, listRuns } from "./journal_files.ts";
import { readJournal } from "./journal_reader.ts";
import { dropOldCopies, keptBefore } from "./kept_copies.ts";
import { openKvStore } from "./kv_store.ts";
import { messageOf } from "./message.ts";
import { foldUpTo, recover, type RecoverResult } from "./recover.ts";
import { statePaths } from "./state_directory.ts";
import type { JournalMark, StateStore } from "./store.ts";

export interface RebuildOptions {
  /** Whether every run of this state starts with an account of its own, as on the embedded exchange. */
  readonly startsOver: boolean;
  /** Wall time, for the name of the copy. */
  readonly now: Date;
}

export type RebuildResult =
  | {
    readonly ok: true;
    readonly runs: number;
    readonly records: number;
    /** Where the old database lies now; `null` where there was none. */
    readonly kept: string | null;
    readonly warnings: readonly string[];
  }
  | { readonly ok: false; readonly reason: string };

/** What a run says that it resumed from, as records, halts and strategies first; what cannot be read of it is left out. */
async function resumedFrom(stateDirectory: string, run: string, onlyHalts: boolean): Promise<StateRecord[]> {
  const directory = join(journalDirectory(stateDirectory), run);
  for await (const event of readJournal(directory, { onFault: "skip" })) {
    if (event.kind !== "entries") continue;
    const [first] = event.entries;
    if (first.kind !== "header" || !isObject(first.header.config)) return [];
    const { resume } = first.header.config;
    if (!isObject(resume)) return [];
    const { halts, strategies, account, positions, openOrders, budgets, budgetDays } = resume;
    const rest = onlyHalts ? [] : [[account], positions, openOrders, budgets, budgetDays];
    return [halts, strategies, ...rest].flat().filter((record): record is StateRecord => checkRecord(record) === null);
  }
  return [];
}

/** Folds the journals into an empty store; `complete` where they begin with the state's first run. */
export async function foldJournals(
  stateDirectory: string,
  store: StateStore,
  { startsOver, upTo }: { readonly startsOver: boolean; readonly upTo: JournalMark | null },
): Promise<RecoverResult & { readonly runs: number; readonly complete: boolean }> {
  const all = (await listRuns(stateDirectory)).filter((run) => upTo === null || run <= upTo.run);
  const runs = startsOver ? all.slice(-1) : all;
  let complete = true;
  if (runs.length > 0) {
    const base = await resumedFrom(stateDirectory, runs[0], startsOver);
    complete = startsOver || base.length === 0;
    const applied = store.apply(base, { run: runs[0], line: 0 });
    const flushed = applied.ok ? await store.flush() : applied;
    if (!flushed.ok) return { ...flushed, runs: 0, complete };
  }
  const folded = upTo === null ? await recover(stateDirectory, store) : await foldUpTo(stateDirectory, store, upTo);
  return { ...folded, runs: runs.length, complete };
}

/** Makes the database anew. Needs the state directory's lock, and nobody may have the database open. */
export async function rebuildDatabase(stateDirectory: string, options: RebuildOptions): Promise<RebuildResult> {
  const path = statePaths(stateDirectory).store;
  const fresh = `${path}.new`;
  try {
    // Without them it would be empty, and positions and halts forgotten without a word.
    if ((await listRuns(stateDirectory)).length === 0) {
      return { ok: false, reason: `State in ${path} cannot be rebuilt: there is no journal; restore a backup` };
    }
    await removeDatabase(fresh);
    const opened = await openKvStore(fresh);
    if (!opened.ok) return opened;
    const folded = await foldJournals(stateDirectory, opened.store, { startsOver: options.startsOver, upTo: null });
    const closed = await opened.store.close();
    if (!folded.ok) return folded;
    if (!closed.ok) return closed;
    await fillFrom(fresh, stateDirectory);
    const kept = keptBefore(path, "rebuild", options.now);
    const old = await keepDatabase(path, kept);
    await replaceDatabase(fresh, path);
    // One too many is no reason not to start.
    await dropOldCopies(path, "rebuild").catch(() => {});
    return {
      ok: true,
      runs: folded.runs,
      records: folded.applied,
      kept: old ? kept : null,
      warnings: [...folded.repaired, ...folded.warnings],
    };
  } catch (error) {
    return { ok: false, reason: `State in ${path} cannot be rebuilt: ${messageOf(error)}` };
  }
}

/** The audit trail may reach further back than the journals. */
async function fillFrom(path: string, stateDirectory: string): Promise<void> {
  const kv = await Deno.openKv(path);
  try {
    await fillHaltChanges(kv, stateDirectory);
  } finally {
    kv.close();
  }
}
