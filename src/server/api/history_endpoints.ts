/**
 * What the store remembers, and what came of it.
 * @module
 */

import { z } from "zod";
import { type Endpoint, reads, Refused } from "./endpoint.ts";
import { trade } from "./engine_shapes.ts";
import { auditEntry, beforeTime, day } from "./history_shapes.ts";
import { performance } from "./performance_shapes.ts";
import { portfolioPoint } from "./run_shapes.ts";
import { rowLimit } from "./run_endpoints.ts";
import { ticker, time } from "./shape.ts";

/** The name of a strategy, a kind of event, an execution. */
const word = z.string().min(1).max(200);

export const HISTORY_ENDPOINTS: readonly Endpoint[] = [
  reads({
    path: "/trades",
    name: "trades",
    tag: "History",
    summary: "Executions, newest first, by page; also as CSV",
    about:
      "`next` is the id to ask for the rows behind these with `before`; null at the end. With a filter a page may hold " +
      "fewer rows than were asked for, even none, while `next` still leads on: one request looks at a bounded number of rows.",
    example: "/trades?limit=2&strategy=settlement_edge&before=t-37",
    query: z.strictObject({
      before: word.optional().describe("Only executions before the one of this id"),
      limit: rowLimit,
      strategy: word.optional().describe("Only of this strategy"),
      market: ticker.optional().describe("Only in the market of this ticker"),
      day: day.optional(),
    }),
    answer: z.strictObject({ trades: z.array(trade), next: z.string().nullable() }),
    csv: {
      columns: Object.keys(trade.shape),
      rows: ({ trades }) => trades.map((row) => ({ ...row })),
      next: ({ next }) => next,
    },
    read: ({ sources, query }) => sources.history.trades(query),
  }),
  reads({
    path: "/portfolio",
    name: "portfolio",
    tag: "History",
    summary: "Net asset value and cash over time: the newest points, oldest first",
    example: "/portfolio?limit=2",
    query: z.strictObject({ limit: rowLimit }),
    answer: z.strictObject({ portfolio: z.array(portfolioPoint) }),
    read: async ({ sources, query }) => ({ portfolio: await sources.portfolio(query.limit) }),
  }),
  reads({
    path: "/performance",
    name: "performance",
    tag: "History",
    summary: "What trading came to: ratios with their intervals, equity and drawdown, days, groups, calibration",
    about:
      "The figures of `kbot report`, from the same rows, worked out by a thread of its own and kept for ten seconds. One " +
      "request is worked on at a time; where too many wait, the answer is 503.",
    example: "/performance?from=2026-09-25&to=2026-09-25",
    query: z.strictObject({
      from: day.optional(),
      to: day.optional().describe("Included, UTC"),
      strategy: word.optional().describe("Of this strategy alone"),
    }).refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
      path: ["to"],
      error: "a day before from",
    }),
    answer: performance,
    failures: ["unavailable"],
    async read({ sources, query }) {
      const answer = await sources.history.performance(query);
      return answer.ok ? answer.performance : new Refused(answer.code, answer.reason);
    },
  }),
  reads({
    path: "/audit",
    name: "audit",
    tag: "History",
    summary: "Decisions of weight, refusals, acts of operators and reconciliations, newest first, by page; also as CSV",
    about: "`kbot audit verify` proves the trail that these are from; this is for reading.",
    example: "/audit?limit=2",
    query: z.strictObject({
      before: beforeTime.optional(),
      limit: rowLimit,
      event: word.optional().describe("Only of this kind"),
    }),
    answer: z.strictObject({ entries: z.array(auditEntry), next: time.nullable() }),
    csv: {
      columns: Object.keys(auditEntry.shape),
      rows: ({ entries }) => entries.map((row) => ({ ...row })),
      next: ({ next }) => next,
    },
    read: ({ sources, query: { limit, before, event } }) =>
      sources.history.audit({
        limit,
        ...(before === undefined ? {} : { before }),
        ...(event === undefined ? {} : { events: [event] }),
      }),
  }),
];
