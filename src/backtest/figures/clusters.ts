/**
 * Sums by settled market, from which intervals are made by drawing markets anew: executions of one market share its outcome,
 * so that they are no evidence of their own.
 * @module
 */

import { bootstrapSums, type GroupSum } from "../../models/bootstrap.ts";
import { ONE_DOLLAR } from "../../core/units.ts";
import type { Estimate, MoneyEstimate } from "../findings.ts";
import { formatMoney, money } from "../../core/units.ts";

/** All draws begin here: the same data gives the same intervals. */
export const BOOTSTRAP_SEED = 20_261_120;
/**
 * Clusters kept for one figure. Of more markets, those that settled apart by a multiple of it count as one: larger clusters
 * are fewer, so that intervals get no narrower by it.
 */
const CLUSTERS_MAX = 512;

/** Sums and counts of one figure by cluster, and over all. */
export class Clusters {
  readonly #sums: { sum: number; count: number }[] = [];
  #added = 0;
  #sum = 0;
  #count = 0;

  /** One more market: what its numbers add up to, and how many they are. */
  add(sum: number, count = 1): void {
    const at = this.#added++ % CLUSTERS_MAX;
    const cluster = this.#sums[at];
    if (cluster === undefined) this.#sums.push({ sum, count });
    else {
      cluster.sum += sum;
      cluster.count += count;
    }
    this.#sum += sum;
    this.#count += count;
  }

  get sum(): number {
    return this.#sum;
  }
  get count(): number {
    return this.#count;
  }

  /** The mean of all numbers; `null` of none. */
  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }

  /** The mean with its interval. */
  mean(): Estimate {
    const { value } = this;
    return { value, interval: value === null ? null : this.#interval(1) };
  }

  /** The sum of micro-dollars, in dollars. */
  dollars(): MoneyEstimate {
    return { value: formatMoney(money(this.#sum)), interval: this.#interval(this.#count / ONE_DOLLAR) };
  }

  /** The sum as a multiple of `of`. */
  over(of: number): Estimate {
    return of > 0
      ? { value: this.#sum / of, interval: this.#interval(this.#count / of) }
      : { value: null, interval: null };
  }

  #interval(scale: number): Estimate["interval"] {
    const clusters: readonly GroupSum[] = this.#sums;
    const interval = bootstrapSums(clusters, BOOTSTRAP_SEED);
    return interval === null ? null : [interval.low * scale, interval.high * scale];
  }
}
