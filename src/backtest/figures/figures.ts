/**
 * Gathers what a report shows while trading goes by, in bounded memory; where it comes from, a backtest or the store, is
 * nothing to it. Everything is told in order of time.
 * @module
 */

import type { TradeRecord } from "../../core/record.ts";
import { formatMoney, formatTime, type Micros, MICROS_PER_SECOND, type Money, money } from "../../core/units.ts";
import {
  type Attribution,
  CHARTED_MARKETS_MAX,
  type Findings,
  type MarketChart,
  type Summary,
  type TradeOutcome,
} from "../findings.ts";
import { Clusters } from "./clusters.ts";
import { Days } from "./days.ts";
import { EdgeBuckets } from "./edge_buckets.ts";
import { absorb, type Executed, executedOf, type Outcome, outcomesOf } from "./execution_outcome.ts";
import { ForecastScores } from "./forecast_scores.ts";
import { Groups } from "./groups.ts";
import { MarketSeries, type Reading } from "./market_series.ts";
import { NavCurve } from "./nav_curve.ts";
import { tradeOutcome } from "./trade_outcome.ts";
import { TradeSample } from "./trade_sample.ts";

/** Executions drawn into one of them. */
const CHART_TRADES_MAX = 200;
/** Executions of an open market that are kept one by one; more of the same strategy, signal and hour are taken together. */
const APART_MAX = 5_000;
/** Markets of which prices are kept at a time. */
const SERIES_MAX = 2_000;

/** How a market ended, or stands. */
export interface MarketEnd {
  readonly at: Micros;
  /** What one YES contract paid, or its mark while that is not known. */
  readonly yesValue: Money;
  readonly settled: boolean;
  readonly result: string;
  readonly title: string;
  readonly strike: number | null;
  readonly close: Micros | null;
  readonly settlement: number | null;
}

/** What the gathering itself does not know. */
export interface Totals {
  readonly from: Micros;
  readonly to: Micros;
  readonly markets: number;
  readonly settled: number;
  readonly events: number;
  readonly orders: number;
  readonly startingCapital: Money;
  readonly nav: Money;
}

/** The parts of the findings that come from here. */
export type GatheredFindings = Pick<
  Findings,
  | "summary"
  | "attribution"
  | "by"
  | "edge"
  | "calibration"
  | "equity"
  | "days"
  | "trades"
  | "trades_left_out"
  | "charts"
>;

export class Figures {
  readonly forecasts = new ForecastScores();
  readonly curve = new NavCurve();
  readonly #onTrade: (trade: TradeOutcome) => void;
  readonly #open = new Map<string, Executed[]>();
  readonly #groups = new Groups();
  readonly #edges = new EdgeBuckets();
  readonly #days = new Days();
  readonly #sample = new TradeSample();
  readonly #series = new Map<string, MarketSeries>();
  readonly #pnl = new Clusters();
  readonly #won = new Clusters();
  readonly #parts = { model: 0, execution: 0, fees: 0, total: 0 };
  #charts: { readonly size: number; readonly chart: MarketChart }[] = [];
  #fills = 0;
  #contracts = 0;
  #turnover = 0;
  #stakes = 0;
  #stakesCount = 0;
  #stakesMax = 0;

  /** @param onTrade told of every execution once it is known what it came to, or what it stands at in the end */
  constructor(onTrade: (trade: TradeOutcome) => void = () => {}) {
    this.#onTrade = onTrade;
  }

  nav(at: Micros, nav: Money): void {
    this.curve.add(at, nav);
    this.#days.nav(at, nav);
  }

  /** What is at stake, beside the net asset value. */
  stake(nav: Money, exposure: Money): void {
    if (nav <= 0) return;
    const share = exposure / nav;
    this.#stakes += share;
    this.#stakesCount++;
    this.#stakesMax = Math.max(this.#stakesMax, share);
  }

  executed(record: TradeRecord): void {
    const executed = executedOf(record);
    this.#fills++;
    this.#contracts += executed.contracts;
    this.#turnover += executed.turnover;
    this.#days.executed(record.at, record.fee);
    const held = this.#open.get(record.ticker);
    if (held === undefined) this.#open.set(record.ticker, [executed]);
    else if (held.length < APART_MAX) held.push(executed);
    else takeTogether(held, executed);
  }

  /** Whether a market was traded and its end is still to come. */
  isOpen(ticker: string): boolean {
    return this.#open.has(ticker);
  }

