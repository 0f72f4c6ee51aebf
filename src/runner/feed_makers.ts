/**
 * From settings to feeds: which sources a run has, and where they are. At a simulated exchange only those exist that it
 * simulates.
 * @module
 */

import type { Config } from "../config/schema.ts";
import { climateStation } from "../core/climate_station.ts";
import { assetOf } from "../core/index_parameters.ts";
import type { Market } from "../core/market.ts";
import type { PriceMinute } from "../core/price_history.ts";
import { settlementIndexOf } from "../core/ticker.ts";
import type { Micros } from "../core/units.ts";
import { CandleBackfill } from "../feeds/candles/candle_backfill.ts";
import { COINBASE_REST } from "../feeds/candles/coinbase_candles.ts";
import { DERIBIT_REST, DeribitFeed } from "../feeds/deribit/deribit_feed.ts";
import type { FeedMaker } from "../feeds/feed_set.ts";
import { type FuturesSetting, NEW_YORK_FED_REST, RATES_DEFAULTS, RatesFeed } from "../feeds/rates/rates_feed.ts";
import { isReviewed, type PairMap } from "../feeds/polymarket/pair_map.ts";
import { POLYMARKET_HOSTS, PolymarketFeed, type PolymarketFeedOptions } from "../feeds/polymarket/polymarket_feed.ts";
import { SpotFeed } from "../feeds/spot/spot_feed.ts";
import { SPOT_PROTOCOLS } from "../feeds/spot/registry.ts";
import { SIMULATED_PAIRS } from "../venues/exchange/feeds/polymarket_pairs.ts";
import { QUALITY_LETTERS } from "../feeds/weather/observations.ts";
import { NWS_REST, WeatherFeed } from "../feeds/weather/weather_feed.ts";
import { WeatherIndexFeed } from "../feeds/weather/weather_index_feed.ts";

/** Where simulated feeds are, by name; `null` for the real ones. */
type Addresses = Readonly<Record<string, string>> | null;

/** The minutes of prices that a store kept since a moment, oldest first. */
export type StoredMinutes = (asset: string, since: Micros) => Promise<readonly PriceMinute[]>;

/** The coins whose prices are followed: those asked for, or those that the followed series settle on. */
export function followedAssets({ feeds, venue }: Config): readonly string[] {
  if (feeds.assets !== null) return feeds.assets;
  const assets = venue.series.map((series) => {
    const index = settlementIndexOf(series);
    return index === null ? null : assetOf(index);
  });
  return [...new Set(assets.filter((asset) => asset !== null))];
}

/** Where one of these is: at its public host, at the simulated exchange, or (`null`) not at all. */
function addressOf(addresses: Addresses, name: string, real: string): string | null {
  return addresses === null ? real : addresses[name] ?? null;
}

/** Spot exchanges first: the index is worked out from them. */
export function spotMakers(
  config: Config,
  addresses: Addresses,
): readonly ((...args: Parameters<FeedMaker>) => SpotFeed)[] {
  const assets = followedAssets(config);
  if (assets.length === 0) return [];
  return SPOT_PROTOCOLS.filter(({ exchange }) => config.feeds.spot.includes(exchange)).flatMap((protocol) => {
    const ws = addressOf(addresses, protocol.exchange, protocol.ws);
    const rest = addressOf(addresses, `${protocol.exchange}_rest`, protocol.rest);
    if (ws === null || rest === null) return [];
    const vwapSeconds = config.feeds.vwap_seconds;
    return [(context) => new SpotFeed(context, { protocol, assets, ws, rest, vwapSeconds })];
  });
}

export interface OtherParts {
  readonly addresses: Addresses;
  /** The venue's REST root, for the rules of its markets. */
  readonly kalshi: string;
  /** What was kept of prices by the minute; absent where no history is wanted. */
  readonly stored?: StoredMinutes;
  readonly pairs?: PairMap | undefined;
  readonly markets?: () => Iterable<Market>;
}

