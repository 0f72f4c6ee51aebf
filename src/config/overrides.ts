/**
 * Values that stand above the file: environment variables and flags.
 * @module
 */

import { parse } from "smol-toml";
import { type ConfigError, type Origin } from "./config_error.ts";
import { nearestName } from "./nearest.ts";
import { type ConfigKeys, KEYS } from "./schema_keys.ts";

/** A nested table, as TOML gives it. */
export type RawTable = Record<string, unknown>;

/** A value given on the command line. Where `value` is undefined or null the flag was not given. */
export interface FlagValue {
  /** As typed, for errors: `--port`. */
  readonly flag: string;
  /** Dotted: `server.port`. */
  readonly key: string;
  readonly value: unknown;
}

/** What a key means to a command where nobody sets it, in place of the schema's default. */
export interface DefaultValue {
  /** Dotted: `venue.series`. */
  readonly key: string;
  readonly value: unknown;
}

/** `risk.max_order_usd` -> `KBOT_RISK__MAX_ORDER_USD`. */
export const variableOf = (key: string): string => `KBOT_${key.toUpperCase().replaceAll(".", "__")}`;

/** Only these are taken for configuration; `KBOT_TEST_FULL` and `KBOT_KALSHI_KEY_ID` have no section and are not. */
const CONFIG_VARIABLE = /^KBOT_[A-Z0-9]+(?:_[A-Z0-9]+)*__/;

function asToml(text: string): unknown {
  try {
    return parse(`value = ${text}`).value;
  } catch {
    return undefined;
  }
}

/**
 * Reads the text of a variable or flag as the type that its key wants: the text itself, else as a TOML value (`8080`,
 * `true`, `["A", "B"]`), else as a list with commas.
 */
export function readText(known: ConfigKeys, key: string, text: string): unknown {
  const oneLine = !/[\r\n]/.test(text);
  const candidates = [text, oneLine ? asToml(text) : undefined, text.split(",").map((part) => part.trim())];
  return candidates.find((candidate) => candidate !== undefined && known.accepts(key, candidate)) ?? text;
}

function setAt(table: RawTable, key: string, value: unknown): void {
  const parts = key.split(".");
  let inner = table;
  for (const part of parts.slice(0, -1)) {
    const next = inner[part];
    const isTable = typeof next === "object" && next !== null && !Array.isArray(next);
    // A section that the file wrongly made a value is replaced; the file's mistake was noted before.
    const child: RawTable = isTable ? next as RawTable : {};
    inner[part] = child;
    inner = child;
  }
  inner[parts[parts.length - 1]] = value;
}

/**
 * Puts a command's own defaults under what is set.
 *
 * @param table changed in place
 * @param origins has an entry for each key that is set, and gains none
 */
export function applyDefaults(
  table: RawTable,
  origins: ReadonlyMap<string, Origin>,
  defaults: readonly DefaultValue[],
  known: ConfigKeys = KEYS,
): void {
  for (const { key, value } of defaults) {
    if (!known.keys.includes(key)) throw new RangeError(`A default is bound to ${key}, which is no key`);
    if (!origins.has(key)) setAt(table, key, value);
  }
}

/**
 * Puts environment variables (`KBOT_SERVER__PORT=8081`) and then flags over what the file said.
 *
 * @param table changed in place
 * @param origins gains an entry for each key that was set
 * @param known the keys that there are
 * @returns a mistake for each variable that looks like configuration and names no key
 */
export function applyOverrides(
  table: RawTable,
  origins: Map<string, Origin>,
  env: Readonly<Record<string, string>>,
  flags: readonly FlagValue[],
  known: ConfigKeys = KEYS,
): ConfigError[] {
  const keyOfVariable = new Map(known.keys.map((key) => [variableOf(key), key]));
  const errors: ConfigError[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!CONFIG_VARIABLE.test(variable)) continue;
    const origin: Origin = { kind: "environment", variable };
    const key = keyOfVariable.get(variable);
    if (key === undefined) {
      const near = nearestName(variable, [...keyOfVariable.keys()]);
      const allowed = near === null ? "a name made of a key, such as KBOT_SERVER__PORT" : `did you mean ${near}?`;
      errors.push({ origin, key: null, found: "an unknown variable", allowed });
      continue;
    }
    setAt(table, key, readText(known, key, text));
    origins.set(key, origin);
  }
  for (const { flag, key, value } of flags) {
    if (value === undefined || value === null) continue;
    if (!known.keys.includes(key)) throw new RangeError(`Flag ${flag} is bound to ${key}, which is no key`);
    setAt(table, key, typeof value === "string" ? readText(known, key, value) : value);
    origins.set(key, { kind: "flag", flag });
  }
  return errors;
}
