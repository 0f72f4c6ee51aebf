/**
 * What is known of the markets of a recording that does not name them in order: learnt from its rows or from a table beside
 * them, told to the engine when the first row about a market comes.
 * @module
 */

import type { Market, StrikeType } from "../../core/market.ts";
import { NAMED_PRICE_RANGES } from "../../core/price_grid.ts";
import { parseTicker, seriesOf } from "../../core/ticker.ts";
import { type Micros, micros, MICROS_PER_MINUTE } from "../../core/units.ts";
import { USUAL_FEES } from "./settlements.ts";

/** How a market ended, as recorded. */
export interface Ending {
  readonly result: "yes" | "no";
  /** The settlement number as the exchange printed it. */
  readonly expirationValue: number | null;
  /** When it was paid; `null` where the recording does not say. */
  readonly settledAt: Micros | null;
}

/**
 * For how long what was seen of a book is believed. With `event` a row about any market of the event shows that the recorder
 * still lives, and so that the others stand where they were; with `market` each speaks for itself.
 */
export interface Belief {
  readonly micros: number;
  readonly scope: "market" | "event";
}

export interface CataloguedMarket {
  readonly market: Market;
  readonly belief: Belief;
}

/** Markets that may wait for their first row. */
const MARKETS_MAX = 1_000_000;

export class Catalog {
  readonly #markets = new Map<string, CataloguedMarket>();

  has(ticker: string): boolean {
    return this.#markets.has(ticker);
  }

  get(ticker: string): CataloguedMarket | undefined {
    return this.#markets.get(ticker);
  }

  /** What was said first of a market counts. False where there is no room. */
  add(market: Market, belief: Belief): boolean {
    if (this.#markets.has(market.ticker)) return true;
    if (this.#markets.size >= MARKETS_MAX) return false;
    this.#markets.set(market.ticker, { market, belief });
    return true;
  }
}

/** What a recording knows of a market beside its ticker. */
export interface MarketFacts {
  readonly ticker: string;
  readonly openTime: Micros;
  readonly closeTime: Micros;
  readonly strikeType: StrikeType | null;
  readonly floorStrike: number | null;
  readonly capStrike: number | null;
  /** Name of a price structure (KALSHI.md 3.8). */
  readonly priceStructure: string;
  /** At most one market of the event pays. */
  readonly exclusive: boolean;
  readonly fees?: Market["fees"];
}

/** Digits of the settlement number where nothing is said (KALSHI.md 8.1). */
const ROUND_DIGITS = 2;

/** A market that trades, by what is known of it. */
export function marketOf({ ticker, priceStructure, exclusive, fees = USUAL_FEES, ...facts }: MarketFacts): Market {
  return {
    ticker,
    event: ticker.slice(0, Math.max(ticker.lastIndexOf("-"), 0)),
    series: seriesOf(ticker),
    status: "active",
    ...facts,
    roundDigits: ROUND_DIGITS,
    priceRanges: NAMED_PRICE_RANGES[priceStructure],
    shard: 0,
    fees,
    result: "",
    expirationValue: null,
    settlementValue: null,
    ...(exclusive ? { exclusive } : {}),
  };
}

const WINDOW = 15 * MICROS_PER_MINUTE;

/** A 15-minute market of which nothing but its ticker is known: its strike is not. `null` where the ticker is of another kind. */
export function quarterHourMarket(ticker: string): Market | null {
  const parsed = parseTicker(ticker);
  if (parsed === null || parsed.kind !== "quarter_hour") return null;
  const { closeTime } = parsed;
  return marketOf({
    ticker,
    openTime: micros(closeTime - WINDOW),
    closeTime,
    strikeType: "greater_or_equal",
    floorStrike: null,
    capStrike: null,
    priceStructure: "tapered_deci_cent",
    exclusive: false,
  });
}
