/**
 * How the total is parted between strategies by what their days brought. A day counts as its profit and loss over the
 * budget that it was made with, so that a strategy is not taken to be wild because it was given much.
 * @module
 */

import type { Money } from "../core/units.ts";
import { exponential } from "../models/elementary.ts";
import type { Weights } from "./allocation.ts";

/** One finished day of one strategy. */
export interface DayResult {
  /** As `2026-11-20`. */
  readonly day: string;
  /** Realised, and the change of what is open at its marks. */
  readonly pnl: Money;
  /** What it could put at stake. */
  readonly budget: Money;
}

/** Oldest first. */
export type History = readonly DayResult[];
export type Histories = ReadonlyMap<string, History>;

/** Days that a volatility needs; with fewer, a strategy is taken to be as wild as the wildest that is known. */
const VOLATILITY_DAYS = 10;
/** Days that covariances need, in all and for each strategy. */
const COVARIANCE_DAYS = 20;
const COVARIANCE_DAYS_EACH = 3;
/** Of a correlation so much is not believed: few days make strategies look more alike, or more opposite, than they are. */
const CORRELATION_SHRINKAGE = 0.2;
/** Of the middle volatility: a calmer strategy is only one that has not lost yet. */
const VOLATILITY_LEAST = 0.1;
/** Rounds of the search for equal risk; tens are usual. */
const ROUNDS_MAX = 500;
/** Change of a part at which the search is over. */
const ROUND_ENOUGH = 1e-12;
/** Days of no merit that a strategy's own days are weighed against. */
const PRIOR_DAYS = 20;
/** Mean over standard deviation of a day: beyond it there is no more merit, or less. */
const SCORE_MAX = 1;
/** A score of one makes a part e^2 times as large. */
const TILT = 2;
const BISECTIONS = 200;

const returnOf = ({ pnl, budget }: DayResult): number => pnl / budget;
const counted = (history: History): History => history.filter(({ budget }) => budget > 0);
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The same part for each. */
export const equalWeights = (names: readonly string[]): Weights =>
  new Map(names.map((name) => [name, 1 / names.length]));

/**
 * Each strategy the same risk. With enough days of all of them, equal risk contributions under their covariances, shrunk
 * to the diagonal: w_i (C w)_i alike for all (S. Maillard, T. Roncalli, J. Teiletche 2010), found one coordinate after the
 * other. With fewer, the inverse of the volatility.
 */
export function riskParityWeights(names: readonly string[], histories: Histories): Weights {
  const days = names.map((name) => counted(histories.get(name) ?? []));
  const volatilities = believedVolatilities(days);
  if (volatilities === null) return equalWeights(names);
  const covariances = covariancesOf(days, volatilities);
  const parts = covariances === null ? volatilities.map((each) => 1 / each) : equalRisk(covariances);
  const sum = sumOf(parts);
  return new Map(names.map((name, at) => [name, parts[at] / sum]));
}

/** Of each strategy; `null` where none is known that is more than nothing. */
function believedVolatilities(days: readonly History[]): readonly number[] | null {
  const measured = days.map((history) => history.length < VOLATILITY_DAYS ? null : deviation(history.map(returnOf)));
  const known = measured.filter((each) => each !== null && each > 0).map(Number).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const least = VOLATILITY_LEAST * known[Math.floor(known.length / 2)];
  const most = known[known.length - 1];
  return measured.map((each) => each === null ? most : Math.max(each, least));
}

function deviation(values: readonly number[]): number {
  const mean = sumOf(values) / values.length;
  return Math.sqrt(sumOf(values.map((value) => (value - mean) ** 2)) / (values.length - 1));
}

/**
 * By the correlations of the days that all have; `null` where those are too few. Correlations of the same days, shrunk, make
 * a positive definite matrix with whatever volatilities, without which no point of equal risk need exist.
 */
function covariancesOf(
  days: readonly History[],
  volatilities: readonly number[],
): readonly (readonly number[])[] | null {
  const byDay = days.map((history) => new Map(history.map((each) => [each.day, returnOf(each)])));
  const common = [...byDay[0].keys()].filter((day) => byDay.every((map) => map.has(day)));
  if (common.length < Math.max(COVARIANCE_DAYS, COVARIANCE_DAYS_EACH * days.length)) return null;
  const directions = byDay.map((map) => unitDeviations(common.map((day) => map.get(day) ?? 0)));
  return directions.map((mine, i) =>
    directions.map((other, j) => {
      const correlation = i === j ? 1 : (1 - CORRELATION_SHRINKAGE) * sumOf(mine.map((value, at) => value * other[at]));
      return correlation * volatilities[i] * volatilities[j];
    })
  );
}

/** Deviations from the mean, of length one; nothing where there are none. */
function unitDeviations(values: readonly number[]): readonly number[] {
  const mean = sumOf(values) / values.length;
  const deviations = values.map((value) => value - mean);
  const length = Math.sqrt(sumOf(deviations.map((value) => value ** 2)));
  return deviations.map((value) => length > 0 ? value / length : 0);
}

