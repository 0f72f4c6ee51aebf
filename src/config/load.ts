/**
 * Loads the configuration: flags over environment over file over defaults (DESIGN.md 5).
 * @module
 */

import { parse, TomlError } from "smol-toml";
import type { Pack } from "../packs/pack.ts";
import { type ConfigError, errorsFromIssues, type Origin } from "./config_error.ts";
import { applyDefaults, applyOverrides, type DefaultValue, type FlagValue, type RawTable } from "./overrides.ts";
import { loadPacks } from "./packs.ts";
import { redact } from "./redact.ts";
import { type Config, CONFIG_SCHEMA, configSchema } from "./schema.ts";
import { ConfigKeys, KEYS } from "./schema_keys.ts";
import { lineOfKey, lineOfTable } from "./toml_lines.ts";

/** A configuration file is written by hand; what is larger is something else. */
const MAX_FILE_BYTES = 1 << 20;

export interface ConfigRequest {
  /** From `--config`; it must exist. Without it `kbot.toml` is looked for where {@link defaultFiles} says. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly flags?: readonly FlagValue[];
  /** What the command takes for keys that nobody sets, in place of the schema's defaults. */
  readonly defaults?: readonly DefaultValue[];
}

export type LoadedConfig =
  | {
    readonly ok: true;
    readonly config: Config;
    /** Where each key's value came from; an entry for every key. */
    readonly origins: ReadonlyMap<string, Origin>;
    /** The file that was read, or `null` where there was none. */
    readonly file: string | null;
    /** What the packs are that it lists, in that order. */
    readonly packs: readonly Pack[];
    /** Every key that there is, those of the packs too. */
    readonly known: ConfigKeys;
  }
  | { readonly ok: false; readonly errors: readonly ConfigError[] };

/** Where a configuration is looked for when none is named: here, then the user's configuration directory. */
export function defaultFiles(env: Readonly<Record<string, string>>): string[] {
  const home = env.XDG_CONFIG_HOME || (env.HOME ? `${env.HOME}/.config` : "");
  return home === "" ? ["kbot.toml"] : ["kbot.toml", `${home}/kbot/kbot.toml`];
}

type FileText = { readonly file: string; readonly text: string } | { readonly missing: true } | ConfigError;

function fileError(file: string, found: string, allowed: string): ConfigError {
  return { origin: { kind: "file", file, line: null }, key: null, found, allowed };
}

/** Rights of the group and of others. */
const OTHERS = 0o077;

async function readFile(file: string): Promise<FileText> {
  let bytes: Uint8Array;
  let mode: number | null;
  try {
    const info = await Deno.stat(file);
    if (!info.isFile) return fileError(file, "no regular file", "a TOML file");
    if (info.size > MAX_FILE_BYTES) return fileError(file, `${info.size} bytes`, `at most ${MAX_FILE_BYTES} bytes`);
    bytes = await Deno.readFile(file);
    mode = info.mode;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { missing: true };
    const reason = error instanceof Error ? error.name : "an error";
    return fileError(file, `a file that cannot be read (${reason})`, "a file that this user may read");
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fileError(file, "bytes that are not UTF-8", "UTF-8 text");
  }
  // Windows knows no mode.
  if (mode !== null && (mode & OTHERS) !== 0 && redact(text) !== text) {
    const found = `what looks like a secret, readable by others (mode ${(mode & 0o777).toString(8).padStart(3, "0")})`;
    return fileError(file, found, `mode 600 for a file with a secret in it: run chmod 600 ${file}`);
  }
  return { file, text };
}

async function findFile(request: ConfigRequest): Promise<FileText> {
  if (request.file !== undefined) {
    const read = await readFile(request.file);
    return "missing" in read ? fileError(request.file, "no such file", "a file that exists") : read;
  }
  for (const file of defaultFiles(request.env)) {
    const read = await readFile(file);
    if (!("missing" in read)) return read;
  }
  return { missing: true };
}

