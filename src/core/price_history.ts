/**
 * A price minute by minute (D8): how minutes are made of single values, and the ring that keeps the last day of them.
 * @module
 */

import { type Micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "./units.ts";

/** One finished minute: the values stamped from `start` up to but without a minute later. */
export interface PriceMinute {
  /** A whole minute. */
  readonly start: Micros;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Who said so: `official`, `composite`, `coinbase`, ... Prices of two sources are not to be compared to the cent. */
  readonly source: string;
}

/** A day. */
export const MINUTES_KEPT = 1_440;
/**
 * A minute of which less is known counts as missing: its first value lies in its first, its last in its last 20 seconds.
 * Otherwise a minute in which the bot started, or lost its feed, would pass off a part of its range as the whole.
 */
const EDGE_SECONDS = 20;
const NEVER = -1;

/** The number of the minute that a moment lies in, counted from 1970. */
export const minuteOf = (at: Micros): number => Math.floor(at / MICROS_PER_MINUTE);

/** When the minute of this number begins. */
export const startOfMinute = (minute: number): Micros => (minute * MICROS_PER_MINUTE) as Micros;

/**
 * Makes minutes of values. A minute is over when a value of a later one comes, or when {@link MinuteMaker.finish} is told
 * so; what comes too late for its minute is left out.
 */
export class MinuteMaker {
  #minute = NEVER;
  #open = NaN;
  #high = NaN;
  #low = NaN;
  #close = NaN;
  #source = "";
  #first = 0;
  #last = 0;
  /** The newest minute that is over. */
  #over = NEVER;

  /** The minute being made; `null` where there is none. */
  get minute(): number | null {
    return this.#minute === NEVER ? null : this.#minute;
  }

  /** Takes one value in; the minute that it ends, where that is known well enough. */
  take(value: number, stamp: Micros, source: string): PriceMinute | null {
    const minute = minuteOf(stamp);
    if (minute <= this.#over || minute < this.#minute) return null;
    const finished = minute > this.#minute ? this.#end() : null;
    const second = Math.floor((stamp - startOfMinute(minute)) / MICROS_PER_SECOND);
    if (this.#minute === NEVER) this.#begin(minute, value, second);
    if (second >= this.#last) {
      this.#close = value;
      this.#last = second;
      this.#source = source;
    }
    if (second < this.#first) {
      this.#open = value;
      this.#first = second;
    }
    if (value > this.#high) this.#high = value;
    if (value < this.#low) this.#low = value;
    return finished;
  }

  /** Nothing more of minutes before this one will come. */
  finish(before: number): PriceMinute | null {
    return this.#minute !== NEVER && this.#minute < before ? this.#end() : null;
  }

  #begin(minute: number, value: number, second: number): void {
    this.#minute = minute;
    this.#open = this.#high = this.#low = value;
    this.#first = second;
    this.#last = second;
  }

  #end(): PriceMinute | null {
    if (this.#minute === NEVER) return null;
    const start = startOfMinute(this.#minute);
    const whole = this.#first < EDGE_SECONDS && this.#last >= 60 - EDGE_SECONDS;
    this.#over = this.#minute;
    this.#minute = NEVER;
    if (!whole) return null;
    return { start, open: this.#open, high: this.#high, low: this.#low, close: this.#close, source: this.#source };
  }
}

/** The last day of minutes. A minute that nobody knows is missing: neither filled in nor counted. */
export class MinuteRing {
  readonly #minutes: (PriceMinute | null)[] = new Array(MINUTES_KEPT).fill(null);
  #newest = NEVER;

  /** The number of the newest minute kept; `null` before the first. */
  get newest(): number | null {
    return this.#newest === NEVER ? null : this.#newest;
  }

  /** The minute of this number; `null` where it is missing or too old. */
  at(minute: number): PriceMinute | null {
    if (minute < 0) return null;
    const kept = this.#minutes[minute % MINUTES_KEPT];
    return kept !== null && minuteOf(kept.start) === minute ? kept : null;
  }

  /** Keeps a minute in the place of what was known of it. False where it is older than the ring reaches back. */
  put(minute: PriceMinute): boolean {
    const number = minuteOf(minute.start);
    if (number <= this.#newest - MINUTES_KEPT) return false;
    this.#minutes[number % MINUTES_KEPT] = minute;
    if (number > this.#newest) this.#newest = number;
    return true;
  }

  /** Those known, oldest first: the newest `limit` that begin before `before`. */
  list(limit: number = MINUTES_KEPT, before: number = this.#newest + 1): PriceMinute[] {
    const found: PriceMinute[] = [];
    const oldest = Math.max(0, this.#newest - MINUTES_KEPT + 1);
    for (let minute = Math.min(before - 1, this.#newest); minute >= oldest && found.length < limit; minute--) {
      const kept = this.at(minute);
      if (kept !== null) found.push(kept);
    }
    return found.reverse();
  }
}
