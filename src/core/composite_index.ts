/**
 * Our own settlement index from public order books, by the published method of CF Benchmarks' real-time indices (KALSHI.md
 * 11.1):
 *
 * 1. books that are older than 30 s, one-sided or crossed do not count, nor do levels without price or size;
 * 2. nor do exchanges whose mid is more than 5 % from the median mid, until they are back within 2.5 %;
 * 3. no price level counts more than the {@link OrderSizeCap} of the best levels;
 * 4. the books are merged, and the marginal prices of v coins, ask(v) and bid(v), taken in steps; mid(v) lies between;
 * 5. the utilised depth V is the largest v at which ask(v) is at most half a per cent above mid(v);
 * 6. the index is the mean of mid(v) up to V with weights that fall as e^(-v / 0.3 V), rounded.
 *
 * It is not the official index: that reads exchanges which publish no books, at its own moments.
 * @module
 */

import type { IndexParameters } from "./index_parameters.ts";
import { MergedSide, VENUES_MAX } from "./merged_side.ts";
import { OrderSizeCap } from "./order_size_cap.ts";
import { settlementNumber } from "./settlement.ts";
import type { SpotSide } from "./spot_book.ts";
import { MICROS_PER_SECOND } from "./units.ts";

/** An older book is dropped. */
export const BOOK_AGE_MAX = 30 * MICROS_PER_SECOND;
/** The potentially erroneous data parameter: share of the median by which a mid may differ. */
export const OUTLIER_SHARE = 0.05;
/** An exchange that was dropped for it is back below this share. */
export const OUTLIER_RETURN_SHARE = OUTLIER_SHARE / 2;
/** The cap's sample: so many levels of each side, and not farther from its best. */
const SAMPLE_LEVELS = 50;
const SAMPLE_REACH = 0.05;
/** D: how far above the mid the marginal ask may lie within the utilised depth. */
const SPREAD_MAX = 0.005;
/** The weight falls to 1/e over this share of the utilised depth. */
const WEIGHT_SHARE = 0.3;
/** Points of the curve; there it ends. 10,000 bitcoins within half a per cent were never seen. */
const STEPS_MAX = 10_000;

/** What became of one exchange in the newest value. */
export type Verdict = "used" | "absent" | "stale" | "one_sided" | "crossed" | "outlier";

/** Nothing is allocated after construction. Exchanges are known by their place, 0 and up. */
export class CompositeIndex {
  readonly #parameters: IndexParameters;
  readonly #venues: number;
  readonly #verdicts: Verdict[];
  readonly #bids: (SpotSide | null)[];
  readonly #asks: (SpotSide | null)[];
  readonly #mids: Float64Array;
  readonly #sorted: Float64Array;
  /** Dropped as an outlier, and not back yet. */
  readonly #outlying: Uint8Array;
  readonly #weights: Float64Array;
  readonly #bidSide = new MergedSide("highest");
  readonly #askSide = new MergedSide("lowest");
  readonly #sizeCap = new OrderSizeCap();
  readonly #curve = new Float64Array(STEPS_MAX);
  #cap = Infinity;
  #used = 0;
  #steps = 0;
  #unrounded = NaN;

  /** @param venues how many exchanges there are */
  constructor(parameters: IndexParameters, venues: number) {
    if (!Number.isInteger(venues) || venues < 1 || venues > VENUES_MAX) {
      throw new RangeError(`An index has 1 to ${VENUES_MAX} exchanges: ${venues}`);
    }
    this.#parameters = parameters;
    this.#venues = venues;
    this.#verdicts = new Array<Verdict>(venues).fill("absent");
    this.#bids = new Array<SpotSide | null>(venues).fill(null);
    this.#asks = new Array<SpotSide | null>(venues).fill(null);
    this.#mids = new Float64Array(venues);
    this.#sorted = new Float64Array(venues);
    this.#outlying = new Uint8Array(venues);
    this.#weights = new Float64Array(venues);
  }

  /** Exchanges that count in the newest value. */
  get used(): number {
    return this.#used;
  }

  /** The most that a level counted in the newest value, coins. */
  get cap(): number {
    return this.#cap;
  }

  /** The utilised depth of the newest value, coins. */
  get depth(): number {
    return this.#steps * this.#parameters.spacing;
  }

  /** The newest value before it was rounded, NaN where there was none. */
  get unrounded(): number {
    return this.#unrounded;
  }

  verdict(venue: number): Verdict {
    return this.#verdicts[venue];
  }

  /** An exchange's share of the volume that the newest value rests on; they sum to 1, or to 0 where there was none. */
  weight(venue: number): number {
    return this.#weights[venue];
  }

  /**
   * Shows the book of one exchange as it is now. Its arrays are read by the next {@link value} and not kept.
   *
   * @param age since the book was last known to be right, microseconds
   */
  offer(venue: number, bids: SpotSide, asks: SpotSide, age: number): void {
    const bid = MergedSide.best(bids);
    const ask = MergedSide.best(asks);
    this.#bids[venue] = bids;
    this.#asks[venue] = asks;
    this.#mids[venue] = (bid + ask) / 2;
    if (!(age <= BOOK_AGE_MAX)) this.#verdicts[venue] = "stale";
    else if (Number.isNaN(bid) || Number.isNaN(ask)) this.#verdicts[venue] = "one_sided";
    else this.#verdicts[venue] = bid >= ask ? "crossed" : "used";
  }

