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

/** Answers come one for each part, in their order: a Worker has one part at a time. */
export type PartAnswered = { readonly counts: Counts } | { readonly error: string };
