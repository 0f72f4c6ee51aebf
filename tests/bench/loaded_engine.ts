/**
 * An engine as it stands in the middle of a run: markets of one event with full books around the model's own price,
 * an index with a volatility, prices of spot exchanges, the default settings, paper execution.
 * @module
 */

import { indexSettings, paperSettings, riskLimits, strategySettings } from "../../src/config/engine_settings.ts";
import { defaultConfig } from "../../src/config/schema.ts";
import type { BookDeltaInput, IndexInput, Input, Level, SpotInput } from "../../src/core/input.ts";
import type { Market } from "../../src/core/market.ts";
import { aMarket } from "../../src/core/market_fixture.ts";
import { seriesOf } from "../../src/core/ticker.ts";
import { NAMED_PRICE_RANGES } from "../../src/core/price_grid.ts";
import { count, type Micros, micros, MICROS_PER_SECOND, price } from "../../src/core/units.ts";
import { Engine } from "../../src/engine/engine.ts";
import { FRESH } from "../../src/engine/options.ts";
import { settlementAverageAbove } from "../../src/models/settlement_average.ts";
import { EwmaVolatility } from "../../src/models/volatility.ts";

const INDEX = "BRTI";
const SPOT = 84_000;
/** Per square root of a second: moves the spot by about 100 dollars in ten minutes. */
const SIGMA = 5e-5;
/** More seconds of index values than the volatility waits for. */
const WARM_SECONDS = 300;
const SECONDS_TO_CLOSE = 800;
const LEVELS = 30;
const CENT = 100;
/** Strikes lie within this many dollars of the spot, so that no market is decided. */
const STRIKE_RANGE = 40;

/** The first input's time: a whole second. */
const BEGIN = 1_790_000_000 * MICROS_PER_SECOND;

export interface LoadedInputs {
  readonly inputs: readonly Input[];
  readonly tickers: readonly string[];
  /** Best YES bid of each market. */
  readonly bids: readonly number[];
  /** Time of the newest input. */
  readonly at: Micros;
}

export interface LoadedEngine extends LoadedInputs {
  readonly engine: Engine;
}

/** The ticker of a market of this many. */
type NameOf = (k: number) => string;
const ownName: NameOf = (k) => `KXBTC15M-26SEP210100-${String(k).padStart(4, "0")}`;
/** One 15-minute market, and a ladder of hourly strikes. */
export const laddered: NameOf = (k) => k === 0 ? ownName(0) : `KXBTCD-26SEP2101-T${83_900 + k}.99`;

/**
 * What an engine has to hear to stand there.
 * @param tooLow cents by which every book is quoted below the model's price
 */
export function loadedInputs(markets: number, tooLow = 0, nameOf = ownName): LoadedInputs {
  const inputs: Input[] = [];
  const volatility = new EwmaVolatility(defaultConfig().index.volatility_half_life);
  for (let second = 0; second <= WARM_SECONDS; second++) {
    const value = second === WARM_SECONDS ? SPOT : wavering(second);
    volatility.push(second, value);
    inputs.push(indexInput(micros(BEGIN + second * MICROS_PER_SECOND), value));
  }
  const at = micros(BEGIN + WARM_SECONDS * MICROS_PER_SECOND + 1_000);
  for (const exchange of ["coinbase", "kraken", "bitstamp", "gemini"]) inputs.push(spotInput(exchange, at));
  const tickers: string[] = [];
  const bids: number[] = [];
  for (let k = 0; k < markets; k++) {
    const market = marketOf(nameOf(k), k, markets, at);
    const { ticker, floorStrike } = market;
    const sigma = volatility.perSqrtSecond ?? SIGMA;
    const fair = settlementAverageAbove(SPOT, floorStrike ?? NaN, sigma, SECONDS_TO_CLOSE);
    const bid = (Math.round(fair * 100) - 1 - tooLow) * CENT;
    inputs.push({ type: "market", at, market });
    const [yes, no] = [levelsFrom(bid), levelsFrom(10_000 - bid - 2 * CENT)];
    inputs.push({ type: "book_snapshot", at, ticker, sequence: null, yes, no, exchangeTime: null });
    tickers.push(ticker);
    bids.push(bid);
  }
  return { inputs, tickers, bids, at };
}

export interface Loading {
  /** Cents by which every book is quoted below the model's price; none where absent. */
  readonly tooLow?: number;
  /** 15-minute markets of one event where absent. */
  readonly nameOf?: NameOf;
  /** Whether every strategy is on, and not those alone that are by default. */
  readonly all?: boolean;
}

export function loadedEngine(
  markets: number,
  { tooLow = 0, nameOf = ownName, all = false }: Loading = {},
): LoadedEngine {
  const config = defaultConfig();
  const strategies = strategySettings(config);
  const engine = new Engine({
    version: "bench",
    run: "bench",
    startedAt: micros(BEGIN),
    execution: "paper",
    instance: "k00000000",
    capital: config.paper.capital,
    paper: paperSettings(config),
    risk: riskLimits(config),
    index: indexSettings(config),
    strategies: strategies.map((each) => ({ ...each, enabled: all || each.enabled })),
    resume: FRESH,
  });
  const loaded = loadedInputs(markets, tooLow, nameOf);
  for (const input of loaded.inputs) engine.step(input);
  return { ...loaded, engine };
}

export const indexInput = (at: Micros, value: number): IndexInput => ({
  type: "index",
  at,
  index: INDEX,
  value,
  sourceTime: micros(Math.floor(at / MICROS_PER_SECOND) * MICROS_PER_SECOND),
  source: "official",
  venueAverage: null,
});

const spotInput = (exchange: string, at: Micros): SpotInput => ({
  type: "spot",
  at,
  exchange,
  asset: "BTC",
  state: "live",
  bid: SPOT - 1,
  ask: SPOT + 1,
  last: SPOT,
  vwap: SPOT,
  volume: 10,
  weight: 0.25,
  age: 0,
  latency: 1_000,
});

/** An index that moves as much from step to step as {@link SIGMA} says and never strays. */
export const wavering = (step: number): number => SPOT * (1 + SIGMA * Math.sin(step * 2.399));

export function deltaInput(ticker: string, at: Micros, bid: number, delta: number, seq: number): BookDeltaInput {
  const sequence = { connection: 1, sid: 2, seq };
  return {
    type: "book_delta",
    at,
    ticker,
    sequence,
    side: "yes",
    price: price(bid),
    delta: count(delta),
    exchangeTime: at,
  };
}

function marketOf(ticker: string, k: number, of: number, at: Micros): Market {
  return aMarket({
    ticker,
    event: ticker.slice(0, ticker.lastIndexOf("-")),
    series: seriesOf(ticker),
    openTime: micros(at - 100 * MICROS_PER_SECOND),
    closeTime: micros(Math.floor(at / MICROS_PER_SECOND) * MICROS_PER_SECOND + SECONDS_TO_CLOSE * MICROS_PER_SECOND),
    floorStrike: SPOT + STRIKE_RANGE * (2 * (k + 0.5) / of - 1),
    priceRanges: NAMED_PRICE_RANGES.tapered_deci_cent,
    shard: 0,
  });
}

/** Levels a cent apart, best first, as many as there is room for. */
function levelsFrom(best: number): Level[] {
  const levels: Level[] = [];
  for (let at = best; at > 0 && levels.length < LEVELS; at -= CENT) {
    levels.push([price(at), count(10_000 + 37 * levels.length)]);
  }
  return levels;
}
