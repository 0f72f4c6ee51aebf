/**
 * Bayesian optimisation: proposes the points where a Gaussian process, fitted to what is known, expects the largest improvement
 * on the best so far (J. Mockus; D. R. Jones, M. Schonlau and W. J. Welch, Journal of Global Optimization 13 (1998)).
 *
 * Points lie in a cube of side 1, and `snap` moves one to the nearest that can be tried: steps, words and switches are dealt with
 * there. Several points are proposed at once by believing, for each, what the process says of it before the next one is looked
 * for ("kriging believer", D. Ginsbourger, R. Le Riche and L. Carraro, 2010), so that all cores have something to do.
 *
 * Kept because no published package did for us: those that were found draw from `Math.random`, own the loop that evaluates, or
 * name the method without having it.
 * @module
 */

import { normalCdf, normalPdf } from "../../models/normal.ts";
import type { Random } from "../../venues/exchange/random.ts";
import { GaussianProcess, type KernelSettings } from "./gaussian_process.ts";

export type Point = readonly number[];

export interface Observed {
  readonly point: Point;
  /** To be made large. */
  readonly value: number;
}

/** A cube whose points stand for what can be tried. */
export interface Cube {
  readonly dimensions: number;
  snap(point: Point): Point;
}

/** Points that the process is fitted to: the newest. Time grows with the third power of it. */
const POINTS_MAX = 200;
const CANDIDATES = 600;
const NEIGHBOURS_OF = 6;
const NEIGHBOURS = 40;
/** Floating point operations that fitting may take, about; some tenths of a second. */
const FITTING_WORK = 1e8;
const FITTING_STEPS = { least: 30, most: 200 } as const;
/** Where fitting begins, and what it holds likely before it has seen anything: as logarithms. */
const USUAL = { length: Math.log(0.6), lengthSpread: 0.8, noise: Math.log(1e-2), noiseSpread: 2 } as const;
/** The noise is neither nothing nor all that there is. */
const NOISE = { least: Math.log(1e-6), most: Math.log(1) } as const;
/** Closer to a point that was tried, in every direction, there is nothing new to learn. */
const DISTANCE_MIN = 0.01;
/** A value this many deviations below the middle says "bad", and no more how bad. */
const WORST_DEVIATIONS = 3;

/**
 * The next points to try, `count` or fewer where nothing new is found.
 *
 * @param known at least two
 */
export function proposePoints(cube: Cube, known: readonly Observed[], count: number, random: Random): Point[] {
  const recent = known.slice(-POINTS_MAX);
  const points = recent.map(({ point }) => point);
  const values = standardised(recent.map(({ value }) => value));
  const settings = fit(points, values, cube.dimensions);
  const tried = known.map(({ point }) => point);
  const proposed: Point[] = [];
  while (proposed.length < count) {
    const process = new GaussianProcess(points, values, settings);
    const next = mostPromising(cube, process, points, tried, random);
    if (next === null) break;
    proposed.push(next);
    tried.push(next);
    points.push(next);
    values.push(process.predict(next).mean);
  }
  return proposed;
}

/** Mean 0 and deviation 1; what is far below the others is moved closer. */
function standardised(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  const spread = sorted.reduce((sum, each) => sum + Math.abs(each - median), 0) / sorted.length;
  const bounded = values.map((each) => Math.max(each, median - WORST_DEVIATIONS * spread));
  const mean = bounded.reduce((sum, each) => sum + each, 0) / bounded.length;
  const deviation = Math.sqrt(bounded.reduce((sum, each) => sum + (each - mean) ** 2, 0) / bounded.length);
  return bounded.map((each) => deviation > 0 ? (each - mean) / deviation : 0);
}

/** Settings whose likelihood, times what was held likely before, is large: coordinate by coordinate, by ever smaller steps. */
function fit(points: readonly Point[], values: readonly number[], dimensions: number): KernelSettings {
  const judge = (logs: readonly number[]): number => {
    const settings = settingsOf(logs);
    const prior = logs.reduce((sum, each, k) => {
      const isNoise = k === dimensions;
      const off = isNoise ? (each - USUAL.noise) / USUAL.noiseSpread : (each - USUAL.length) / USUAL.lengthSpread;
      return sum - off ** 2 / 2;
    }, 0);
    return new GaussianProcess(points, values, settings).logLikelihood + prior;
  };
  let logs = [...Array.from({ length: dimensions }, () => USUAL.length), USUAL.noise];
  let best = judge(logs);
  let left = Math.round(FITTING_WORK / Math.max(1, points.length ** 2 * (points.length / 3 + 4 * dimensions)));
  left = Math.min(FITTING_STEPS.most, Math.max(FITTING_STEPS.least, left));
  for (let step = 1; step > 0.1 && left > 0; step /= 2) {
    for (let k = 0; k <= dimensions && left > 0; k++) {
      for (const direction of [step, -step]) {
        const other = logs.with(k, bounded(k === dimensions, logs[k] + direction));
        left--;
        const found = judge(other);
        if (found <= best) continue;
        [logs, best] = [other, found];
        break;
      }
    }
  }
  return settingsOf(logs);
}

const bounded = (isNoise: boolean, log: number): number =>
  isNoise ? Math.min(NOISE.most, Math.max(NOISE.least, log)) : log;

const settingsOf = (logs: readonly number[]): KernelSettings => ({
  lengths: logs.slice(0, -1).map(Math.exp),
  noise: Math.exp(logs[logs.length - 1]),
});

/** The one of many candidates with the largest expected improvement; `null` where all of them were tried. */
function mostPromising(
  cube: Cube,
  process: GaussianProcess,
  points: readonly Point[],
  tried: readonly Point[],
  random: Random,
): Point | null {
  const believed = points.map((point) => ({ point, mean: process.predict(point).mean }));
  believed.sort((a, b) => b.mean - a.mean);
  const incumbent = believed[0].mean;
  let best: { readonly point: Point; readonly gain: number } | null = null;
  const look = (raw: Point): void => {
    const point = cube.snap(raw);
    if (tried.some((other) => isNear(point, other))) return;
    const gain = expectedImprovement(process, point, incumbent);
    if (best === null || gain > best.gain) best = { point, gain };
  };
  const anywhere = (): number[] => Array.from({ length: cube.dimensions }, () => random.uniform());
  for (let k = 0; k < CANDIDATES; k++) look(anywhere());
  for (const { point } of believed.slice(0, NEIGHBOURS_OF)) {
    for (let k = 0; k < NEIGHBOURS; k++) look(near(point, 0.2 * random.uniform(), random));
  }
  for (let width = 0.08; width > 0.005; width /= 2) {
    const centre = chosen(best);
    if (centre === null) return null;
    for (let k = 0; k < NEIGHBOURS; k++) look(near(centre, width, random));
  }
  return chosen(best);
}

const isNear = (a: Point, b: Point): boolean => a.every((each, k) => Math.abs(each - b[k]) < DISTANCE_MIN);

/** Out of the closures that set it. */
const chosen = (best: { readonly point: Point } | null): Point | null => best?.point ?? null;

function near(point: Point, width: number, random: Random): Point {
  return point.map((each) => Math.min(1, Math.max(0, each + width * random.normal())));
}

/** Where a difference is too small for a float to tell, what is less known is worth more. */
function expectedImprovement(process: GaussianProcess, point: Point, incumbent: number): number {
  const { mean, deviation } = process.predict(point);
  if (!(deviation > 0)) return Math.max(0, mean - incumbent);
  const z = (mean - incumbent) / deviation;
  return deviation * (normalPdf(z) + z * normalCdf(z)) + 1e-12 * deviation;
}
