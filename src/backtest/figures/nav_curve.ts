/**
 * The net asset value over time, thinned to what a report draws, and the figures of its hourly returns.
 * @module
 */

import { formatMoney, formatTime, type Micros, MICROS_PER_SECOND, type Money } from "../../core/units.ts";
import type { EquityPoint, Estimate } from "../findings.ts";
import { resampled } from "../statistics/bootstrap_blocks.ts";
import { BOOTSTRAP_SEED } from "./clusters.ts";

const HOUR = 3_600 * MICROS_PER_SECOND;
const HOURS_PER_DAY = 24;
const HOURS_PER_YEAR = 8_766;
const YEAR = HOURS_PER_YEAR * HOUR;
/** Hours whose returns are kept: 22 years of trading without a pause. */
const RETURNS_MAX = 200_000;
/** A year's ratio of less than a week of hours tells of those hours: three good ones came to a Sharpe ratio of 54. */
const RETURNS_MIN = 7 * HOURS_PER_DAY;
/** Stretches of time that the curve is kept in; of each its first, highest, lowest, deepest and last value. */
const STRETCHES_MAX = 400;
/** From so many days on, whole days are drawn anew, so that hours which hang together stay together; hours before. */
const DAYS_MIN = 10;
/** Times that hours or days are drawn anew. */
const DRAWS = 1_000;

/** NAV at a moment. */
interface Point {
  readonly at: Micros;
  readonly nav: Money;
  readonly drawdown: number;
}

/** Values that lie near each other in time. */
interface Stretch {
  readonly first: Point;
  high: Point;
  low: Point;
  /** The furthest below the peak of its time, which the lowest need not be. */
  deep: Point;
  last: Point;
}

export interface Ratios {
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
}

/** Takes values in order of time. */
export class NavCurve {
  readonly #returns: number[] = [];
  #stretches: Stretch[] = [];
  #length = HOUR / 60;
  #first: Point | null = null;
  #last: Point | null = null;
  #opening: Money | null = null;
  #peak = 0;
  #drawdown = 0;
  #sum = 0;
  #count = 0;

