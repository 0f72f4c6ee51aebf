/**
 * What a backtest says about a strategy. Every figure is `null` where there is too little to tell, never a silent zero.
 * @module
 */

import { type Micros, MICROS_PER_SECOND, type Money } from "../core/units.ts";
import { brierOf, type Forecast, logLossOf, meanScore, reliability } from "../models/probability_scores.ts";

export type { Forecast } from "../models/probability_scores.ts";

/** NAV at a moment. */
export interface NavPoint {
  readonly at: Micros;
  readonly nav: Money;
}

export interface PerformanceFigures {
  /** Annualised from hourly returns, no risk-free rate. */
  readonly sharpe: number | null;
  /** The same with the deviation of losing hours only. */
  readonly sortino: number | null;
  /** Annualised return over the largest drawdown. */
  readonly calmar: number | null;
  /** Largest fall from a peak, as a fraction of that peak. */
  readonly max_drawdown: number;
}

const HOUR = 3_600 * MICROS_PER_SECOND;
const HOURS_PER_YEAR = 8_766;
const YEAR = HOURS_PER_YEAR * HOUR;

/** Figures of a series of NAVs in order of time. Hours without a point are left out: nothing was traded then. */
export function performance(points: readonly NavPoint[]): PerformanceFigures {
  const drawdown = largestDrawdown(points);
  const returns = hourlyReturns(points);
  const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length;
  const ratio = (deviation: number): number | null =>
    returns.length < 2 || !(deviation > 0) ? null : mean / deviation * Math.sqrt(HOURS_PER_YEAR);
  const spread = Math.sqrt(returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (returns.length - 1));
  const downside = Math.sqrt(returns.reduce((sum, each) => sum + Math.min(0, each) ** 2, 0) / returns.length);
  return {
    sharpe: ratio(spread),
    sortino: ratio(downside),
    calmar: annualReturnOver(points, drawdown),
    max_drawdown: drawdown,
  };
}

function hourlyReturns(points: readonly NavPoint[]): number[] {
  const returns: number[] = [];
  let before: number | null = null;
  for (let k = 0; k < points.length; k++) {
    const last = k + 1 === points.length || Math.floor(points[k + 1].at / HOUR) !== Math.floor(points[k].at / HOUR);
    if (!last) continue;
    const opening = before ?? points[0].nav;
    if (opening > 0) returns.push(points[k].nav / opening - 1);
    before = points[k].nav;
  }
  return returns;
}

function largestDrawdown(points: readonly NavPoint[]): number {
  let peak = 0;
  let worst = 0;
  for (const { nav } of points) {
    if (nav > peak) peak = nav;
    if (peak > 0) worst = Math.max(worst, 1 - nav / peak);
  }
  return worst;
}

function annualReturnOver(points: readonly NavPoint[], drawdown: number): number | null {
  if (points.length < 2 || !(drawdown > 0)) return null;
  const first = points[0];
  const last = points[points.length - 1];
  const span = last.at - first.at;
  return span > 0 && first.nav > 0 ? (last.nav / first.nav - 1) * (YEAR / span) / drawdown : null;
}

export interface CalibrationRow {
  readonly p_low: number;
  readonly p_high: number;
  readonly n: number;
  readonly mean_p: number | null;
  readonly yes_rate: number | null;
}

export interface CalibrationFigures {
  readonly brier: number | null;
  readonly log_loss: number | null;
  readonly calibration: readonly CalibrationRow[];
}

/** How good probabilities were: Brier score, log loss, and how often YES came true by tenths of the probability. */
export function calibrate(forecasts: readonly Forecast[]): CalibrationFigures {
  return {
    brier: meanScore(forecasts, brierOf),
    log_loss: meanScore(forecasts, logLossOf),
    calibration: reliability(forecasts).map(({ low, high, n, meanProbability, yesRate }) => ({
      p_low: low,
      p_high: high,
      n,
      mean_p: meanProbability,
      yes_rate: yesRate,
    })),
  };
}
