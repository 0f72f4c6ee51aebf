/**
 * Small files that must be there whole, whatever happens: written under another name, forced to the disk, and only then
 * given their own. Without the second a power loss soon afterwards leaves the name and nothing in it.
 * @module
 */

import { dirname } from "node:path";
import { disk } from "./journal_disk.ts";

/** What a file is called until it is whole. */
const UNFINISHED = ".new";

/**
 * Writes a file that only its owner can read, in place of one that is there.
 * @throws what the disk says where it cannot be written; the file that was there stays then
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = path + UNFINISHED;
  await Deno.remove(unfinished).catch(() => undefined);
  {
    using file = await Deno.open(unfinished, { write: true, createNew: true, mode: 0o600 });
    await writeAll(file, bytes);
    await file.syncData();
  }
  await Deno.rename(unfinished, path);
  syncEntries(path);
}

/** What takes bytes: a file, or stdout. */
export interface ByteTarget {
  write(bytes: Uint8Array): Promise<number>;
}

/** Writes all of it, in as many pieces as the target takes. @throws what the disk says, also where it takes nothing */
export async function writeAll(file: ByteTarget, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const written = await file.write(bytes.subarray(at));
    if (written <= 0) throw new Error("The disk took no bytes");
    at += written;
  }
}

/** Forces to the disk that a file is there, or is no more; Windows does so by itself, and opens no directory. */
export function syncEntries(path: string): void {
  if (Deno.build.os !== "windows") disk.syncDirectory(dirname(path));
}
