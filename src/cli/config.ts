/**
 * `kbot config init`, `check`, `show` and `schema`.
 * @module
 */

import { formatOrigin } from "../config/config_error.ts";
import { credentialsFromOutside, type OutsideValue } from "../config/credentials.ts";
import { configRows, describeConfig, nested } from "../config/describe.ts";
import { loadConfig, type LoadedConfig } from "../config/load.ts";
import { configJsonSchema } from "../config/json_schema.ts";
import { configSchema } from "../config/schema.ts";
import { configTemplate } from "../config/template.ts";
import { type ConfigCommand, type ConfigShowCommand, EXIT } from "./command.ts";
import { createFile } from "./new_file.ts";
import { done, refused, type Reply } from "./output.ts";
import { mistakesIn } from "./wrong_config.ts";

/** Wrong configuration ends with 2, every mistake on a line of its own. */
export async function config(
  command: ConfigCommand,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<Reply> {
  if (command.kind === "config_init") return await init(command.output);
  const loaded = await loadConfig({ env, file: command.config });
  if (command.kind === "config_schema") return schema(loaded);
  if (!loaded.ok) return refuse(loaded.errors);
  if (command.kind === "config_show") {
    return show(command, loaded, command.origin ? await credentialsFromOutside(loaded.config, env) : new Map());
  }
  const source = loaded.file ?? "no file, every key at its default or from the environment";
  return done(`OK: ${source}`, { ok: true, file: loaded.file, errors: [] });
}

async function init(output: string | undefined): Promise<Reply> {
  const text = configTemplate();
  if (output === undefined) return done(text.trimEnd(), { file: null, text });
  const trouble = await createFile(output, text);
  if (trouble !== null) return refused(EXIT.failed, trouble, { ok: false, error: trouble });
  return done(`Written: ${output}. Take the # away in front of what you change; kbot config check looks it over`, {
    file: output,
    text,
  });
}

/** Of a file that is wrong, an editor shall tell what is: without its packs, then. */
function schema(loaded: LoadedConfig): Reply {
  const packs = loaded.ok ? loaded.packs : [];
  const made = configJsonSchema(configSchema(packs.map(({ registration }) => registration)));
  return done(JSON.stringify(made, null, 2), made);
}

type Loaded = Extract<LoadedConfig, { readonly ok: true }>;
type Refused = Extract<LoadedConfig, { readonly ok: false }>;

function refuse(errors: Refused["errors"]): Reply {
  const rows = errors.map(({ origin, key, found, allowed }) => ({ at: formatOrigin(origin), key, found, allowed }));
  return {
    exitCode: EXIT.usage,
    text: null,
    json: { ok: false, errors: rows },
    problems: mistakesIn(errors),
  };
}

function show(
  { origin }: ConfigShowCommand,
  loaded: Loaded,
  outside: ReadonlyMap<string, OutsideValue>,
): Reply {
  const rows = configRows(loaded.config, loaded.origins, loaded.known);
  const text = describeConfig(loaded.config, loaded.origins, { origin, outside, known: loaded.known }).trimEnd();
  if (!origin) return done(text, nested(rows));
  return done(text, {
    file: loaded.file,
    keys: rows.map(({ key, value, origin }) => {
      const set = outside.get(key);
      return set === undefined ? { key, value, origin } : { key, value: set.shown, origin: `set by ${set.setBy}` };
    }),
  });
}
