/**
 * What the minutes of a price say about its volatility (D8).
 *
 * | figure | definition |
 * | --- | --- |
 * | return | ln(close / close of the minute before); only where both are known and of one source |
 * | realised volatility | standard deviation of those returns around their mean, with n - 1 |
 * | per square root of a second | the same divided by sqrt(60), the unit of all models (DESIGN.md 3) |
 * | range | highest high less lowest low |
 * | largest move | the return that is largest in absolute value, up or down |
 * | missing | minutes of the window that nobody knows: none of the figures pretends to know them |
 * @module
 */

import { minuteOf, type MinuteRing, startOfMinute } from "../core/price_history.ts";
import type { Micros } from "../core/units.ts";
import { logarithm } from "../models/elementary.ts";

/** Minutes that each window spans (D8). */
export const WINDOW_MINUTES = [15, 30, 60, 90, 120] as const;
const SQRT_SECONDS = Math.sqrt(60);
/** A standard deviation needs two. */
const RETURNS_MIN = 2;

export interface LargestMove {
  /** Start of the minute at whose end the price had moved. */
  readonly minute: Micros;
  readonly logReturn: number;
  /** Close less the close before. */
  readonly dollars: number;
}

export interface WindowStatistics {
  readonly minutes: number;
  /** Start of its first minute, end of its last. */
  readonly from: Micros;
  readonly to: Micros;
  /** Returns that the volatility is made of. */
  readonly samples: number;
  readonly missing: number;
  /** Of one minute's log return; `null` where there are too few. */
  readonly volatility: number | null;
  readonly perSqrtSecond: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly range: number | null;
  readonly largestMove: LargestMove | null;
}

/** Mean and spread of numbers that come one by one, without taking large sums from each other (Welford). */
class Spread {
  count = 0;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    const distance = value - this.#mean;
    this.#mean += distance / this.count;
    this.#squares += distance * (value - this.#mean);
  }

  get standardDeviation(): number | null {
    return this.count < RETURNS_MIN ? null : Math.sqrt(this.#squares / (this.count - 1));
  }
}

/**
 * Statistics of the `minutes` minutes that end with the minute of number `last`.
 *
 * @example
 * ```ts
 * import { MinuteRing, startOfMinute } from "../core/price_history.ts";
 * import { statisticsOf } from "./price_history_statistics.ts";
 * import assert from "node:assert/strict";
 * const ring = new MinuteRing();
 * [100, 101, 100, 101].forEach((close, minute) => {
 *   ring.put({ start: startOfMinute(minute), open: close, high: close, low: close, close, source: "official" });
 * });
 * const { samples, missing, range } = statisticsOf(ring, 3, 15);
 * assert.deepEqual({ samples, missing, range }, { samples: 3, missing: 11, range: 1 });
 * ```
 */
export function statisticsOf(ring: MinuteRing, last: number, minutes: number): WindowStatistics {
  const first = last - minutes + 1;
  const spread = new Spread();
  let missing = 0;
  let high = -Infinity;
  let low = Infinity;
  let largestMove: LargestMove | null = null;
  let before = ring.at(first - 1);
  for (let number = first; number <= last; number++) {
    const minute = ring.at(number);
    if (minute === null) missing++;
    else {
      high = Math.max(high, minute.high);
      low = Math.min(low, minute.low);
    }
    if (minute !== null && before?.source === minute.source) {
      const logReturn = logarithm(minute.close / before.close);
      spread.add(logReturn);
      if (largestMove === null || Math.abs(logReturn) > Math.abs(largestMove.logReturn)) {
        largestMove = { minute: minute.start, logReturn, dollars: minute.close - before.close };
      }
    }
    before = minute;
  }
  const known = missing < minutes;
  const volatility = spread.standardDeviation;
  return {
    minutes,
    from: startOfMinute(first),
    to: startOfMinute(last + 1),
    samples: spread.count,
    missing,
    volatility,
    perSqrtSecond: volatility === null ? null : volatility / SQRT_SECONDS,
    high: known ? high : null,
    low: known ? low : null,
    range: known ? high - low : null,
    largestMove,
  };
}

/**
 * The number of the last minute that statistics at this moment may count on: the one before now, unless that one is still
 * being finished.
 */
export function lastMinuteAt(ring: MinuteRing, at: Micros, grace: number): number {
  const before = minuteOf(at) - 1;
  const settling = ring.at(before) === null && at - startOfMinute(before + 1) < grace;
  return settling ? before - 1 : before;
}
