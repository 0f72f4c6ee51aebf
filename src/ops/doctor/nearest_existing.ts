/**
 * Where on the disk something would be made that is not there yet.
 * @module
 */

import { dirname, resolve } from "node:path";

const DEPTH_MAX = 256;

/** What lies at a path, links not followed; `null` where nothing does. */
export async function infoOf(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The path itself where it exists, else the closest directory above it that does. */
export async function nearestExisting(path: string): Promise<string> {
  let at = resolve(path);
  for (let depth = 0; depth < DEPTH_MAX && await infoOf(at) === null; depth++) at = dirname(at);
  return at;
}
