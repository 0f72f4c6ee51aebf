/**
 * What is said between a run and the thread that works out what its trading came to.
 * @module
 */

import type { PerformanceView } from "../server/api/performance_shapes.ts";
import type { PerformanceQuery } from "../server/history.ts";

/** Whose rows they are: what the figures are titled with. */
export interface PerformanceOf {
  readonly execution: "paper" | "live";
  /** For people. */
  readonly venue: string;
  readonly simulated: boolean;
}

export interface PerformanceAsked {
  /** The state's database. */
  readonly path: string;
  readonly of: PerformanceOf;
  readonly query: PerformanceQuery;
}

/** One answer for each question. */
export type PerformanceSaid =
  | { readonly ok: true; readonly performance: PerformanceView }
  | { readonly ok: false; readonly reason: string };
