/**
 * How long the engine takes for an input, sampled: quantiles of an interval in fixed memory.
 * @module
 */

/** Every so many inputs one is timed: a clock read twice for each would cost as much as a small step. */
const SAMPLED_EVERY = 64;
/** Buckets of a tenth of a power of two, from 0.1 us up to minutes. */
const STEPS_PER_DOUBLING = 10;
const LEAST_US = 0.1;
const BUCKETS = 320;

export interface StepQuantiles {
  /** How many were timed. */
  readonly timed: number;
  /** Microseconds, to 7 %; `null` where none was timed. */
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly maxUs: number | null;
}

export class StepTimes {
  readonly #counts = new Uint32Array(BUCKETS);
  #inputs = 0;
  #timed = 0;
  #maxUs = 0;

  /** Whether the coming input is to be timed. */
  due(): boolean {
    this.#inputs = (this.#inputs + 1) % SAMPLED_EVERY;
    return this.#inputs === 0;
  }

  add(us: number): void {
    const doublings = Math.log2(Math.max(us, LEAST_US) / LEAST_US);
    this.#counts[Math.min(BUCKETS - 1, Math.floor(doublings * STEPS_PER_DOUBLING))]++;
    this.#timed++;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /** Of what was timed since the last call. */
  take(): StepQuantiles {
    const [timed, maxUs] = [this.#timed, this.#maxUs];
    const quantiles = timed === 0
      ? { timed, p50Us: null, p99Us: null, maxUs: null }
      : { timed, p50Us: this.#quantile(0.5), p99Us: this.#quantile(0.99), maxUs };
    this.#counts.fill(0);
    this.#timed = 0;
    this.#maxUs = 0;
    return quantiles;
  }

  #quantile(part: number): number {
    const wanted = Math.ceil(part * this.#timed);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket];
      // The bucket's upper end, but no more than there was.
      if (seen >= wanted) return Math.min(this.#maxUs, LEAST_US * 2 ** ((bucket + 1) / STEPS_PER_DOUBLING));
    }
    return this.#maxUs;
  }
}
