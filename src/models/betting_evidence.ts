/**
 * How much evidence there is that numbers which should be 0 on average are above it, to be looked at after every one: the
 * wealth of a gambler who begins with 1 and stakes a part of it on each number before he sees it,
 *
 *     wealth = product of (1 + stake x number),    0 <= stake x bound <= 9/10
 *
 * While each number's mean, given all before it, is 0 or below, wealth does not grow on average, so that it ever reaches W
 * with a probability of at most 1 / W, whenever one looks (J. Ville, 1939; I. Waudby-Smith & A. Ramdas, "Estimating means of
 * bounded random variables by betting", J. Royal Statistical Society B 86, 2024). The stake is their approximate Kelly bet,
 * mean / (variance + mean^2) of the numbers so far.
 * @module
 */

import { logarithm } from "./elementary.ts";
import { FadingMean } from "./fading_mean.ts";

/** Of what the bound would allow: one number takes nine tenths of the wealth at most. */
const STAKE_MAX = 0.9;

export interface BettingSettings {
  /** Numbers to be seen before the first stake. */
  readonly begin: number;
  /** What one number leaves of the weight of those before it when a stake is chosen. */
  readonly decay: number;
}

export class BettingEvidence {
  readonly #settings: BettingSettings;
  readonly #seen = new FadingMean();
  #logWealth = 0;
  #logMost = 0;

  constructor(settings: BettingSettings) {
    this.#settings = settings;
  }

  /** Natural logarithm of the wealth now. */
  get logWealth(): number {
    return this.#logWealth;
  }

  /** And of the most that it ever was, which is what proves something. */
  get logMost(): number {
    return this.#logMost;
  }

  /**
   * Takes the next number.
   *
   * @param bound what it is known not to lie below, before it is seen: -bound
   */
  add(value: number, bound: number): void {
    if (!(value >= -bound && bound < Infinity)) {
      throw new RangeError(`A number of the evidence must be from -${bound}, found ${value}`);
    }
    this.#logWealth += logarithm(1 + this.#stake(bound) * value);
    this.#logMost = Math.max(this.#logMost, this.#logWealth);
    this.#seen.add(value, this.#settings.decay);
  }

  #stake(bound: number): number {
    const { mean, variance, count } = this.#seen;
    if (count < this.#settings.begin || mean === null || variance === null || mean <= 0 || bound <= 0) return 0;
    return Math.min(mean / (variance + mean * mean), STAKE_MAX / bound);
  }

  /** Everything so far counts for nothing, but for the choice of stakes. */
  restart(): void {
    this.#logWealth = 0;
    this.#logMost = 0;
  }
}
