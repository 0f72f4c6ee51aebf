/**
 * Limits and how far they are used, halts and what ends them.
 * @module
 */

import { z } from "zod";
import type { LimitView } from "../../engine/view.ts";
import { gaugeOf } from "../../core/gauge.ts";
import type { KnownHaltView } from "../history.ts";
import { halt, limit, refusal, state } from "./engine_shapes.ts";
import { type Endpoint, reads } from "./endpoint.ts";
import { auditEntry, beforeTime } from "./history_shapes.ts";
import { rowLimit } from "./run_endpoints.ts";
import { at, counts, exactly, inputs, named, share, time, words } from "./shape.ts";

/** Acts of the audit that a halt, its end, or what was asked about it is told by. */
const HALT_EVENTS: readonly string[] = [
  "halted",
  "reducing",
  "halt_over",
  "resumed",
  "resume_refused",
  "start_refused",
];

const gauge = named(
  "Limit",
  limit.extend({
    share: share.nullable().describe("Of the limit that is used, 1 for all of it; null where the limit is zero"),
    state: z.enum(["free", "near", "reached"]).describe("near from four fifths on"),
  }),
);

const withGauge = (row: LimitView): z.output<typeof gauge> => ({ ...row, ...gaugeOf(row.used, row.limit) });

const knownHalt = named(
  "KnownHalt",
  exactly<KnownHaltView>()(z.strictObject({
    name: z.string(),
    active: z.boolean(),
    persistent: z.boolean(),
    level: z.enum(["reducing", "halted"]),
    reason: words,
    at: time.describe("When it last came or went"),
  })),
);

export const RISK_ENDPOINTS: readonly Endpoint[] = [
  reads({
    path: "/risk",
    name: "risk",
    tag: "Risk",
    summary: "What may be sent, which halts stand and what ends them, limits, and what was refused",
    example: "/risk",
    answer: z.strictObject({
      at,
      inputs,
      state,
      halts: z.array(halt),
      limits: z.array(gauge),
      refusals: counts.describe("Of the run, by their reason"),
      refused: z.array(refusal).describe("The newest"),
    }),
    read({ sources }) {
      const { at, state, halts, limits, counters, refused } = sources.view();
      const { inputs, refusals } = counters;
      return { at, inputs, state, halts, limits: limits.map(withGauge), refusals, refused };
    },
  }),
  reads({
    path: "/risk/halts",
    name: "halts",
    tag: "Risk",
    summary: "Halts that stand, every halt that ever was, and what happened about halts",
    about: "Events are newest first; `next` asks for those before them.",
    example: "/risk/halts?limit=1",
    query: z.strictObject({ limit: rowLimit, before: beforeTime.optional() }),
    answer: z.strictObject({
      at,
      standing: z.array(halt),
      known: z.array(knownHalt),
      events: z.array(auditEntry),
      next: time.nullable(),
    }),
    async read({ sources, query: { limit, before } }) {
      const asked = { limit, events: HALT_EVENTS, ...(before === undefined ? {} : { before }) };
      const [known, page] = await Promise.all([sources.history.halts(), sources.history.audit(asked)]);
      const { at, halts } = sources.view();
      return { at, standing: halts, known, events: page.entries, next: page.next };
    },
  }),
];
