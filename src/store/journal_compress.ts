/**
 * Compresses an ended journal file next to the running bot: in small pieces with pauses, so that no decision waits
 * longer than one piece takes (16 KiB: about 0.1 ms).
 *
 * The compressed file appears under its name only when it is complete and on the medium; the original goes after that.
 * A crash in between leaves one or the other or both, and a reader is content with each.
 * @module
 */

import { join } from "node:path";
import { fileName, journalDirectory, listRuns, parseFileName } from "./journal_files.ts";
import { messageOf } from "./message.ts";
import { writeAll } from "./whole_file.ts";

const PIECE_BYTES = 16 * 1024;
const PAUSE_MS = 2;
const UNFINISHED = ".tmp";

export type CompressResult =
  | { readonly ok: true; readonly path: string; readonly bytes: number }
  | { readonly ok: false; readonly reason: string };

export interface CompressOptions {
  /** For the message where it does not work; `Journal` where absent. */
  readonly what?: string;
  /** Between two pieces; 0 where nothing else wants the machine. */
  readonly pauseMs?: number;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function feed(
  source: Deno.FsFile,
  into: WritableStream<BufferSource>,
  pauseMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const writer = into.getWriter();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const piece = new Uint8Array(PIECE_BYTES);
      const read = await source.read(piece);
      if (read === null) break;
      await writer.write(piece.subarray(0, read));
      if (pauseMs > 0) await pause(pauseMs);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}

async function compressInto(
  source: Deno.FsFile,
  target: Deno.FsFile,
  pauseMs: number,
  signal?: AbortSignal,
): Promise<number> {
  const gzip = new CompressionStream("gzip");
  const fed = feed(source, gzip.writable, pauseMs, signal);
  // Whichever side fails first is reported below; the other's failure follows from it.
  fed.catch(() => undefined);
  let bytes = 0;
  for await (const piece of gzip.readable) {
    await writeAll(target, piece);
    bytes += piece.length;
  }
  await fed;
  await target.syncData();
  return bytes;
}

/** Replaces `path` by `path.gz`. On failure or abort the original stays, complete, and nothing else is left. */
export async function compressFile(
  path: string,
  signal?: AbortSignal,
  { what = "Journal", pauseMs = PAUSE_MS }: CompressOptions = {},
): Promise<CompressResult> {
  const target = `${path}.gz`;
  const unfinished = `${target}${UNFINISHED}`;
  try {
    using source = await Deno.open(path, { read: true });
    using file = await Deno.open(unfinished, { write: true, create: true, truncate: true, mode: 0o600 });
    const bytes = await compressInto(source, file, pauseMs, signal);
    await Deno.rename(unfinished, target);
    await Deno.remove(path);
    return { ok: true, path: target, bytes };
  } catch (error) {
    await Deno.remove(unfinished).catch(() => undefined);
    return { ok: false, reason: `${what} ${path} cannot be compressed: ${messageOf(error)}` };
  }
}

/**
 * Finishes what a crash or a stop left in a run's directory: removes unfinished compressed files and originals that
 * have their complete compressed file beside them, and compresses the plain files but the last, which a torn line may
 * end. For the background after a start; not for the directory that a writer has open.
 *
 * @returns what could not be done, in words; empty where all was.
 */
export async function compressEndedFiles(directory: string, signal?: AbortSignal): Promise<string[]> {
  const plain: string[] = [];
  const compressed = new Set<string>();
  const troubles: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    if (entry.name.endsWith(UNFINISHED)) await Deno.remove(join(directory, entry.name));
    const name = parseFileName(entry.name);
    if (name === null) continue;
    if (name.compressed) compressed.add(fileName(name.part));
    else plain.push(entry.name);
  }
  const last = [...plain, ...compressed].sort().at(-1);
  for (const name of plain.sort()) {
    const path = join(directory, name);
    if (compressed.has(name)) await Deno.remove(path);
    else if (name !== last && !signal?.aborted) {
      const result = await compressFile(path, signal);
      if (!result.ok && !signal?.aborted) troubles.push(result.reason);
    }
  }
  return troubles;
}

/**
 * Does the same for every run but the one being written, one after the other, in the background after a start.
 *
 * @returns what could not be done, in words; empty where all was.
 */
export async function compressPastRuns(
  stateDirectory: string,
  current: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const troubles: string[] = [];
  try {
    for (const run of await listRuns(stateDirectory)) {
      if (signal?.aborted) break;
      if (run === current) continue;
      troubles.push(...await compressEndedFiles(join(journalDirectory(stateDirectory), run), signal));
    }
  } catch (error) {
    troubles.push(`Journals in ${stateDirectory} cannot be compressed: ${messageOf(error)}`);
  }
  return troubles;
}
