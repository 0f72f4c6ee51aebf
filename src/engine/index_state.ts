/**
 * One settlement index as the engine follows it: its last minutes second by second, and its volatility.
 * @module
 */

import type { IndexInput } from "../core/input.ts";
import { SecondRing } from "../core/ring.ts";
import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { SettlementAverage } from "../models/settlement_average.ts";
import { EwmaVolatility } from "../models/volatility.ts";
import type { IndexReading } from "../strategies/strategy.ts";
import type { IndexSettings } from "./options.ts";

/** An index value that jumps further than this from the one before is refused: no index moves a tenth in a tick. */
const JUMP_MAX = 0.1;
/** After so long without a value, one that lies far away is believed again. */
const JUMP_MEMORY = 300 * MICROS_PER_SECOND;
const RING_SECONDS = 960;
/** About 0.6 % a year: a feed that stands still must not make the price look certain. */
const VOLATILITY_FLOOR = 1e-6;
/** Longer without a value, and the return across is not counted. */
const LONGEST_GAP_SECONDS = 30;

/** The part of the final minute's average that is no longer random. */
export interface SeenPart {
  sum: number;
  count: number;
}

export class IndexState {
  readonly name: string;
  readonly ring = new SecondRing(RING_SECONDS);
  readonly #volatility: EwmaVolatility;
  source: IndexInput["source"] | null = null;
  #value = NaN;
  #sourceTime = 0 as Micros;
  #arrivedAt = 0 as Micros;
  #sigma: number | null = null;
  // What many markets ask for between two values is made once.
  #reading: Reading | null = null;
  readonly #average = new SettlementAverage();
  #averageCloses = NaN;
  readonly #seen: SeenPart = { sum: 0, count: 0 };

  constructor(name: string, settings: IndexSettings) {
    this.name = name;
    this.#volatility = new EwmaVolatility(settings.volatilityHalfLife, {
      returnsMin: settings.returnsMin,
      floor: VOLATILITY_FLOOR,
      longestGapSeconds: LONGEST_GAP_SECONDS,
    });
  }

  get value(): number | null {
    return Number.isNaN(this.#value) ? null : this.#value;
  }

  /** The whole second that the newest value stands for. */
  get second(): number {
    return Math.floor(this.#sourceTime / MICROS_PER_SECOND);
  }

  get volatility(): number | null {
    return this.#sigma;
  }

  /** Takes one value; the reason where it is refused. */
  take(input: IndexInput): string | null {
    const { value, sourceTime, at } = input;
    if (!(value > 0 && value < 1e12)) return `${this.name}: value ${value} is not a price`;
    if (sourceTime > at + 60 * MICROS_PER_SECOND) return `${this.name}: stamped a minute and more in the future`;
    const jump = Math.abs(value / this.#value - 1);
    if (jump > JUMP_MAX && sourceTime - this.#sourceTime < JUMP_MEMORY) {
      return `${this.name}: jumped from ${this.#value} to ${value}`;
    }
    const second = Math.floor(sourceTime / MICROS_PER_SECOND);
    this.ring.push(second, value);
    this.#reading = null;
    this.#averageCloses = NaN;
    if (sourceTime < this.#sourceTime) return null;
    this.#volatility.push(second, value);
    this.#sigma = this.#volatility.perSqrtSecond;
    this.#value = value;
    this.#sourceTime = sourceTime;
    this.#arrivedAt = at;
    this.source = input.source;
    return null;
  }

  /** Since the newest value, by its stamp or by its arrival, whichever is longer ago. */
  age(at: Micros): number {
    return Math.max(at - this.#arrivedAt, at - this.#sourceTime);
  }

  /** Fills in what of (T-60, T] has been seen. Seconds lost on the way count at the mean of those seen. */
  seen(closeSecond: number, into: SeenPart): void {
    const first = closeSecond - SETTLEMENT_SECONDS + 1;
    const through = Math.min(this.second, closeSecond);
    if (through < first) {
      into.sum = 0;
      into.count = 0;
      return;
    }
    const { mean } = this.ring.meanOf(first, through);
    into.count = mean === null ? 0 : through - first + 1;
    into.sum = mean === null ? 0 : mean * into.count;
  }

  /** The distribution of the average that settles at this second, valid until the next call; `null` before a volatility. */
  averageAt(closeSecond: number): SettlementAverage | null {
    if (this.#averageCloses === closeSecond) return this.#average;
    if (Number.isNaN(this.#value) || this.#sigma === null) return null;
    this.seen(closeSecond, this.#seen);
    this.#average.prepare(this.#value, this.#sigma, closeSecond - this.second, this.#seen.sum, this.#seen.count);
    this.#averageCloses = closeSecond;
    return this.#average;
  }

  reading(at: Micros): IndexReading | null {
    if (Number.isNaN(this.#value)) return null;
    if (this.#reading?.at === at) return this.#reading;
    const lag = Math.max(0, this.#arrivedAt - this.#sourceTime);
    return this.#reading = new Reading(at, this.#value, this.age(at), lag, this.#sigma, this.ring, this.second);
  }
}

class Reading implements IndexReading {
  readonly #ring: SecondRing;
  readonly #second: number;

  constructor(
    readonly at: Micros,
    readonly value: number,
    readonly age: number,
    readonly lag: number,
    readonly volatility: number | null,
    ring: SecondRing,
    second: number,
  ) {
    this.#ring = ring;
    this.#second = second;
  }

  move(seconds: number): number | null {
    const before = this.#ring.valueAt(this.#second - Math.round(seconds));
    return before === null ? null : (this.value / before - 1) * 10_000;
  }
}
