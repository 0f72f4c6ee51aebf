/**
 * How far a recorded price lies off what the exchange settles on, learnt from the markets that have settled so far: the
 * price's own average over a market's last minute less the number that settled it.
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";

/** Markets looked back on: five hours of quarters of an hour. */
const MEMORY = 20;

export interface SettledBasis {
  /** Of the recorded price above the one that settles, dollars. */
  readonly mean: number;
  /** Of the next market's around it. */
  readonly sd: number;
  /** Markets that it was learnt from. */
  readonly count: number;
}

export class BasisLearner {
  readonly #assumed: number;
  readonly #differences: number[] = [];
  #learnt = 0;

  /** @param assumed standard deviation of the difference before any was seen, dollars */
  constructor(assumed: number) {
    this.#assumed = assumed;
  }

  /** Takes the average of a market's last minute, if it is whole, and what settled it. */
  settled(average: { readonly mean: number | null; readonly count: number }, settlementNumber: number): void {
    if (average.mean === null || average.count !== SETTLEMENT_SECONDS || !Number.isFinite(settlementNumber)) return;
    this.#differences.push(average.mean - settlementNumber);
    this.#learnt++;
    if (this.#differences.length > MEMORY) this.#differences.shift();
  }

  /** As if one market before had settled without a difference, give or take what is assumed. */
  get basis(): SettledBasis {
    const count = this.#differences.length + 1;
    const mean = this.#differences.reduce((sum, each) => sum + each, 0) / count;
    const around = this.#differences.reduce((sum, each) => sum + (each - mean) ** 2, this.#assumed ** 2);
    return { mean, sd: Math.sqrt(around / count), count: this.#learnt };
  }
}
