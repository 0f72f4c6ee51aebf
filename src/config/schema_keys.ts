/**
 * Reads the configuration's schema: which keys there are, and what each allows, in words.
 * @module
 */

import { z } from "zod";
import { RELOADS, WRITTEN_AS } from "./fields.ts";
import { CONFIG_SCHEMA } from "./schema.ts";

type Schema = z.core.$ZodType;

/** The schema beneath defaults, prefaults, nulls and options. */
function unwrap(schema: Schema): Schema {
  let inner = schema;
  while (
    inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault || inner instanceof z.ZodNullable ||
    inner instanceof z.ZodOptional
  ) inner = inner.unwrap();
  return inner;
}

function metaOf(schema: Schema): Record<string, unknown> {
  return { ...z.globalRegistry.get(unwrap(schema)), ...z.globalRegistry.get(schema) };
}

/** Strategies say it with `text` and `unit`, the sections of kbot itself with `describe`. */
export function saidOf({ description, text, unit }: Readonly<Record<string, unknown>>): string {
  const said = description ?? text;
  if (typeof said !== "string") return "";
  return typeof unit === "string" && unit !== "" ? `${said} (${unit})` : said;
}

function collect(schema: Schema, prefix: string, into: Map<string, Schema>): Map<string, Schema> {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return into.set(prefix, schema);
  for (const [name, child] of Object.entries(inner.shape)) {
    collect(child as Schema, prefix === "" ? name : `${prefix}.${name}`, into);
  }
  return into;
}

/** `risk.max_order_usd` in parts: `risk` and `max_order_usd`. What stands above all sections has an empty one. */
export function partsOf(key: string): { readonly section: string; readonly name: string } {
  const cut = key.lastIndexOf(".");
  return { section: key.slice(0, Math.max(0, cut)), name: key.slice(cut + 1) };
}

/** A configuration's keys. Without packs they are {@link KEYS}. */
export class ConfigKeys {
  /** Every key that holds a value, dotted (`risk.max_order_usd`), in the order of the schema. */
  readonly keys: readonly string[];
  /** Every key and every section, dotted. */
  readonly names: readonly string[];
  readonly #schema: Schema;
  readonly #leaves: ReadonlyMap<string, Schema>;

  constructor(schema: Schema) {
    this.#schema = schema;
    this.#leaves = collect(schema, "", new Map());
    this.keys = [...this.#leaves.keys()];
    this.names = [
      ...new Set(this.keys.flatMap((key) => {
        const parts = key.split(".");
        return parts.map((_, index) => parts.slice(0, index + 1).join("."));
      })),
    ];
  }

  /** True where the value fits the key's type and bounds. */
  accepts(key: string, value: unknown): boolean {
    const schema = this.#leaves.get(key);
    return schema !== undefined && z.safeParse(schema, value).success;
  }

  /** A parsed value as it would stand in the file: amounts and prices become text again. */
  asWritten(key: string, value: unknown): unknown {
    const schema = this.#leaves.get(key);
    const write = schema === undefined ? undefined : metaOf(schema)[WRITTEN_AS];
    return typeof write === "function" && value !== null ? write(value) : value;
  }

  /** What the user is told about a key or a section; empty where nothing is. */
  description(key: string): string {
    const way = this.#wayTo(key);
    return way === null ? "" : saidOf(metaOf(way[way.length - 1]));
  }

  /** True where a run takes another value of this key without a restart: it says so itself, or the section around it does. */
  reloads(key: string): boolean {
    const said = this.#wayTo(key)?.map((schema) => metaOf(schema)[RELOADS]) ?? [];
    return said.findLast((each) => typeof each === "boolean") === true;
  }

  /** The schemas of the sections around a key, and its own; `null` where there is no such key. */
  #wayTo(key: string): readonly Schema[] | null {
    const way: Schema[] = [];
    let schema: Schema = this.#schema;
    for (const part of key.split(".")) {
      const inner: Schema = unwrap(schema);
      if (!(inner instanceof z.ZodObject) || !Object.hasOwn(inner.shape, part)) return null;
      schema = inner.shape[part] as Schema;
      way.push(schema);
    }
    return way;
  }

  /** The keys of each table of a list, in the order of the schema; `null` where the key holds no such list. */
  tableKeys(key: string): readonly string[] | null {
    const table = this.#tableOf(key);
    return table === null ? null : Object.keys(table);
  }

  #tableOf(key: string): Readonly<Record<string, Schema>> | null {
    const leaf = this.#leaves.get(key);
    const list = leaf === undefined ? null : unwrap(leaf);
    if (!(list instanceof z.ZodArray)) return null;
    const { element } = list;
    return element instanceof z.ZodObject ? element.shape : null;
  }

  /** That of a key, or of one in the tables of a list. */
  #schemaOf(key: string): Schema | undefined {
    const { section, name } = partsOf(key);
    return this.#leaves.get(key) ?? this.#tableOf(section)?.[name];
  }

  /** What a key allows, in words. A schema may say it itself (meta `allowed`); otherwise its JSON Schema is read out. */
  allowedText(key: string): string {
    const schema = this.#schemaOf(key);
    if (schema === undefined) return "a section of keys";
    const own = metaOf(schema).allowed;
    if (typeof own === "string") return own;
    return inWords(z.toJSONSchema(unwrap(schema), { io: "input", unrepresentable: "any" }));
  }
}

export const KEYS = new ConfigKeys(CONFIG_SCHEMA);

/** Every key without packs. */
export const CONFIG_KEYS: readonly string[] = KEYS.keys;

function inWords(schema: z.core.JSONSchema.JSONSchema): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  switch (schema.type) {
    case "boolean":
      return "true or false";
    case "integer":
      return `a whole number ${range(schema)}`.trimEnd();
    case "number":
      return `a number ${range(schema)}`.trimEnd();
    case "string":
      return schema.maxLength === undefined ? "a text" : `a text of at most ${schema.maxLength} letters`;
    case "array":
      return typeof schema.items === "object" && !Array.isArray(schema.items)
        ? `a list, each ${inWords(schema.items)}`
        : "a list";
    default:
      return "another type of value";
  }
}

function range(schema: z.core.JSONSchema.JSONSchema): string {
  const bounds: string[] = [];
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  // zod writes the safe integers as bounds where no bound was set.
  if (typeof minimum === "number" && minimum > Number.MIN_SAFE_INTEGER) bounds.push(`from ${minimum}`);
  if (typeof exclusiveMinimum === "number") bounds.push(`above ${exclusiveMinimum}`);
  if (typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER) bounds.push(`to ${maximum}`);
  if (typeof exclusiveMaximum === "number") bounds.push(`below ${exclusiveMaximum}`);
  return bounds.join(" ");
}
