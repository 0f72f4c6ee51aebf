/**
 * Shows a configuration: as TOML that could be loaded again, or as rows for a program.
 * @module
 */

import type { OutsideValue } from "./credentials.ts";
import { formatOrigin, type Origin } from "./config_error.ts";
import { type Config, defaultConfig } from "./schema.ts";
import { allowedText, asWritten, CONFIG_KEYS, description } from "./schema_keys.ts";

/** One key and its value, as it would be written in kbot.toml; `null` where the value is absent. */
export interface ConfigRow {
  readonly key: string;
  readonly value: string | number | boolean | readonly string[] | null;
  readonly origin: string;
  readonly description: string;
  readonly allowed: string;
}

function valueOf(config: Config, key: string): ConfigRow["value"] {
  let value: unknown = config;
  for (const part of key.split(".")) value = (value as Record<string, unknown>)[part];
  return asWritten(key, value) as ConfigRow["value"];
}

/** Every key with its value and where that came from, in the order of the schema. */
export function configRows(config: Config, origins: ReadonlyMap<string, Origin>): ConfigRow[] {
  return CONFIG_KEYS.map((key) => ({
    key,
    value: valueOf(config, key),
    origin: formatOrigin(origins.get(key) ?? { kind: "default" }),
    description: description(key),
    allowed: allowedText(key),
  }));
}

function tomlValue(value: ConfigRow["value"]): string {
  return Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(", ")}]` : JSON.stringify(value);
}

export interface DescribeOptions {
  /** Says behind each value where it came from. */
  readonly origin?: boolean;
  /** What is set from outside the configuration: shown as comments, for it is not the configuration's. */
  readonly outside?: ReadonlyMap<string, OutsideValue>;
  /** Says above each key what it means and what is allowed. */
  readonly explain?: boolean;
}

/** The configuration as TOML. Loading that text again gives the same configuration. */
export function describeConfig(
  config: Config,
  origins: ReadonlyMap<string, Origin>,
  options: DescribeOptions = {},
): string {
  const lines: string[] = [];
  let section = "";
  for (const row of configRows(config, origins)) {
    const cut = row.key.lastIndexOf(".");
    if (row.key.slice(0, cut) !== section) {
      section = row.key.slice(0, cut);
      if (lines.length > 0) lines.push("");
      const about = options.explain ? description(section) : "";
      if (about !== "") lines.push(`# ${about}.`);
      lines.push(`[${section}]`);
    }
    if (options.explain) lines.push(`# ${row.description} (${row.allowed}).`);
    const name = row.key.slice(cut + 1);
    const outside = options.outside?.get(row.key);
    if (outside !== undefined) {
      lines.push(`# ${name} = ${JSON.stringify(outside.shown)}  # set by ${outside.setBy}`);
      continue;
    }
    const pair = row.value === null ? `# ${name} =` : `${name} = ${tomlValue(row.value)}`;
    lines.push(options.origin ? `${pair}  # ${row.origin}` : pair);
  }
  return lines.join("\n") + "\n";
}

/** A kbot.toml with every key at its default, explained: what `kbot config init` writes. */
export function configTemplate(): string {
  return describeConfig(defaultConfig(), new Map(), { explain: true });
}
