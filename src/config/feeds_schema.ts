/**
 * The section `[feeds]`: which sources of data a run has beside its venue.
 * @module
 */

import { z } from "zod";
import { CLIMATE_STATIONS } from "../core/climate_station.ts";
import { indexParametersOf } from "../core/index_parameters.ts";
import { SPOT_PROTOCOLS } from "../feeds/spot/registry.ts";
import { QUALITY_LETTERS } from "../feeds/weather/observations.ts";
import { WEATHER_DEFAULTS } from "../feeds/weather/weather_feed.ts";
import { isIndexCity } from "../feeds/weather/weather_index.ts";

const EXCHANGES = SPOT_PROTOCOLS.map((protocol) => protocol.exchange);
const STATIONS = CLIMATE_STATIONS.map((station) => station.id);
/** Those that D9 names. */
const USUAL_STATIONS = ["KNYC", "KMDW", "KMIA", "KAUS", "KDEN", "KLAX"];
const ASSETS_MAX = 16;
const CITIES_MAX = 32;
/** More often a public service is not asked. */
const ASKED_SECONDS_MIN = 30;
const ASKED_SECONDS_MAX = 3_600;

/** Some of these names, none twice. */
function someOf(names: readonly string[]) {
  const allowed = `a list of different ones of ${names.map((name) => `"${name}"`).join(", ")}`;
  return z.array(z.string()).refine(
    (list) => new Set(list).size === list.length && list.every((name) => names.includes(name)),
    { error: allowed },
  ).meta({ allowed });
}

function coins() {
  const allowed = `a list of at most ${ASSETS_MAX} different coins with a settlement index, such as "BTC"`;
  return z.array(z.string()).refine(
    (list) =>
      list.length <= ASSETS_MAX && new Set(list).size === list.length &&
      list.every((asset) => indexParametersOf(asset) !== null),
    { error: allowed },
  ).meta({ allowed });
}

function indexCities() {
  const allowed = `a list of at most ${CITIES_MAX} different cities as Kalshi names them, such as "miami"`;
  return z.array(z.string()).refine(
    (list) => list.length <= CITIES_MAX && new Set(list).size === list.length && list.every(isIndexCity),
    { error: allowed },
  ).meta({ allowed });
}

const askedEvery = (seconds: number, what: string) =>
  z.int().min(ASKED_SECONDS_MIN).max(ASKED_SECONDS_MAX).default(seconds).describe(
    `Seconds between questions for ${what}`,
  );

const weather = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the National Weather Service is asked"),
  stations: someOf(STATIONS).default(USUAL_STATIONS).describe("Stations whose weather is followed"),
  verified: someOf(QUALITY_LETTERS).refine((letters) => letters.length > 0, { error: "at least one letter" })
    .default([...WEATHER_DEFAULTS.verified]).describe("Letters of the service's quality control that are believed"),
  observations_seconds: askedEvery(WEATHER_DEFAULTS.observationsEverySeconds, "observations"),
  forecasts_seconds: askedEvery(WEATHER_DEFAULTS.forecastsEverySeconds, "forecasts"),
  reports_seconds: askedEvery(WEATHER_DEFAULTS.reportsEverySeconds, "climate reports"),
  index_cities: indexCities().default([]).describe("Cities whose temperature index of Kalshi is followed"),
});

const polymarket = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether Polymarket's quotes of reviewed pairs are followed"),
  pairs: z.string().min(1).nullable().default(null).describe(
    "TOML file of the pairs; null takes the one that comes with kbot",
  ),
});

const column = (of: string, usual: string) =>
  z.string().min(1).max(100).default(usual).describe(`Its column or field with the ${of}`);

const rates = z.strictObject({
  source: z.enum(["none", "csv", "json"]).default("none").describe(
    "What kind of source prices of fed funds futures come from; none is free, so none is usual",
  ),
  from: z.string().min(1).max(2_000).nullable().default(null).describe(
    "The source: path of a CSV file, or an address that answers with CSV or JSON",
  ),
  contract: column("contract", "contract"),
  price: column("price", "price"),
  time: z.string().max(100).default("").describe("JSON: its field with the time of each price, empty for none"),
  list: z.string().max(200).default("").describe(
    "JSON: where in the answer the rows are, as data.quotes; empty for the top",
  ),
}).refine(({ source, from }) => (source === "none") === (from === null), {
  path: ["from"],
  error: "a path or an address where source is csv or json, and null where it is none",
});

export const feeds = z.strictObject({
  spot: someOf(EXCHANGES).default(EXCHANGES).describe("Exchanges whose prices are followed"),
  assets: coins().nullable().default(null).describe(
    "Coins whose prices are followed; null takes those that the followed series settle on",
  ),
  vwap_seconds: z.int().min(5).max(3_600).default(60).describe(
    "Seconds of trades in the volume-weighted price of each exchange",
  ),
  contact: z.string().min(3).max(200).regex(/^[\x21-\x7e]+$/, "an e-mail or web address without spaces").nullable()
    .default(null).describe("E-mail or web address that the User-Agent of requests names: weather.gov asks for one"),
  implied_volatility: z.boolean().default(true).describe("Whether Deribit's options are asked for volatility"),
  price_history: z.boolean().default(true).describe("Whether missing minutes of prices are asked of Coinbase"),
  weather: weather.prefault({}).describe("Weather"),
  rates: rates.prefault({}).describe("Fed funds"),
  polymarket: polymarket.prefault({}).describe("Quotes of the same events at Polymarket"),
});
