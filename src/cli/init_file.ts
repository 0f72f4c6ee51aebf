/**
 * The kbot.toml that `kbot init` makes of its answers.
 * @module
 */

import { parse } from "smol-toml";
import { errorsFromIssues, formatConfigError } from "../config/config_error.ts";
import { tomlScalar } from "../config/describe.ts";
import { CONFIG_SCHEMA } from "../config/schema.ts";
import { KEYS, partsOf } from "../config/schema_keys.ts";
import { comment } from "../config/template.ts";

const HEAD =
  "Made by kbot init. Every other key has its default: kbot config init shows them all, kbot config show --origin " +
  "tells what counts.";

const valueText = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(tomlScalar).join(", ")}]` : tomlScalar(value);

/** In the order of the schema, each with what it means. */
export function initFile(keys: ReadonlyMap<string, unknown>): string {
  const lines = comment(HEAD);
  let section = "";
  for (const key of KEYS.keys) {
    if (!keys.has(key)) continue;
    const { section: wanted, name } = partsOf(key);
    if (wanted !== section) {
      section = wanted;
      lines.push("", `[${section}]`);
    }
    lines.push(...comment(`${KEYS.description(key)}.`), `${name} = ${valueText(keys.get(key))}`);
  }
  return `${lines.join("\n")}\n`;
}

/** What is wrong with it as a whole, in words; none where it is right. */
export function initFileFaults(text: string, file: string): readonly string[] {
  const table = parse(text);
  const result = CONFIG_SCHEMA.safeParse(table);
  if (result.success) return [];
  const origin = { kind: "file", file, line: null } as const;
  return errorsFromIssues(result.error.issues, table, () => origin).map(formatConfigError);
}
