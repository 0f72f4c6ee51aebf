/**
 * What a Monte Carlo kernel is: it walks the paths of a job, which is described once and then run block by block.
 * @module
 */

/** Paths of a block share one seeding; blocks may run anywhere and in any order. */
export const BLOCK_PATHS = 1024;
/** Strikes that one set of paths is asked for. */
export const STRIKES_MAX = 256;
/** Returns of a bootstrap: more than an hour of seconds. */
export const RETURNS_MAX = 4096;

/** Numbers of the price models, as wasm/assembly/monte_carlo/job.ts has them. */
export const MODEL_NUMBER = { gbm: 0, jump: 1, student: 2, heston: 3, bootstrap: 4 } as const;

/** Where the numbers of a model go; slots from 3 on mean what the model makes of them. */
export const SLOT = {
  sigma: 0,
  drift: 1,
  firstStep: 2,
  halfGap: 3,
  jumpMean: 4,
  jumpDeviation: 5,
  degrees: 3,
  reversion: 3,
  varianceVolatility: 4,
  correlation: 5,
  independence: 6,
} as const;

/** Kinds of counts. */
export const PATHS_ABOVE = 0;
export const OTHERS_ABOVE = 1;
export const BOTH_ABOVE = 2;

/** What the WASM module exports; wasm/assembly/monte_carlo.ts says what the arguments mean. */
export interface Kernel {
  begin(model: number, lead: number, averaged: number, paired: number, twinned: number, wide: number): void;
  setParameter(slot: number, value: number): void;
  setStrike(index: number, needed: number, neededOfOther: number): void;
  setReturn(index: number, count: number, value: number): void;
  run(seedLow: number, seedHigh: number, firstBlock: number, paths: number): void;
  count(strike: number, kind: number): number;
  fingerprint(paths: number): number;
}

/**
 * `strict` gives the same bits on every machine, with SIMD or without. `relaxed` lets the machine round as it likes
 * best: faster, for research, not to be used where results must reproduce.
 */
export type KernelName = "strict" | "relaxed";
