import assert from "node:assert/strict";
import { type Config, CONFIG_SCHEMA } from "../config/schema.ts";
import type { PairMap } from "../feeds/polymarket/pair_map.ts";
import { loadPairMap } from "../feeds/polymarket/shipped_pairs.ts";
import { scriptedContext } from "../feeds/scripted_source_fixture.ts";
import { otherMakers, type OtherParts, spotMakers } from "./feed_makers.ts";

type Addresses = OtherParts["addresses"];

const SIMULATED: Addresses = {
  coinbase: "ws://127.0.0.1:1/feeds/coinbase",
  coinbase_rest: "http://127.0.0.1:1/feeds/coinbase/rest",
  kraken: "ws://127.0.0.1:1/feeds/kraken",
  nws_rest: "http://127.0.0.1:1/feeds/nws/rest",
  rates_rest: "http://127.0.0.1:1/feeds/rates/rest",
};

const settings = (feeds: object): Config => CONFIG_SCHEMA.parse({ feeds });

/** Names of all feeds that a run with these settings has. */
function namesOf(config: Config, addresses: Addresses): string[] {
  const { context } = scriptedContext();
  const kalshi = "http://127.0.0.1:1/trade-api/v2";
  const stored = () => Promise.resolve([]);
  const makers = [
    ...spotMakers(config, addresses),
    ...otherMakers(config, { addresses, kalshi, stored, markets: () => [] }),
  ];
  return makers.map((make) => make(context).name);
}

const SPOT = ["coinbase", "kraken", "bitstamp", "gemini", "cryptocom", "bullish", "binance", "binance_us"];
const USUAL = [...SPOT, "coinbase_candles", "deribit", "nws"];

const CASES: readonly (readonly [claim: string, feeds: object, addresses: Addresses, names: readonly string[]])[] = [
  ["usually all spot exchanges, candles, options and weather", {}, null, USUAL],
  ["exchanges that are named and no others", { spot: ["kraken"] }, null, [
    "kraken",
    "coinbase_candles",
    "deribit",
    "nws",
  ]],
  ["no exchange where none is wanted", { spot: [] }, null, ["coinbase_candles", "deribit", "nws"]],
  ["no price of a coin where none is followed", { assets: [] }, null, ["nws"]],
  ["no candles without history", { price_history: false }, null, [...SPOT, "deribit", "nws"]],
  ["no options without volatility", { implied_volatility: false }, null, [...SPOT, "coinbase_candles", "nws"]],
  ["no options of a coin that has none", { assets: ["DOGE"], spot: [] }, null, ["coinbase_candles", "nws"]],
  ["no weather where it is off", { weather: { enabled: false, index_cities: ["nyc"] } }, null, USUAL.slice(0, -1)],
  ["no weather without a station", { weather: { stations: [] } }, null, USUAL.slice(0, -1)],
  ["Kalshi's temperature index for cities", { weather: { index_cities: ["miami"] } }, null, [
    ...USUAL,
    "weather_index",
  ]],
  ["rates from a source that is named", { rates: { source: "csv", from: "futures.csv" } }, null, [...USUAL, "rates"]],
  [
    "at a simulated exchange what it simulates, and nothing else",
    { weather: { index_cities: ["miami"] } },
    SIMULATED,
    ["coinbase", "coinbase_candles", "nws", "rates"],
  ],
  ["nothing at an exchange that simulates no feed", {}, {}, []],
];
for (const [claim, feeds, addresses, names] of CASES) {
  Deno.test(`a run has ${claim}`, () => assert.deepEqual(namesOf(settings(feeds), addresses), names));
}

Deno.test("Polymarket is asked where somebody has reviewed a pair, and not for the map that comes with kbot as it is", async () => {
  const shipped = await loadPairMap();
  assert.ok(shipped.ok);
  const hash = "0123456789abcdef".repeat(4);
  const [first, ...rest] = shipped.map.pair;
  const signed = {
    ...{ ...first, reviewed_by: "A. Reader", reviewed_on: "2026-11-20" },
    ...{ kalshi: { ...first.kalshi, rules_sha256: hash }, polymarket: { ...first.polymarket, rules_sha256: hash } },
  };
  const { context } = scriptedContext();
  const namesWith = (pairs: PairMap) =>
    otherMakers(settings({ assets: [], weather: { enabled: false } }), {
      ...{ addresses: null, kalshi: "http://127.0.0.1:1/trade-api/v2", markets: () => [], pairs },
      stored: () => Promise.resolve([]),
    }).map((make) => make(context).name);
  assert.deepEqual(namesWith(shipped.map), []);
  assert.deepEqual(namesWith({ ...shipped.map, pair: [signed, ...rest] }), ["polymarket"]);
});

const WRONG: readonly (readonly [what: string, weather: object, allowed: RegExp])[] = [
  ["a letter that quality control has not", { verified: ["X"] }, /"V", "S", "C", "G", "Z"/],
  ["no letter at all", { verified: [] }, /at least one letter/],
  ["a letter twice", { verified: ["V", "V"] }, /different ones/],
  ["a city in capitals", { index_cities: ["Miami"] }, /cities as Kalshi names them/],
  ["a city that is an address", { index_cities: ["../orders"] }, /cities as Kalshi names them/],
  ["questions without a pause", { observations_seconds: 1 }, />=30/],
  ["hours between questions", { forecasts_seconds: 7_200 }, /<=3600/],
  ["half a second", { reports_seconds: 60.5 }, /int/],
];
for (const [what, weather, allowed] of WRONG) {
  Deno.test(`settings of weather refuse ${what}`, () => {
    const result = CONFIG_SCHEMA.safeParse({ feeds: { weather } });
    assert.equal(result.success, false);
    assert.match(result.error?.issues.map(({ message }) => message).join() ?? "", allowed);
  });
}
