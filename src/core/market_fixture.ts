/**
 * A hand-made market for tests.
 * @module
 */

import type { FeeSchedule, Market } from "./market.ts";
import { NAMED_PRICE_RANGES } from "./price_grid.ts";
import { type Micros, micros, MICROS_PER_SECOND } from "./units.ts";

/** 2026-11-20 12:00:00 UTC, the start of a quarter hour. */
export const NOON: Micros = micros(1_795_176_000 * MICROS_PER_SECOND);
/** So many seconds after noon. */
export const after = (seconds: number): Micros => micros(NOON + Math.round(seconds * MICROS_PER_SECOND));

/** The fees of all 15-minute markets. */
export const QUADRATIC: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };

/**
 * `KXBTC15M-26NOV200715-15`, which opens at noon UTC and closes a quarter of an hour later, with prices of a tenth of a cent.
 */
export function aMarket(change: Partial<Market> = {}): Market {
  return {
    ticker: "KXBTC15M-26NOV200715-15",
    event: "KXBTC15M-26NOV200715",
    series: "KXBTC15M",
    status: "active",
    openTime: NOON,
    closeTime: after(900),
    strikeType: "greater_or_equal",
    floorStrike: 84_000,
    capStrike: null,
    roundDigits: 2,
    priceRanges: NAMED_PRICE_RANGES.deci_cent,
    shard: 2,
    fees: QUADRATIC,
    result: "",
    expirationValue: null,
    settlementValue: null,
    ...change,
  };
}
