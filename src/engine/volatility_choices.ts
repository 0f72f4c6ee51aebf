/**
 * Which volatility forecaster is believed for each asset. The choice is made beside the engine (models/volatility_selection.ts)
 * and comes back as an input; whether markets are priced with it is a setting.
 *
 * | volatility_forecast | what becomes of it |
 * | --- | --- |
 * | the first one of an asset | kept |
 * | another forecaster than before | kept, and written down |
 * | not to be believed: no volatility, horizons out of order, too long | refused with a word in the log |
 * | older than three minutes | shown, and not used |
 * @module
 */

import type { VolatilityAhead, VolatilityForecastInput } from "../core/input.ts";
import { type Micros, MICROS_PER_MINUTE } from "../core/units.ts";
import { HORIZON_SECONDS_MAX, SIGMA_MAX, SIGMA_MIN } from "../models/volatility_forecaster.ts";
import type { Step } from "./step.ts";

/** CF Benchmarks publishes 21. */
const ASSETS_MAX = 32;
const HORIZONS_MAX = 16;
/** As many candidates as a selection takes. */
const SCORES_MAX = 32;
/** It is made once a minute: after this, two were lost. */
const FRESH_FOR = 3 * MICROS_PER_MINUTE;

/** Whether markets may be priced with it at a moment. */
export const isUsable = ({ forecasts, at }: VolatilityForecastInput, now: Micros): boolean =>
  forecasts.length > 0 && now - at < FRESH_FOR;

/** The volatility over the next `seconds`: between two horizons their variances are mixed, outside the nearest one holds. */
export function volatilityOver(forecasts: readonly VolatilityAhead[], seconds: number): number {
  let before = forecasts[0];
  for (const after of forecasts) {
    if (after.horizon < seconds) {
      before = after;
      continue;
    }
    if (before === after) return after.volatility;
    const share = (seconds - before.horizon) / (after.horizon - before.horizon);
    return Math.sqrt((1 - share) * before.volatility ** 2 + share * after.volatility ** 2);
  }
  return before.volatility;
}

export class VolatilityChoices {
  readonly #step: Step;
  readonly #byAsset = new Map<string, VolatilityForecastInput>();

  constructor(step: Step) {
    this.#step = step;
  }

  /** The newest word on each asset. */
  get byAsset(): ReadonlyMap<string, VolatilityForecastInput> {
    return this.#byAsset;
  }

  /** Takes one in. False where it was refused. */
  take(input: VolatilityForecastInput): boolean {
    const { asset, chosen, why } = input;
    const before = this.#byAsset.get(asset);
    const refused = before === undefined && this.#byAsset.size >= ASSETS_MAX
      ? `${ASSETS_MAX} assets are followed already`
      : refusalOf(input);
    if (refused !== null) {
      this.#step.log("warn", `Volatility forecast of ${asset} refused: ${refused}`);
      return false;
    }
    this.#byAsset.set(asset, input);
    if (before === undefined || before.chosen === chosen) return true;
    const text = `${asset}: from ${before.chosen} to ${chosen}. ${why}`;
    this.#step.log("info", `Volatility ${text}`);
    this.#step.audit("volatility_choice", null, text);
    return true;
  }
}

/** Why a forecast cannot be believed; `null` where it can. */
function refusalOf({ chosen, forecasts, scores }: VolatilityForecastInput): string | null {
  if (forecasts.length > HORIZONS_MAX || scores.length > SCORES_MAX) {
    return `${forecasts.length} horizons and ${scores.length} candidates, allowed are ${HORIZONS_MAX} and ${SCORES_MAX}`;
  }
  if (!scores.some(({ name }) => name === chosen)) return `${chosen} is none of its candidates`;
  let last = 0;
  for (const { horizon, volatility } of forecasts) {
    if (!(horizon > last && horizon <= HORIZON_SECONDS_MAX)) {
      return `a horizon of ${horizon} s after one of ${last} s, allowed is a rising one up to ${HORIZON_SECONDS_MAX} s`;
    }
    if (!(volatility >= SIGMA_MIN && volatility <= SIGMA_MAX)) {
      return `volatility ${volatility} over ${horizon} s, allowed is ${SIGMA_MIN} to ${SIGMA_MAX}`;
    }
    last = horizon;
  }
  return null;
}
