/**
 * The most that one price level may count in the settlement index: one giant order must not carry it (KALSHI.md 11.1).
 * @module
 */

/** Share trimmed, and winsorised, at each end. */
const TRIMMED = 0.01;
const DEVIATIONS = 5;
/** Sizes in one sample. */
export const SAMPLE_MAX = 1_000;
/** Room for the extremes of the largest sample, and the first size beyond them. */
const EXTREMES = Math.floor(SAMPLE_MAX * TRIMMED) + 1;

/**
 * C = trimmed mean + 5 winsorised standard deviations of a sample of sizes.
 *
 * With k = 1 % of the sample, winsorised means that the k smallest sizes are replaced by the one above them and the k
 * largest by the one below; the trimmed mean leaves both out. So nothing needs to be sorted but the extremes.
 * Nothing is allocated after construction.
 */
export class OrderSizeCap {
  readonly #sample = new Float64Array(SAMPLE_MAX);
  readonly #smallest = new Float64Array(EXTREMES);
  readonly #largest = new Float64Array(EXTREMES);
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  /** Takes one size into the sample; more than {@link SAMPLE_MAX} are left out. */
  add(size: number): void {
    if (this.#count < SAMPLE_MAX) this.#sample[this.#count++] = size;
  }

  /** The cap; without a sample nothing is capped. */
  get value(): number {
    const count = this.#count;
    if (count === 0) return Infinity;
    const trimmed = Math.floor(count * TRIMMED);
    this.#findExtremes(trimmed + 1);
    const low = this.#smallest[trimmed];
    const high = this.#largest[trimmed];
    let sum = 0;
    for (let at = 0; at < count; at++) sum += within(this.#sample[at], low, high);
    const mean = sum / count;
    let squares = 0;
    for (let at = 0; at < count; at++) {
      const distance = within(this.#sample[at], low, high) - mean;
      squares += distance * distance;
    }
    const deviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
    const trimmedMean = (sum - trimmed * (low + high)) / (count - 2 * trimmed);
    return trimmedMean + DEVIATIONS * deviation;
  }

  /** Sorts the `kept` smallest sizes upwards and the `kept` largest downwards. */
  #findExtremes(kept: number): void {
    this.#smallest.fill(Infinity, 0, kept);
    this.#largest.fill(-Infinity, 0, kept);
    for (let at = 0; at < this.#count; at++) {
      const size = this.#sample[at];
      if (size < this.#smallest[kept - 1]) insert(this.#smallest, kept, size, 1);
      if (size > this.#largest[kept - 1]) insert(this.#largest, kept, size, -1);
    }
  }
}

const within = (size: number, low: number, high: number): number => size < low ? low : size > high ? high : size;

/** Puts a size in its place and lets the last one fall; `direction` 1 sorts upwards, -1 downwards. */
function insert(sorted: Float64Array, length: number, size: number, direction: 1 | -1): void {
  let at = length - 1;
  while (at > 0 && (sorted[at - 1] - size) * direction > 0) {
    sorted[at] = sorted[at - 1];
    at--;
  }
  sorted[at] = size;
}
