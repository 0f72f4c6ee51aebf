/**
 * A kbot.toml to begin with: every key in a comment with its default, what it means and what is allowed.
 *
 * The keys are comments, so that a file of today does not hold tomorrow's defaults back, and so that a limit counts as thought
 * about only once somebody has written it down (own_limits.ts).
 * @module
 */

import { configRows, tomlValue } from "./describe.ts";
import { defaultConfig } from "./schema.ts";
import { KEYS, partsOf } from "./schema_keys.ts";

const WIDTH = 110;

const HEAD =
  "kbot.toml: every key of kbot with its default. Nothing here changes anything until you take the # away in front of a key " +
  'and give it a value of yours. Dollars are text ("12.50") or whole numbers (12).\n' +
  "kbot config check tells what is wrong, with its line; kbot config show --origin tells what counts, and what set it.\n" +
  "[reload] stands where a running kbot takes another value on SIGHUP (systemctl reload kbot); the rest need a restart.\n" +
  "An editor with Taplo checks while you type: kbot config schema > kbot.schema.json, and #:schema ./kbot.schema.json " +
  "as the first line here.";

/** A text as comment lines that are not wide. */
export function comment(text: string): string[] {
  const lines: string[] = [];
  for (const part of text.split("\n")) {
    let line = "#";
    for (const word of part.split(" ")) {
      if (line.length + 1 + word.length > WIDTH) {
        lines.push(line);
        line = "#";
      }
      line += ` ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** What `kbot config init` writes. */
export function configTemplate(): string {
  const lines = comment(HEAD);
  let section: string | null = null;
  for (const { key, value, description, allowed } of configRows(defaultConfig(), new Map())) {
    const { section: wanted, name } = partsOf(key);
    lines.push("");
    if (wanted !== section && wanted !== "") {
      lines.push("", ...comment(`${KEYS.description(wanted)}.`), `[${wanted}]`, "");
    }
    section = wanted;
    lines.push(
      ...comment(`${description}.`),
      ...comment(`Allowed: ${allowed}.${KEYS.reloads(key) ? " [reload]" : ""}`),
    );
    lines.push(value === null ? `# ${name} is not set` : `#${name} = ${tomlValue(value)}`);
  }
  return lines.join("\n") + "\n";
}
