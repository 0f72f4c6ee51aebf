/**
 * What a strategy of a run is: its title, and its parameters as they were declared and as they are.
 * @module
 */

import { configRows } from "../config/describe.ts";
import { type Config, configSchema } from "../config/schema.ts";
import { ConfigKeys } from "../config/schema_keys.ts";
import type { Pack } from "../packs/pack.ts";
import { registryWith } from "../packs/registry_of.ts";
import type { StrategyDeclaration } from "../server/history.ts";

/** Every strategy of the configuration, by its name. */
export function strategyDeclarations(
  config: Config,
  packs: readonly Pack[],
): ReadonlyMap<string, StrategyDeclaration> {
  const schema = configSchema(packs.map(({ registration }) => registration));
  const known = new ConfigKeys(schema);
  const presets = new Map(configRows(schema.parse({}), new Map(), known).map(({ key, value }) => [key, value]));
  const rows = configRows(config, new Map(), known);
  return new Map(
    registryWith(packs).map(({ name, title }) => {
      const section = `strategies.${name}.`;
      const parameters = rows.filter(({ key }) => key.startsWith(section)).map((
        { key, value, description, allowed },
      ) => ({
        name: key.slice(section.length),
        value,
        preset: presets.get(key) ?? null,
        description,
        allowed,
        changeable: known.reloads(key),
      }));
      return [name, { title, parameters }] as const;
    }),
  );
}
