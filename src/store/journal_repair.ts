/**
 * Mends what a power loss or a kill within a write leaves at the end of a run's journal: an unfinished last line.
 * @module
 */

import { decodeLine } from "../engine/journal.ts";
import { type JournalPath, listJournalFiles } from "./journal_files.ts";
import { decodeText, LINE_BYTES_MAX } from "./journal_lines.ts";
import { showBytes } from "./journal_reader.ts";
import { messageOf } from "./message.ts";

export type RepairResult =
  | {
    readonly ok: true;
    /** What was done, one line each; empty where nothing was torn. */
    readonly repaired: readonly string[];
  }
  | { readonly ok: false; readonly reason: string };

const NEWLINE = 10;
const PIECE_BYTES = 64 * 1024;

async function readAt(file: Deno.FsFile, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) throw new Error(`The file ended at byte ${offset + at}, expected ${offset + length}`);
    at += read;
  }
  return bytes;
}

/** Where the bytes after the last line's end begin; `null` where there is no line's end within a line's bound. */
async function findTail(file: Deno.FsFile, size: number): Promise<number | null> {
  const limit = Math.max(0, size - LINE_BYTES_MAX);
  for (let end = size; end > limit;) {
    const start = Math.max(limit, end - PIECE_BYTES);
    const at = (await readAt(file, start, end - start)).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return limit === 0 ? 0 : null;
}

/** Mends one plain file. Says what was done (`null` for nothing) and the size it has now. */
async function repairFile(path: string): Promise<{ repaired: string | null; size: number }> {
  using file = await Deno.open(path, { read: true, write: true });
  const { size } = await file.stat();
  const tail = await findTail(file, size);
  if (tail === null) throw new Error(`Its last line is longer than ${LINE_BYTES_MAX} bytes`);
  if (tail === size) return { repaired: null, size };
  const bytes = await readAt(file, tail, size - tail);
  const text = decodeText(bytes);
  if (text !== null && decodeLine(text).ok) {
    await file.seek(0, Deno.SeekMode.End);
    await file.write(new Uint8Array([NEWLINE]));
    await file.syncData();
    return { repaired: `${path}: the last line was whole but for its end, which was added`, size: size + 1 };
  }
  await file.truncate(tail);
  await file.syncData();
  const repaired = `${path}: removed an unfinished last line of ${bytes.length} bytes: ${showBytes(bytes)}`;
  return { repaired, size: tail };
}

/**
 * Mends the end of a run's journal: a last line that is whole but for its end gets it, one that is not is cut off. A
 * file left empty at the end of several is removed, and the one before it looked at. Not while a writer has it open.
 *
 * @param directory `<state>/journal/<run>`.
 */
export async function repairTornTail(directory: string): Promise<RepairResult> {
  const list = await listJournalFiles(directory);
  if (!list.ok) return list;
  const repaired: string[] = [];
  const files: JournalPath[] = [...list.files];
  for (let file = files.pop(); file !== undefined && !file.compressed; file = files.pop()) {
    try {
      const result = await repairFile(file.path);
      if (result.repaired !== null) repaired.push(result.repaired);
      if (result.size > 0 || files.length === 0) break;
      await Deno.remove(file.path);
      repaired.push(`${file.path}: removed, it was empty`);
    } catch (error) {
      return { ok: false, reason: `Journal ${file.path} cannot be repaired: ${messageOf(error)}` };
    }
  }
  return { ok: true, repaired };
}
