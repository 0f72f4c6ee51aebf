/**
 * The mean and the spread of numbers of which older ones fade, in constant memory.
 * @module
 */

export class FadingMean {
  #weight = 0;
  #weightSquares = 0;
  #sum = 0;
  #squares = 0;
  #count = 0;

  /** How many were added, faded ones too. */
  get count(): number {
    return this.#count;
  }

  /** @param decay what this one leaves of the weight of those before it, 0 to 1 */
  add(value: number, decay: number): void {
    this.#weight = this.#weight * decay + 1;
    this.#weightSquares = this.#weightSquares * decay * decay + 1;
    this.#sum = this.#sum * decay + value;
    this.#squares = this.#squares * decay + value * value;
    this.#count++;
  }

  /** `null` before the first. */
  get mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#weight;
  }

  /** Around the mean, as if every number were one of all there are; `null` before the first. */
  get variance(): number | null {
    const mean = this.mean;
    return mean === null ? null : Math.max(0, this.#squares / this.#weight - mean * mean);
  }

  /** Of the mean, where the numbers do not depend on each other; `null` below two. */
  get standardError(): number | null {
    const variance = this.variance;
    if (variance === null || this.#count < 2) return null;
    return Math.sqrt(variance * this.#weightSquares) / this.#weight;
  }
}
