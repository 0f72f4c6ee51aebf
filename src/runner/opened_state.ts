/**
 * The state directory's database, caught up with the journals: what a run goes on from.
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { ResumeState } from "../core/record.ts";
import { FRESH } from "../engine/options.ts";
import { listRuns } from "../store/journal_files.ts";
import { openKvStore } from "../store/kv_store.ts";
import type { StateLock } from "../store/lock.ts";
import { recover } from "../store/recover.ts";
import { statePaths } from "../store/state_directory.ts";
import type { StateStore } from "../store/store.ts";

const logger = getLogger(["kbot", "run"]);

export interface Opened {
  readonly lock: StateLock;
  readonly store: StateStore;
  readonly resume: ResumeState;
  readonly newestRun: string | null;
}

export type OpenedState = { readonly ok: true; readonly state: Opened } | {
  readonly ok: false;
  readonly reason: string;
};

/** Opens the database. With `fresh`, whatever an earlier run left there is dropped: the journals keep it. */
export async function openState(directory: string, fresh: boolean, lock: StateLock): Promise<OpenedState> {
  const path = statePaths(directory).store;
  // The embedded exchange is born anew with every run: what an earlier one's account held does not exist any more.
  if (fresh) { for (const end of ["", "-wal", "-shm"]) await Deno.remove(path + end).catch(() => {}); }
  const store = await openKvStore(path);
  if (!store.ok) return store;
  const recovered = await recoverState(directory, store.store, fresh);
  if (typeof recovered === "object" && recovered !== null && "reason" in recovered) {
    await store.store.close();
    return { ok: false, reason: recovered.reason };
  }
  const resume = fresh ? FRESH : await store.store.loadResumeState();
  return { ok: true, state: { lock, store: store.store, resume, newestRun: recovered } };
}

async function recoverState(
  directory: string,
  store: StateStore,
  fresh: boolean,
): Promise<string | null | { reason: string }> {
  if (fresh) {
    return (await listRuns(directory)).at(-1) ?? null;
  }
  const recovered = await recover(directory, store);
  if (!recovered.ok) return { reason: recovered.reason };
  for (const text of [...recovered.repaired, ...recovered.warnings]) logger.warn("{text}", { text });
  if (recovered.applied > 0) {
    logger.info("The last run ended without a goodbye: {n} records were taken up from its journal", {
      n: recovered.applied,
    });
  }
  return recovered.newestRun;
}
