/**
 * Corrects probabilities by what came of earlier ones, and only where that has proved to help.
 *
 * | map | how |
 * | --- | --- |
 * | Platt | logit of the corrected = intercept + slope x logit, by greatest likelihood (J. Platt, "Probabilistic outputs for support vector machines", 1999), drawn towards no change |
 * | isotonic | the rising steps that fit best (M. Ayer et al., Annals of Mathematical Statistics 26, 1955), each drawn towards no change, straight lines between |
 *
 * Whether to use one is decided twice, always in order of time: the map that scores best on later groups of the first
 * part, and better than none by a standard error, is fitted to the whole of it; it is used only if it also helps on the
 * last part, which had no say in its choice.
 * @module
 */

import { exponential, logarithm } from "./elementary.ts";
import { type Forecast, type GroupedForecast, logLossOf } from "./probability_scores.ts";

export type ProbabilityMap =
  | { readonly kind: "none" }
  | { readonly kind: "platt"; readonly intercept: number; readonly slope: number }
  /** Probabilities and what they become, both rising. */
  | { readonly kind: "isotonic"; readonly from: readonly number[]; readonly to: readonly number[] };

const EDGE = 1e-6;
const NEWTON_STEPS_MAX = 50;
/** Of the intercept and of the slope less 1: a map that turns 0.5 into 0.73, or 0.9 into 0.99, is one deviation off. */
const PRIOR_VARIANCE = 1;
/** Forecasts at their own probability that each step of an isotonic map counts besides its own. */
const PRIOR_COUNT = 2;

const inside = (probability: number): number => Math.min(1 - EDGE, Math.max(EDGE, probability));
const logit = (probability: number): number => logarithm(inside(probability) / (1 - inside(probability)));
const logistic = (x: number): number => 1 / (1 + exponential(-x));

/** What a map makes of a probability: within 0 and 1, and not falling with it. */
export function applyMap(map: ProbabilityMap, probability: number): number {
  switch (map.kind) {
    case "none":
      return probability;
    case "platt":
      return logistic(map.intercept + map.slope * logit(probability));
    case "isotonic":
      return interpolate(map.from, map.to, probability);
  }
}

function interpolate(from: readonly number[], to: readonly number[], at: number): number {
  if (from.length === 0) return at;
  const above = from.findIndex((each) => each >= at);
  if (above < 0) return to[to.length - 1];
  if (above === 0 || from[above] === at) return to[above];
  const share = (at - from[above - 1]) / (from[above] - from[above - 1]);
  return to[above - 1] + share * (to[above] - to[above - 1]);
}

/** Newton's method on a convex function of two variables; a map that does not rise is none. */
export function fitPlatt(forecasts: readonly Forecast[]): ProbabilityMap {
  let intercept = 0;
  let slope = 1;
  const logits = forecasts.map(({ probability }) => logit(probability));
  for (let step = 0; step < NEWTON_STEPS_MAX; step++) {
    let [first, second] = [intercept / PRIOR_VARIANCE, (slope - 1) / PRIOR_VARIANCE];
    let [h11, h12, h22] = [1 / PRIOR_VARIANCE, 0, 1 / PRIOR_VARIANCE];
    forecasts.forEach(({ yes }, k) => {
      const p = logistic(intercept + slope * logits[k]);
      const error = p - (yes ? 1 : 0);
      const weight = p * (1 - p);
      first += error;
      second += error * logits[k];
      h11 += weight;
      h12 += weight * logits[k];
      h22 += weight * logits[k] * logits[k];
    });
    const determinant = h11 * h22 - h12 * h12;
    const byIntercept = (h22 * first - h12 * second) / determinant;
    const bySlope = (h11 * second - h12 * first) / determinant;
    // A full step may overshoot where the curve is flat: none is longer than 1.
    const scale = Math.min(1, 1 / Math.max(Math.abs(byIntercept), Math.abs(bySlope)));
    intercept -= scale * byIntercept;
    slope -= scale * bySlope;
    if (Math.abs(byIntercept) + Math.abs(bySlope) < 1e-10) break;
  }
  if (!Number.isFinite(intercept) || !(slope > 0 && slope < Infinity)) return { kind: "none" };
  return { kind: "platt", intercept, slope };
}

/** Forecasts that an isotonic map gives one and the same probability. */
interface Step {
  readonly low: number;
  high: number;
  sum: number;
  yes: number;
  n: number;
}

const rateOf = ({ sum, yes, n }: Step): number => (yes + PRIOR_COUNT * sum / n) / (n + PRIOR_COUNT);

function join(step: Step, next: Step): void {
  step.high = next.high;
  step.sum += next.sum;
  step.yes += next.yes;
  step.n += next.n;
}

