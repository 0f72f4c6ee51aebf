/**
 * Shapes of what the store remembers, and of what it is asked by.
 * @module
 */

import { z } from "zod";
import { type Micros, parseTime } from "../../core/units.ts";
import type { AuditEntryView } from "../history.ts";
import { exactly, named, ticker, time, words } from "./shape.ts";

const A_TIME = "expected a time such as 2026-11-20T12:00:00Z";
const A_DAY = "expected a day such as 2026-11-20";

/** A moment in a query; rows before it are wanted. */
export const beforeTime = z.string().max(40).transform((text, context): Micros => {
  const at = parseTime(text);
  if (at !== null) return at;
  context.addIssue({ code: "custom", message: A_TIME });
  return z.NEVER;
}).describe("Only rows before this moment, RFC 3339 UTC: the `next` of the answer before");

/** A day in a query, UTC. */
export const day = z.string().max(10).refine((text) => parseTime(`${text}T00:00:00Z`) !== null, A_DAY).describe(
  "UTC, as 2026-11-20",
);

export const auditEntry = named(
  "AuditEntry",
  exactly<AuditEntryView>()(z.strictObject({ at: time, event: z.string(), ticker: ticker.nullable(), text: words })),
);
