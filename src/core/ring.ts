/**
 * The last seconds of an index: one value per whole second in a ring of fixed size (D7).
 * @module
 */

/** Seconds of the rolling average: the length of Kalshi's settlement window. */
const WINDOW_SECONDS = 60;
const CAPACITY_MIN = 300;
const NEVER = -1;

/** A mean over the seconds that are known. */
export interface KnownMean {
  /** `null` where no second of the range is known. */
  readonly mean: number | null;
  readonly count: number;
}

/**
 * One-second values by the second that their source stamped them with. A second that never came stays missing: it is
 * neither filled in nor counted. Nothing is allocated after construction except the small result of {@link meanOf}.
 *
 * The rolling sum moves by one addition and one subtraction a second, which would collect rounding errors for ever, so it
 * is added up afresh from the stored values once in every window: O(1) amortised, and no error is older than a minute.
 */
export class SecondRing {
  readonly capacity: number;
  readonly #values: Float64Array;
  /** Which second a slot holds; `NEVER` for none. */
  readonly #seconds: Float64Array;
  #newest = NEVER;
  #rollingSum = 0;
  #rollingCount = 0;
  #afreshAt = 0;

  /** @param capacity seconds remembered, at least 300 */
  constructor(capacity: number = CAPACITY_MIN) {
    if (!Number.isInteger(capacity) || capacity < CAPACITY_MIN) {
      throw new RangeError(`A ring of seconds holds at least ${CAPACITY_MIN}: ${capacity}`);
    }
    this.capacity = capacity;
    this.#values = new Float64Array(capacity);
    this.#seconds = new Float64Array(capacity).fill(NEVER);
  }

  /** The newest second that has a value, `null` before the first. */
  get newestSecond(): number | null {
    return this.#newest === NEVER ? null : this.#newest;
  }

  /** The value of the newest second, `null` before the first. */
  get newestValue(): number | null {
    return this.#newest === NEVER ? null : this.#values[this.#newest % this.capacity];
  }

  /** Mean of the known values of the 60 seconds that end with the newest one, `null` before the first. */
  get rollingMean(): number | null {
    return this.#rollingCount === 0 ? null : this.#rollingSum / this.#rollingCount;
  }

  /** How many of those 60 seconds are known. */
  get rollingCount(): number {
    return this.#rollingCount;
  }

  /**
   * Takes the value of one second. A late value fills its own second, a second value for the same second replaces the
   * first.
   *
   * @param second whole seconds since 1970
   * @returns false where the second has already left the ring
   */
  push(second: number, value: number): boolean {
    if (!Number.isSafeInteger(second) || second < 0) throw new RangeError(`Not a whole second since 1970: ${second}`);
    if (!Number.isFinite(value)) throw new RangeError(`Not a finite value: ${value}`);
    if (this.#newest !== NEVER && second <= this.#newest - this.capacity) return false;
    if (second > this.#newest) this.#advance(second);
    const slot = second % this.capacity;
    if (second > this.#newest - WINDOW_SECONDS) {
      if (this.#seconds[slot] === second) this.#rollingSum -= this.#values[slot];
      else this.#rollingCount++;
      this.#rollingSum += value;
    }
    this.#seconds[slot] = second;
    this.#values[slot] = value;
    if (this.#newest >= this.#afreshAt) this.#addUpAfresh();
    return true;
  }

  /** The value of that second, `null` where it never came or has left the ring. */
  valueAt(second: number): number | null {
    if (second < 0 || second > this.#newest) return null;
    const slot = second % this.capacity;
    return this.#seconds[slot] === second ? this.#values[slot] : null;
  }

  /** Mean of the known values from one second to another, both included; seconds beyond the ring count as missing. */
  meanOf(fromSecond: number, toSecondInclusive: number): KnownMean {
    const from = Math.max(fromSecond, this.#newest - this.capacity + 1, 0);
    const to = Math.min(toSecondInclusive, this.#newest);
    let sum = 0;
    let count = 0;
    for (let second = from; second <= to; second++) {
      const slot = second % this.capacity;
      if (this.#seconds[slot] !== second) continue;
      sum += this.#values[slot];
      count++;
    }
    return { mean: count === 0 ? null : sum / count, count };
  }

  #advance(second: number): void {
    const leavingFrom = Math.max(this.#newest - WINDOW_SECONDS + 1, 0);
    const leavingTo = Math.min(second - WINDOW_SECONDS, this.#newest);
    for (let leaving = leavingFrom; leaving <= leavingTo; leaving++) {
      const slot = leaving % this.capacity;
      if (this.#seconds[slot] !== leaving) continue;
      this.#rollingSum -= this.#values[slot];
      this.#rollingCount--;
    }
    this.#newest = second;
  }

  #addUpAfresh(): void {
    let sum = 0;
    for (let second = Math.max(this.#newest - WINDOW_SECONDS + 1, 0); second <= this.#newest; second++) {
      const slot = second % this.capacity;
      if (this.#seconds[slot] === second) sum += this.#values[slot];
    }
    this.#rollingSum = sum;
    this.#afreshAt = this.#newest + WINDOW_SECONDS;
  }
}