/** Pools neighbours until the steps rise. */
export function fitIsotonic(forecasts: readonly Forecast[]): ProbabilityMap {
  const steps: Step[] = [];
  for (const { probability, yes } of [...forecasts].sort((a, b) => a.probability - b.probability)) {
    const step = { low: probability, high: probability, sum: probability, yes: yes ? 1 : 0, n: 1 };
    const last = steps.at(-1);
    if (last?.high === probability) join(last, step);
    else steps.push(step);
  }
  const rising: Step[] = [];
  for (const step of steps) {
    rising.push(step);
    for (let k = rising.length - 1; k > 0 && rateOf(rising[k - 1]) >= rateOf(rising[k]); k--) {
      join(rising[k - 1], rising[k]);
      rising.pop();
    }
  }
  // Flat from a step's lowest to its highest forecast.
  const from = rising.flatMap(({ low, high }) => low === high ? [low] : [low, high]);
  const to = rising.flatMap((step) => step.low === step.high ? [rateOf(step)] : [rateOf(step), rateOf(step)]);
  return { kind: "isotonic", from, to };
}

/** Mean log loss with a map less that without, over groups; below 0 it helps. */
export interface Improvement {
  readonly kind: ProbabilityMap["kind"];
  readonly change: number;
  readonly standardError: number | null;
}

export interface Recalibration {
  readonly map: ProbabilityMap;
  readonly why: string;
  /** On later groups of the first part, by which the map was chosen. */
  readonly chosenBy: readonly Improvement[];
  /** On the last part; `null` where no map came so far. */
  readonly confirmedBy: Improvement | null;
}

/** Groups in the first part, of all. */
const FIRST_PART = 0.7;
/** Folds of the first part; each but the first is scored with maps fitted to those before it. */
const FOLDS = 5;
/** Below this the last part would hold too few to confirm anything. */
const GROUPS_MIN = 50;
const CANDIDATES = [["platt", fitPlatt], ["isotonic", fitIsotonic]] as const;

/**
 * Chooses a map, or none.
 *
 * @param forecasts in order of time; the groups are taken in the order in which they first occur
 */
export function recalibrate(forecasts: readonly GroupedForecast[]): Recalibration {
  const groups = groupsOf(forecasts);
  const none = (why: string, chosenBy: readonly Improvement[] = [], confirmedBy: Improvement | null = null) => {
    return { map: { kind: "none" } as const, why, chosenBy, confirmedBy };
  };
  if (groups.length < GROUPS_MIN) {
    return none(`${groups.length} independent outcomes are too few to tell; it takes ${GROUPS_MIN}`);
  }
  const split = Math.floor(groups.length * FIRST_PART);
  const first = groups.slice(0, split);
  const chosenBy = CANDIDATES.map(([kind, fit]) => improvementOf(kind, forwardChanges(first, fit)));
  const best = chosenBy.reduce((a, b) => b.change < a.change ? b : a);
  if (!(best.change + (best.standardError ?? Infinity) < 0)) {
    return none("No map helps on later outcomes by more than a standard error", chosenBy);
  }
  const fit = best.kind === "platt" ? fitPlatt : fitIsotonic;
  const map = fit(first.flat());
  const confirmedBy = improvementOf(map.kind, groups.slice(split).map((group) => changeOf(group, map)));
  if (!(confirmedBy.change < 0)) {
    return none(`The ${best.kind} map was best at first and does not help on the last part`, chosenBy, confirmedBy);
  }
  const why = `The ${best.kind} map helps on later outcomes, and on the last part that had no say in its choice`;
  return { map, why, chosenBy, confirmedBy };
}

function groupsOf(forecasts: readonly GroupedForecast[]): readonly (readonly Forecast[])[] {
  const groups = new Map<string, Forecast[]>();
  for (const each of forecasts) {
    const known = groups.get(each.group);
    if (known === undefined) groups.set(each.group, [each]);
    else known.push(each);
  }
  return [...groups.values()];
}

function forwardChanges(
  groups: readonly (readonly Forecast[])[],
  fit: (forecasts: readonly Forecast[]) => ProbabilityMap,
): number[] {
  const changes: number[] = [];
  for (let fold = 1; fold < FOLDS; fold++) {
    const from = Math.floor(groups.length * fold / FOLDS);
    const to = Math.floor(groups.length * (fold + 1) / FOLDS);
    const map = fit(groups.slice(0, from).flat());
    for (let k = from; k < to; k++) changes.push(changeOf(groups[k], map));
  }
  return changes;
}

function changeOf(group: readonly Forecast[], map: ProbabilityMap): number {
  let sum = 0;
  for (const { probability, yes } of group) {
    sum += logLossOf({ probability: applyMap(map, probability), yes }) - logLossOf({ probability, yes });
  }
  return sum / group.length;
}

function improvementOf(kind: ProbabilityMap["kind"], changes: readonly number[]): Improvement {
  const change = changes.reduce((sum, each) => sum + each, 0) / changes.length;
  const squares = changes.reduce((sum, each) => sum + (each - change) ** 2, 0);
  const standardError = changes.length < 2 ? null : Math.sqrt(squares / (changes.length - 1) / changes.length);
  return { kind, change, standardError };
}
