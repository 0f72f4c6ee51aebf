/**
 * Keeps tapes within their bounds: the oldest files go first, by age and by what all of them take together. Only what is
 * named like a tape's is touched.
 * @module
 */

import { join } from "node:path";
import { isRunId, listJournalFiles } from "./journal_files.ts";
import { messageOf } from "./message.ts";

export interface TapeRetention {
  readonly days: number;
  /** Of all tapes together, compressed or not. */
  readonly bytes: number;
}

interface TapePart {
  readonly path: string;
  readonly bytes: number;
  readonly changedMs: number;
}

const DAY_MS = 86_400_000;

/** The tapes below a directory, oldest first; none where there is no directory yet. */
export async function listTapes(root: string): Promise<string[]> {
  const runs: string[] = [];
  try {
    for await (const entry of Deno.readDir(root)) if (entry.isDirectory && isRunId(entry.name)) runs.push(entry.name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return runs.sort();
}

async function partsOf(directory: string): Promise<TapePart[]> {
  const listed = await listJournalFiles(directory);
  if (!listed.ok) throw new Error(listed.reason);
  const parts: TapePart[] = [];
  for (const { path } of listed.files) {
    // It may be compressed, and gone under this name, at this moment.
    const info = await Deno.stat(path).catch(() => null);
    if (info !== null) parts.push({ path, bytes: info.size, changedMs: info.mtime?.getTime() ?? 0 });
  }
  return parts;
}

/**
 * Deletes what is too old, then the oldest until all fits. The newest file of the tape being written always stays.
 *
 * @param current the run whose tape is being written; `null` for none
 * @returns how many files went, and what could not be done, in words
 */
export async function pruneTapes(
  root: string,
  retention: TapeRetention,
  nowMs: number,
  current: string | null,
): Promise<{ readonly removed: number; readonly trouble: string | null }> {
  let removed = 0;
  try {
    const runs = await listTapes(root);
    const tapes = await Promise.all(runs.map(async (run) => ({ run, parts: await partsOf(join(root, run)) })));
    const all = tapes.flatMap(({ run, parts }) => run === current ? parts.slice(0, -1) : parts);
    let bytes = tapes.flatMap(({ parts }) => parts).reduce((sum, part) => sum + part.bytes, 0);
    for (const part of all) {
      const old = nowMs - part.changedMs > retention.days * DAY_MS;
      if (!old && bytes <= retention.bytes) continue;
      await Deno.remove(part.path);
      bytes -= part.bytes;
      removed++;
    }
    // Refused where something is left in it, which is as it should be.
    for (const run of runs) if (run !== current) await Deno.remove(join(root, run)).catch(() => {});
    return { removed, trouble: null };
  } catch (error) {
    return { removed, trouble: `Old tapes in ${root} could not be deleted: ${messageOf(error)}` };
  }
}
