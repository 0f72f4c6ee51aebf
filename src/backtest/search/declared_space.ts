/**
 * The space of a search, from the strategy's own declaration and from what is asked for on the command line.
 * @module
 */

import { z } from "zod";
import { nearestName } from "../../config/nearest.ts";
import { clean, type Dimension, type ParameterValue, type RangeDimension, stepsOf } from "./parameter_space.ts";
import type { AskedRange } from "./parameter_text.ts";

export type SpaceFound =
  | { readonly ok: true; readonly dimensions: readonly Dimension[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What a declaration allows of one parameter. */
interface Declared {
  readonly type: "number" | "integer" | "boolean" | "word";
  readonly words: readonly string[];
  readonly search: SearchRange | null;
  /** In words. */
  readonly allowed: string;
  accepts(value: ParameterValue): boolean;
}

/** As strategies declare it (src/strategies/parameters.ts), where the bounds alone are too wide to search. */
const SEARCH_RANGE = z.strictObject({
  low: z.number(),
  high: z.number(),
  scale: z.enum(["linear", "log"]),
});
type SearchRange = z.infer<typeof SEARCH_RANGE>;

/** More values than this are no list that somebody wrote. */
const VALUES_MAX = 1_000;

/**
 * The dimensions of a search.
 *
 * @param parameters the strategy's declaration
 * @param asked those that are named on the command line; none: all that declare a range to search
 */
export function readSpace(strategy: string, parameters: z.ZodType, asked: readonly AskedRange[]): SpaceFound {
  const declared = declaredOf(parameters);
  if (asked.length === 0) {
    const dimensions = [...declared].flatMap(([name, each]) =>
      each.search === null ? [] : [searchOf(name, each.search, each.type)]
    );
    if (dimensions.length > 0) return { ok: true, dimensions };
    const names = [...declared.keys()].join(", ");
    return {
      ok: false,
      problems: [`Strategy ${strategy} does not say what to search: name parameters with --param, of ${names}`],
    };
  }
  const problems: string[] = [];
  const dimensions: Dimension[] = [];
  for (const range of asked) {
    const found = dimensionOf(strategy, range, declared);
    if (typeof found === "string") problems.push(found);
    else if (dimensions.some(({ name }) => name === found.name)) problems.push(`--param ${found.name} is given twice`);
    else dimensions.push(found);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, dimensions };
}

/** Whole numbers come one by one, evenly. */
const searchOf = (name: string, { low, high, scale }: SearchRange, type: Declared["type"]): RangeDimension =>
  type === "integer"
    ? { kind: "range", name, low, high, scale: "linear", step: 1 }
    : { kind: "range", name, low, high, scale, step: null };

/** @throws where a declaration is not one of a strategy: a defect */
function declaredOf(parameters: z.ZodType): ReadonlyMap<string, Declared> {
  if (!(parameters instanceof z.ZodObject)) throw new TypeError("Parameters must be declared as an object");
  return new Map(Object.entries<z.ZodType>(parameters.shape).map(([name, field]) => [name, declarationOf(field)]));
}

function declarationOf(field: z.ZodType): Declared {
  const schema = z.toJSONSchema(field, { io: "input", unrepresentable: "any" });
  const words = (schema.enum ?? []).filter((word) => typeof word === "string");
  const type = words.length > 0
    ? "word"
    : schema.type === "boolean"
    ? "boolean"
    : schema.type === "integer"
    ? "integer"
    : "number";
  const search = field.meta()?.search;
  return {
    type,
    words,
    search: search === undefined ? null : SEARCH_RANGE.parse(search),
    allowed: type === "word" ? words.join(", ") : type === "boolean" ? "true, false" : numbersOf(schema),
    accepts: (value) => field.safeParse(value).success,
  };
}

/** zod writes the safe integers as bounds where no bound was set. */
function numbersOf(schema: z.core.JSONSchema.JSONSchema): string {
  const { type, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  return [
    type === "integer" ? "whole numbers" : "numbers",
    ...(typeof minimum === "number" && minimum > Number.MIN_SAFE_INTEGER ? [`from ${minimum}`] : []),
    ...(typeof exclusiveMinimum === "number" ? [`above ${exclusiveMinimum}`] : []),
    ...(typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER ? [`to ${maximum}`] : []),
    ...(typeof exclusiveMaximum === "number" ? [`below ${exclusiveMaximum}`] : []),
  ].join(" ");
}

function dimensionOf(
  strategy: string,
  { name, range }: AskedRange,
  declared: ReadonlyMap<string, Declared>,
): Dimension | string {
  const known = declared.get(name);
  if (known === undefined) {
    const near = nearestName(name, [...declared.keys()]);
    const hint = near === null ? `; it has ${[...declared.keys()].join(", ")}` : `: did you mean ${near}?`;
    return `Strategy ${strategy} has no parameter ${name}${hint}`;
  }
  switch (range.kind) {
    case "declared":
      return asDeclared(name, known);
    case "between":
      return between(name, known, range);
    case "values":
      return listed(name, known, range.texts);
  }
}

function asDeclared(name: string, { search, type, words, allowed }: Declared): Dimension | string {
  if (search !== null) return searchOf(name, search, type);
  if (type === "boolean") return { kind: "choice", name, values: [false, true] };
  if (type === "word") return { kind: "choice", name, values: words };
  return `--param ${name}: the strategy does not say what to search; give a range such as ${name}=LOW..HIGH, allowed: ${allowed}`;
}

function between(
  name: string,
  { type, search, allowed, accepts }: Declared,
  { low, high, step }: Extract<AskedRange["range"], { kind: "between" }>,
): Dimension | string {
  const wrong = (found: string) => `--param ${name}: Found ${found}, allowed: ${allowed}`;
  if (type === "boolean" || type === "word") return wrong(`the range ${low}..${high}`);
  if (!(low < high)) {
    return `--param ${name}: Found ${low}..${high}, which goes nowhere: the first must be below the second`;
  }
  if (!accepts(low) || !accepts(high)) return wrong(`${low}..${high}`);
  if (step !== null && !(step > 0 && step <= high - low)) {
    return `--param ${name}: Found the step ${step}, allowed: above 0 and at most ${clean(high - low)}`;
  }
  if (type === "integer" && ![low, high, step ?? 1].every(Number.isInteger)) return wrong(`${low}..${high}`);
  const dimension: RangeDimension = {
    kind: "range",
    name,
    low,
    high,
    scale: search?.scale === "log" && low > 0 && step === null ? "log" : "linear",
    step: step ?? (type === "integer" ? 1 : null),
  };
  const steps = stepsOf(dimension);
  return steps !== null && steps >= VALUES_MAX
    ? `--param ${name}: Found ${steps + 1} values, allowed: at most ${VALUES_MAX}`
    : dimension;
}

function listed(
  name: string,
  { type, allowed, accepts }: Declared,
  texts: readonly string[],
): Dimension | string {
  const values: ParameterValue[] = [];
  for (const text of texts) {
    const value = valueOf(type, text);
    if (value === null || !accepts(value)) return `--param ${name}: Found ${text}, allowed: ${allowed}`;
    if (values.includes(value)) return `--param ${name}: Found ${text} twice`;
    values.push(value);
  }
  return { kind: "choice", name, values };
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

function valueOf(type: Declared["type"], text: string): ParameterValue | null {
  switch (type) {
    case "boolean":
      return text === "true" ? true : text === "false" ? false : null;
    case "word":
      return text;
    default:
      return NUMBER.test(text) ? Number(text) : null;
  }
}
