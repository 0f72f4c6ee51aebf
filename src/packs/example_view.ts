/**
 * A made-up market for trying a pack: two minutes to go, and an ask below what the model believes.
 * @module
 */

import { Book } from "../core/book.ts";
import type { Level } from "../core/input.ts";
import type { Market } from "../core/market.ts";
import { NAMED_PRICE_RANGES, PriceGrid } from "../core/price_grid.ts";
import { count, micros, MICROS_PER_SECOND, money, price } from "../core/units.ts";
import type { IndexReading, StrategyView } from "../strategies/view.ts";

/** 2026-11-20 12:13:00 UTC, 120 seconds before the market closes. */
const AT = micros(1_795_176_780 * MICROS_PER_SECOND);

/** A market of a series at a moment of a calm day. */
export function exampleView(series: string): StrategyView {
  const market: Market = {
    ticker: `${series}-26NOV200715-15`,
    event: `${series}-26NOV200715`,
    series,
    status: "active",
    openTime: micros(AT - 780 * MICROS_PER_SECOND),
    closeTime: micros(AT + 120 * MICROS_PER_SECOND),
    strikeType: "greater_or_equal",
    floorStrike: 84_000,
    capStrike: null,
    roundDigits: 2,
    priceRanges: NAMED_PRICE_RANGES.deci_cent,
    shard: 2,
    fees: { type: "quadratic", multiplierMillionths: 1_000_000 },
    result: "",
    expirationValue: null,
    settlementValue: null,
  };
  const grid = PriceGrid.from(market.priceRanges);
  if (!(grid instanceof PriceGrid)) throw new Error(grid.error);
  const book = new Book();
  book.replace(ladder(5_700), ladder(4_100), AT);
  return {
    at: AT,
    market,
    grid,
    book,
    quotedAt: micros(AT - 2 * MICROS_PER_SECOND),
    index: INDEX,
    spot: { vwap: 84_012, last: 84_013, exchanges: 5, age: 200_000, latency: 50_000 },
    probability: 0.66,
    secondsToClose: 120,
    position: count(0),
    ownPosition: count(0),
    restingBid: null,
    restingAsk: null,
    restingBidLeft: count(0),
    restingAskLeft: count(0),
    rivalBid: book.bid,
    rivalAsk: book.ask,
    event: { strikeBelow: null, lastOrderAt: micros(0), held: false },
    nav: money(10_000_000_000),
    recovering: false,
    headroom: money(500_000_000),
    orders: [],
    unheard: count(0),
    flow: null,
    peer: null,
    climate: null,
    fedFunds: null,
    lastOrderAt: micros(0),
  };
}

/** Ten levels a cent apart from the best price down, each of more contracts. */
const ladder = (best: number): Level[] =>
  Array.from({ length: 10 }, (_, k) => [price(best - 100 * k), count(10_000 + 2_500 * k)]);

const INDEX: IndexReading = {
  value: 84_012.34,
  age: 300_000,
  lag: 20_000,
  volatility: 5e-5,
  source: "official",
  basisSd: 0,
  move: (seconds) => seconds / 60,
};
