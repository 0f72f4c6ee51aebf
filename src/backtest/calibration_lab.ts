/**
 * One index as the calibration follows it: every volatility forecaster side by side, and for each of them the probability
 * that it gives to a market, with and without what settled markets taught about the index' basis.
 * @module
 */

import { SecondRing } from "../core/ring.ts";
import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { withBasisDoubt } from "../models/basis_doubt.ts";
import { SettlementAverage, type SettlementRule } from "../models/settlement_average.ts";
import { forecastCandidates } from "../models/volatility_candidates.ts";
import type { VolatilityForecaster } from "../models/volatility_forecaster.ts";
import { ForecastSelection, type SelectionExplanation } from "../models/volatility_selection.ts";
import { BasisLearner, type SettledBasis } from "./calibration_basis.ts";

export interface LabSettings {
  /** As the engine's own. */
  readonly halfLifeSeconds: number;
  readonly returnsMin: number;
  /** Standard deviation of a basis that nothing is known of, as a share of the price. */
  readonly assumedBasis: number;
}

/** The probability of YES by one forecaster. */
export interface ModelProbability {
  readonly model: string;
  readonly basis: boolean;
  /** `null` while the forecaster knows too little. */
  readonly probability: number | null;
}

const RING_SECONDS = 300;
/** The index must have been heard for so many of so many seconds before a moment: a gap is the recording's, not the model's. */
const WARM_SECONDS = 120;
const HEARD_MIN = 100;
/** And the last of them no longer ago than this, as for the engine. */
const AGE_MAX = 3;
const NO_BASIS = { mean: 0, sd: 0 };

export class IndexLab {
  readonly #settings: LabSettings;
  readonly #hasBasis: boolean;
  readonly #ring = new SecondRing(RING_SECONDS);
  readonly #forecasters: readonly VolatilityForecaster[];
  readonly #selection: ForecastSelection;
  readonly #average = new SettlementAverage();
  #basis: BasisLearner | null = null;
  #settledSecond = NaN;

  /** @param hasBasis false of the official index: what it says is what settles */
  constructor(settings: LabSettings, hasBasis: boolean) {
    this.#settings = settings;
    this.#hasBasis = hasBasis;
    this.#forecasters = forecastCandidates(settings.halfLifeSeconds, { returnsMin: settings.returnsMin });
    this.#selection = new ForecastSelection(this.#forecasters);
  }

  /** Takes the value of one second. */
  push(second: number, value: number): void {
    if (this.#selection.push(second, value) !== null) return;
    this.#ring.push(second, value);
    if (this.#hasBasis) this.#basis ??= new BasisLearner(this.#settings.assumedBasis * value);
  }

  /** A market that closed at this second has settled on this number. */
  settled(closeSecond: number, settlementNumber: number): void {
    // The strikes of one event settle on one number.
    if (closeSecond === this.#settledSecond) return;
    this.#settledSecond = closeSecond;
    const average = this.#ring.meanOf(closeSecond - SETTLEMENT_SECONDS + 1, closeSecond);
    this.#basis?.settled(closeSecond, average, settlementNumber);
  }

  /** As of the newest second. */
  get basis(): SettledBasis | null {
    const newest = this.#ring.newestSecond;
    return newest === null ? null : this.#basis?.basisAt(newest) ?? null;
  }

  explain(): SelectionExplanation {
    return this.#selection.explain();
  }

  /** Whether the index was heard well enough up to this moment, in seconds. */
  isWarm(moment: number): boolean {
    const newest = this.#ring.newestSecond;
    if (newest === null || moment - newest > AGE_MAX) return false;
    return this.#ring.meanOf(newest - WARM_SECONDS + 1, newest).count >= HEARD_MIN;
  }

  /** What every forecaster gives to a market that closes at this second, from what was heard so far. */
  probabilities(rule: SettlementRule, closeSecond: number): ModelProbability[] {
    const newest = this.#ring.newestSecond;
    if (newest === null) return [];
    const left = closeSecond - newest;
    const found: ModelProbability[] = [];
    const told: (readonly [model: string, sigma: number | null])[] = [
      ...this.#forecasters.map((each) => [each.name, each.forecast(left)] as const),
      ["selected", this.#selection.forecast(left)],
    ];
    for (const [model, sigma] of told) {
      for (const basis of this.#hasBasis ? [false, true] : [false]) {
        const probability = sigma === null ? null : this.#probability(rule, closeSecond, left, sigma, basis);
        found.push({ model, basis, probability });
      }
    }
    return found;
  }

  #probability(rule: SettlementRule, closeSecond: number, left: number, sigma: number, basis: boolean): number | null {
    const value = this.#ring.newestValue;
    if (value === null) return null;
    const { mean, sd } = (basis ? this.basis : null) ?? NO_BASIS;
    // Seconds lost on the way count at the mean of those seen.
    const first = closeSecond - SETTLEMENT_SECONDS + 1;
    const through = closeSecond - left;
    const seen = through < first ? null : this.#ring.meanOf(first, through).mean;
    const seenCount = seen === null ? 0 : through - first + 1;
    const seenSum = seen === null ? 0 : (seen - mean) * seenCount;
    const spot = value - mean;
    const doubted = withBasisDoubt(sigma, sd / value, left);
    return this.#average.prepare(spot, doubted, left, seenSum, seenCount).probabilityOfYes(rule);
  }
}
