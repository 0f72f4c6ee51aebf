/**
 * What a simulated trader sees and makes of it: the index late, volatility misjudged, a belief about the contract.
 * @module
 */

import { type Micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { probability } from "./fair_value.ts";
import type { TradingFloor } from "./floor.ts";
import type { IndexProcess } from "./index_process.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { Random } from "./random.ts";
import type { Series } from "./series.ts";
import type { Timeline } from "./timeline.ts";

const AVERAGED_SECONDS = 60;

/** What every simulated trader is given. */
export interface TraderParts {
  readonly timeline: Timeline;
  readonly index: IndexProcess;
  readonly floor: TradingFloor;
  readonly active: (series: Series) => ListedMarket | null;
  readonly seed: number;
}

/** What a trader sees: how late, and how it misjudges volatility. */
export interface Sight {
  readonly latencySeconds: number;
  readonly knowsAverage: boolean;
  /** Long-run factor on the true volatility. */
  readonly volatilityFactor: number;
  /** How far the factor wanders, in log units. */
  readonly volatilityNoise: number;
}

/** A trader's eyes: the index as late as it sees it, and its own idea of volatility. */
export class Eyes {
  readonly #parts: TraderParts;
  readonly #sight: Sight;
  readonly #random: Random;
  #noise: number;

  constructor(parts: TraderParts, sight: Sight, random: Random) {
    this.#parts = parts;
    this.#sight = sight;
    this.#random = random;
    this.#noise = sight.volatilityNoise * random.normal();
  }

  /** The second whose index value this trader is looking at. */
  second(at: Micros): number {
    return Math.floor(at / MICROS_PER_SECOND - this.#sight.latencySeconds);
  }

  /** Probability of YES, and by how much of it a standard move of the index over this trader's delay would shift it. */
  judge(market: ListedMarket, strike: number, at: Micros): { readonly fair: number; readonly risk: number } {
    const { index } = this.#parts;
    const id = market.series.index;
    const second = this.second(at);
    const close = market.closeTime / MICROS_PER_SECOND;
    const spot = index.value(id, second);
    const seen = index.sum(id, close - AVERAGED_SECONDS + 1, Math.min(second, close));
    this.#noise = 0.995 * this.#noise + 0.1 * this.#sight.volatilityNoise * this.#random.normal();
    const sigma = index.volatility(id) * this.#sight.volatilityFactor * Math.exp(this.#noise);
    const belief = {
      spot,
      strike,
      sigma,
      secondsLeft: Math.max(0, close - at / MICROS_PER_SECOND),
      seenSum: seen.sum,
      seenCount: Math.min(seen.count, AVERAGED_SECONDS - 1),
      knowsAverage: this.#sight.knowsAverage,
    };
    const fair = probability(belief);
    const move = sigma * spot * Math.sqrt(this.#sight.latencySeconds);
    const shifted = probability({ ...belief, spot: spot + move });
    return { fair, risk: Math.abs(shifted - fair) };
  }
}
