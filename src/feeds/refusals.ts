/**
 * Counts what was refused, by reason, and says so without filling the log (D13).
 * @module
 */

import type { FeedLog } from "./feed.ts";

/** Reasons come from the code and are few; a bound keeps a reason that carries data from growing this for ever. */
const REASONS_MAX = 64;
const OTHER = "other";
const DETAIL_LENGTH_MAX = 300;

/**
 * Of each reason the 1st, 10th, 100th, ... are logged with an example, the others only counted: a source that sends
 * nonsense a thousand times a second costs a handful of lines.
 */
export class Refusals {
  readonly #source: string;
  readonly #log: FeedLog;
  readonly #counts = new Map<string, number>();

  constructor(source: string, log: FeedLog) {
    this.#source = source;
    this.#log = log;
  }

  /** @param detail what was refused, as far as it helps a person; cut where it is long */
  count(reason: string, detail = ""): void {
    const key = this.#counts.has(reason) || this.#counts.size < REASONS_MAX - 1 ? reason : OTHER;
    const total = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, total);
    if (!isPowerOfTen(total)) return;
    const times = total === 1 ? "" : ` (${total} times so far)`;
    const example = detail === "" ? "" : `: ${detail.slice(0, DETAIL_LENGTH_MAX)}`;
    this.#log("warn", `${this.#source}: refused, ${reason}${times}${example}`);
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  byReason(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}

function isPowerOfTen(count: number): boolean {
  let rest = count;
  while (rest >= 10 && rest % 10 === 0) rest /= 10;
  return rest === 1;
}
