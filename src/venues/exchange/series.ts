/**
 * The series that the simulated exchange lists (KALSHI.md 8 to 10): the quarter-hourly ones always, others where it is
 * told to.
 * @module
 */

import { type ClimateSeries as ClimateQuestion, climateSeries } from "../../core/climate_event.ts";
import { CLIMATE_STATIONS } from "../../core/climate_station.ts";
import type { FeeSchedule } from "../../core/market.ts";
import type { IndexId } from "./index_process.ts";

interface SeriesCommon {
  readonly ticker: string;
  readonly title: string;
  /** The price grid that its markets open with, by name (KALSHI.md 3.8). */
  readonly structure: string;
  readonly settlementTimerSeconds: number;
}

/** Settles on the average of an index. */
export interface CryptoSeries extends SeriesCommon {
  readonly kind: "crypto";
  /** The coin as rules and tags write it. */
  readonly coin: string;
  readonly index: IndexId;
  readonly indexName: string;
  /** What its markets ask of the settlement number. */
  readonly shape: "up_down" | "above" | "range";
  /** What `frequency` says. */
  readonly frequency: "fifteen_min" | "hourly";
}

/** Settles on a day's climate report. */
export interface ClimateSeries extends SeriesCommon, ClimateQuestion {
  readonly kind: "climate";
  readonly frequency: "daily";
}

/** Settles on what the Federal Open Market Committee decides. */
export interface RatesSeries extends SeriesCommon {
  readonly kind: "rates";
  /** Thresholds for the upper bound of the target range, or one market for each decision. */
  readonly shape: "upper_bound" | "decision";
  readonly frequency: "custom";
}

export type Series = CryptoSeries | ClimateSeries | RatesSeries;

/** Where markets and their collateral live unless something else is said (KALSHI.md 3.15). */
export const DEFAULT_SHARD = 0;
/** Where crypto markets and their collateral live. */
export const CRYPTO_SHARD = 2;
/** The shards that exist, with their descriptions. */
export const SHARDS: readonly (readonly [number, string])[] = [
  [DEFAULT_SHARD, "default"],
  [1, "combos"],
  [CRYPTO_SHARD, "crypto and commodities"],
  [3, "tennis, baseball and basketball"],
];

export const shardOf = ({ kind }: Series): number => kind === "crypto" ? CRYPTO_SHARD : DEFAULT_SHARD;

/** Crypto and the weather pay the ordinary taker fee and no maker fee, decisions of the Fed both (KALSHI.md 7.3). */
export const feesOf = ({ kind }: Series): FeeSchedule => ({
  type: kind === "rates" ? "quadratic_with_maker_fees" : "quadratic",
  multiplierMillionths: 1_000_000,
});

const QUARTER_HOURLY = {
  kind: "crypto",
  shape: "up_down",
  frequency: "fifteen_min",
  structure: "tapered_deci_cent",
  settlementTimerSeconds: 1,
} as const;

export const LISTED_SERIES: readonly CryptoSeries[] = [
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
  kind: "crypto",
  coin: "BTC",
  index: "BRTI",
  indexName: "BRTI",
  frequency: "hourly",
  structure: "linear_cent",
  settlementTimerSeconds: 60,
} as const;

/** The hourly ladders (KALSHI.md 8.3, 8.4). */
export const LADDER_SERIES: readonly CryptoSeries[] = [
  { ticker: "KXBTCD", title: "Bitcoin price Above/below", shape: "above", ...HOURLY },
  { ticker: "KXBTC", title: "Bitcoin range", shape: "range", ...HOURLY },
];

const ON_REPORTS = { structure: "linear_cent", settlementTimerSeconds: 3_600 } as const;

/** The highest and the lowest temperature of each day in every city with a known station (KALSHI.md 9). */
export const CLIMATE_SERIES: readonly ClimateSeries[] = CLIMATE_STATIONS
  .flatMap(({ highSeries, lowSeries }) => [highSeries, lowSeries])
  .flatMap((ticker): ClimateSeries[] => {
    const about = climateSeries(ticker);
    if (about === null) return [];
    const title = `${about.extreme === "high" ? "Highest" : "Lowest"} temperature in ${about.station.city}`;
    return [{ kind: "climate", frequency: "daily", ticker, title, ...about, ...ON_REPORTS }];
  });

/** The Fed's meetings (KALSHI.md 10). */
export const RATES_SERIES: readonly RatesSeries[] = [
  { kind: "rates", frequency: "custom", ticker: "KXFED", title: "Fed funds rate", shape: "upper_bound", ...ON_REPORTS },
  {
    kind: "rates",
    frequency: "custom",
    ticker: "KXFEDDECISION",
    title: "Fed decision",
    shape: "decision",
    ...ON_REPORTS,
  },
];

/** What is listed where the exchange is told to. */
export const OPTIONAL_SERIES: readonly Series[] = [...LADDER_SERIES, ...CLIMATE_SERIES, ...RATES_SERIES];

const CATEGORIES = { crypto: "Crypto", climate: "Climate and Weather", rates: "Economics" } as const;

/** The category of its events, in the exchange's words. */
export const categoryOf = ({ kind }: Series): string => CATEGORIES[kind];

/** The tags of a series: what it is about, and its rhythm. */
export function tagsOf(series: Series): readonly string[] {
  switch (series.kind) {
    case "crypto":
      return [series.coin, series.frequency === "hourly" ? "Hourly" : "15 min"];
    case "climate":
      return [series.station.city, "Daily temperature"];
    case "rates":
      return ["Fed"];
  }
}
