/**
 * What is needed to do a report's run again: the data by its hash, the settings, the command. Secrets never come in.
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { redact } from "../../config/redact.ts";
import { type ConfigRow, configRows } from "../../config/describe.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { defaultConfig } from "../../config/schema.ts";
import type { DataFile } from "../findings.ts";
import { findFiles, FOLDERS_DEEP } from "../recording/found_files.ts";

/** Files of one data set that are named, far more than any has; a larger one is told by its first ones. */
const FILES_MAX = 10_000;
const BLOCK_BYTES = 1 << 20;

/** What one file holds, read once in pieces. */
async function hashed(path: string): Promise<DataFile> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const block = new Uint8Array(BLOCK_BYTES);
  let bytes = 0;
  for (;;) {
    const read = await file.read(block);
    if (read === null) break;
    hash.update(block.subarray(0, read));
    bytes += read;
  }
  return { path, bytes, sha256: hash.digest("hex") };
}

async function filesIn(path: string, deep = FOLDERS_DEEP): Promise<string[]> {
  const { folder, names, folders } = await findFiles(path);
  const files = names.map((name) => join(folder, name));
  for (const name of deep > 0 ? folders : []) {
    if (files.length >= FILES_MAX) break;
    files.push(...await filesIn(join(folder, name), deep - 1).catch(() => []));
  }
  return files.slice(0, FILES_MAX);
}

/** The files that lie at these paths, those of folders by name; what cannot be read is left to whoever uses it. */
export async function dataFiles(paths: readonly string[]): Promise<DataFile[]> {
  const found: DataFile[] = [];
  for (const path of paths) {
    for (const file of await filesIn(path).catch(() => [])) {
      const data = await hashed(file).catch(() => null);
      if (data !== null) found.push(data);
    }
  }
  return found;
}

/** A command line as it may be shown. */
export const shownCommand = (args: readonly string[]): readonly string[] => ["kbot", ...args].map(redact);

/** Every setting that somebody chose and that differs from its default. */
export function changedSettings(
  { config, origins, known }: Extract<LoadedConfig, { readonly ok: true }>,
): Readonly<Record<string, ConfigRow["value"]>> {
  const plain = new Map(configRows(defaultConfig(), new Map()).map(({ key, value }) => [key, JSON.stringify(value)]));
  const changed = configRows(config, origins, known).filter(({ key, value, origin }) =>
    origin !== "default" && plain.get(key) !== JSON.stringify(value)
  );
  return Object.fromEntries(changed.map(({ key, value }) => [key, shownValue(value)]));
}

function shownValue(value: ConfigRow["value"]): ConfigRow["value"] {
  if (typeof value === "string") return redact(value);
  return Array.isArray(value) ? value.map((item) => typeof item === "string" ? redact(item) : item) : value;
}
