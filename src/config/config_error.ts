/**
 * What is wrong in a configuration, for the person who has to mend it: where, what was found, what is allowed.
 * @module
 */

import type { z } from "zod";
import { redact } from "./redact.ts";
import { type ConfigKeys, KEYS, partsOf } from "./schema_keys.ts";
import { nearestName } from "./nearest.ts";

/** Where a value came from. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number | null }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "flag"; readonly flag: string };

/** One mistake. `key` is dotted, or `null` where the mistake belongs to no key (a file that cannot be read). */
export interface ConfigError {
  readonly origin: Origin;
  readonly key: string | null;
  readonly found: string;
  readonly allowed: string;
}

/** `kbot.toml:12`, `KBOT_SERVER__PORT`, `--port`, `default`. */
export function formatOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "default":
      return "default";
    case "file":
      return origin.line === null ? origin.file : `${origin.file}:${origin.line}`;
    case "environment":
      return origin.variable;
    case "flag":
      return origin.flag;
  }
}

/** `kbot.toml:12: risk.max_order_usd: Found 600, allowed: dollars from 0.01 to 500.00, ...` */
export function formatConfigError(error: ConfigError): string {
  const key = error.key === null ? "" : `${error.key}: `;
  return `${formatOrigin(error.origin)}: ${key}Found ${error.found}, allowed: ${error.allowed}`;
}

const UNKNOWN_KEY = "an unknown key";

/**
 * Every mistake on a line of its own, and what else may be behind an unknown key.
 *
 * @param version of this kbot
 */
export function describeErrors(errors: readonly ConfigError[], version: string): readonly string[] {
  const lines = errors.map(formatConfigError);
  if (!errors.some(({ origin, found }) => origin.kind === "file" && found === UNKNOWN_KEY)) return lines;
  return [
    ...lines,
    `This is kbot ${version}: a key that it does not know may be a newer kbot's, which the file is for`,
  ];
}

const MAX_SHOWN = 80;

/** A value as it may be shown in an error: short, and without what looks like a secret. */
export function shown(value: unknown): string {
  const text = redact(typeof value === "string" ? JSON.stringify(value) : describeValue(value));
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}...`;
}

function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof Date) return `the date ${value.toISOString()}`;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return "a section";
  return Array.isArray(value) ? `[${value.slice(0, 8).map(shown).join(", ")}]` : String(value);
}

/** What to write instead of an unknown key. */
export function allowedInstead(key: string, known: ConfigKeys = KEYS): string {
  const { section, name: last } = partsOf(key);
  const prefix = section === "" ? "" : `${section}.`;
  const inSection = known.names.filter((name) => name.startsWith(prefix) && !name.slice(prefix.length).includes("."))
    .map((name) => name.slice(prefix.length));
  const near = nearestName(last, inSection);
  if (near !== null) return `did you mean ${prefix}${near}?`;
  const elsewhere = known.keys.find((each) => each.endsWith(`.${last}`)) ?? nearestName(key, known.keys);
  if (elsewhere !== null) return `did you mean ${elsewhere}?`;
  return inSection.length === 0 ? "no keys here" : `one of ${inSection.join(", ")}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/**
 * Turns what zod objects to into errors, one for each key.
 *
 * @param raw the value that was parsed
 * @param originOf where the value of a dotted key came from
 * @param known the keys that there are
 */
export function errorsFromIssues(
  issues: readonly z.core.$ZodIssue[],
  raw: unknown,
  originOf: (key: string) => Origin,
  known: ConfigKeys = KEYS,
): ConfigError[] {
  const errors = new Map<string, ConfigError>();
  for (const issue of issues) {
    if (issue.code === "unrecognized_keys") {
      for (const name of issue.keys) {
        const key = placeOf([...issue.path, name]);
        const beside = known.tableKeys(nameOf(issue.path));
        const allowed = beside === null ? allowedInstead(key, known) : beside.join(", ");
        errors.set(key, { origin: originOf(key), key, found: UNKNOWN_KEY, allowed });
      }
      continue;
    }
    const key = placeOf(issue.path);
    if (errors.has(key)) continue;
    const found = shown(valueAt(raw, issue.path));
    const allowed = issue.code === "custom" ? issue.message : known.allowedText(nameOf(issue.path));
    errors.set(key, { origin: originOf(key), key, found, allowed });
  }
  return [...errors.values()];
}

/** The key, whichever entry of a list it is about. */
const nameOf = (path: readonly PropertyKey[]): string => path.filter((part) => typeof part === "string").join(".");

/** The same with the table of a list that it stands in: `risk.group[1].series`. */
function placeOf(path: readonly PropertyKey[]): string {
  let place = "";
  path.forEach((part, depth) => {
    if (typeof part === "string") place += place === "" ? part : `.${part}`;
    else if (depth < path.length - 1) place += `[${String(part)}]`;
  });
  return place;
}
