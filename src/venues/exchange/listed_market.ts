/**
 * A market on the simulated exchange: its life, its book and what traded.
 * @module
 */

import type { MarketResult, MarketStatus } from "../../core/market.ts";
import { NAMED_PRICE_RANGES, PriceGrid } from "../../core/price_grid.ts";
import { quarterHourTicker } from "../../core/ticker.ts";
import { type Count, type Micros, micros, MICROS_PER_MINUTE, type Price } from "../../core/units.ts";
import type { PositionMarket } from "./account.ts";
import { MatchingBook } from "./matching.ts";
import type { BookOrder } from "./order.ts";
import { CRYPTO_SHARD, type Series } from "./series.ts";

/** The grid of 15-minute crypto markets (KALSHI.md 3.8). */
export const PRICE_STRUCTURE = "tapered_deci_cent";
export const PRICE_RANGES = NAMED_PRICE_RANGES[PRICE_STRUCTURE];

function requireGrid(): PriceGrid {
  const grid = PriceGrid.from(PRICE_RANGES);
  if ("error" in grid) throw new Error(grid.error);
  return grid;
}

export const GRID: PriceGrid = requireGrid();

export const WINDOW_MINUTES = 15;

/** The newest trade of a market, as its ticker and its body tell it. */
export interface LastTrade {
  readonly price: Price;
  readonly count: Count;
}

export class ListedMarket implements PositionMarket {
  readonly series: Series;
  readonly ticker: string;
  readonly event: string;
  /** The UUID that frames call `market_id`. */
  readonly id: string;
  readonly shard = CRYPTO_SHARD;
  readonly openTime: Micros;
  readonly closeTime: Micros;
  readonly createdAt: Micros;
  updatedAt: Micros;
  status: MarketStatus = "initialized";
  /** Dollars with two decimals; `null` until the exchange names it. */
  floorStrike: number | null = null;
  result: MarketResult = "";
  /** The settlement number, once determined. */
  expirationValue: number | null = null;
  settledAt: Micros | null = null;
  last: LastTrade | null = null;
  /** In 0.01 contracts. */
  volume = 0;
  openInterest = 0;
  /** Micro-dollars traded. */
  dollarVolume = 0;
  readonly book = new MatchingBook<BookOrder>();
  /** What the last ticker message said, to say nothing twice. */
  tickerSaid = "";

  constructor(series: Series, closeTime: Micros, createdAt: Micros, id: string) {
    const tickers = quarterHourTicker(series.ticker, closeTime);
    this.series = series;
    this.ticker = tickers.market;
    this.event = tickers.event;
    this.id = id;
    this.closeTime = closeTime;
    this.openTime = micros(closeTime - WINDOW_MINUTES * MICROS_PER_MINUTE);
    this.createdAt = createdAt;
    this.updatedAt = createdAt;
  }

  /** What one YES contract pays; `null` before it is known. */
  get yesValue(): Price | null {
    return this.result === "" ? null : (this.result === "yes" ? 10_000 : 0) as Price;
  }
}
