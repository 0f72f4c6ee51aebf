/**
 * References as references.py writes them.
 * @module
 */

import { z } from "zod";

const NUMBERS = z.record(z.string(), z.number());

const REFERENCE = z.strictObject({
  model: z.string(),
  name: z.string(),
  /** Library, version and method. */
  origin: z.string(),
  /** The question, as the model's entry in models.ts reads it. */
  given: z.record(z.string(), z.unknown()),
  values: NUMBERS,
  /** Of each value the standard error; 0 where it is exact to rounding. */
  errors: NUMBERS,
});

const DOCUMENT = z.strictObject({
  command: z.string(),
  versions: z.record(z.string(), z.string()),
  references: z.array(REFERENCE),
});

export type Reference = z.infer<typeof REFERENCE>;
export type References = z.infer<typeof DOCUMENT>;

export function readReferences(path: string | URL): References {
  return DOCUMENT.parse(JSON.parse(Deno.readTextFileSync(path)));
}
