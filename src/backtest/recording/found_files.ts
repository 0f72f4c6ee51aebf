/**
 * @module
 */

import { basename, dirname, join } from "node:path";
import { RecordingError } from "./recording_error.ts";

/** Far more than a data set has, few enough to hold their names. */
const FILES_MAX = 100_000;
/** Folders below a data set's own that can hold files of it: a history has its days below its series, below its venue. */
export const FOLDERS_DEEP = 3;
/** Names that an error tells. */
const NAMES_TOLD = 4;

/** What lies at a path: the folder, and the files of it that are meant. */
export interface FoundFiles {
  readonly folder: string;
  /** Base names in alphabetic order: all of the folder, or the one file that the path names. */
  readonly names: readonly string[];
  /** Names of the folders in it. */
  readonly folders: readonly string[];
}

/** @throws Deno.errors.NotFound where nothing is there */
export async function findFiles(path: string): Promise<FoundFiles> {
  const info = await Deno.stat(path);
  if (!info.isDirectory) return { folder: dirname(path), names: [basename(path)], folders: [] };
  const names: string[] = [];
  const folders: string[] = [];
  for await (const entry of Deno.readDir(path)) {
    if (names.length + folders.length >= FILES_MAX) {
      throw new RecordingError(path, 0, `more than ${FILES_MAX} files`, "fewer in one folder");
    }
    if (await leadsToFile(path, entry)) names.push(entry.name);
    else folders.push(entry.name);
  }
  return { folder: path, names: names.sort(), folders: folders.sort() };
}

/** A file itself, or a link that leads to one. A link that leads nowhere is told when it is read. */
async function leadsToFile(folder: string, { name, isFile, isSymlink }: Deno.DirEntry): Promise<boolean> {
  if (!isSymlink) return isFile;
  return await Deno.stat(join(folder, name)).then((info) => info.isFile, () => true);
}

/** Full paths of the files whose names fit. */
export const pathsOf = ({ folder, names }: FoundFiles, pattern: RegExp): readonly string[] =>
  names.filter((name) => pattern.test(name)).map((name) => join(folder, name));

/** What was found, for the person who expected something else: `a.txt, b.png and 5 more`. */
export function describeFound({ names, folders }: FoundFiles): string {
  const all = [...names, ...folders.map((name) => `${name}/`)];
  if (all.length === 0) return "an empty folder";
  const told = all.slice(0, NAMES_TOLD).join(", ");
  return all.length <= NAMES_TOLD ? told : `${told} and ${all.length - NAMES_TOLD} more`;
}
