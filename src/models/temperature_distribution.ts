/**
 * Probabilities of a day's highest or lowest temperature, degree by degree: it is settled in whole degrees Fahrenheit
 * (KALSHI.md 9).
 * @module
 */

import { outcome } from "../core/settlement.ts";
import type { SettlementRule } from "./settlement_interval.ts";

/** Temperatures that stations report lie well within. */
export const LOWEST_F = -80;
export const HIGHEST_F = 140;
const DEGREES = HIGHEST_F - LOWEST_F + 1;

/** A distribution over whole degrees from {@link LOWEST_F} to {@link HIGHEST_F}; its probabilities sum to one. */
export class TemperatureDistribution {
  readonly #probabilities: Float64Array;

  /**
   * @param below P(the temperature before rounding is below a boundary); never falls as the boundary rises. It is asked
   * at the halves between degrees; what lies beyond the range is counted at its ends.
   */
  constructor(below: (boundaryF: number) => number) {
    this.#probabilities = new Float64Array(DEGREES);
    let before = 0;
    for (let at = 0; at < DEGREES; at++) {
      const reached = at === DEGREES - 1 ? 1 : Math.max(before, Math.min(1, below(LOWEST_F + at + 0.5)));
      this.#probabilities[at] = reached - before;
      before = reached;
    }
  }

  /** The temperature is known. */
  static certain(degrees: number): TemperatureDistribution {
    return new TemperatureDistribution((boundaryF) => boundaryF > degrees ? 1 : 0);
  }

  /** P(the reported temperature is this whole degree). */
  of(degrees: number): number {
    return this.#probabilities[degrees - LOWEST_F] ?? 0;
  }

  /** P(the reported temperature is at most this). */
  atMost(degrees: number): number {
    let sum = 0;
    for (let at = 0; at < DEGREES && LOWEST_F + at <= degrees; at++) sum += this.#probabilities[at];
    return Math.min(1, sum);
  }

  /** The mean of the reported temperature. */
  get mean(): number {
    return this.#probabilities.reduce((sum, probability, at) => sum + probability * (LOWEST_F + at), 0);
  }

  /** Its standard deviation. */
  get deviation(): number {
    const mean = this.mean;
    const square = (degrees: number): number => (degrees - mean) * (degrees - mean);
    return Math.sqrt(
      this.#probabilities.reduce((sum, probability, at) => sum + probability * square(LOWEST_F + at), 0),
    );
  }

  /**
   * Probability that a market settles YES; `null` where its rule says nothing about a number yet. Probabilities of markets
   * that cover every degree once sum to one.
   */
  probabilityOfYes({ strikeType, floorStrike, capStrike }: SettlementRule): number | null {
    if (strikeType === null) return null;
    let sum = 0;
    for (let at = 0; at < DEGREES; at++) {
      const settled = outcome(strikeType, LOWEST_F + at, floorStrike, capStrike);
      if (settled === null) return null;
      if (settled === "yes") sum += this.#probabilities[at];
    }
    return Math.min(1, sum);
  }
}
