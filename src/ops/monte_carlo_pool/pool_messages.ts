/**
 * What is said between the pool and its Workers.
 * @module
 */

import type { Counts } from "../../models/monte_carlo.ts";
import type { MonteCarloRequest } from "../../models/monte_carlo_request.ts";

/** Some blocks of a request that has no error. */
export interface PartAsked {
  readonly request: MonteCarloRequest;
  readonly firstBlock: number;
  readonly blocks: number;
}

/** The first says that the Worker has started; after it one answer for each part: a Worker has one at a time. */
export type WorkerSaid =
  | { readonly type: "ready" }
  | { readonly type: "counted"; readonly counts: Counts }
  | { readonly type: "failed"; readonly error: string };
