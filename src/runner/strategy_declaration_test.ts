import assert from "node:assert/strict";
import { CONFIG_SCHEMA } from "../config/schema.ts";
import { STRATEGIES } from "../strategies/registry.ts";
import { strategyDeclarations } from "./strategy_declaration.ts";

Deno.test("every strategy is told with each of its parameters as kbot.toml writes it, its default and what it may be", () => {
  const config = CONFIG_SCHEMA.parse({ strategies: { settlement_edge: { enabled: false } } });
  const declarations = strategyDeclarations(config, []);
  assert.deepEqual([...declarations.keys()], STRATEGIES.map(({ name }) => name));
  for (const { title, parameters } of declarations.values()) {
    assert.ok(title.length > 0);
    assert.ok(parameters.length > 1);
    for (const { name, description, allowed } of parameters) {
      assert.ok(description.length > 0 && allowed.length > 0, name);
    }
  }
  const parameters = declarations.get("settlement_edge")?.parameters ?? [];
  const changed = parameters.filter(({ value, preset }) => value !== preset);
  assert.deepEqual(changed.map(({ name, value, preset }) => [name, value, preset]), [["enabled", false, true]]);
});
