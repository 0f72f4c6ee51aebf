/**
 * The words and bounds that a command line knows of a search, apart from what does it.
 * @module
 */

/** How trials are proposed: proposer.ts. */
export const METHODS = ["grid", "random", "bayes"] as const;
export type Method = (typeof METHODS)[number];

/** What is made large: objective.ts. */
export const OBJECTIVES = ["pnl", "sharpe", "sortino", "calmar"] as const;
export type Objective = (typeof OBJECTIVES)[number];

export const WORKERS_MAX = 64;
