/**
 * Where journals lie: `<state>/journal/<run>/000001.ndjson`, 000002 and so on; `.ndjson.gz` once compressed.
 * Run ids sort by age as text, which is how the store finds what came after its mark.
 * @module
 */

import { join } from "node:path";
import { messageOf } from "./message.ts";

const FILE = /^(\d{6})\.ndjson(\.gz)?$/;
const RUN = /^\d{8}T\d{6}Z-\d{4}$/;
const FILES_MAX = 999_999;

/** Whether a name is a run's. */
export const isRunId = (name: string): boolean => RUN.test(name);

/** The directory that holds one directory per run. */
export const journalDirectory = (stateDirectory: string): string => join(stateDirectory, "journal");

/** `000001.ndjson` for 1. */
export const fileName = (part: number): string => `${part.toString().padStart(6, "0")}.ndjson`;

/** One file of a run. */
export interface JournalPath {
  readonly path: string;
  readonly part: number;
  readonly compressed: boolean;
}

export type JournalList =
  | { readonly ok: true; readonly files: readonly JournalPath[] }
  | { readonly ok: false; readonly reason: string };

/** Which file of a run a name is, `null` where it is none. */
export function parseFileName(name: string): { part: number; compressed: boolean } | null {
  const match = FILE.exec(name);
  return match === null ? null : { part: Number(match[1]), compressed: match[2] !== undefined };
}

/**
 * The files of one run in their order. Where a crash left a file both plain and compressed, the plain one counts:
 * it is removed only after the other is safe.
 */
export async function listJournalFiles(directory: string): Promise<JournalList> {
  const parts = new Map<number, JournalPath>();
  try {
    for await (const entry of Deno.readDir(directory)) {
      const name = parseFileName(entry.name);
      if (!entry.isFile || name === null) continue;
      if (name.compressed && parts.has(name.part)) continue;
      parts.set(name.part, { path: join(directory, entry.name), ...name });
    }
  } catch (error) {
    return { ok: false, reason: `Journal directory ${directory} cannot be read: ${messageOf(error)}` };
  }
  return { ok: true, files: [...parts.values()].sort((a, b) => a.part - b.part) };
}

/** The ids of the runs under a state directory, oldest first; none where there is no journal yet. */
export async function listRuns(stateDirectory: string): Promise<string[]> {
  const runs: string[] = [];
  try {
    for await (const entry of Deno.readDir(journalDirectory(stateDirectory))) {
      if (entry.isDirectory) runs.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return runs.sort();
}

/**
 * A new run's id: `20261120T040211Z-0001`, later as text than every run before it even where the wall clock went back.
 *
 * @param wallMs wall time, not the run's clock: a simulated clock may start at the same moment every time.
 * @param newest the id of the newest run known (from {@link listRuns} and the store's mark), `null` for none.
 */
export function newRunId(wallMs: number, newest: string | null): string {
  const stamp = new Date(wallMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, "") + "Z";
  const first = `${stamp}-0001`;
  if (newest === null || first > newest || !RUN.test(newest)) return first;
  const next = Number(newest.slice(-4)) + 1;
  if (next <= 9_999) return newest.slice(0, -4) + next.toString().padStart(4, "0");
  return newRunId(Date.UTC(+newest.slice(0, 4), +newest.slice(4, 6) - 1, +newest.slice(6, 8) + 1), newest);
}

/** Whether a run may go on with one more file. */
export const mayAddFile = (part: number): boolean => part < FILES_MAX;