  /** Markets that were traded and whose end is still to come. */
  openTickers(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** The strike that the decisions about an open market named. */
  strikeOf(ticker: string): number | null {
    return this.#open.get(ticker)?.find(({ record }) => record !== null)?.record?.evidence.strike ?? null;
  }

  /** How a market's prices stand. */
  look(ticker: string, at: Micros, reading: Reading): void {
    let series = this.#series.get(ticker);
    if (series === undefined) {
      if (this.#series.size >= SERIES_MAX) return;
      this.#series.set(ticker, series = new MarketSeries());
    }
    series.add(at, reading);
  }

  /** A market ended; its prices are let go if nothing of it was traded. */
  untraded(ticker: string): void {
    if (!this.#open.has(ticker)) this.#series.delete(ticker);
  }

  /** A market ended, or is judged by its mark. */
  ended(ticker: string, end: MarketEnd): void {
    const executions = this.#open.get(ticker);
    const series = this.#series.get(ticker);
    this.#open.delete(ticker);
    this.#series.delete(ticker);
    if (executions === undefined) return;
    const outcomes = outcomesOf(executions, end.yesValue);
    const pnl = this.#sumUp(outcomes);
    this.#pnl.add(ticker, pnl);
    if (end.settled && pnl !== 0) this.#won.add(ticker, pnl > 0 ? 1 : 0);
    this.#groups.add(ticker, outcomes, end.settled);
    this.#edges.add(ticker, outcomes);
    const trades = outcomes.flatMap(({ executed: { record }, total }) =>
      record === null ? [] : [tradeOutcome(record, total, end.settled ? end.yesValue : null)]
    );
    for (const trade of trades) {
      this.#sample.add(trade);
      this.#onTrade(trade);
    }
    this.#chart(ticker, end, pnl, series, trades);
  }

  /** What executions came to so far, micro-dollars. */
  get total(): Money {
    return money(this.#parts.total);
  }

  finish(totals: Totals): GatheredFindings {
    const trades = this.#sample.trades();
    const { calibration, ...scores } = this.forecasts.figures();
    return {
      summary: this.#summary(totals, scores),
      attribution: this.#attribution(),
      by: this.#groups.figures(),
      edge: this.#edges.figures(),
      calibration,
      equity: this.curve.points(),
      days: this.#days.figures(),
      trades,
      trades_left_out: this.#fills - trades.length,
      charts: this.#charts.map(({ chart }) => chart),
    };
  }

  #sumUp(outcomes: readonly Outcome[]): number {
    let pnl = 0;
    for (const { model, execution, fee, total } of outcomes) {
      this.#parts.model += model;
      this.#parts.execution += execution;
      this.#parts.fees += fee;
      this.#parts.total += total;
      pnl += total;
    }
    return pnl;
  }

  #attribution(): Attribution {
    const { model, execution, fees, total } = this.#parts;
    return {
      model: formatMoney(money(model)),
      execution: formatMoney(money(execution)),
      fees: formatMoney(money(fees)),
      total: formatMoney(money(total)),
    };
  }

  #summary(
    { from, to, markets, settled, events, orders, startingCapital, nav }: Totals,
    scores: Pick<Summary, "brier" | "brier_market" | "brier_difference" | "log_loss" | "log_loss_market">,
  ): Summary {
    const pnl = money(nav - startingCapital);
    const mean = this.curve.mean;
    return {
      from: formatTime(from),
      to: formatTime(to),
      markets,
      settled,
      events,
      orders,
      fills: this.#fills,
      contracts: this.#contracts / 100,
      starting_capital: formatMoney(startingCapital),
      nav: formatMoney(nav),
      fees: formatMoney(money(this.#parts.fees)),
      pnl: { value: formatMoney(pnl), interval: this.#pnl.dollars().interval },
      roi: {
        value: startingCapital > 0 ? pnl / startingCapital : null,
        interval: this.#pnl.over(startingCapital).interval,
      },
      win_rate: this.#won.mean(),
      ...this.curve.estimates(),
      max_drawdown: this.curve.maxDrawdown,
      turnover: mean === null || mean <= 0 ? null : this.#turnover / mean,
      exposure_mean: this.#stakesCount === 0 ? null : this.#stakes / this.#stakesCount,
      exposure_max: this.#stakesCount === 0 ? null : this.#stakesMax,
      ...scores,
    };
  }

  /** Keeps the chart if few markets moved more. */
  #chart(
    ticker: string,
    { at, result, title, strike, close, settlement }: MarketEnd,
    pnl: number,
    series: MarketSeries | undefined,
    trades: readonly TradeOutcome[],
  ): void {
    const size = Math.abs(pnl);
    if (this.#charts.length >= CHARTED_MARKETS_MAX && size <= this.#charts[CHARTED_MARKETS_MAX - 1].size) return;
    const every = Math.ceil(trades.length / CHART_TRADES_MAX);
    const chart: MarketChart = {
      ticker,
      title,
      strike,
      close: formatTime(close ?? at),
      result,
      settlement,
      pnl: formatMoney(money(pnl)),
      points: series?.points() ?? [],
      trades: trades.filter((_, k) => k % every === 0),
    };
    this.#charts = [...this.#charts, { size, chart }].sort((a, b) => b.size - a.size).slice(0, CHARTED_MARKETS_MAX);
  }
}

const HOUR = 3_600 * MICROS_PER_SECOND;
const hourOf = (at: Micros): number => Math.floor(at / HOUR);

/** Adds an execution to the newest like it; there are only so many kinds. */
function takeTogether(held: Executed[], more: Executed): void {
  for (let k = held.length - 1; k >= APART_MAX; k--) {
    const { strategy, signal, at } = held[k];
    if (strategy !== more.strategy || signal !== more.signal || hourOf(at) !== hourOf(more.at)) continue;
    return absorb(held[k], more);
  }
  held.push(more);
}
