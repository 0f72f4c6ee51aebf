/**
 * How the run fares.
 * @module
 */

import { z } from "zod";
import { engineView } from "./engine_shapes.ts";
import { type Endpoint, reads } from "./endpoint.ts";
import { alerts, feed, logLine, status } from "./run_shapes.ts";
import { at } from "./shape.ts";

/** Rows of one answer. */
export const ROWS_MAX = 1_000;
export const rowLimit = z.coerce.number().int().min(1).max(ROWS_MAX).default(100).describe("Rows wanted");

export const RUN_ENDPOINTS: readonly Endpoint[] = [
  reads({
    path: "/status",
    name: "status",
    tag: "Run",
    summary: "What runs, where, since when, and how its connections fare",
    example: "/status",
    answer: status,
    read: ({ sources }) => sources.status(),
  }),
  reads({
    path: "/view",
    name: "view",
    tag: "Run",
    summary: "Everything that the engine shows, of one moment",
    example: "/view",
    answer: engineView,
    read: ({ sources }) => sources.view(),
  }),
  reads({
    path: "/feeds",
    name: "feeds",
    tag: "Run",
    summary: "Every source of data beside the venue",
    example: "/feeds",
    answer: z.strictObject({ at, feeds: z.array(feed) }),
    read({ sources }) {
      const { clock, feeds } = sources.status();
      return { at: clock.now, feeds };
    },
  }),
  reads({
    path: "/alerts",
    name: "alerts",
    tag: "Run",
    summary: "Who was told what, and which channels have trouble",
    example: "/alerts",
    answer: alerts.extend({ at }),
    read({ sources }) {
      const { clock, alerts } = sources.status();
      return { at: clock.now, ...alerts };
    },
  }),
  reads({
    path: "/logs",
    name: "logs",
    tag: "Run",
    summary: "The newest lines of the log, oldest first",
    about: "Lines are numbered from 1 without a gap; ask again with the number of the last one you have.",
    example: "/logs?limit=2",
    query: z.strictObject({
      after: z.coerce.number().int().min(0).default(0).describe("Only lines with a higher number"),
      limit: rowLimit,
    }),
    answer: z.strictObject({ logs: z.array(logLine) }),
    read: ({ sources, query }) => ({ logs: sources.logs(query.after, query.limit) }),
  }),
];
