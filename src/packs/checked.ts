/**
 * Checks what came out of a sandbox, and says what does not fit: where, what was found, what is allowed.
 * @module
 */

import { z } from "zod";
import { PackError } from "./pack_error.ts";

/** What fits a schema; otherwise the first thing that does not, in words. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new PackError(describeIssue(result.error.issues[0], schema, value, place));
}

/** `parameters.min_edge.max: Found "a lot", allowed: a number`. */
function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown, place: string): string {
  const at = [place, ...issue.path.map(String)].join(".");
  if (issue.code === "unrecognized_keys") {
    const known = schema instanceof z.ZodObject && issue.path.length === 0 ? Object.keys(schema.shape) : [];
    return `${at}: Found the unknown ${issue.keys.slice(0, 5).map(shown).join(", ")}` +
      (known.length === 0 ? "" : `, allowed: ${known.join(", ")}`);
  }
  let found = value;
  for (const part of issue.path) found = memberOf(found, part);
  return `${at}: Found ${shown(found)}, allowed: ${allowedAt(schema, issue.path) ?? issue.message}`;
}

/** What the schema at a path says it allows, for an entry of a list else the list; `null` where nothing is said. */
function allowedAt(schema: z.ZodType, path: readonly PropertyKey[]): string | null {
  let at: z.core.$ZodType | undefined = schema;
  let said = allowedBy(at);
  for (const part of path) {
    at = inner(at, part);
    said = allowedBy(at) ?? (typeof part === "number" ? said : null);
  }
  return said;
}

function allowedBy(schema: z.core.$ZodType | undefined): string | null {
  const allowed: unknown = schema === undefined ? undefined : z.globalRegistry.get(schema)?.allowed;
  return typeof allowed === "string" ? allowed : null;
}

function inner(schema: z.core.$ZodType | undefined, part: PropertyKey): z.core.$ZodType | undefined {
  let at = schema;
  while (at instanceof z.ZodDefault || at instanceof z.ZodNullable || at instanceof z.ZodOptional) at = at.unwrap();
  if (at instanceof z.ZodObject) return at.shape[String(part)];
  return at instanceof z.ZodArray ? at.element : undefined;
}

function memberOf(value: unknown, part: PropertyKey): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, part)?.value;
}

const SHOWN_MAX = 60;
const LISTED_MAX = 8;

export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value) && value.length > LISTED_MAX) return `a list of ${value.length}`;
  const text = JSON.stringify(value);
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}...`;
}