function parseToml(file: string, text: string): { readonly table: RawTable } | ConfigError {
  try {
    return { table: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Only the first line: the rest repeats the file's text, which may hold what must not be shown.
    const reason = error.message.split("\n")[0].replace(/^Invalid TOML document: /, "");
    return { origin: { kind: "file", file, line: error.line }, key: null, found: reason, allowed: "valid TOML 1.0" };
  }
}

/** What no single key can decide. */
function crossCheck(config: Config, originOf: (key: string) => Origin): ConfigError[] {
  const isAddress = config.venue.name.includes("://");
  if (isAddress && config.venue.ws === null) {
    const found = `no address beside venue.name ${config.venue.name}`;
    return [{
      origin: originOf("venue.name"),
      key: "venue.ws",
      found,
      allowed: "the exchange's ws:// or wss:// address",
    }];
  }
  return [];
}

/**
 * Loads and checks a configuration. Every mistake is reported at once, not only the first.
 *
 * @example
 * ```ts
 * import { loadConfig } from "./load.ts";
 * import assert from "node:assert/strict";
 * const loaded = await loadConfig({ env: { KBOT_SERVER__PORT: "8081" } });
 * assert.ok(loaded.ok);
 * assert.equal(loaded.config.server.port, 8081);
 * ```
 */
export async function loadConfig(request: ConfigRequest): Promise<LoadedConfig> {
  const read = await findFile(request);
  if ("origin" in read) return { ok: false, errors: [read] };
  const source = "missing" in read ? null : read;
  const parsed = source === null ? { table: {} } : parseToml(source.file, source.text);
  if ("origin" in parsed) return { ok: false, errors: [parsed] };

  const table = parsed.table;
  const { packs, errors: packErrors } = await loadPacks(table, source);
  const schema = packs.length === 0 ? CONFIG_SCHEMA : configSchema(packs.map((pack) => pack.registration));
  const known = packs.length === 0 ? KEYS : new ConfigKeys(schema);
  const fileOrigin = (key: string): Origin | null => {
    const line = source === null ? null : lineOf(source.text, key);
    return source === null ? null : { kind: "file", file: source.file, line };
  };
  const origins = new Map<string, Origin>();
  for (const key of known.keys) if (isSet(table, key)) origins.set(key, fileOrigin(key) ?? { kind: "default" });
  const errors = applyOverrides(table, origins, request.env, request.flags ?? [], known);
  applyDefaults(table, origins, request.defaults ?? [], known);

  const originOf = (key: string): Origin => {
    // A list that a variable sets is no place in the file.
    const list = origins.get(key.replace(/\[.*$/, ""));
    return list !== undefined && list.kind !== "file"
      ? list
      : origins.get(key) ?? fileOrigin(key) ?? { kind: "default" };
  };
  const result = schema.safeParse(packErrors.length === 0 ? table : { ...table, packs: [] });
  if (!result.success) errors.push(...errorsFromIssues(result.error.issues, table, originOf, known));
  else errors.push(...crossCheck(result.data, originOf));
  // Sections of a pack that could not be read are not unknown: nobody knows yet whether they are right.
  if (packErrors.length > 0) return { ok: false, errors: [...packErrors, ...errors.filter(isNotOfPack)] };
  if (errors.length > 0 || !result.success) return { ok: false, errors };
  for (const key of known.keys) if (!origins.has(key)) origins.set(key, { kind: "default" });
  return { ok: true, config: result.data, origins, file: source?.file ?? null, packs, known };
}

/** The line of a key, or of the table of a list that it stands in. */
function lineOf(text: string, key: string): number | null {
  const table = /^(.+)\[(\d+)\]/.exec(key);
  return table === null ? lineOfKey(text, key) : lineOfTable(text, table[1], Number(table[2]));
}

/** False for what may be about a strategy that is not there: its own section, or its share of the capital. */
function isNotOfPack({ origin, key }: ConfigError): boolean {
  if (origin.kind === "environment" && key === null) return !/^KBOT_(.*__)?STRATEGIES__/.test(origin.variable);
  return key === null || !/(^|\.)strategies\.[^.]+$/.test(key);
}

function isSet(table: RawTable, key: string): boolean {
  let value: unknown = table;
  for (const part of key.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return false;
    value = (value as RawTable)[part];
  }
  return true;
}
