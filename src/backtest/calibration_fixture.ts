/**
 * For the tests of calibration: a recorded data set whose truth is known.
 * @module
 */

import { indexSettings, paperSettings, riskLimits } from "../config/engine_settings.ts";
import { defaultConfig } from "../config/schema.ts";
import { formatTime, micros } from "../core/units.ts";
import { SettlementAverage } from "../models/settlement_average.ts";
import { normals } from "../models/volatility_fixture.ts";
import type { CalibrationOptions } from "./calibration_run.ts";

/** 2026-05-11T00:00:00Z. */
export const START = 1_778_457_600;
const QUARTER = 900;

export interface World {
  readonly seed: number;
  readonly markets: number;
  readonly sigma: number;
  /** Of the recorded prices above the index that settles, dollars. */
  readonly basis: number;
  /** Seconds of the recorded prices to leave out. */
  readonly silent?: (second: number) => boolean;
  /** From this second on everything is another world's. */
  readonly otherwiseFrom?: number;
}

const time = (second: number): string => formatTime(micros(second * 1_000_000)).replace(/\.0+Z$/, "Z");
export const tickerOf = (market: number): string => `KXBTC15M-T${String(market).padStart(4, "0")}-15`;
export const closeOf = (market: number): number => START + (market + 1) * QUARTER;

/** An index that is a Brownian motion, markets every quarter of an hour, and quotes by those who know its volatility. */
export function recordedWorld(world: World): Record<string, string> {
  const { markets, sigma, basis, silent = () => false } = world;
  const index = indexValues(world);
  const settlements = [
    "ticker,open_time_utc,close_time_utc,floor_strike,expiration_value,expiration_value_source,result",
  ];
  const quotes = ["ts_ms,recv_ms,ticker,yes_bid,yes_bid_size,yes_ask,yes_ask_size"];
  const spot = ["exchange_ts_us,recv_ns,price_usd,trade_id"];
  let strike = index[0];
  for (let market = 0; market < markets; market++) {
    const close = closeOf(market);
    const value = meanBefore(index, close);
    const result = value >= strike ? "yes" : "no";
    const row = [
      tickerOf(market),
      time(close - QUARTER),
      time(close),
      strike.toFixed(2),
      value.toFixed(2),
      "kalshi_api",
    ];
    settlements.push([...row, result].join(","));
    for (let second = close - QUARTER; second < close; second += 5) {
      quotes.push(quoteRow(market, second, knownProbability(index, second, close, strike, sigma)));
    }
    strike = Math.round(value * 100) / 100;
  }
  index.forEach((value, k) => {
    if (!silent(START + k)) spot.push(`${(START + k) * 1_000_000},0,${(value + basis).toFixed(2)},${k}`);
  });
  return {
    "a.ndjson": `${framesOf(index[0])}\n`,
    "settlements_x.csv": `${settlements.join("\n")}\n`,
    "x_ticker_1s.csv": `${quotes.join("\n")}\n`,
    "spot_x.csv": `${spot.join("\n")}\n`,
  };
}

function indexValues({ seed, markets, sigma, otherwiseFrom = Infinity }: World): number[] {
  const normal = normals(seed);
  const other = normals(seed + 1);
  let logPrice = Math.log(80_000);
  return Array.from({ length: markets * QUARTER + 1 }, (_, k) => {
    logPrice += START + k < otherwiseFrom ? sigma * normal() : 10 * sigma * other();
    return Math.round(Math.exp(logPrice) * 100) / 100;
  });
}

function meanBefore(index: readonly number[], close: number): number {
  let sum = 0;
  for (let second = close - 59; second <= close; second++) sum += index[second - START];
  return sum / 60;
}

function knownProbability(index: readonly number[], now: number, close: number, strike: number, sigma: number): number {
  const seen = index.slice(Math.max(0, close - 59 - START), now + 1 - START);
  const sum = now < close - 59 ? 0 : seen.reduce((total, each) => total + each, 0);
  const count = now < close - 59 ? 0 : seen.length;
  return new SettlementAverage().prepare(index[now - START], sigma, close - now, sum, count).atLeast(strike);
}

function quoteRow(market: number, second: number, probability: number): string {
  const cents = Math.min(99, Math.max(1, Math.round(probability * 100)));
  const [bid, ask] = [(cents - 1) / 100, (cents + 1) / 100];
  return [second * 1_000, second * 1_000, tickerOf(market), bid.toFixed(4), "1.00", ask.toFixed(4), "1.00"].join(",");
}

/** The first market's book, 5 and 3 minutes before its close: 0.45 bid and 0.46 asked. */
function framesOf(strike: number): string {
  const ticker = tickerOf(0);
  const at = (closeOf(0) - 300) * 1_000;
  const line = (body: object) => JSON.stringify({ recv_ns: at * 1_000_000, ...body });
  const frame = (type: string, seq: number, msg: object) =>
    line({ frame: { type, sid: 2, seq, msg: { market_ticker: ticker, ...msg } } });
  const delta = (seq: number, ts_ms: number) =>
    frame("orderbook_delta", seq, { price_dollars: "0.4500", delta_fp: "1.00", side: "yes", ts_ms });
  return [
    line({ control: "watch_market", market_ticker: ticker, info: { close_time: time(closeOf(0)), strike } }),
    line({ control: "ws_connected", market_ticker: ticker, info: {} }),
    frame("orderbook_snapshot", 1, { yes_dollars_fp: [["0.4500", "10.00"]], no_dollars_fp: [["0.5400", "20.00"]] }),
    delta(2, at),
    delta(3, at + 120_000),
  ].join("\n");
}

/** As the command asks for it. */
export function defaultOptions(): CalibrationOptions {
  const config = defaultConfig();
  const index = indexSettings(config);
  return {
    engine: {
      version: "test",
      paper: paperSettings(config),
      risk: riskLimits(config),
      index,
      capital: config.paper.capital,
    },
    lab: {
      halfLifeSeconds: index.volatilityHalfLife,
      returnsMin: index.returnsMin,
      assumedBasis: config.index.assumed_basis_bp / 10_000,
    },
  };
}
