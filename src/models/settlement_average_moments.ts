/**
 * Moments of the mean of n prices one second apart, at times 1 to n, under geometric Brownian motion without drift
 * starting at 1, with x = sigma^2:
 *
 *     M2 = 1/n^2 sum over a      of (2(n - a) + 1) e^(x a)
 *     M3 = 1/n^3 sum over a <= b of w(a, b) e^(x (2a + b)),   w = 6(n - b) + 3 for a < b, 3(n - a) + 1 for a = b
 *
 * because E[S_a S_b S_c] = e^(x (2a + b)) for a <= b <= c, and w counts the ordered triples whose two smallest times
 * are a and b. Summing exponentials this close to 1 would lose the digits that matter, so for every volatility met in
 * practice power series in x are used, whose coefficients depend on n alone and are computed once, when this loads.
 * @module
 */

import { SETTLEMENT_SECONDS } from "../core/settlement.ts";
import { exponential, logarithm } from "./elementary.ts";

/** Up to x n = 0.02 (sigma 1.8 % a second at n = 60) four terms leave a relative error below 1e-8. */
const SERIES_LIMIT = 0.02;
/** A row per n: ln M2 = x (r0 + x (r1 + x (r2 + x r3))), third cumulant = x^2 (r4 + x (r5 + x r6)), one spare. */
const ROW = 8;

const SERIES = new Float64Array((SETTLEMENT_SECONDS + 1) * ROW);
for (let n = 1; n <= SETTLEMENT_SECONDS; n++) writeSeries(n);

/** Coefficients of x, x^2, x^3, x^4 in ln(1 + c1 x + c2 x^2 + c3 x^3 + c4 x^4). */
function logarithmSeries([c1, c2, c3, c4]: readonly number[]): [number, number, number, number] {
  return [
    c1,
    c2 - c1 * c1 / 2,
    c3 - c1 * c2 + c1 * c1 * c1 / 3,
    c4 - c1 * c3 - c2 * c2 / 2 + c1 * c1 * c2 - c1 * c1 * c1 * c1 / 4,
  ];
}

/** Adds weight x (exponent^j / j!), j = 1 to 4, to the Taylor coefficients of a moment. */
function addExponential(coefficients: number[], weight: number, exponent: number): void {
  let term = weight;
  for (let j = 1; j <= 4; j++) {
    term *= exponent / j;
    coefficients[j - 1] += term;
  }
}

function writeSeries(n: number): void {
  const second = [0, 0, 0, 0];
  const third = [0, 0, 0, 0];
  for (let a = 1; a <= n; a++) {
    addExponential(second, pairWeight(n, a), a);
    for (let b = a; b <= n; b++) addExponential(third, tripleWeight(n, a, b), 2 * a + b);
  }
  const logSecond = logarithmSeries(second.map((c) => c / (n * n)));
  const logThird = logarithmSeries(third.map((c) => c / (n * n * n)));
  const at = n * ROW;
  SERIES.set(logSecond, at);
  // The third cumulant's own first coefficient is exactly zero: E[2a + b] = 3 E[min].
  for (let j = 1; j <= 3; j++) SERIES[at + 3 + j] = logThird[j] - 3 * logSecond[j];
}

/** How many of the n^2 ordered pairs of times have a as the smaller. */
function pairWeight(n: number, a: number): number {
  return 2 * (n - a) + 1;
}

/** How many of the n^3 ordered triples of times have a as the smallest and b as the middle one. */
function tripleWeight(n: number, a: number, b: number): number {
  return a < b ? 6 * (n - b) + 3 : 3 * (n - a) + 1;
}

function secondMomentBySummation(variance: number, n: number): number {
  let sum = 0;
  for (let a = 1; a <= n; a++) sum += pairWeight(n, a) * exponential(variance * a);
  return sum / (n * n);
}

function thirdMomentBySummation(variance: number, n: number): number {
  let sum = 0;
  for (let a = 1; a <= n; a++) {
    for (let b = a; b <= n; b++) sum += tripleWeight(n, a, b) * exponential(variance * (2 * a + b));
  }
  return sum / (n * n * n);
}

/** ln M2 for n prices, 1 to 60. */
export function logSecondMoment(variance: number, n: number): number {
  if (variance * n > SERIES_LIMIT) return logarithm(secondMomentBySummation(variance, n));
  const at = n * ROW;
  return variance *
    (SERIES[at] + variance * (SERIES[at + 1] + variance * (SERIES[at + 2] + variance * SERIES[at + 3])));
}

/** ln M3 - 3 ln M2: the third cumulant of a logarithm with these moments (M1 = 1), for n prices, 1 to 60. */
export function logThirdCumulant(variance: number, n: number): number {
  if (variance * n > SERIES_LIMIT) {
    return logarithm(thirdMomentBySummation(variance, n)) - 3 * logarithm(secondMomentBySummation(variance, n));
  }
  const at = n * ROW;
  return variance * variance * (SERIES[at + 4] + variance * (SERIES[at + 5] + variance * SERIES[at + 6]));
}

/** The derivative of {@link logSecondMoment} by the variance. */
export function logSecondMomentSlope(variance: number, n: number): number {
  if (variance * n > SERIES_LIMIT) return secondMomentLogSlope(variance, n);
  const at = n * ROW;
  return SERIES[at] + variance * (2 * SERIES[at + 1] + variance * (3 * SERIES[at + 2] + variance * 4 * SERIES[at + 3]));
}

/** The derivative of {@link logThirdCumulant} by the variance. */
export function logThirdCumulantSlope(variance: number, n: number): number {
  if (variance * n > SERIES_LIMIT) return thirdMomentLogSlope(variance, n) - 3 * secondMomentLogSlope(variance, n);
  const at = n * ROW;
  return variance * (2 * SERIES[at + 4] + variance * (3 * SERIES[at + 5] + variance * 4 * SERIES[at + 6]));
}

/** M2' / M2 by summation. */
function secondMomentLogSlope(variance: number, n: number): number {
  let sum = 0;
  for (let a = 1; a <= n; a++) sum += pairWeight(n, a) * a * exponential(variance * a);
  return sum / (n * n) / secondMomentBySummation(variance, n);
}

/** M3' / M3 by summation. */
function thirdMomentLogSlope(variance: number, n: number): number {
  let sum = 0;
  for (let a = 1; a <= n; a++) {
    for (let b = a; b <= n; b++) {
      const time = 2 * a + b;
      sum += tripleWeight(n, a, b) * time * exponential(variance * time);
    }
  }
  return sum / (n * n * n) / thirdMomentBySummation(variance, n);
}
