/**
 * Which source of an index is believed (D6): the best one that is well, without flapping between two that come and go.
 * @module
 */

import type { IndexInput } from "../core/input.ts";
import { MICROS_PER_SECOND } from "../core/units.ts";

export type IndexSource = IndexInput["source"];

/** The best first. A recording stands for the official feed of its time. */
export const INDEX_SOURCES: readonly IndexSource[] = ["official", "recorded", "composite", "exchange"];

export interface FailoverSettings {
  /** A source that was not heard for longer is not well, seconds. */
  readonly staleAfter: number;
  /** A source that was not well is believed again once it has been well for so long, seconds. */
  readonly recoverAfter: number;
  /** Whether another source's mean difference from the official one is taken off its values. */
  readonly correctBasis: boolean;
  /** Seconds that the difference is measured over at most, and at least before it is believed. */
  readonly basisWindow: number;
  readonly basisMin: number;
  /** Standard deviation of that difference while it was not measured, as a share of the price. */
  readonly assumedBasis: number;
}

export const DEFAULT_FAILOVER: FailoverSettings = {
  staleAfter: 3,
  recoverAfter: 10,
  correctBasis: true,
  basisWindow: 300,
  basisMin: 60,
  assumedBasis: 1e-4,
};

/**
 * How one source fares. It is well while it is heard. It is steady once it has been well, and its values new, for
 * {@link FailoverSettings.recoverAfter} without a break, and from its first value on until its first break: only who has
 * failed before has to prove itself.
 *
 * A source that is heard and always late stays in use: whether it is late or our own clock is ahead cannot be told, and
 * with a wrong clock every other source would be wrong about the time to the close, too. Its age is seen by whoever would
 * trade on it.
 */
export class SourceHealth {
  readonly #staleAfter: number;
  readonly #recoverAfter: number;
  #firstHeard = NaN;
  #heardAt = NaN;
  #stamp = NaN;
  #wellSince = -Infinity;

  constructor({ staleAfter, recoverAfter }: FailoverSettings) {
    this.#staleAfter = staleAfter * MICROS_PER_SECOND;
    this.#recoverAfter = recoverAfter * MICROS_PER_SECOND;
  }

  /** A new value came at `at`, which its source has stamped with `stamp`. */
  heard(at: number, stamp: number): void {
    if (Number.isNaN(this.#firstHeard)) this.#firstHeard = at;
    // What is told of the past in one go when all begins is no break.
    else if (at > this.#firstHeard && !(this.isWell(at) && this.#isNew(at))) this.#wellSince = at;
    this.#heardAt = at;
    this.#stamp = stamp;
  }

  isWell(at: number): boolean {
    return at - this.#heardAt <= this.#staleAfter;
  }

  isSteady(at: number): boolean {
    return this.isWell(at) && this.#isNew(at) && at - this.#wellSince >= this.#recoverAfter;
  }

  #isNew(at: number): boolean {
    return at - this.#stamp <= this.#staleAfter;
  }
}

/**
 * | the source in use | goes over to |
 * | --- | --- |
 * | is well | the best one above it that is steady |
 * | is not | the best one of all that is steady |
 * | is not, and no other is steady | none: its age is seen by whoever would trade on it |
 *
 * So a source that fell silent is taken up again no sooner than {@link FailoverSettings.recoverAfter} later.
 *
 * @param active place of the one in use, -1 before the first
 * @param healths by place, the best first; `null` where nothing was ever heard
 */
export function chooseSource(active: number, healths: readonly (SourceHealth | null)[], at: number): number {
  for (let place = 0; place < healths.length; place++) {
    const health = healths[place];
    if (health === null) continue;
    if (active < 0) return place;
    if (place === active ? health.isWell(at) : health.isSteady(at)) return place;
  }
  return active;
}
