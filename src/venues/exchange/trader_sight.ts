/**
 * What a simulated trader sees and makes of it: the index late, volatility misjudged, a belief about the contract.
 * @module
 */

import { type Micros, micros, MICROS_PER_SECOND } from "../../core/units.ts";
import { type Belief, probability } from "./fair_value.ts";
import type { TradingFloor } from "./floor.ts";
import type { IndexProcess } from "./index_process.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { Random } from "./random.ts";
import type { CryptoSeries } from "./series.ts";
import type { Timeline } from "./timeline.ts";

const AVERAGED_SECONDS = 60;

/** What every simulated trader is given. */
export interface ActorParts {
  readonly timeline: Timeline;
  readonly floor: TradingFloor;
  /** False while the exchange pauses. */
  readonly isOpen: (at: Micros) => boolean;
  readonly seed: number;
}

/** What the traders of quarter-hour markets are given. */
export interface TraderParts extends ActorParts {
  readonly index: IndexProcess;
  /** The quarter-hour market that trades now. */
  readonly active: (series: CryptoSeries) => ListedMarket<CryptoSeries> | null;
}

/** What a trader sees: how late, and how it misjudges volatility. */
export interface Sight {
  readonly latencySeconds: number;
  /** Sees the index between its seconds too, as one does who watches the constituent exchanges. */
  readonly continuous: boolean;
  readonly knowsAverage: boolean;
  /** Long-run factor on the true volatility. */
  readonly volatilityFactor: number;
  /** How far the factor wanders, in log units. */
  readonly volatilityNoise: number;
}

/** A trader's eyes: the index as late as it sees it, and its own idea of volatility. */
export class Eyes {
  readonly #index: IndexProcess;
  readonly #sight: Sight;
  readonly #random: Random;
  #noise: number;

  constructor(index: IndexProcess, sight: Sight, random: Random) {
    this.#index = index;
    this.#sight = sight;
    this.#random = random;
    this.#noise = sight.volatilityNoise * random.normal();
  }

  /** Probability of YES, and by how much of it a standard move of the index over this trader's delay would shift it. */
  judge(market: ListedMarket<CryptoSeries>, at: Micros): { readonly fair: number; readonly risk: number } {
    const index = this.#index;
    const { latencySeconds, continuous, volatilityFactor, volatilityNoise, knowsAverage } = this.#sight;
    const id = market.series.index;
    const seenAt = micros(at - Math.round(latencySeconds * MICROS_PER_SECOND));
    const second = Math.floor(seenAt / MICROS_PER_SECOND);
    const close = market.closeTime / MICROS_PER_SECOND;
    const spot = continuous ? index.priceAt(id, seenAt) : index.value(id, second);
    const seen = index.sum(id, close - AVERAGED_SECONDS + 1, Math.min(second, close));
    this.#noise = 0.995 * this.#noise + 0.1 * volatilityNoise * this.#random.normal();
    const sigma = index.volatility(id) * volatilityFactor * Math.exp(this.#noise);
    const belief = {
      spot,
      sigma,
      secondsLeft: Math.max(0, close - at / MICROS_PER_SECOND),
      seenSum: seen.sum,
      seenCount: Math.min(seen.count, AVERAGED_SECONDS - 1),
      knowsAverage,
    };
    const fair = worth(market, belief);
    const move = sigma * spot * Math.sqrt(latencySeconds);
    const shifted = worth(market, { ...belief, spot: spot + move });
    return { fair, risk: Math.abs(shifted - fair) };
  }
}

/** Probability that a market pays, whatever its kind of strike. */
function worth(market: ListedMarket, belief: Omit<Belief, "strike">): number {
  const above = (strike: number | null) => (strike === null ? 0 : probability({ ...belief, strike }));
  const { strikeType, capStrike } = market.terms;
  if (strikeType === "less") return 1 - above(capStrike);
  const floor = above(market.floorStrike);
  return strikeType === "between" ? Math.max(0, floor - above(capStrike)) : floor;
}
