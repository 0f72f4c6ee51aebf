/**
 * Shows a configuration: as TOML that could be loaded again, or as rows for a program.
 * @module
 */

import type { OutsideValue } from "./credentials.ts";
import { formatOrigin, type Origin } from "./config_error.ts";
import type { Config } from "./schema.ts";
import { type ConfigKeys, KEYS, partsOf } from "./schema_keys.ts";

/** One key and its value, as it would be written in kbot.toml; `null` where the value is absent. */
export interface ConfigRow {
  readonly key: string;
  readonly value: string | number | boolean | readonly (string | Readonly<Record<string, unknown>>)[] | null;
  readonly origin: string;
  readonly description: string;
  readonly allowed: string;
}

function valueOf(config: Config, key: string, known: ConfigKeys): ConfigRow["value"] {
  let value: unknown = config;
  for (const part of key.split(".")) value = (value as Record<string, unknown>)[part];
  return known.asWritten(key, value) as ConfigRow["value"];
}

/** Every key with its value and where that came from, in the order of the schema. */
export function configRows(
  config: Config,
  origins: ReadonlyMap<string, Origin>,
  known: ConfigKeys = KEYS,
): ConfigRow[] {
  return known.keys.map((key) => ({
    key,
    value: valueOf(config, key, known),
    origin: formatOrigin(origins.get(key) ?? { kind: "default" }),
    description: known.description(key),
    allowed: known.allowedText(key),
  }));
}

/** A text as JSON writes it is one in TOML, but for DEL, which TOML wants escaped. */
export const tomlScalar = (value: unknown): string => JSON.stringify(value).replaceAll("\x7f", "\\u007f");

/** A value as TOML. */
export function tomlValue(value: ConfigRow["value"]): string {
  return Array.isArray(value) ? `[${value.map(tomlItem).join(", ")}]` : tomlScalar(value);
}

function tomlItem(item: string | Readonly<Record<string, unknown>>): string {
  if (typeof item === "string") return tomlScalar(item);
  return `{ ${Object.entries(item).map(([name, value]) => `${name} = ${tomlScalar(value)}`).join(", ")} }`;
}

export interface DescribeOptions {
  /** Says behind each value where it came from. */
  readonly origin?: boolean;
  /** What is set from outside the configuration: shown as comments, for it is not the configuration's. */
  readonly outside?: ReadonlyMap<string, OutsideValue>;
  /** The keys that there are: more than without packs. */
  readonly known?: ConfigKeys;
}

/** The configuration as TOML. Loading that text again gives the same configuration. */
export function describeConfig(
  config: Config,
  origins: ReadonlyMap<string, Origin>,
  options: DescribeOptions = {},
): string {
  const lines: string[] = [];
  const { known = KEYS } = options;
  let section = "";
  for (const row of configRows(config, origins, known)) {
    const { section: wanted, name } = partsOf(row.key);
    if (wanted !== section) {
      section = wanted;
      if (lines.length > 0) lines.push("");
      lines.push(`[${section}]`);
    }
    const outside = options.outside?.get(row.key);
    if (outside !== undefined) {
      lines.push(`# ${name} = ${JSON.stringify(outside.shown)}  # set by ${outside.setBy}`);
      continue;
    }
    // An empty list of tables written out would keep [[packs]] or [[risk.group]] from being added below.
    const isOpen = known.tableKeys(row.key) !== null && Array.isArray(row.value) && row.value.length === 0;
    const pair = row.value === null || isOpen ? `# ${name} =` : `${name} = ${tomlValue(row.value)}`;
    lines.push(options.origin ? `${pair}  # ${row.origin}` : pair);
  }
  return lines.join("\n") + "\n";
}

/** As kbot.toml nests it: `risk.max_order_usd` becomes `{"risk":{"max_order_usd":...}}`. */
export function nested(rows: readonly ConfigRow[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { key, value } of rows) {
    const parts = key.split(".");
    let section = root;
    for (const part of parts.slice(0, -1)) section = (section[part] ??= {}) as Record<string, unknown>;
    section[parts[parts.length - 1]] = value;
  }
  return root;
}
