/**
 * The state directory's database, caught up with the journals: what a run goes on from.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { ResumeState } from "../core/record.ts";
import type { RestatedRecords } from "../engine/journal.ts";
import { FRESH } from "../engine/options.ts";
import { isDamage } from "../store/database_file.ts";
import { openKvStore } from "../store/kv_store.ts";
import { messageOf } from "../store/message.ts";
import { foldJournals, rebuildDatabase } from "../store/rebuild.ts";
import { describeLost, type LostLines, recover } from "../store/recover.ts";
import { statePaths } from "../store/state_directory.ts";
import type { StateStore } from "../store/store.ts";

const logger = getLogger(["kbot", "run"]);

export interface Opened {
  readonly store: StateStore;
  readonly resume: ResumeState;
  readonly newestRun: string | null;
  /** What an earlier run's journal lost and the database kept: the next journal tells it. `null` mostly. */
  readonly restated: RestatedRecords | null;
}

/** Far more than the seconds hold that a disk can owe; newer ones count. */
const RESTATED_MAX = 10_000;

export type OpenedState = { readonly ok: true; readonly state: Opened } | {
  readonly ok: false;
  readonly reason: string;
};

/**
 * Opens the database and catches it up; one that is damaged is made anew from the journals, and kept. With `fresh` only
 * the halts and the strategies' phases go on, because a person has to lift those: the account and the markets of an
 * embedded exchange end with their run, and the journals keep what happened in them.
 *
 * @param version of this kbot
 */
export async function openState(directory: string, fresh: boolean, version: string): Promise<OpenedState> {
  const opened = await openCaughtUp(directory, fresh, version);
  const state = opened.ok || !isDamage(opened.reason)
    ? opened
    : await openRebuilt(directory, fresh, version, opened.reason);
  if (!state.ok || !fresh) return state;
  return await startOver(directory, version, state.state);
}

async function openCaughtUp(directory: string, fresh: boolean, version: string): Promise<OpenedState> {
  const opened = await openKvStore(statePaths(directory).store, { writer: version });
  if (!opened.ok) return opened;
  const { store, migratedFrom } = opened;
  if (migratedFrom !== null) {
    logger.warn(
      "The state was brought up to date from schema {migratedFrom}; as it was it is kept beside it, and kbot store " +
        "rollback --to {migratedFrom} goes back to it",
      { migratedFrom },
    );
  }
  try {
    // One that is not there any more is made from all that the journals tell, as a rebuild does.
    const recovered = await store.mark() === null
      ? await foldJournals(directory, store, { startsOver: fresh, upTo: null })
      : await recover(directory, store);
    if (!recovered.ok) {
      await store.close();
      return recovered;
    }
    for (const text of [...recovered.repaired, ...recovered.warnings]) logger.warn("{text}", { text });
    if (recovered.applied > 0) {
      const n = recovered.applied;
      logger.info("The last run ended without a goodbye: {n} records were taken up from its journal", { n });
    }
    const resume = await store.loadResumeState();
    const restated = recovered.lost === null ? null : await restate(store, recovered.lost);
    return { ok: true, state: { store, resume, newestRun: recovered.newestRun, restated } };
  } catch (error) {
    await store.close();
    return { ok: false, reason: `State in ${directory} cannot be read: ${messageOf(error)}` };
  }
}

async function restate(store: StateStore, lost: LostLines): Promise<RestatedRecords> {
  const { run, known: line, since } = lost;
  const records = await store.writtenSince(since, RESTATED_MAX);
  const told = describeLost(lost);
  logger.warn("{told}. This run goes on from the database, and writes {n} records of it into its own journal", {
    told,
    n: records.length,
  });
  return { run, line, records };
}

/** Nothing is lost by it: the journals hold all that the database was made from. */
async function openRebuilt(directory: string, fresh: boolean, version: string, damage: string): Promise<OpenedState> {
  logger.error("The database is damaged, and made anew from the journals. {damage}", { damage });
  const rebuilt = await rebuildDatabase(directory, { startsOver: fresh, now: new Date() });
  if (!rebuilt.ok) return { ok: false, reason: `${damage}; ${rebuilt.reason}` };
  const { records, kept } = rebuilt;
  for (const text of rebuilt.warnings) logger.warn("{text}", { text });
  logger.warn("The database was made anew from {records} records; the damaged one is kept as {kept}", {
    records,
    kept,
  });
  return await openCaughtUp(directory, fresh, version);
}

async function startOver(
  directory: string,
  version: string,
  { store: old, resume: { halts, strategies = [] }, newestRun }: Opened,
): Promise<OpenedState> {
  const mark = await old.mark();
  await old.close();
  const path = statePaths(directory).store;
  for (const end of ["", "-wal", "-shm"]) await Deno.remove(path + end).catch(() => {});
  const opened = await openKvStore(path, { writer: version });
  if (!opened.ok) return opened;
  const { store } = opened;
  if (mark !== null) store.apply([...halts, ...strategies], mark);
  // Before anything is said to have begun: the rows of before are gone already.
  const kept = await store.flush();
  if (!kept.ok) {
    await store.close();
    return kept;
  }
  return { ok: true, state: { store, resume: { ...FRESH, halts, strategies }, newestRun, restated: null } };
}
