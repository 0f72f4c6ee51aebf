/**
 * The simulated population: market makers of different speed and skill, takers who do not care, and takers who watch
 * the index closely. Together they make books that move, spreads that vary and quotes that lag the index by 0.3 to 3 s.
 *
 * A strategy with a good model finds stale quotes now and then, worth a few cents before fees; the watchful takers
 * compete for them. Nobody here knows the future: each sees the index late, through its own eyes.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import type { Account } from "./account.ts";
import { type MakerStyle, MarketMaker } from "./market_maker.ts";
import { LISTED_SERIES } from "./series.ts";
import { NoiseTaker, WatchfulTaker } from "./takers.ts";
import type { TraderParts } from "./trader_sight.ts";

/** The owner number of the first simulated trader; members have the numbers below. */
const FIRST_TRADER = 1_000;

const MAKERS: readonly MakerStyle[] = [
  {
    name: "fast",
    latencySeconds: 0.3,
    intervalSeconds: 0.35,
    halfSpread: 0.012,
    levels: 2,
    levelStep: 0.01,
    size: 60,
    skew: 0.25,
    quitSeconds: 2,
    knowsAverage: true,
    volatilityFactor: 1.02,
    volatilityNoise: 0.08,
  },
  {
    name: "steady",
    latencySeconds: 0.8,
    intervalSeconds: 0.7,
    halfSpread: 0.015,
    levels: 3,
    levelStep: 0.01,
    size: 150,
    skew: 0.12,
    quitSeconds: 5,
    knowsAverage: true,
    volatilityFactor: 0.97,
    volatilityNoise: 0.14,
  },
  {
    name: "slow",
    latencySeconds: 1.6,
    intervalSeconds: 1.2,
    halfSpread: 0.018,
    levels: 3,
    levelStep: 0.015,
    size: 250,
    skew: 0.08,
    quitSeconds: 8,
    knowsAverage: true,
    volatilityFactor: 1.1,
    volatilityNoise: 0.2,
  },
  {
    name: "plain",
    latencySeconds: 3,
    intervalSeconds: 2,
    halfSpread: 0.022,
    levels: 3,
    levelStep: 0.02,
    size: 200,
    skew: 0.06,
    quitSeconds: 12,
    knowsAverage: false,
    volatilityFactor: 0.95,
    volatilityNoise: 0.2,
  },
  {
    name: "deep",
    latencySeconds: 2.5,
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

/** Builds the population and sets it going. Returns every trader's account. */
export function startTraders(parts: TraderParts, at: Micros): readonly Account[] {
  const accounts: Account[] = [];
  let owner = FIRST_TRADER;
  for (const series of LISTED_SERIES) {
    const traders = [
      ...MAKERS.map((style) => new MarketMaker(parts, style, series, owner++)),
      new NoiseTaker(parts, series, owner++),
      new WatchfulTaker(parts, series, owner++, "quick", 0.25, 0.01),
      new WatchfulTaker(parts, series, owner++, "patient", 1.0, 0.02),
    ];
    for (const trader of traders) {
      trader.start(at);
      accounts.push(trader.account);
    }
  }
  return accounts;
}
