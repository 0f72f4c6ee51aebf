/**
 * The JSON Schema of kbot.toml, for editors (draft 2020-12): made of the schema that kbot itself reads the file with.
 *
 * It allows all that kbot allows. What hangs on several keys, or on a file, kbot alone can tell: `kbot config check` does.
 * @module
 */

import { z } from "zod";
import { EDITOR_SCHEMA, RELOADS, WRITTEN_AS } from "./fields.ts";
import { CONFIG_SCHEMA } from "./schema.ts";
import { saidOf } from "./schema_keys.ts";

type Node = Record<string, unknown>;

/** What kbot's own schema says beside JSON Schema's words. */
const OWN_WORDS = [WRITTEN_AS, EDITOR_SCHEMA, RELOADS, "allowed", "text", "unit", "search"];

/** @param schema with the sections of packs where there are any */
export function configJsonSchema(schema: z.ZodType = CONFIG_SCHEMA): Node {
  const made = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input", unrepresentable: "any" });
  return { ...forEditors(made), title: "kbot.toml" };
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

/** One node and all below it. */
function forEditors(node: Node): Node {
  const { anyOf, properties, items, ...rest } = node;
  const choices = Array.isArray(anyOf) ? anyOf.filter(isNode) : [];
  // TOML knows no null: an absent key says it.
  const real = choices.filter(({ type }) => type !== "null");
  const merged: Node = real.length === 1 ? { ...real[0], ...rest } : rest;
  const own = merged[EDITOR_SCHEMA];
  const inner = real.length === 1 ? real[0] : { properties, items };
  const result: Node = { ...merged };
  if (isNode(own)) {
    // A type of its own is narrower than zod's.
    if ("anyOf" in own) delete result.type;
    Object.assign(result, own);
  }
  const text = describe(merged);
  if (text !== "") result.description = text;
  if (result.default === null) delete result.default;
  for (const word of OWN_WORDS) delete result[word];
  const { properties: keys, items: element } = inner;
  if (isNode(keys)) {
    result.properties = Object.fromEntries(
      Object.entries(keys).map(([name, key]) => [name, isNode(key) ? forEditors(key) : key]),
    );
  }
  if (isNode(element)) result.items = forEditors(element);
  return result;
}

/** What it means and what is allowed, as an editor shows it. */
function describe(node: Node): string {
  const { allowed } = node;
  const said = saidOf(node);
  if (typeof allowed !== "string") return said;
  return said === "" ? allowed : `${said}. Allowed: ${allowed}`;
}
