/**
 * Copies of packs in the state directory, `packs/<sha256>.js`: a journal names the packs of its run by their hashes, and can
 * be replayed after the user's own file was changed or lost.
 * @module
 */

import { join } from "node:path";
import { messageOf } from "../store/message.ts";
import { statePaths } from "../store/state_directory.ts";
import { writeWhole } from "../store/whole_file.ts";
import type { Pack } from "./pack.ts";
import { isPack, readPinnedPack } from "./pack_file.ts";

/** Copies that are kept; of more the oldest go first. 16 megabytes at most. */
export const COPIES_MAX = 64;

const SHA256 = /^[0-9a-f]{64}$/;
const COPY = /^[0-9a-f]{64}\.js$/;

/** Where the copy with this hash lies, if there is one. */
export const copyPath = (stateDirectory: string, sha256: string): string =>
  join(statePaths(stateDirectory).packs, `${sha256}.js`);

/** Keeps a copy of each pack; why that did not work, `null` where it did. */
export async function keepCopies(stateDirectory: string, packs: readonly Pack[]): Promise<string | null> {
  if (packs.length === 0) return null;
  const directory = statePaths(stateDirectory).packs;
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    for (const { sha256, bytes } of packs) {
      // New again where it is there already.
      await writeWhole(copyPath(stateDirectory, sha256), bytes);
    }
    await dropOldest(directory, new Set(packs.map(({ sha256 }) => `${sha256}.js`)));
    return null;
  } catch (error) {
    return `Packs cannot be kept in ${directory}: ${messageOf(error)}`;
  }
}

async function dropOldest(directory: string, needed: ReadonlySet<string>): Promise<void> {
  const found: { readonly name: string; readonly at: number }[] = [];
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (!isFile || !COPY.test(name) || needed.has(name)) continue;
    const { mtime } = await Deno.stat(join(directory, name));
    found.push({ name, at: mtime?.getTime() ?? 0 });
  }
  found.sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1));
  for (const { name } of found.slice(Math.max(0, COPIES_MAX - needed.size))) await Deno.remove(join(directory, name));
}

/** The pack of a kept copy; `null` where there is none with this hash. */
export async function findCopy(stateDirectory: string, sha256: string): Promise<Pack | null> {
  // A hash out of a journal: it must not lead to another file.
  if (!SHA256.test(sha256)) return null;
  const read = await readPinnedPack(copyPath(stateDirectory, sha256), sha256);
  return isPack(read) ? read : null;
}
