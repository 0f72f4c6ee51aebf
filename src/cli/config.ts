/**
 * `kbot config check` and `kbot config show`.
 * @module
 */

import { formatConfigError, formatOrigin } from "../config/config_error.ts";
import { configRows, describeConfig } from "../config/describe.ts";
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
  const keys = command.origin
    ? rows.map(({ key, value, origin }) => ({ key, value, origin }))
    : rows.map(({ key, value }) => ({ key, value }));
  printJson({ file: loaded.file, keys });
}
