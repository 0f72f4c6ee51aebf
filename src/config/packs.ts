/**
 * The strategy packs that a configuration lists. They are read before the rest of it is checked, because each brings a section
 * of its own.
 * @module
 */

import { dirname, isAbsolute, join } from "node:path";
import type { Pack } from "../packs/pack.ts";
import type { PackFault } from "../packs/pack_file.ts";
import { STRATEGIES } from "../strategies/registry.ts";
import { type ConfigError, errorsFromIssues, type Origin, shown } from "./config_error.ts";
import type { RawTable } from "./overrides.ts";
import { PACK_LIST, PACKS_MAX } from "./schema.ts";
import { lineOfTable } from "./toml_lines.ts";

export interface LoadedPacks {
  readonly packs: readonly Pack[];
  readonly errors: readonly ConfigError[];
}

/** The file of a configuration with its text, as far as there is one. */
export interface ConfigText {
  readonly file: string;
  readonly text: string;
}

/** Reads the packs that a parsed configuration lists. One that cannot be used is an error; the others are read all the same. */
export async function loadPacks(table: RawTable, source: ConfigText | null): Promise<LoadedPacks> {
  const { packs: raw } = table;
  if (raw === undefined) return { packs: [], errors: [] };
  const originOf = (index: number): Origin => {
    if (source === null) return { kind: "default" };
    return { kind: "file", file: source.file, line: lineOfTable(source.text, "packs", index) };
  };
  const list = PACK_LIST.safeParse(raw);
  if (!list.success) return { packs: [], errors: list.error.issues.map((issue) => listError(issue, raw, originOf)) };
  const packs: Pack[] = [];
  const errors: ConfigError[] = [];
  for (const [index, { file, sha256 }] of list.data.entries()) {
    const path = isAbsolute(file) || source === null ? file : join(dirname(source.file), file);
    const read = await readOne(path, sha256);
    const key = `packs[${index}]`;
    if ("part" in read) {
      const { part, found, allowed } = read;
      errors.push({ origin: originOf(index), key: `${key}.${part}`, found, allowed });
      continue;
    }
    const clash = clashOf(read, packs);
    if (clash !== null) errors.push({ origin: originOf(index), key: `${key}.file`, ...clash });
    else packs.push(read);
  }
  return { packs, errors };
}

/** Loaded when there is a pack only: the interpreter is large. */
async function readOne(path: string, sha256: string): Promise<Pack | PackFault> {
  const { readPinnedPack } = await import("../packs/pack_file.ts");
  return await readPinnedPack(path, sha256);
}

/** A strategy that has the pack's name already. */
function clashOf(
  { file, declaration: { name } }: Pack,
  before: readonly Pack[],
): { readonly found: string; readonly allowed: string } | null {
  const found = `${file}, which calls itself ${name}`;
  if (STRATEGIES.some((strategy) => strategy.name === name)) {
    return {
      found,
      allowed: `a name that no strategy of kbot has: they are ${STRATEGIES.map((each) => each.name).join(", ")}`,
    };
  }
  const other = before.find((pack) => pack.declaration.name === name);
  return other === undefined ? null : { found, allowed: `a name that no other pack has: so does ${other.file}` };
}

type Issue = Parameters<typeof errorsFromIssues>[0][number];

/** `packs[1].sha256: Found "abc", allowed: ...`. */
function listError(issue: Issue, raw: unknown, originOf: (index: number) => Origin): ConfigError {
  const [index, part] = issue.path;
  if (!Array.isArray(raw) || typeof index !== "number") {
    const found = Array.isArray(raw) ? `${raw.length} tables` : shown(raw);
    return { origin: originOf(0), key: "packs", found, allowed: `at most ${PACKS_MAX} tables, [[packs]]` };
  }
  const entry: unknown = raw[index];
  const key = `packs[${index}]${part === undefined ? "" : `.${String(part)}`}`;
  const origin = originOf(index);
  if (issue.code === "unrecognized_keys") {
    return { origin, key: `${key}.${issue.keys[0]}`, found: "an unknown key", allowed: "file and sha256" };
  }
  const isTable = typeof entry === "object" && entry !== null && typeof part === "string";
  const found = shown(isTable ? Object.getOwnPropertyDescriptor(entry, part)?.value : entry);
  const allowed = part === "file"
    ? "the path of a JavaScript file"
    : part === "sha256"
    ? "the SHA-256 of the file, 64 digits and letters from a to f, as kbot pack check prints it"
    : "a table with file and sha256";
  return { origin, key, found, allowed };
}
