/**
 * A Kalshi market as the engine knows it: what KALSHI.md 3.8 calls a market, in core units.
 * @module
 */

import type { Micros, Money, Price } from "./units.ts";

/** A contiguous part of a price grid: prices `start + k x step` up to `end` (both included). */
export interface PriceRange {
  readonly start: Price;
  readonly end: Price;
  readonly step: Price;
}

/** The exchange's own words for where a market is in its life (KALSHI.md 3.8). */
export type MarketStatus =
  | "initialized"
  | "inactive"
  | "active"
  | "closed"
  | "determined"
  | "disputed"
  | "amended"
  | "finalized";

/** How the settlement number is compared with the strike. */
export type StrikeType =
  | "greater"
  | "greater_or_equal"
  | "less"
  | "less_or_equal"
  | "between"
  | "functional"
  | "custom"
  | "structured";

export type FeeType =
  | "quadratic"
  | "quadratic_with_maker_fees"
  | "quadratic_with_combo_maker_fees"
  | "flat";

/** What a series charges. The multiplier is in millionths (1_000_000 = 1), so that no float touches a fee. */
export interface FeeSchedule {
  readonly type: FeeType;
  readonly multiplierMillionths: number;
}

export type MarketResult = "" | "yes" | "no" | "scalar";

export interface Market {
  readonly ticker: string;
  readonly event: string;
  readonly series: string;
  readonly status: MarketStatus;
  readonly openTime: Micros;
  readonly closeTime: Micros;
  /** `null` until the exchange names it: a 15-minute market's strike appears only after it opened. */
  readonly strikeType: StrikeType | null;
  /** Dollars of the underlying, a float because it is compared with an index and is not money. */
  readonly floorStrike: number | null;
  readonly capStrike: number | null;
  /** Decimals that the settlement number is rounded to (`custom_strike.round_digits`; 2 where silent). */
  readonly roundDigits: number;
  readonly priceRanges: readonly PriceRange[];
  /** `exchange_index`: where the market's orders and collateral live. */
  readonly shard: number;
  readonly fees: FeeSchedule;
  readonly result: MarketResult;
  /** The settlement number as the exchange printed it, `null` before. */
  readonly expirationValue: number | null;
  /** What one YES contract paid, `null` before settlement. */
  readonly settlementValue: Money | null;
  /**
   * At most one of the markets of its event that say so pays YES (`mutually_exclusive` of the event, KALSHI.md 3.7). Absent
   * where the exchange says otherwise, or nothing yet.
   */
  readonly exclusive?: true;
  /** Most that one member may have at risk in it, where the exchange states that; absent: it states nothing. */
  readonly positionLimit?: Money;
}
