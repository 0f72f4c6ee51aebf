/**
 * How much of a large order goes out at a time (REQUIREMENTS.md X3), so that it neither shows what is wanted nor pays for
 * more depth than it needs to.
 *
 * | pace | may be done by now, of a whole that began at t0 |
 * | --- | --- |
 * | `twap` | as many of its equal parts as have begun: one at t0, the next each `seconds / slices` later |
 * | `vwap` | so large a share of what was traded in the market since t0 |
 *
 * A slice is what may be done by now less what was done, at most a share of the contracts displayed within its limit, and
 * whole contracts unless it is the last. What a slice could not get is wanted again with the next.
 * @module
 */

import { type Count, count, type Micros, MICROS_PER_SECOND, ONE_CONTRACT } from "../core/units.ts";

interface DepthBound {
  /** Of the contracts displayed within the limit, the most that one slice takes, 0 to 1. */
  readonly depthShare: number;
}

export type Pace =
  | DepthBound & {
    readonly kind: "twap";
    readonly seconds: number;
    /** Equal parts; from 1. */
    readonly slices: number;
  }
  | DepthBound & {
    readonly kind: "vwap";
    /** Of what others trade, 0 to 1. */
    readonly volumeShare: number;
  };

/** A whole that is being worked off. */
export interface ParentOrder {
  readonly since: Micros;
  /** What was wanted then. */
  readonly total: Count;
  /** Contracts that had been traded in the market by then. */
  readonly traded: number;
  /** What the strategy held then. */
  readonly held: Count;
}

/** How things stand with it. */
export interface Progress {
  readonly at: Micros;
  /** Contracts traded in the market so far. */
  readonly traded: number;
  readonly done: Count;
  /** Still. */
  readonly wanted: Count;
  /** Displayed within the limit. */
  readonly depth: Count;
}

/**
 * What may go out now; 0 where it is not time yet.
 *
 * @example
 * ```ts
 * import { sliceNow } from "./slicing.ts";
 * import { count, micros } from "../core/units.ts";
 * import assert from "node:assert/strict";
 * const pace = { kind: "twap", seconds: 60, slices: 3, depthShare: 0.5 } as const;
 * const parent = { since: micros(0), total: count(3_000), traded: 0, held: count(0) };
 * const progress = { at: micros(0), traded: 0, done: count(0), wanted: count(3_000), depth: count(10_000) };
 * assert.equal(sliceNow(pace, parent, progress), 1_000);
 * assert.equal(sliceNow(pace, parent, { ...progress, at: micros(20_000_000), done: count(600), wanted: count(2_400) }), 1_400);
 * ```
 */
export function sliceNow(pace: Pace, parent: ParentOrder, { at, traded, done, wanted, depth }: Progress): Count {
  const due = pace.kind === "twap"
    ? dueByTime(pace.seconds, pace.slices, parent, at)
    : Math.floor(Math.max(0, traded - parent.traded) * pace.volumeShare);
  const most = Math.min(wanted, due - done, Math.floor(depth * pace.depthShare));
  if (most <= 0) return count(0);
  return count(most === wanted ? most : most - most % ONE_CONTRACT);
}

function dueByTime(seconds: number, slices: number, { since, total }: ParentOrder, at: Micros): number {
  const every = seconds * MICROS_PER_SECOND / slices;
  const begun = every > 0 ? Math.floor(Math.max(0, at - since) / every) + 1 : slices;
  if (begun >= slices) return Infinity;
  // Whole contracts, rounded up: a part that is smaller than one contract would never go.
  return Math.ceil(total * begun / slices / ONE_CONTRACT) * ONE_CONTRACT;
}
