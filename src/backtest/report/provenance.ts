/**
 * What is needed to do it again: command, version, data, settings, decisions.
 * @module
 */

import type { Findings } from "../findings.ts";
import { bytes, counted, settingText } from "./format.ts";
import { firstOf, type Markup, markup } from "./markup.ts";
import { table, unknownPart } from "./table.ts";

const FILES_MAX = 500;
const SETTINGS_MAX = 500;

/** A word as a shell takes it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

export function provenanceSection({ provenance }: Findings): Markup {
  const { command, version, decision_hash, bootstrap_seed: seed } = provenance;
  return markup`<section aria-labelledby="provenance"><h2 id="provenance">To do it again</h2>
    <dl class="facts"><div><dt>Command</dt><dd>${
    command.length === 0 ? "n/a: no command made this" : markup`<code>${command.map(quoted).join(" ")}</code>`
  }</dd></div>
    <div><dt>Version</dt><dd><code>${version}</code></dd></div>
    <div><dt>Decision hash</dt><dd>${
    decision_hash === null
      ? "n/a: the decisions of more than one run, or of none, have no hash"
      : markup`<code>${decision_hash}</code>`
  }</dd></div>
    <div><dt>Seed of the ranges</dt><dd>${
    seed === undefined ? "n/a: no range was drawn" : markup`<code>${seed}</code>`
  }</dd></div></dl>
    ${filesTable(provenance.data)}${settingsTable(provenance.settings)}</section>`;
}

function filesTable(data: Findings["provenance"]["data"]): Markup {
  if (data.length === 0) {
    return markup`<h3>Data</h3>${unknownPart("no file was read")}`;
  }
  const { shown, left } = firstOf(data, FILES_MAX);
  return markup`<h3>Data</h3>${
    table({
      id: "data-table",
      caption: `Files that were read${left === 0 ? "" : `; ${counted(left, "other")} left out`}`,
      columns: [{ name: "File", kind: "prose" }, { name: "Size", kind: "number" }, { name: "SHA-256", kind: "text" }],
      rows: shown.map(({ path, bytes: size, sha256 }) => [path, bytes(size), markup`<code>${sha256}</code>`]),
    })
  }`;
}

function settingsTable(settings: Findings["provenance"]["settings"]): Markup {
  const entries = Object.entries(settings);
  if (entries.length === 0) {
    return markup`<h3>Settings</h3><p class="none">Every setting has its default.</p>`;
  }
  const { shown, left } = firstOf(entries, SETTINGS_MAX);
  return markup`<h3>Settings</h3>${
    table({
      id: "settings-table",
      caption: `Settings that differ from their defaults${left === 0 ? "" : `; ${counted(left, "other")} left out`}`,
      columns: [{ name: "Key", kind: "prose" }, { name: "Value", kind: "prose" }],
      rows: shown.map(([key, value]) => [key, markup`<code>${settingText(value)}</code>`]),
    })
  }`;
}