  /** There is nothing to be seen of this exchange: it is down, or does not trade the coin. */
  withdraw(venue: number): void {
    this.#bids[venue] = null;
    this.#asks[venue] = null;
    this.#verdicts[venue] = "absent";
  }

  /** The index from what was offered last, `null` where no exchange counts. */
  value(): number | null {
    this.#dropOutliers();
    this.#merge();
    this.#weights.fill(0);
    this.#steps = 0;
    this.#unrounded = NaN;
    if (this.#used === 0) return null;
    this.#cap = this.#capOfSample();
    this.#walk();
    this.#unrounded = this.#weightedMean();
    this.#shareOut();
    return settlementNumber(this.#unrounded, this.#parameters.decimals);
  }

  #dropOutliers(): void {
    const median = this.#medianMid();
    for (let venue = 0; venue < this.#venues; venue++) {
      if (this.#verdicts[venue] === "outlier") this.#verdicts[venue] = "used";
      if (this.#verdicts[venue] !== "used") continue;
      const distance = Math.abs(this.#mids[venue] - median) / median;
      const out = this.#outlying[venue] === 1 ? distance >= OUTLIER_RETURN_SHARE : distance > OUTLIER_SHARE;
      this.#outlying[venue] = out ? 1 : 0;
      if (out) this.#verdicts[venue] = "outlier";
    }
  }

  /** Of every book that is in order, outliers included. */
  #medianMid(): number {
    const sorted = this.#sorted;
    let count = 0;
    for (let venue = 0; venue < this.#venues; venue++) {
      const verdict = this.#verdicts[venue];
      if (verdict !== "used" && verdict !== "outlier") continue;
      const mid = this.#mids[venue];
      let at = count++;
      for (; at > 0 && sorted[at - 1] > mid; at--) sorted[at] = sorted[at - 1];
      sorted[at] = mid;
    }
    const middle = count >> 1;
    return count % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  #merge(): void {
    this.#bidSide.clear();
    this.#askSide.clear();
    this.#used = 0;
    for (let venue = 0; venue < this.#venues; venue++) {
      const bids = this.#bids[venue];
      const asks = this.#asks[venue];
      if (this.#verdicts[venue] !== "used" || bids === null || asks === null) continue;
      this.#bidSide.add(venue, bids);
      this.#askSide.add(venue, asks);
      this.#used++;
    }
  }

  #capOfSample(): number {
    this.#sizeCap.clear();
    this.#sample(this.#bidSide);
    this.#sample(this.#askSide);
    return this.#sizeCap.value;
  }

  #sample(side: MergedSide): void {
    for (let level = 0; level < SAMPLE_LEVELS && (level < side.length || side.advance()); level++) {
      const best = side.prices[0];
      if (Math.abs(side.prices[level] - best) > SAMPLE_REACH * best) return;
      this.#sizeCap.add(side.volumes[level]);
    }
  }

  /** Fills the curve up to the utilised depth; the first step belongs to it whatever the spread. */
  #walk(): void {
    const { spacing } = this.#parameters;
    this.#bidSide.walk(this.#cap);
    this.#askSide.walk(this.#cap);
    for (let step = 1; step <= STEPS_MAX; step++) {
      let bid = this.#bidSide.priceOf(step * spacing);
      let ask = this.#askSide.priceOf(step * spacing);
      if (step === 1) {
        // A side that holds less than one step counts to its end.
        if (Number.isNaN(bid)) bid = this.#bidSide.lastPrice;
        if (Number.isNaN(ask)) ask = this.#askSide.lastPrice;
      }
      const mid = (ask + bid) / 2;
      const within = ask / mid - 1 <= SPREAD_MAX;
      if (!within && step > 1) return;
      this.#curve[step - 1] = mid;
      this.#steps = step;
      if (!within) return;
    }
  }

  /**
   * The weights of equal steps fall by one and the same factor. The exponential is the machine's own: the value goes into
   * the journal as an input, and no replay works it out again.
   */
  #weightedMean(): number {
    const factor = Math.exp(-1 / (WEIGHT_SHARE * this.#steps));
    const first = this.#curve[0];
    let weight = 1;
    let weights = 0;
    let sum = 0;
    for (let step = 0; step < this.#steps; step++) {
      sum += (this.#curve[step] - first) * weight;
      weights += weight;
      weight *= factor;
    }
    return first + sum / weights;
  }

  #shareOut(): void {
    this.#bidSide.share(this.depth, this.#weights);
    this.#askSide.share(this.depth, this.#weights);
    let total = 0;
    for (let venue = 0; venue < this.#venues; venue++) total += this.#weights[venue];
    for (let venue = 0; venue < this.#venues; venue++) this.#weights[venue] /= total;
  }
}
