/**
 * What a pack says of itself: its name, what it trades, and its parameters, of which the section of kbot.toml is made.
 * @module
 */

import { z } from "zod";
import type { SearchRange } from "../strategies/parameters.ts";
import { checked, shown } from "./checked.ts";
import { PackError } from "./pack_error.ts";
import { MORE, type More } from "./question.ts";

/** Names that something else has: what every section holds, and what every object of JavaScript has. */
const TAKEN: readonly string[] = ["enabled", "constructor"];
const PARAMETERS_MAX = 64;
const SERIES_MAX = 64;
const WORDS_MAX = 64;

/** What a strategy and its parameters may be called. */
export const PACK_NAME = /^[a-z][a-z0-9_]{0,39}$/;

const name = z.string().regex(PACK_NAME).refine((word) => !TAKEN.includes(word)).meta({
  allowed: `a word of small letters, digits and _, but not ${TAKEN.join(" or ")}`,
});
const text = (most: number) =>
  z.string().regex(/^\P{C}+$/u).max(most).meta({ allowed: `a text of 1 to ${most} characters in one line` });
const unit = z.string().regex(/^\P{C}*$/u).max(40).default("").meta({
  allowed: "a text of at most 40 characters in one line",
});
const bound = z.number().optional().meta({ allowed: "a number" });

/** Where a search looks; as SearchRange of src/strategies/parameters.ts. */
const searchRange = z.strictObject({
  low: z.number(),
  high: z.number(),
  scale: z.enum(["linear", "log"]).default("linear"),
}).optional();

const numberParameter = z.strictObject({
  default: z.number(),
  min: bound,
  max: bound,
  whole: z.boolean().default(false),
  search: searchRange,
  unit,
  text: text(200),
});
const switchParameter = z.strictObject({ default: z.boolean(), unit, text: text(200) });
const wordParameter = z.strictObject({
  default: text(40),
  oneOf: z.array(text(40)).min(1).max(WORDS_MAX).meta({ allowed: `1 to ${WORDS_MAX} words` }),
  unit,
  text: text(200),
});

const declaration = z.strictObject({
  name,
  title: text(100),
  trades: z.array(z.string().regex(/^[A-Z0-9]{1,40}\*?$/)).min(1).max(SERIES_MAX).meta({
    allowed: `1 to ${SERIES_MAX} series such as "KXBTC15M", or "KXBTC*" for all that begin so`,
  }),
  more: z.array(z.enum(MORE)).max(MORE.length).default([]).meta({ allowed: `a list of ${MORE.join(", ")}` }),
  parameters: z.record(z.string(), z.unknown()).default({}).meta({ allowed: "an object of parameters" }),
});

/** What a pack says of itself, checked. */
export interface Declaration {
  readonly name: string;
  readonly title: string;
  trades(series: string): boolean;
  /** The series as written. */
  readonly series: readonly string[];
  /** What it wants to be shown beside what all are. */
  readonly more: readonly More[];
  /** Of its section in kbot.toml. */
  readonly parameters: z.ZodObject;
}

/**
 * Reads a declaration.
 *
 * @param json as the sandbox gave it
 * @throws PackError that names the place, what was found and what is allowed
 */
export function readDeclaration(json: string): Declaration {
  const { name, title, trades, more, parameters } = checked(declaration, JSON.parse(json), "default export");
  const entries = Object.entries(parameters);
  if (entries.length > PARAMETERS_MAX) {
    throw new PackError(`parameters: Found ${entries.length}, allowed: at most ${PARAMETERS_MAX}`);
  }
  return {
    name,
    title,
    series: trades,
    more,
    trades: (series) =>
      trades.some((each) => each.endsWith("*") ? series.startsWith(each.slice(0, -1)) : series === each),
    parameters: z.strictObject(Object.fromEntries(entries.map(([key, raw]) => [key, parameter(key, raw)]))),
  };
}

/** The check of one parameter, with its default, unit and text. */
function parameter(key: string, raw: unknown): z.ZodType {
  const place = `parameters.${key}`;
  checked(name, key, place);
  const kind = typeof raw === "object" && raw !== null && "default" in raw ? typeof raw.default : "nothing";
  const { schema, value, meta } = made(kind, raw, place);
  if (!schema.safeParse(value).success) {
    throw new PackError(`${place}.default: Found ${shown(value)}, allowed: what the parameter itself allows`);
  }
  return schema.default(value).meta(meta);
}

interface Made {
  readonly schema: z.ZodType<number | boolean | string>;
  readonly value: number | boolean | string;
  readonly meta: { readonly unit: string; readonly text: string; readonly search?: SearchRange };
}

function made(kind: string, raw: unknown, place: string): Made {
  switch (kind) {
    case "number": {
      const { default: value, min, max, whole, search, unit, text } = checked(numberParameter, raw, place);
      let schema = whole ? z.int() : z.number();
      if (min !== undefined) schema = schema.min(min);
      if (max !== undefined) schema = schema.max(max);
      if (search === undefined) return { schema, value, meta: { unit, text } };
      checkSearch(search, schema, place);
      return { schema, value, meta: { unit, text, search } };
    }
    case "boolean": {
      const { default: value, unit, text } = checked(switchParameter, raw, place);
      return { schema: z.boolean(), value, meta: { unit, text } };
    }
    case "string": {
      const { default: value, oneOf, unit, text } = checked(wordParameter, raw, place);
      return { schema: z.enum(oneOf), value, meta: { unit, text } };
    }
    default:
      throw new PackError(`${place}.default: Found ${kind}, allowed: a number, true, false or a text`);
  }
}

function checkSearch(search: SearchRange, schema: z.ZodType, place: string): void {
  const { low, high, scale } = search;
  if (low < high && (scale === "linear" || low > 0) && [low, high].every((end) => schema.safeParse(end).success)) {
    return;
  }
  const allowed = "low below high, both as the parameter allows them, and above 0 with the scale log";
  throw new PackError(`${place}.search: Found ${shown(search)}, allowed: ${allowed}`);
}

/** A parameter as it is shown. */
export interface DescribedParameter {
  readonly name: string;
  readonly value: unknown;
  readonly unit: string;
  readonly text: string;
}

/** The parameters with their defaults, units and texts. */
export function describedParameters({ parameters }: Declaration): DescribedParameter[] {
  const defaults: Readonly<Record<string, unknown>> = parameters.parse({});
  return Object.entries<z.ZodType>(parameters.shape).map(([name, schema]) => {
    const { unit, text } = schema.meta() ?? {};
    return { name, value: defaults[name], unit: String(unit), text: String(text) };
  });
}
