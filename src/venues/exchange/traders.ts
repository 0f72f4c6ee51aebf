/**
 * The simulated population: market makers of different speed and skill, takers who do not care, and takers who watch
 * the index closely. Together they make books that move, spreads that vary and quotes that lag the index by 0.05 to 2 s.
 *
 * The quickest see the index between its seconds, as those do who watch the exchanges that it is made of, so that by the
 * time a value is published most quotes have moved already. A strategy with a good model still finds stale quotes now
 * and then; the watchful takers compete for them. Nobody here knows the future: each sees the index late, through its
 * own eyes.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { Account } from "./account.ts";
import { type MakerStyle, MarketMaker } from "./market_maker.ts";
import { HastyTrader } from "./hasty_trader.ts";
import { HopefulBuyer } from "./hopeful_buyer.ts";
import { LISTED_SERIES } from "./series.ts";
import { type Strip, StripMaker, StripTaker } from "./strip_traders.ts";
import { NoiseTaker, type WatchfulStyle, WatchfulTaker } from "./takers.ts";
import type { TraderParts } from "./trader_sight.ts";

/** The owner number of the first simulated trader; members have the numbers below. */
const FIRST_TRADER = 1_000;

const MAKERS: readonly MakerStyle[] = [
  {
    name: "sharp",
    latencySeconds: 0.05,
    continuous: true,
    intervalSeconds: 0.3,
    halfSpread: 0.009,
    levels: 2,
    levelStep: 0.01,
    size: 80,
    skew: 0.25,
    quitSeconds: 2,
    knowsAverage: true,
    volatilityFactor: 1.0,
    volatilityNoise: 0.03,
  },
  {
    name: "fast",
    latencySeconds: 0.2,
    continuous: true,
    intervalSeconds: 0.45,
    halfSpread: 0.012,
    levels: 2,
    levelStep: 0.01,
    size: 120,
    skew: 0.2,
    quitSeconds: 3,
    knowsAverage: true,
    volatilityFactor: 1.02,
    volatilityNoise: 0.06,
  },
  {
    name: "steady",
    latencySeconds: 0.5,
    continuous: true,
    intervalSeconds: 0.8,
    halfSpread: 0.015,
    levels: 3,
    levelStep: 0.01,
    size: 200,
    skew: 0.12,
    quitSeconds: 5,
    knowsAverage: true,
    volatilityFactor: 0.98,
    volatilityNoise: 0.1,
  },
  {
    name: "slow",
    latencySeconds: 1.6,
    continuous: false,
    intervalSeconds: 1.4,
    halfSpread: 0.02,
    levels: 3,
    levelStep: 0.015,
    size: 150,
    skew: 0.08,
    quitSeconds: 8,
    knowsAverage: true,
    volatilityFactor: 1.05,
    volatilityNoise: 0.15,
  },
  {
    name: "plain",
    latencySeconds: 2,
    continuous: false,
    intervalSeconds: 2,
    halfSpread: 0.026,
    levels: 2,
    levelStep: 0.02,
    size: 60,
    skew: 0.06,
    quitSeconds: 12,
    knowsAverage: false,
    volatilityFactor: 0.97,
    volatilityNoise: 0.15,
  },
  {
    name: "deep",
    latencySeconds: 2.5,
    continuous: false,
    intervalSeconds: 3,
    halfSpread: 0.07,
    levels: 5,
    levelStep: 0.04,
    size: 900,
    skew: 0.01,
    quitSeconds: 0,
    knowsAverage: true,
    volatilityFactor: 1.15,
    volatilityNoise: 0.1,
  },
];

const WATCHFUL: readonly WatchfulStyle[] = [
  { name: "quick", latencySeconds: 0.05, continuous: true, edge: 0.01, waitSeconds: [0.2, 0.7] },
  { name: "patient", latencySeconds: 0.6, continuous: true, edge: 0.018, waitSeconds: [0.3, 1.2] },
];

/** Builds the population and sets it going. Returns every trader's account. */
export function startTraders(parts: TraderParts, strips: readonly Strip[], at: Micros): readonly Account[] {
  const accounts: Account[] = [];
  let owner = FIRST_TRADER;
  for (const series of LISTED_SERIES) {
    const traders = [
      ...MAKERS.map((style) => new MarketMaker(parts, style, series, owner++)),
      new NoiseTaker(parts, series, owner++),
      ...WATCHFUL.map((style) => new WatchfulTaker(parts, style, series, owner++)),
    ];
    for (const trader of traders) {
      trader.start(at);
      accounts.push(trader.account);
    }
  }
  for (const strip of strips) {
    const traders = [
      new StripMaker(parts, strip, owner++),
      new StripTaker(parts, strip, owner++),
      new HastyTrader(parts, strip, owner++),
      ...(strip.hopedFor === undefined ? [] : [new HopefulBuyer(parts, strip, owner++)]),
    ];
    for (const trader of traders) {
      trader.start(at);
      accounts.push(trader.account);
    }
  }
  return accounts;
}
