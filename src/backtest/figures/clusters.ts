/**
 * Sums by settled event, from which intervals are made by drawing events anew: executions of one market share its outcome, and
 * the markets of one event, as are the strikes of an hour or the ranges of a day, share what they are about. They are no
 * evidence of their own.
 * @module
 */

import { bootstrapSums, type GroupSum } from "../../models/bootstrap.ts";
import { parseTicker } from "../../core/ticker.ts";
import { ONE_DOLLAR } from "../../core/units.ts";
import type { Estimate, MoneyEstimate } from "../findings.ts";
import { formatMoney, money } from "../../core/units.ts";

/** All draws begin here: the same data gives the same intervals. */
export const BOOTSTRAP_SEED = 20_261_120;
/**
 * Clusters kept for one figure. Of more events, those that settled apart by a multiple of it count as one: larger clusters
 * are fewer, so that intervals get no narrower by it.
 */
const CLUSTERS_MAX = 512;
/** Of fewer events all may have gone one way by chance more often than once in twenty times: no interval is told of them. */
const EVENTS_MIN = 6;
/** Events whose cluster is remembered: their markets settle within days of each other, whatever settles between them. */
const EVENTS_MAX = 4_096;

/** Sums and counts of one figure by cluster, and over all. */
export class Clusters {
  readonly #sums: { sum: number; count: number }[] = [];
  /** Where the markets of an event belong; the oldest are forgotten first. */
  readonly #places = new Map<string, number>();
  #added = 0;
  #sum = 0;
  #count = 0;

  /** One more market, by its ticker: what its numbers add up to, and how many they are. */
  add(ticker: string, sum: number, count = 1): void {
    const at = this.#placeOf(parseTicker(ticker)?.event || ticker);
    const cluster = this.#sums[at];
    if (cluster === undefined) this.#sums.push({ sum, count });
    else {
      cluster.sum += sum;
      cluster.count += count;
    }
    this.#sum += sum;
    this.#count += count;
  }

  #placeOf(event: string): number {
    const known = this.#places.get(event);
    if (known !== undefined) return known;
    const at = this.#added++ % CLUSTERS_MAX;
    this.#places.set(event, at);
    if (this.#places.size > EVENTS_MAX) {
      const [oldest] = this.#places.keys();
      this.#places.delete(oldest);
    }
    return at;
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
    if (clusters.length < EVENTS_MIN) return null;
    const interval = bootstrapSums(clusters, BOOTSTRAP_SEED);
    return interval === null ? null : [interval.low * scale, interval.high * scale];
  }
}
