/**
 * Trading that never was: simulated prices, quotes, fills and outcomes from a seed. For tests, and for the picture of a
 * report, where it is labelled as simulated.
 * @module
 */

import { count, formatMoney, formatTime, micros, money, notional, price } from "../../core/units.ts";
import { normalCdf } from "../../models/normal.ts";
import { normals } from "../../models/volatility_fixture.ts";
import type { ChartPoint, MarketChart, TradeOutcome } from "../findings.ts";

/** 2026-05-11T00:00:00Z, a Monday. */
export const START_SECONDS = 1_778_457_600;
const MARKET_SECONDS = 900;
const STEP_SECONDS = 10;
/** Of the log return per square root of a second. */
const SIGMA = 0.00008;
const CHARTS = 12;
const STRATEGIES = ["settlement_edge", "market_making", "delay_capture"];
const SIGNALS = ["model_edge", "quote", "spot_jump"];

export interface World {
  readonly seed: number;
  readonly markets: number;
  readonly tradesPerMarket: number;
  /** Markets a day that are traded, spread over it. */
  readonly marketsPerDay: number;
  readonly search?: boolean;
}

/** Enough for every part of a report to show what it is for. */
export const WORLD: World = { seed: 20_261_120, markets: 240, tradesPerMarket: 4, marketsPerDay: 24, search: true };

export interface Execution {
  readonly trade: TradeOutcome;
  readonly market: number;
  readonly pnl: number;
  readonly fee: number;
  readonly model: number;
  readonly mid: number;
  readonly yes: boolean;
}

export const at = (second: number): string => formatTime(micros(Math.round(second * 1_000) * 1_000));
export const text = (microDollars: number): string => formatMoney(money(Math.round(microDollars)));

/** A PRNG for choices, apart from the one that moves prices. */
function uniforms(seed: number): () => number {
  const normal = normals(seed);
  return () => normalCdf(normal());
}

interface SimulatedMarket {
  readonly executions: readonly Execution[];
  readonly chart: MarketChart;
  readonly end: number;
}

function simulatedMarket(
  { tradesPerMarket, marketsPerDay }: World,
  market: number,
  opening: number,
  normal: () => number,
  uniform: () => number,
): SimulatedMarket {
  const start = START_SECONDS + Math.floor(market / marketsPerDay) * 86_400 +
    Math.floor((market % marketsPerDay) * 86_400 / marketsPerDay);
  const strike = Math.round(opening * 100) / 100;
  const ticker = `KXBTC15M-SIM${String(market).padStart(4, "0")}`;
  const points: (ChartPoint & { readonly second: number })[] = [];
  let spot = opening;
  for (let second = 0; second < MARKET_SECONDS; second += STEP_SECONDS) {
    spot *= Math.exp(SIGMA * Math.sqrt(STEP_SECONDS) * normal());
    const left = MARKET_SECONDS - second;
    const fair = normalCdf(Math.log(spot / strike) / (SIGMA * Math.sqrt(left)));
    const probability = Math.min(0.99, Math.max(0.01, fair + 0.015 * normal()));
    const mid = Math.min(97, Math.max(3, Math.round(fair * 100 + 3 * normal())));
    points.push({
      second,
      at: at(start + second),
      price: spot,
      bid: (mid - 1) / 100,
      ask: (mid + 1) / 100,
      probability,
    });
  }
  const yes = spot >= strike;
  const executions: Execution[] = [];
  for (let k = 0; k < tradesPerMarket; k++) {
    const point = points[Math.floor(uniform() * points.length * 0.95)];
    const jitter = uniform() * STEP_SECONDS;
    executions.push(simulatedTrade(point, start + point.second + jitter, { ticker, strike, market, yes }, uniform));
  }
  const pnl = executions.reduce((sum, each) => sum + each.pnl, 0);
  const chart: MarketChart = {
    ticker,
    title: `Simulated: Bitcoin above $${strike.toFixed(2)}`,
    strike,
    close: at(start + MARKET_SECONDS),
    result: yes ? "yes" : "no",
    settlement: spot,
    pnl: text(pnl),
    points: points.map(({ second: _, ...point }) => point),
    trades: executions.map(({ trade }) => trade),
  };
  return { executions, chart, end: spot };
}

interface Settled {
  readonly ticker: string;
  readonly strike: number;
  readonly market: number;
  readonly yes: boolean;
}

function simulatedTrade(point: ChartPoint, second: number, settled: Settled, uniform: () => number): Execution {
  const { ticker, strike, market, yes } = settled;
  const [bid, ask, model] = [point.bid ?? 0, point.ask ?? 0, point.probability ?? 0];
  const mid = (bid + ask) / 2;
  const kind = Math.floor(uniform() * 3);
  const is_taker = kind !== 1;
  const side = model > mid ? "bid" : "ask";
  const cents = Math.round((side === "bid" ? (is_taker ? ask : bid) : is_taker ? bid : ask) * 100);
  const contracts = 1 + Math.floor(uniform() * 20);
  const sign = side === "bid" ? 1 : -1;
  const paid = yes ? 1 : 0;
  const fee = is_taker ? Math.ceil(0.07 * contracts * cents * (100 - cents) / 100) * 10_000 : 0;
  const cost = notional(price(cents * 100), count(contracts * 100));
  const pnl = sign * (paid * contracts * 1_000_000 - cost) - fee;
  const edge = sign * (model - cents / 100) - fee / 1_000_000 / contracts;
  const trade: TradeOutcome = {
    at: at(second),
    ticker,
    strategy: STRATEGIES[kind],
    signal: SIGNALS[kind],
    side,
    price: cents / 100,
    contracts,
    fee: text(fee),
    is_taker,
    model_probability: model,
    market_probability: mid,
    edge,
    spot: point.price,
    strike,
    paid,
    pnl: text(pnl),
  };
  return { trade, market, pnl, fee, model, mid, yes };
}

/** Every execution of a world, and the first markets as they are drawn. */
export function simulatedTrading(world: World): { readonly executions: Execution[]; readonly charts: MarketChart[] } {
  const normal = normals(world.seed);
  const uniform = uniforms(world.seed + 1);
  const executions: Execution[] = [];
  const charts: MarketChart[] = [];
  let level = 80_000;
  for (let market = 0; market < world.markets; market++) {
    const made = simulatedMarket(world, market, level, normal, uniform);
    level = made.end;
    executions.push(...made.executions);
    if (charts.length < CHARTS) charts.push(made.chart);
  }
  return { executions, charts };
}
