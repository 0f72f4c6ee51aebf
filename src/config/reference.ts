/**
 * Every key of kbot.toml as a part of a page, made of the schema.
 * @module
 */

import { configRows, tomlValue } from "./describe.ts";
import { defaultConfig } from "./schema.ts";
import { KEYS, partsOf } from "./schema_keys.ts";

const REFERENCE_BEGINS = "<!-- Every key, made of src/config/schema.ts by: deno task config-reference -->";
const REFERENCE_ENDS = "<!-- The end of every key -->";

/** Markdown reads nothing else in the texts. */
const plain = (text: string): string => text.replaceAll(/[\\`*_<[{|]/g, "\\$&");

/** One list for each section, in the order of the schema. */
function configReference(): string {
  const lines: string[] = [];
  let section: string | null = null;
  for (const { key, value, description, allowed } of configRows(defaultConfig(), new Map())) {
    const { section: wanted, name } = partsOf(key);
    if (wanted !== section) {
      section = wanted;
      if (lines.length > 0) lines.push("");
      lines.push(wanted === "" ? "Above all sections" : `\`[${wanted}]\` ${plain(KEYS.description(wanted))}`, "");
    }
    const preset = value === null ? "not set" : `\`${tomlValue(value)}\``;
    const reload = KEYS.reloads(key) ? " _reload_" : "";
    lines.push(`- \`${name}\` (${preset}) ${plain(description)}. Allowed: ${plain(allowed)}.${reload}`);
  }
  return lines.join("\n");
}

/**
 * A page with the reference in it made anew.
 * @returns `null` where it has no place for it
 */
export function withReference(page: string): string | null {
  const [before, rest] = page.split(REFERENCE_BEGINS);
  const after = rest?.split(REFERENCE_ENDS)[1];
  if (after === undefined) return null;
  return `${before}${REFERENCE_BEGINS}\n\n${configReference()}\n\n${REFERENCE_ENDS}${after}`;
}
