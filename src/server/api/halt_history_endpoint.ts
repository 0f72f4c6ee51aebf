/**
 * When trading was halted, and when it went on.
 * @module
 */

import { z } from "zod";
import type { HaltChangeView } from "../history.ts";
import { type Endpoint, reads } from "./endpoint.ts";
import { beforeTime } from "./history_shapes.ts";
import { rowLimit } from "./run_endpoints.ts";
import { exactly, named, time, words } from "./shape.ts";

const haltChange = named(
  "HaltChange",
  exactly<HaltChangeView>()(z.strictObject({
    at: time,
    change: z.enum(["begun", "lifted"]),
    name: z.string(),
    kind: z.string().describe("The first word of the name: what it is about stands behind it"),
    scope: z.enum(["whole", "strategy", "index", "market"]),
    subject: z.string().nullable().describe("The strategy or the index that it is of; null where it is of the whole"),
    level: z.enum(["reducing", "halted"]),
    persistent: z.boolean().describe("Whether it survives a restart"),
    by: z.string().nullable().describe("The way by which a person said so; null where nobody did"),
    reason: words,
  })),
);

export const HALT_HISTORY: Endpoint = reads({
  path: "/risk/halts/history",
  name: "haltHistory",
  tag: "Risk",
  summary: "Whenever a halt began or was lifted, over all runs, newest first, by page; also as CSV",
  about: "Kept as long as the audit's entries. `next` asks for those before them; null at the end.",
  example: "/risk/halts/history?limit=2",
  query: z.strictObject({ limit: rowLimit, before: beforeTime.optional() }),
  answer: z.strictObject({ changes: z.array(haltChange), next: time.nullable() }),
  csv: {
    columns: Object.keys(haltChange.shape),
    rows: ({ changes }) => changes.map((row) => ({ ...row })),
    next: ({ next }) => next,
  },
  read: ({ sources, query: { limit, before } }) =>
    sources.history.haltChanges(before === undefined ? { limit } : { limit, before }),
});
