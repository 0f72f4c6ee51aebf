/**
 * Every simulated feed: adding one is one file and one line here.
 * @module
 */

import { deribitSimulator } from "./deribit.ts";
import type { FeedSimulatorMaker } from "./feed_simulator.ts";
import { nwsSimulator } from "./nws.ts";
import { ratesSimulator } from "./rates.ts";
import { polymarketSimulator } from "./polymarket.ts";
import { binanceSimulator, binanceUsSimulator } from "./spot/binance.ts";
import { bitstampSimulator } from "./spot/bitstamp.ts";
import { bullishSimulator } from "./spot/bullish.ts";
import { coinbaseSimulator } from "./spot/coinbase.ts";
import { cryptocomSimulator } from "./spot/cryptocom.ts";
import { geminiSimulator } from "./spot/gemini.ts";
import { krakenSimulator } from "./spot/kraken.ts";

/** By the simulators' own names, in the order in which they are listed. */
export const FEED_SIMULATORS: Readonly<Record<string, FeedSimulatorMaker>> = {
  coinbase: coinbaseSimulator,
  kraken: krakenSimulator,
  bitstamp: bitstampSimulator,
  gemini: geminiSimulator,
  cryptocom: cryptocomSimulator,
  bullish: bullishSimulator,
  binance: binanceSimulator,
  binance_us: binanceUsSimulator,
  deribit: deribitSimulator,
  nws: nwsSimulator,
  rates: ratesSimulator,
  polymarket: polymarketSimulator,
};

export const FEED_NAMES: readonly string[] = Object.keys(FEED_SIMULATORS);