/** Parts of equal risk: the point where w_i (C w)_i = 1 for all, not yet scaled. */
function equalRisk(covariances: readonly (readonly number[])[]): readonly number[] {
  const parts = covariances.map((row, i) => 1 / Math.sqrt(row[i]));
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let change = 0;
    for (const [i, row] of covariances.entries()) {
      const others = sumOf(row.map((covariance, j) => j === i ? 0 : covariance * parts[j]));
      const next = (-others + Math.sqrt(others ** 2 + 4 * row[i])) / (2 * row[i]);
      change = Math.max(change, Math.abs(next - parts[i]) / parts[i]);
      parts[i] = next;
    }
    if (change < ROUND_ENOUGH) break;
  }
  return parts;
}

/**
 * More to those that did better for their risk:
 *
 *     score  = mean / standard deviation of the daily returns, a day of age a counting 2^(-a / half-life),
 *              times n / (n + 20) with n the days that this comes to, at most 1 and at least -1
 *     weight = e^(2 score) over the sum of these
 *
 * Without days every score is 0 and every part alike.
 */
export function performanceWeights(names: readonly string[], histories: Histories, halfLifeDays: number): Weights {
  const tilts = names.map((name) => exponential(TILT * performanceScore(histories.get(name) ?? [], halfLifeDays)));
  const sum = sumOf(tilts);
  return new Map(names.map((name, at) => [name, tilts[at] / sum]));
}

/** Of one strategy, shrunk towards 0: from -1 to 1. */
export function performanceScore(history: History, halfLifeDays: number): number {
  const returns = counted(history).map(returnOf);
  const weights = returns.map((_, at) => exponential(-Math.LN2 * (returns.length - 1 - at) / halfLifeDays));
  const total = sumOf(weights);
  const mean = sumOf(returns.map((value, at) => weights[at] * value)) / total;
  const variance = sumOf(returns.map((value, at) => weights[at] * (value - mean) ** 2)) / total;
  // One day, or days all alike, say nothing of luck and merit.
  if (!(variance > 0)) return 0;
  const days = total ** 2 / sumOf(weights.map((weight) => weight ** 2));
  const score = mean / Math.sqrt(variance) * days / (days + PRIOR_DAYS);
  return Math.min(SCORE_MAX, Math.max(-SCORE_MAX, score));
}

/**
 * Weights of 1 together in the same proportions, but none below the floor or above the ceiling. They stay 1, or less where
 * the ceiling is too low for that; a floor too high for so many strategies gives all the same.
 */
export function boundWeights(weights: Weights, floor: number, ceiling: number): Weights {
  const names = [...weights.keys()];
  if (names.length === 0) return weights;
  const low = Math.min(floor, 1 / names.length);
  const high = Math.max(ceiling, low);
  if ([...weights.values()].every((weight) => weight >= low && weight <= high)) return weights;
  const wanted = Math.min(1, high * names.length);
  const at = (factor: number): number[] =>
    [...weights.values()].map((weight) => Math.min(high, Math.max(low, weight * factor)));
  let below = 0;
  let above = Number.MAX_VALUE;
  for (let round = 0; round < BISECTIONS && above > below; round++) {
    // Halves the exponent's range first, for the factor may be of any size.
    const middle = below > 1e-300 ? Math.sqrt(below) * Math.sqrt(above) : Math.min(1, above / 2);
    if (sumOf(at(middle)) < wanted) below = middle;
    else above = middle;
  }
  const bounded = at(below);
  const sum = sumOf(bounded);
  const excess = sum > 1 ? 1 / sum : 1;
  return new Map(names.map((name, k) => [name, bounded[k] * excess]));
}

/** From the weights of before towards the wanted ones, all alike, until one has changed by the step. */
export function stepWeights(before: Weights, wanted: Weights, step: number): Weights {
  let largest = 0;
  for (const [name, weight] of wanted) largest = Math.max(largest, Math.abs(weight - (before.get(name) ?? 0)));
  const part = largest <= step ? 1 : step / largest;
  return new Map([...wanted].map(([name, weight]) => {
    const from = before.get(name) ?? 0;
    return [name, from + part * (weight - from)];
  }));
}

/** The weights of these strategies: one that joins gets an equal part, for which the others make room. */
export function withJoiners(before: Weights, names: readonly string[]): Weights {
  const stayed = names.filter((name) => before.has(name));
  const room = stayed.length / names.length;
  const sum = sumOf(stayed.map((name) => before.get(name) ?? 0));
  const factor = sum > room ? room / sum : 1;
  return new Map(names.map((name) => {
    const weight = before.get(name);
    return [name, weight === undefined ? 1 / names.length : weight * factor];
  }));
}
