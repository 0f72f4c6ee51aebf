/**
 * Answers to the examples of the endpoints, as a server over made-up sources gives them: a test asks again and compares.
 * @module
 */

import examples from "./examples.json" with { type: "json" };

/** By the endpoint's name. */
export const EXAMPLES: Readonly<Record<string, unknown>> = examples;

/** Rows of every list in an example. */
const ROWS = 2;

/** An answer as the document shows it: every list cut to its first rows. */
export function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, ROWS).map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shortened(member)]));
}
