/**
 * How far another source of an index lies from the official one, second by second.
 * @module
 */

import { SecondRing } from "../core/ring.ts";

const RING_SECONDS_MIN = 300;
/** What was measured longer ago says nothing any more: exchanges drift apart and together within hours. */
const MEMORY_SECONDS = 3_600;

/** The other source less the official one, dollars. */
export interface BasisFigures {
  readonly last: number;
  readonly mean: number;
  /** Standard deviation of a second's difference around the mean. */
  readonly sd: number;
  readonly count: number;
}

export class IndexBasis {
  readonly #window: number;
  readonly #differences: SecondRing;
  #figures: BasisFigures | null = null;

  /** @param seconds looked back over from the newest difference */
  constructor(seconds: number) {
    this.#window = seconds;
    this.#differences = new SecondRing(Math.max(RING_SECONDS_MIN, seconds));
  }

  /** Takes the difference of one second; a second one for the same second replaces the first. */
  push(second: number, difference: number): void {
    this.#differences.push(second, difference);
    this.#figures = null;
  }

  /** `null` where nothing was measured within the last hour. */
  figures(now: number): BasisFigures | null {
    const newest = this.#differences.newestSecond;
    if (newest === null || now - newest > MEMORY_SECONDS) return null;
    return this.#figures ??= this.#measure(newest);
  }

  #measure(newest: number): BasisFigures {
    const first = newest - this.#window + 1;
    const { mean, count } = this.#differences.meanOf(first, newest);
    const centre = mean ?? 0;
    let squares = 0;
    for (let second = first; second <= newest; second++) {
      const difference = this.#differences.valueAt(second);
      if (difference !== null) squares += (difference - centre) ** 2;
    }
    const sd = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
    return { last: this.#differences.newestValue ?? centre, mean: centre, sd, count };
  }
}
