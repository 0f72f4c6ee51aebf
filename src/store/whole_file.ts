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
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
    await file.syncData();
  }
  await Deno.rename(unfinished, path);
  syncEntries(path);
}

/** Forces to the disk that a file is there, or is no more; Windows does so by itself, and opens no directory. */
export function syncEntries(path: string): void {
  if (Deno.build.os !== "windows") disk.syncDirectory(dirname(path));
}
