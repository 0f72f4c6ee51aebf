/**
 * The series that the simulated exchange lists (KALSHI.md 8.1, 8.2).
 * @module
 */

import type { FeeSchedule } from "../../core/market.ts";
import type { IndexId } from "./index_process.ts";

/** What the markets of a series ask of the settlement number. */
export type SeriesShape = "up_down" | "above" | "range";

export interface Series {
  readonly ticker: string;
  readonly title: string;
  /** The coin as rules and tags write it. */
  readonly coin: string;
  readonly index: IndexId;
  readonly indexName: string;
  readonly shape: SeriesShape;
  /** What `frequency` says. */
  readonly frequency: "fifteen_min" | "hourly";
  /** The price grid that its markets open with, by name (KALSHI.md 3.8). */
  readonly structure: string;
  readonly settlementTimerSeconds: number;
}

/** Where crypto markets and their collateral live (KALSHI.md 3.15). */
export const CRYPTO_SHARD = 2;
/** The shards that exist, with their descriptions. */
export const SHARDS: readonly (readonly [number, string])[] = [
  [0, "default"],
  [1, "combos"],
  [2, "crypto and commodities"],
  [3, "tennis, baseball and basketball"],
];

/** Crypto pays the ordinary taker fee and no maker fee (KALSHI.md 7.3). */
export const CRYPTO_FEES: FeeSchedule = { type: "quadratic", multiplierMillionths: 1_000_000 };

const QUARTER_HOURLY = {
  shape: "up_down",
  frequency: "fifteen_min",
  structure: "tapered_deci_cent",
  settlementTimerSeconds: 1,
} as const;

export const LISTED_SERIES: readonly Series[] = [
  {
    ticker: "KXBTC15M",
    title: "Bitcoin price up down",
    coin: "BTC",
    index: "BRTI",
    indexName: "BRTI",
    ...QUARTER_HOURLY,
  },
  {
    ticker: "KXETH15M",
    title: "Ethereum price up down",
    coin: "ETH",
    index: "ETHUSD_RTI",
    indexName: "Ethereum Real-Time Index (ERTI)",
    ...QUARTER_HOURLY,
  },
];

const HOURLY = {
  coin: "BTC",
  index: "BRTI",
  indexName: "BRTI",
  frequency: "hourly",
  structure: "linear_cent",
  settlementTimerSeconds: 60,
} as const;

/** The hourly ladders (KALSHI.md 8.3, 8.4): listed where the exchange is told to. */
export const LADDER_SERIES: readonly Series[] = [
  { ticker: "KXBTCD", title: "Bitcoin price Above/below", shape: "above", ...HOURLY },
  { ticker: "KXBTC", title: "Bitcoin range", shape: "range", ...HOURLY },
];

/** The tag that tells a series' rhythm. */
export const seriesTag = (frequency: Series["frequency"]): string => (frequency === "hourly" ? "Hourly" : "15 min");
