/**
 * `kbot config check` and `kbot config show`.
 * @module
 */

import { formatConfigError, formatOrigin } from "../config/config_error.ts";
import { type ConfigRow, configRows, describeConfig } from "../config/describe.ts";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { type ConfigCheckCommand, type ConfigShowCommand, EXIT } from "./command.ts";
import { printError, printJson, printText } from "./output.ts";

/** Checks or shows. Wrong configuration ends with 2, every mistake on a line of its own. */
export async function config(
  command: ConfigCheckCommand | ConfigShowCommand,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<number> {
  const loaded = await loadConfig({ env, ...(command.config === undefined ? {} : { file: command.config }) });
  if (!loaded.ok) return refuse(command.json, loaded.errors);
  if (command.kind === "config_show") show(command, loaded);
  else if (command.json) printJson({ ok: true, file: loaded.file, errors: [] });
  else printText(`OK: ${loaded.file ?? "no file, every key at its default or from the environment"}`);
  return EXIT.done;
}

type Loaded = Extract<LoadedConfig, { readonly ok: true }>;
type Refused = Extract<LoadedConfig, { readonly ok: false }>;

function refuse(json: boolean, errors: Refused["errors"]): number {
  for (const error of errors) printError(formatConfigError(error));
  if (json) {
    const rows = errors.map(({ origin, key, found, allowed }) => ({ at: formatOrigin(origin), key, found, allowed }));
    printJson({ ok: false, errors: rows });
  }
  return EXIT.usage;
}

function show(command: ConfigShowCommand, loaded: Loaded): void {
  if (!command.json) {
    printText(describeConfig(loaded.config, loaded.origins, { origin: command.origin }).trimEnd());
    return;
  }
  const rows = configRows(loaded.config, loaded.origins);
  if (command.origin) {
    printJson({ file: loaded.file, keys: rows.map(({ key, value, origin }) => ({ key, value, origin })) });
  } else printJson(nested(rows));
}

/** As kbot.toml nests it: `risk.max_order_usd` becomes `{"risk":{"max_order_usd":...}}`. */
function nested(rows: readonly ConfigRow[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { key, value } of rows) {
    const parts = key.split(".");
    let section = root;
    for (const part of parts.slice(0, -1)) section = (section[part] ??= {}) as Record<string, unknown>;
    section[parts[parts.length - 1]] = value;
  }
  return root;
}