  add(at: Micros, nav: Money): void {
    if (nav > this.#peak) this.#peak = nav;
    const drawdown = this.#peak > 0 ? 1 - nav / this.#peak : 0;
    this.#drawdown = Math.max(this.#drawdown, drawdown);
    const before = this.#last;
    if (before !== null && Math.floor(before.at / HOUR) !== Math.floor(at / HOUR)) this.#closeHour(before);
    const point = { at, nav, drawdown };
    this.#first ??= point;
    this.#last = point;
    this.#sum += nav;
    this.#count++;
    this.#keep(point);
  }

  get maxDrawdown(): number {
    return this.#drawdown;
  }
  get span(): { readonly from: Micros; readonly to: Micros } | null {
    return this.#first === null || this.#last === null ? null : { from: this.#first.at, to: this.#last.at };
  }
  /** Of all values, micro-dollars. */
  get mean(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }

  /** Annualised, no risk-free rate; `null` of less than {@link RETURNS_MIN} hours. */
  ratios(): Ratios {
    const returns = this.#allReturns();
    const { sharpe, sortino } = ratiosOf(returns);
    return { sharpe, sortino, calmar: this.#calmar() };
  }

  /** The same with intervals. */
  estimates(): { readonly sharpe: Estimate; readonly sortino: Estimate; readonly calmar: Estimate } {
    const returns = this.#allReturns();
    const block = returns.length >= DAYS_MIN * HOURS_PER_DAY ? HOURS_PER_DAY : 1;
    const drawn = resampled(returns, block, DRAWS, BOOTSTRAP_SEED);
    const sharpes: number[] = [];
    const sortinos: number[] = [];
    const calmars: number[] = [];
    for (const sample of drawn) {
      const { sharpe, sortino } = ratiosOf(sample);
      if (sharpe !== null) sharpes.push(sharpe);
      if (sortino !== null) sortinos.push(sortino);
      const calmar = calmarOf(sample);
      if (calmar !== null) calmars.push(calmar);
    }
    const { sharpe, sortino, calmar } = this.ratios();
    return {
      sharpe: { value: sharpe, interval: sharpe === null ? null : middle(sharpes) },
      sortino: { value: sortino, interval: sortino === null ? null : middle(sortinos) },
      calmar: { value: calmar, interval: calmar === null ? null : middle(calmars) },
    };
  }

  /** At most 2,000 points, among them every stretch's highest, lowest and deepest. */
  points(): EquityPoint[] {
    const points: EquityPoint[] = [];
    for (const { first, high, low, deep, last } of this.#stretches) {
      const between = [high, low, deep].sort((a, b) => a.at - b.at);
      for (const { at, nav, drawdown } of new Set([first, ...between, last])) {
        points.push({ at: formatTime(at), nav: formatMoney(nav), drawdown });
      }
    }
    return points;
  }

  #closeHour({ nav }: Point): void {
    const opening = this.#opening ?? this.#first?.nav ?? nav;
    if (opening > 0 && this.#returns.length < RETURNS_MAX) this.#returns.push(nav / opening - 1);
    this.#opening = nav;
  }

  /** With the hour that is going on. */
  #allReturns(): readonly number[] {
    const opening = this.#opening ?? this.#first?.nav ?? null;
    return this.#last === null || opening === null || opening <= 0
      ? this.#returns
      : [...this.#returns, this.#last.nav / opening - 1];
  }

  #calmar(): number | null {
    const first = this.#first;
    const last = this.#last;
    if (first === null || last === null || !(this.#drawdown > 0)) return null;
    if (this.#allReturns().length < RETURNS_MIN) return null;
    const span = last.at - first.at;
    return span > 0 && first.nav > 0 ? (last.nav / first.nav - 1) * (YEAR / span) / this.#drawdown : null;
  }

  #keep(point: Point): void {
    const stretch = this.#stretches.at(-1);
    if (stretch !== undefined && Math.floor(stretch.first.at / this.#length) === Math.floor(point.at / this.#length)) {
      if (point.nav > stretch.high.nav) stretch.high = point;
      if (point.nav < stretch.low.nav) stretch.low = point;
      if (point.drawdown > stretch.deep.drawdown) stretch.deep = point;
      stretch.last = point;
      return;
    }
    this.#stretches.push({ first: point, high: point, low: point, deep: point, last: point });
    if (this.#stretches.length > STRETCHES_MAX) this.#coarsen();
  }

  /** Doubles the stretches' length as often as it takes to have half as many. */
  #coarsen(): void {
    while (this.#stretches.length > STRETCHES_MAX / 2) {
      this.#length *= 2;
      const merged: Stretch[] = [];
      for (const stretch of this.#stretches) {
        const before = merged.at(-1);
        if (
          before === undefined ||
          Math.floor(before.first.at / this.#length) !== Math.floor(stretch.first.at / this.#length)
        ) {
          merged.push(stretch);
          continue;
        }
        if (stretch.high.nav > before.high.nav) before.high = stretch.high;
        if (stretch.low.nav < before.low.nav) before.low = stretch.low;
        if (stretch.deep.drawdown > before.deep.drawdown) before.deep = stretch.deep;
        before.last = stretch.last;
      }
      this.#stretches = merged;
    }
  }
}

/** Of hourly returns. */
function ratiosOf(returns: ArrayLike<number>): { readonly sharpe: number | null; readonly sortino: number | null } {
  const { length } = returns;
  if (length < RETURNS_MIN) return { sharpe: null, sortino: null };
  let sum = 0;
  for (let k = 0; k < length; k++) sum += returns[k];
  const mean = sum / length;
  let squares = 0;
  let losses = 0;
  for (let k = 0; k < length; k++) {
    squares += (returns[k] - mean) ** 2;
    losses += Math.min(0, returns[k]) ** 2;
  }
  const ratio = (deviation: number): number | null =>
    deviation > 0 ? mean / deviation * Math.sqrt(HOURS_PER_YEAR) : null;
  return { sharpe: ratio(Math.sqrt(squares / (length - 1))), sortino: ratio(Math.sqrt(losses / length)) };
}

/** Of hours in a row, as if nothing lay between them. */
function calmarOf(returns: ArrayLike<number>): number | null {
  let nav = 1;
  let peak = 1;
  let worst = 0;
  for (let k = 0; k < returns.length; k++) {
    nav *= 1 + returns[k];
    peak = Math.max(peak, nav);
    worst = Math.max(worst, 1 - nav / peak);
  }
  return worst > 0 ? (nav - 1) * (HOURS_PER_YEAR / returns.length) / worst : null;
}

/** Where 95 of 100 lie. */
function middle(values: number[]): Estimate["interval"] {
  if (values.length < DRAWS / 2) return null;
  values.sort((a, b) => a - b);
  const tail = 0.025;
  return [values[Math.floor(values.length * tail)], values[Math.ceil(values.length * (1 - tail)) - 1]];
}
