/**
 * Every simulated feed: adding one is one file, one line here and its name in `feed_names.ts`.
 * @module
 */

import { deribitSimulator } from "./deribit.ts";
import type { FeedName } from "./feed_names.ts";
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

/** By the simulators' own names. */
export const FEED_SIMULATORS: Readonly<Record<FeedName, FeedSimulatorMaker>> = {
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
