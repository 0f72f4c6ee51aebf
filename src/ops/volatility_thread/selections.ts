/**
 * The comparison of volatility forecasters, asset by asset. It remembers what it was told, so every second is told once.
 * @module
 */

import { micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { forecastCandidates } from "../../models/volatility_candidates.ts";
import { ForecastSelection } from "../../models/volatility_selection.ts";
import type { ForecastAnswer, ForecastsAsked, ForecastSettings } from "./thread_messages.ts";

/** CF Benchmarks publishes 21. */
const ASSETS_MAX = 32;
/** Seconds to the close of most markets that are traded, and of the hourly ones. */
const HORIZONS = [60, 300, 900, 3_600] as const;

export class Selections {
  readonly #byAsset = new Map<string, ForecastSelection>();

  /** Takes the seconds in, and says what follows for each asset that any were told of. */
  answer({ settings, told }: ForecastsAsked): ForecastAnswer[] {
    return told.flatMap(({ asset, seconds, prices }) => {
      const selection = this.#selectionOf(asset, settings);
      if (selection === null) return [];
      seconds.forEach((second, k) => selection.push(second, prices[k]));
      return answerOf(asset, selection);
    });
  }

  #selectionOf(asset: string, { halfLifeSeconds, returnsMin }: ForecastSettings): ForecastSelection | null {
    let selection = this.#byAsset.get(asset);
    if (selection !== undefined) return selection;
    if (this.#byAsset.size >= ASSETS_MAX) return null;
    selection = new ForecastSelection(forecastCandidates(halfLifeSeconds, { returnsMin }));
    this.#byAsset.set(asset, selection);
    return selection;
  }
}

function answerOf(asset: string, selection: ForecastSelection): ForecastAnswer {
  const { chosen, since, why, scores } = selection.explain();
  return {
    asset,
    chosen,
    since: since === null ? null : micros(since * MICROS_PER_SECOND),
    why,
    forecasts: HORIZONS.flatMap((horizon) => {
      const volatility = selection.forecast(horizon);
      return volatility === null ? [] : { horizon, volatility };
    }),
    scores: scores.map(({ name, n, logLikelihood, advantage }) => ({ name, n, score: logLikelihood, advantage })),
  };
}
