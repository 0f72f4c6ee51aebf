/**
 * How far a recorded price lies off what the exchange settles on, learnt from the markets that have settled so far: the
 * price's own average over a market's last minute less the number that settled it.
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { exponential } from "../models/elementary.ts";

/** Exchanges drift apart and together within hours, as in the engine: after an hour a market counts half. */
const HALF_LIFE_SECONDS = 3_600;
/** Markets remembered: the weight of older ones is nothing any more. */
const MEMORY = 64;

export interface SettledBasis {
  /** Of the recorded price above the one that settles, dollars. */
  readonly mean: number;
  /** Of the next market's around it. */
  readonly sd: number;
  /** Markets that it was learnt from. */
  readonly count: number;
}

interface Difference {
  readonly second: number;
  readonly dollars: number;
}

export class BasisLearner {
  readonly #assumed: number;
  /** The oldest first. */
  readonly #differences: Difference[] = [];
  #learnt = 0;

  /** @param assumed standard deviation of the difference before any was seen, dollars */
  constructor(assumed: number) {
    this.#assumed = assumed;
  }

  /** Takes the average of the minute that ended at this second, if it is whole, and what settled it. */
  settled(
    second: number,
    average: { readonly mean: number | null; readonly count: number },
    settlementNumber: number,
  ): void {
    if (average.mean === null || average.count !== SETTLEMENT_SECONDS || !Number.isFinite(settlementNumber)) return;
    this.#differences.push({ second, dollars: average.mean - settlementNumber });
    this.#learnt++;
    if (this.#differences.length > MEMORY) this.#differences.shift();
  }

  /** As if one market had always just settled without a difference, give or take what is assumed. */
  basisAt(second: number): SettledBasis {
    const rate = Math.LN2 / HALF_LIFE_SECONDS;
    const weighted = this.#differences.map(({ second: then, dollars }) => {
      return { dollars, weight: exponential(-rate * Math.max(0, second - then)) };
    });
    const weight = weighted.reduce((sum, each) => sum + each.weight, 1);
    const mean = weighted.reduce((sum, each) => sum + each.weight * each.dollars, 0) / weight;
    const squares = weighted.reduce((sum, each) => sum + each.weight * (each.dollars - mean) ** 2, 0);
    return { mean, sd: Math.sqrt((squares + this.#assumed ** 2 + mean ** 2) / weight), count: this.#learnt };
  }
}
