/**
 * How far the data behind a decision is believed, 0 to 1: bets are made smaller by it, and none is made on too little.
 * @module
 */

import { MICROS_PER_SECOND } from "../core/units.ts";
import type { Refusal } from "../risk/limits.ts";
import { no } from "./obstacles.ts";
import type { IndexReading, SpotReading } from "./view.ts";

/** Basis points between two prices. */
export const apart = (one: number, other: number): number => Math.abs(one / other - 1) * 10_000;

/** 1 where nothing of it is used, 0 where all is; all of nothing leaves everything. */
export const leftOf = (used: number, most: number): number => most > 0 ? Math.max(0, 1 - used / most) : 1;

/** What settles the market is the official index; the others only come near it. */
const SOURCE = { official: 1, recorded: 1, composite: 0.8, exchange: 0.5 } as const satisfies Record<
  IndexReading["source"],
  number
>;
/** An index speaks once a second: so long it is as fresh as it can be. */
const FRESH_SECONDS = 1;
/** What an index loses by the time at which it is not looked at any more. */
const OLD = 0.5;

export interface IndexTrust {
  readonly max_index_age: number;
  /** Basis points between the index and what the spot exchanges trade at, where nothing is believed any more. */
  readonly max_spot_gap: number;
}

/** By whose word it is, how old it is, and how far the spot exchanges are from it, as far as these are heard. */
export function indexConfidence(
  { source, age, value }: IndexReading,
  spot: SpotReading | null,
  { max_index_age, max_spot_gap }: IndexTrust,
): number {
  const late = Math.max(0, age / MICROS_PER_SECOND - FRESH_SECONDS);
  const freshness = 1 - OLD * (1 - leftOf(late, max_index_age - FRESH_SECONDS));
  const traded = spot === null ? null : spot.vwap ?? spot.last;
  const agreement = traded === null ? 1 : leftOf(apart(traded, value), max_spot_gap);
  return SOURCE[source] * freshness * agreement;
}

/** Too little to bet on. */
export const confidenceObstacle = (confidence: number, wanted: number): Refusal | null =>
  confidence >= wanted ? null : no("low_confidence", tooLittle(confidence, wanted));

const tooLittle = (confidence: number, wanted: number) => () =>
  `Confidence ${confidence.toFixed(2)} in the data, wanted ${wanted}`;