/** Everything that is not a spot exchange. */
export function otherMakers(config: Config, parts: OtherParts): readonly FeedMaker[] {
  const { addresses, stored } = parts;
  const { feeds } = config;
  const assets = followedAssets(config);
  const makers: FeedMaker[] = [];
  const add = (wanted: boolean, name: string, real: string, make: (rest: string) => FeedMaker) => {
    const rest = addressOf(addresses, `${name}_rest`, real);
    if (wanted && rest !== null) makers.push(make(rest));
  };
  if (stored !== undefined) {
    add(
      feeds.price_history && assets.length > 0,
      "coinbase",
      COINBASE_REST,
      (rest) => (context) => new CandleBackfill(context, { rest, assets, minutes: HISTORY_MINUTES, stored }),
    );
  }
  const withOptions = assets.filter((asset) => OPTION_ASSETS.includes(asset));
  add(
    feeds.implied_volatility && withOptions.length > 0,
    "deribit",
    DERIBIT_REST,
    (rest) => (context) => new DeribitFeed(context, { rest, assets: withOptions, everySeconds: DERIBIT_SECONDS }),
  );
  const stations = feeds.weather.stations.map(climateStation).filter((station) => station !== null);
  add(
    feeds.weather.enabled && stations.length > 0,
    "nws",
    NWS_REST,
    (rest) => (context) => new WeatherFeed(context, { ...weatherSettings(config), rest, stations }),
  );
  const { index_cities: cities } = feeds.weather;
  // The simulated exchange has no such index.
  if (addresses === null && feeds.weather.enabled && cities.length > 0) {
    const options = { rest: parts.kalshi, cities, everySeconds: WEATHER_INDEX_SECONDS };
    makers.push((context) => new WeatherIndexFeed(context, options));
  }
  const futures = futuresSetting(config, addresses);
  add(
    futures.kind !== "none",
    "rates",
    NEW_YORK_FED_REST,
    (rest) => (context) => new RatesFeed(context, { ...RATES_DEFAULTS, rest, futures }),
  );
  const mirror = polymarketOptions(config, parts);
  if (mirror !== null) makers.push((context) => new PolymarketFeed(context, mirror));
  return makers;
}

function weatherSettings({ feeds: { weather } }: Config) {
  return {
    verified: QUALITY_LETTERS.filter((letter) => weather.verified.includes(letter)),
    observationsEverySeconds: weather.observations_seconds,
    forecastsEverySeconds: weather.forecasts_seconds,
    reportsEverySeconds: weather.reports_seconds,
  };
}
/** It has a value for each minute. */
const WEATHER_INDEX_SECONDS = 60;

/** Without a pair that could be used, which is one that somebody has reviewed, nobody asks; `null` then. */
function polymarketOptions(config: Config, parts: OtherParts): PolymarketFeedOptions | null {
  const { addresses, kalshi, markets } = parts;
  const { polymarket: ws, polymarket_rest: rest } = addresses ?? {};
  if (!config.feeds.polymarket.enabled || markets === undefined) return null;
  if (addresses === null) {
    const { pairs } = parts;
    return pairs?.pair.some(isReviewed) === true ? { ...POLYMARKET_HOSTS, kalshi, pairs, markets } : null;
  }
  return ws === undefined || rest === undefined
    ? null
    : { gamma: rest, clob: rest, ws, kalshi, pairs: SIMULATED_PAIRS, markets };
}

/** What the longest window of the volatility statistics asks for, twice over. */
const HISTORY_MINUTES = 240;
/** Deribit has a volatility index for these. */
const OPTION_ASSETS: readonly string[] = ["BTC", "ETH"];
const DERIBIT_SECONDS = 60;

function futuresSetting({ feeds: { rates } }: Config, addresses: Addresses): FuturesSetting {
  if (addresses !== null) return simulatedFutures(addresses);
  const { source, from, contract, price, time, list } = rates;
  if (source === "none" || from === null) return { kind: "none" };
  return source === "csv"
    ? { kind: "csv", from, columns: { contract, price } }
    : { kind: "json", url: from, fields: { list, contract, price, time } };
}

/** Simulated futures come with the simulated exchange; settings are about real ones. */
function simulatedFutures(addresses: Readonly<Record<string, string>>): FuturesSetting {
  const rest = addresses.rates_rest;
  return rest === undefined ? { kind: "none" } : { kind: "json", url: `${rest}/futures`, fields: SIMULATED_FIELDS };
}
const SIMULATED_FIELDS = { list: "quotes", contract: "contract", price: "price", time: "time" } as const;
