/**
 * What other sources than the venue tell: spot exchanges, options, weather, rates, other markets, and what is worked out of
 * them beside the engine. Each is an {@link ./input.ts Input} like any other.
 * @module
 */

import type { Stamped } from "./stamped.ts";
import type { Count, Micros, Price } from "./units.ts";

/** How far one exchange's spot prices can be believed at this moment; only a `live` one counts in an index. */
export type SpotState =
  | "live"
  /** Nothing heard for too long. */
  | "stale"
  /** Too far from what the others say. */
  | "outlier"
  /** Its best bid is not below its best ask. */
  | "crossed"
  /** A side of its book is empty. */
  | "one_sided"
  /** Not connected, or its book is being fetched anew. */
  | "down";

/** What one spot exchange says of one asset: once a second, and at once where its state changes. */
export interface SpotInput extends Stamped {
  readonly type: "spot";
  /** `coinbase`, `kraken`, ... */
  readonly exchange: string;
  /** `BTC`, `ETH`, ... */
  readonly asset: string;
  readonly state: SpotState;
  readonly bid: number | null;
  readonly ask: number | null;
  /** Price of the newest trade. */
  readonly last: number | null;
  /** Volume-weighted mean price and volume of the trades in the aggregator's window; `null` and 0 without a trade. */
  readonly vwap: number | null;
  readonly volume: number;
  /** Share of the composite index, 0 to 1. */
  readonly weight: number;
  /** Since the newest message, microseconds; `null` before the first. */
  readonly age: number | null;
  /** Arrival of the newest stamped message minus its stamp, microseconds; `null` where the exchange gives no stamps. */
  readonly latency: number | null;
}

/** One finished minute of a price, from a source of history; the engine makes the minutes that it lives through itself. */
export interface MinuteInput extends Stamped {
  readonly type: "minute";
  /** `BTC`, `ETH`, ... */
  readonly asset: string;
  /** Of the minute; a whole one. */
  readonly start: Micros;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** `coinbase`, `store`, ... */
  readonly source: string;
}

/** What listed options say of an asset's volatility. */
export interface ImpliedVolatilityInput extends Stamped {
  readonly type: "implied_volatility";
  readonly asset: string;
  /** Standard deviation of the log return per square root of a second. */
  readonly volatility: number;
  /** Seconds to the expiry that it is read from; 30 days for an index such as DVOL. */
  readonly horizon: number;
  readonly source: string;
  readonly sourceTime: Micros;
}

/** How well a volatility forecaster did so far. */
export interface VolatilityScore {
  readonly name: string;
  /** Returns that it had forecast. */
  readonly n: number;
  /** Mean log density that it gave to them, newer ones weighing more; `null` before the first. */
  readonly score: number | null;
  /** The same less that of the first candidate, on the returns that both had forecast. */
  readonly advantage: number | null;
}

/** The volatility of an asset's price over a time to come: standard deviation of the log return per square root of a second. */
export interface VolatilityAhead {
  /** Seconds. */
  readonly horizon: number;
  readonly volatility: number;
}

/** Which volatility forecaster is believed for an asset, and what it says: worked out beside the engine, once a minute. */
export interface VolatilityForecastInput extends Stamped {
  readonly type: "volatility_forecast";
  readonly asset: string;
  readonly chosen: string;
  /** Since when it is believed; `null` where it is the first candidate, by default. */
  readonly since: Micros | null;
  readonly why: string;
  /** The shortest horizon first; empty while too little is known. */
  readonly forecasts: readonly VolatilityAhead[];
  /** Of every candidate. */
  readonly scores: readonly VolatilityScore[];
}

/** One temperature as a station measured it, its quality verified. */
export interface WeatherObservationInput extends Stamped {
  readonly type: "weather_observation";
  /** `KNYC`, ... */
  readonly station: string;
  readonly observedAt: Micros;
  readonly temperatureF: number;
  /** How far the truth may lie from it by rounding alone, in degrees Fahrenheit: 0.09 for a METAR, 0.9 for whole degrees C. */
  readonly roundingF: number;
}

/** An hourly temperature forecast for a station. A forecast that comes later replaces it whole. */
export interface WeatherForecastInput extends Stamped {
  readonly type: "weather_forecast";
  readonly station: string;
  readonly issuedAt: Micros;
  /** In order of time; hours may be missing. */
  readonly hours: readonly { readonly start: Micros; readonly temperatureF: number }[];
}

/** What the daily climate report of a station says: preliminary in the evening, final after midnight. */
export interface ClimateReportInput extends Stamped {
  readonly type: "climate_report";
  readonly station: string;
  /** The climate day, midnight to midnight in local standard time, as `2026-09-16`. */
  readonly day: string;
  /** Whole degrees Fahrenheit, `null` where missing. */
  readonly highF: number | null;
  readonly lowF: number | null;
  readonly final: boolean;
  readonly issuedAt: Micros;
  /** Who says so: the report itself, or who relays it. */
  readonly source: "nws" | "weather_company" | "kalshi";
}

/** Fed funds: the effective rate and the futures on its monthly averages. Percent a year. */
export interface FedFundsInput extends Stamped {
  readonly type: "fed_funds";
  /** Newest effective rate and its day, as `2026-11-19`. */
  readonly effective: { readonly day: string; readonly rate: number } | null;
  /** The target range that holds, `null` where unknown. */
  readonly target: { readonly lower: number; readonly upper: number } | null;
  /** One contract for each month, as `2026-12`; the implied average rate is 100 minus the price. */
  readonly futures: readonly { readonly month: string; readonly price: number }[];
  readonly sourceTime: Micros;
}

/** The best quotes of a market elsewhere that mirrors a Kalshi market, turned to Kalshi's YES side. */
export interface PeerQuoteInput extends Stamped {
  readonly type: "peer_quote";
  readonly venue: "polymarket";
  /** The Kalshi market. */
  readonly ticker: string;
  readonly bid: Price | null;
  readonly bidSize: Count;
  readonly ask: Price | null;
  readonly askSize: Count;
  readonly sourceTime: Micros;
}
