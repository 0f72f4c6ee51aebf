/**
 * How many messages a channel sends: some at once, then so many in an hour. The last few at once are for what is critical.
 * @module
 */

const HOUR_MS = 3_600_000;
/** Messages that may go one after the other. What comes faster is told together, in one. */
const BURST = 5;
/** Of those, kept for what is critical. */
const RESERVED = 2;

export class MessageRate {
  readonly #everyMs: number;
  #tokens = BURST;
  #at: number;

  /** @param perHour in the long run, at least 1 */
  constructor(perHour: number, nowMs: number) {
    if (!(perHour >= 1)) throw new RangeError(`Not a rate: ${perHour} messages an hour`);
    this.#everyMs = HOUR_MS / perHour;
    this.#at = nowMs;
  }

  /** Milliseconds until one may go; 0 for now. */
  waitMs(critical: boolean, nowMs: number): number {
    this.#refill(nowMs);
    const missing = (critical ? 1 : 1 + RESERVED) - this.#tokens;
    return missing <= 0 ? 0 : Math.ceil(missing * this.#everyMs);
  }

  spend(nowMs: number): void {
    this.#refill(nowMs);
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  #refill(nowMs: number): void {
    const passed = Math.max(0, nowMs - this.#at);
    this.#at = nowMs;
    this.#tokens = Math.min(BURST, this.#tokens + passed / this.#everyMs);
  }
}
