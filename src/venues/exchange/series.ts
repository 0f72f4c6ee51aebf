/**
 * The series that the simulated exchange lists (KALSHI.md 8.1, 8.2).
 * @module
 */

import type { FeeSchedule } from "../../core/market.ts";
import type { IndexId } from "./index_process.ts";

export interface Series {
  readonly ticker: string;
  readonly title: string;
  /** The coin as rules and tags write it. */
  readonly coin: string;
  readonly index: IndexId;
  readonly indexName: string;
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

export const LISTED_SERIES: readonly Series[] = [
  { ticker: "KXBTC15M", title: "Bitcoin price up down", coin: "BTC", index: "BRTI", indexName: "BRTI" },
  {
    ticker: "KXETH15M",
    title: "Ethereum price up down",
    coin: "ETH",
    index: "ETHUSD_RTI",
    indexName: "Ethereum Real-Time Index (ERTI)",
  },
];
