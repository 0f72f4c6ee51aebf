/**
 * The strips of an exchange: which series trade many markets at once, and what moves those who trade them.
 * @module
 */

import type { Micros } from "../../core/units.ts";
import { ClimateCycle } from "./climate_cycle.ts";
import { ClimateEyes } from "./climate_sight.ts";
import { RatesMarket } from "./feeds/rates_market.ts";
import { SimulatedWeather } from "./feeds/nws_weather.ts";
import type { IndexProcess } from "./index_process.ts";
import { LadderCycle } from "./ladder_cycle.ts";
import type { ListedMarket } from "./listed_market.ts";
import type { IndexCycleParts } from "./market_cycle.ts";
import { hash32 } from "./random.ts";
import { RatesCycle } from "./rates_cycle.ts";
import { RatesEyes } from "./rates_sight.ts";
import type { ClimateSeries, CryptoSeries, RatesSeries, Series } from "./series.ts";
import type { Judge, Strip } from "./strip_traders.ts";
import { Eyes } from "./trader_sight.ts";

/** Dollars on each side of the middle; wide where few care for a strike, as is drawn for three in ten of them. */
const HALF_SPREAD = 0.015;
const WIDE_HALF_SPREAD = 0.045;
const WIDE_TENTHS = 3;
/** Of the index: what those wait for who hope for a jump. */
const JUMP = 1.002;
/** What a maker of ladders sees: the index between its seconds, and the average that settles. */
const LADDER_SIGHT = {
  latencySeconds: 0.6,
  continuous: true,
  knowsAverage: true,
  volatilityFactor: 1,
  volatilityNoise: 0.05,
} as const;

export interface StripParts {
  /** What a cycle is given; its chance is drawn from the stream of this name. */
  readonly cycleParts: (stream: string) => IndexCycleParts;
  readonly index: IndexProcess;
  readonly seed: number;
}

/** Lists these series and sets their cycles going; their strips, in the same order. */
export function startStrips(series: readonly Series[], { cycleParts, index, seed }: StripParts, at: Micros): Strip[] {
  const weather = new SimulatedWeather(seed);
  const rates = new RatesMarket(seed);
  const hourly = series.filter((each) => each.kind === "crypto");
  const daily = series.filter((each) => each.kind === "climate");
  const meetings = series.filter((each) => each.kind === "rates");
  const ladders = new LadderCycle(cycleParts("ladders"), hourly);
  const days = new ClimateCycle(cycleParts("climate"), weather, daily);
  const decisions = new RatesCycle(cycleParts("rates"), rates, meetings);
  ladders.begin(at);
  days.begin(at);
  decisions.begin(at);
  return [
    ...hourly.map((each) => ladderStrip(each, ladders, index)),
    ...daily.map((each) => climateStrip(each, days, weather, seed)),
    ...meetings.map((each) => ratesStrip(each, decisions, rates, seed)),
  ];
}

function ladderStrip(series: CryptoSeries, cycle: LadderCycle, index: IndexProcess): Strip {
  const markets = () => cycle.active(series);
  return {
    name: `ladder/${series.ticker}`,
    markets,
    judge: (random) => {
      const eyes = new Eyes(index, LADDER_SIGHT, random);
      return judging(markets, (market, at) => eyes.judge(market, at).fair);
    },
    halfSpread: () => HALF_SPREAD,
    quoted: [50, 300],
    quotesDecided: false,
    makerWaits: [1, 3],
    takerWait: 3,
    hasteWait: 300,
    hasteStands: [4, 12],
    ...(series.shape === "above"
      ? { hopedFor: (at) => lowestAbove(markets(), JUMP * index.priceAt(series.index, at)) }
      : {}),
  };
}

/** The lowest threshold at or above a price. */
function lowestAbove(markets: readonly ListedMarket[], least: number): ListedMarket | null {
  const above = markets.filter(({ floorStrike }) => floorStrike !== null && floorStrike >= least);
  const [first] = above.sort((a, b) => (a.floorStrike ?? 0) - (b.floorStrike ?? 0));
  return first ?? null;
}

function climateStrip(
  series: ClimateSeries,
  cycle: ClimateCycle,
  weather: SimulatedWeather,
  seed: number,
): Strip {
  const markets = () => cycle.active(series);
  const eyes = new ClimateEyes(weather, seed);
  return {
    name: series.ticker,
    markets,
    judge: () => judging(markets, (market, at) => eyes.judge(market, at)),
    ...SLOW,
    halfSpread: halfSpreadBy(seed),
  };
}

function ratesStrip(series: RatesSeries, cycle: RatesCycle, rates: RatesMarket, seed: number): Strip {
  const markets = () => cycle.active(series);
  const eyes = new RatesEyes(rates, seed);
  return {
    name: series.ticker,
    markets,
    judge: () => judging(markets, (market, at) => eyes.judge(market, at)),
    ...SLOW,
    halfSpread: halfSpreadBy(seed),
  };
}

/** What is worth something for hours is quoted to the end, and looked at now and then. */
const SLOW = {
  quoted: [50, 300],
  quotesDecided: true,
  makerWaits: [15, 45],
  takerWait: 8,
  hasteWait: 240,
  hasteStands: [10, 40],
} as const;

/** Judges each market when its turn comes, so that chance is drawn market by market. */
const judging = <Kind extends Series>(
  markets: () => readonly ListedMarket<Kind>[],
  fair: (market: ListedMarket<Kind>, at: Micros) => number,
): Judge =>
  function* (at) {
    for (const market of markets()) yield [market, fair(market, at)];
  };

const halfSpreadBy = (seed: number) => ({ ticker }: ListedMarket): number =>
  hash32(`${seed}/wide/${ticker}`) % 10 < WIDE_TENTHS ? WIDE_HALF_SPREAD : HALF_SPREAD;
