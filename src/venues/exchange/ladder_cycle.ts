/**
 * The hourly ladders (KALSHI.md 8.3, 8.4): for every hour an event of thresholds, and one of ranges between two tails.
 *
 * Kalshi lists 188 strikes some 34 hours ahead. Here it is two hours and 61 strikes around the index, which is what can
 * be reached in that time.
 * @module
 */

import { hourlyTicker } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_MINUTE, MICROS_PER_SECOND } from "../../core/units.ts";
import { ListedMarket, type MarketTerms } from "./listed_market.ts";
import { indexSettlement } from "./index_settlement.ts";
import type { IndexCycleParts } from "./market_cycle.ts";
import { MarketEnding } from "./market_ending.ts";
import type { CryptoSeries } from "./series.ts";
import { RANK } from "./timeline.ts";

const HOUR = 60 * MICROS_PER_MINUTE;
const HOURS_AHEAD = 2;
/** Strikes on each side of the middle one. */
const STRIKES_ASIDE = 30;
const SPACING = 100;
/** Events kept per series once they are settled: a day's worth. */
const SETTLED_EVENTS_MAX = 24;

type Strikes = Pick<MarketTerms, "strikeType" | "floorStrike" | "capStrike"> & {
  readonly letter: "T" | "B";
  readonly value: number;
};

/** The ladder of one event around this price, dearest strike first, as Kalshi lists them. */
export function ladderStrikes(shape: CryptoSeries["shape"], spot: number): readonly Strikes[] {
  const middle = Math.round(spot / SPACING) * SPACING;
  const lowest = middle - STRIKES_ASIDE * SPACING;
  const highest = middle + STRIKES_ASIDE * SPACING;
  const below = (value: number) => Number((value - 0.01).toFixed(2));
  const above = (floor: number): Strikes => {
    const value = below(floor);
    return { letter: "T", value, strikeType: "greater", floorStrike: value, capStrike: null };
  };
  const strikes: Strikes[] = [];
  if (shape === "above") {
    for (let strike = highest; strike >= lowest; strike -= SPACING) strikes.push(above(strike));
    return strikes;
  }
  strikes.push(above(highest));
  for (let floor = highest - SPACING; floor >= lowest; floor -= SPACING) {
    const cap = below(floor + SPACING);
    strikes.push({
      letter: "B",
      value: floor + SPACING / 2,
      strikeType: "between",
      floorStrike: floor,
      capStrike: cap,
    });
  }
  strikes.push({ letter: "T", value: lowest, strikeType: "less", floorStrike: null, capStrike: lowest });
  return strikes;
}

type Rung = ListedMarket<CryptoSeries>;

export class LadderCycle {
  readonly #parts: IndexCycleParts;
  readonly #series: readonly CryptoSeries[];
  readonly #ending: MarketEnding;
  /** Events of each series, oldest first. */
  readonly #events = new Map<CryptoSeries, Rung[][]>();

  constructor(parts: IndexCycleParts, series: readonly CryptoSeries[]) {
    this.#parts = parts;
    this.#series = series;
    this.#ending = new MarketEnding(parts);
  }

  /** The markets of this series that trade now. */
  active(series: CryptoSeries): readonly Rung[] {
    return this.#events.get(series)?.find((markets) => markets.at(0)?.status === "active") ?? [];
  }

  begin(at: Micros): void {
    const open = micros(Math.floor(at / HOUR) * HOUR);
    for (const series of this.#series) {
      this.#events.set(series, []);
      for (let k = 0; k <= HOURS_AHEAD; k++) {
        const markets = this.#list(series, micros(open + k * HOUR), at);
        if (k === 0) { for (const market of markets) market.status = "active"; }
      }
    }
    this.#parts.timeline.schedule(micros(open + HOUR), RANK.cycle, (boundary) => this.#roll(boundary));
  }

  #list(series: CryptoSeries, openTime: Micros, at: Micros): readonly Rung[] {
    const closeTime = micros(openTime + HOUR);
    const spot = this.#parts.index.value(series.index, Math.floor(at / MICROS_PER_SECOND));
    const createdAt = micros(Math.min(at, openTime - HOURS_AHEAD * HOUR));
    const markets = ladderStrikes(series.shape, spot).map(({ letter, value, ...strike }) => {
      const { event, market: ticker } = hourlyTicker(series.ticker, closeTime, { letter, value });
      const terms = { series, ticker, event, openTime, closeTime, ...strike };
      return new ListedMarket(terms, createdAt, this.#parts.random.uuid());
    });
    for (const market of markets) this.#parts.markets.set(market.ticker, market);
    this.#events.get(series)?.push(markets);
    return markets;
  }

  #roll(boundary: Micros): void {
    for (const series of this.#series) {
      for (const market of this.active(series)) {
        this.#ending.close(market, boundary, indexSettlement(this.#parts.index, market));
      }
      const events = this.#events.get(series) ?? [];
      const opening = events.find(([market]) => market.openTime === boundary) ?? [];
      for (const market of opening) market.status = "active";
      const listed = this.#list(series, micros(boundary + HOURS_AHEAD * HOUR), boundary);
      this.#parts.emit({ type: "event_created", market: listed[0], at: boundary });
      for (const market of listed) this.#parts.emit({ type: "lifecycle", kind: "created", market, at: boundary });
      while (events.length > SETTLED_EVENTS_MAX + HOURS_AHEAD + 1 && events[0][0].status === "finalized") {
        for (const market of events.shift() ?? []) this.#parts.markets.delete(market.ticker);
      }
    }
    this.#parts.timeline.schedule(micros(boundary + HOUR), RANK.cycle, (next) => this.#roll(next));
  }
}
