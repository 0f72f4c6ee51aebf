/**
 * One source of an index, as it tells it: its last minutes second by second, and its own volatility, so that going over
 * to it neither makes a return of the difference between two sources nor begins with nothing known.
 * @module
 */

import type { IndexInput } from "../core/input.ts";
import { SecondRing } from "../core/ring.ts";
import { type Micros, MICROS_PER_SECOND } from "../core/units.ts";
import { EwmaVolatility } from "../models/volatility.ts";
import { IndexBasis } from "./index_basis.ts";
import { type FailoverSettings, type IndexSource, SourceHealth } from "./index_choice.ts";
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

export class IndexCandidate {
  readonly source: IndexSource;
  readonly health: SourceHealth;
  readonly #settings: IndexSettings;
  readonly #failover: FailoverSettings;
  /** Which exchange it is now, `null` where it is no single one. */
  #exchange: string | null = null;
  #ring: SecondRing;
  #basis: IndexBasis;
  #volatility: EwmaVolatility;
  #value = NaN;
  #sourceTime = 0 as Micros;
  #arrivedAt = 0 as Micros;
  #sigma: number | null = null;

  constructor(source: IndexSource, settings: IndexSettings, failover: FailoverSettings) {
    this.source = source;
    this.health = new SourceHealth(failover);
    this.#settings = settings;
    this.#failover = failover;
    this.#ring = new SecondRing(RING_SECONDS);
    this.#basis = new IndexBasis(failover.basisWindow);
    this.#volatility = volatilityOf(settings);
  }

  /** Its seconds. */
  get ring(): SecondRing {
    return this.#ring;
  }

  /** Its distance from the official source. */
  get basis(): IndexBasis {
    return this.#basis;
  }

  get exchange(): string | null {
    return this.#exchange;
  }

  /** The newest value as it was told, NaN before the first. */
  get value(): number {
    return this.#value;
  }

  get sourceTime(): Micros {
    return this.#sourceTime;
  }

  /** The last whole second that the newest value stands for. */
  get second(): number {
    return Math.floor(this.#sourceTime / MICROS_PER_SECOND);
  }

  /** From the newest value's stamp to its arrival. */
  get lag(): number {
    return Math.max(0, this.#arrivedAt - this.#sourceTime);
  }

  get volatility(): number | null {
    return this.#sigma;
  }

  /** Since the newest value, by its stamp or by its arrival, whichever is longer ago. */
  age(at: Micros): number {
    return Math.max(at - this.#arrivedAt, at - this.#sourceTime);
  }

  /**
   * Takes one value; the reason where it is refused.
   *
   * @param told what another source that can be compared with says now, `null` where there is none
   */
  take(input: IndexInput, told: number | null): string | null {
    const { value, sourceTime, at, live } = input;
    const exchange = input.exchange ?? null;
    const refused = this.#refusalOf(input, told);
    if (refused !== null) return refused;
    if (exchange !== this.#exchange) this.#beginAnew(exchange);
    if (live !== true) {
      const second = Math.floor(sourceTime / MICROS_PER_SECOND);
      // What moved before so long a silence says too little of what moves now: it is measured anew.
      if (second - this.second > this.#settings.volatilityHalfLife) this.#volatility = volatilityOf(this.#settings);
      this.ring.push(second, value);
      this.#volatility.push(second, value);
      this.#sigma = this.#volatility.perSqrtSecond;
    }
    if (sourceTime < this.#sourceTime) return null;
    this.#value = value;
    // The same moment told again is no sign that the source goes on.
    if (sourceTime === this.#sourceTime) return null;
    this.#sourceTime = sourceTime;
    this.#arrivedAt = at;
    this.health.heard(at, sourceTime);
    return null;
  }

  /** A source is measured by its own values; where it has none of late, and where it left them, by another's. */
  #refusalOf({ value, sourceTime, at }: IndexInput, told: number | null): string | null {
    if (!(value > 0 && value < 1e12)) return `value ${value} is not a price`;
    if (sourceTime > at + 60 * MICROS_PER_SECOND) return "stamped a minute and more in the future";
    const recent = sourceTime - this.#sourceTime < JUMP_MEMORY;
    const agrees = told !== null && isNear(value, told);
    if (recent && !isNear(value, this.#value)) return agrees ? null : `jumped from ${this.#value} to ${value}`;
    return recent || told === null || agrees ? null : `${value} is far from ${told}, which another source says`;
  }

  /** Another exchange is another price: what lies between the two is neither a return nor a move. */
  #beginAnew(exchange: string | null): void {
    const first = Number.isNaN(this.#value);
    this.#exchange = exchange;
    if (first) return;
    this.#ring = new SecondRing(RING_SECONDS);
    this.#basis = new IndexBasis(this.#failover.basisWindow);
    this.#volatility = volatilityOf(this.#settings);
    this.#sigma = null;
  }
}

const isNear = (value: number, other: number): boolean => !(Math.abs(value / other - 1) > JUMP_MAX);

const volatilityOf = (settings: IndexSettings): EwmaVolatility =>
  new EwmaVolatility(settings.volatilityHalfLife, {
    returnsMin: settings.returnsMin,
    floor: VOLATILITY_FLOOR,
    longestGapSeconds: LONGEST_GAP_SECONDS,
  });
