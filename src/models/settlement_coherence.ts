/**
 * Whether the probabilities of an event's markets can all be true at once, and the nearest ones that can. Models that
 * price each market by itself (a simulation, a learned model, an operator's figures) need not agree with themselves.
 *
 * | markets | what must hold | repair |
 * | --- | --- | --- |
 * | thresholds: every one open to one side | the higher the strike, the less likely "above" | least squares: neighbours that are out of order take their mean (pool adjacent violators) |
 * | partition: together they cover every number once | they sum to one | all are scaled alike |
 * @module
 */

import { type SettlementRule, type YesInterval, yesInterval } from "./settlement_interval.ts";

export type Violation =
  /** Not a number from 0 to 1. */
  | { readonly kind: "not_a_probability"; readonly market: number; readonly value: number }
  /** The market with the higher strike is likelier to end above it than the one before, by so much. */
  | { readonly kind: "rising"; readonly market: number; readonly after: number; readonly amount: number }
  /** The buckets sum to this and not to one. */
  | { readonly kind: "sum"; readonly sum: number };

export interface Coherence {
  readonly shape: "thresholds" | "partition";
  /** Indices are those of the rules. Empty where everything agrees. */
  readonly violations: readonly Violation[];
  /** Nearest coherent probabilities, in the order of the rules; those given where everything agrees. */
  readonly repaired: readonly number[];
}

export type CoherenceResult =
  | { readonly ok: true; readonly value: Coherence }
  | { readonly ok: false; readonly reason: string };

/** Float64 loses less over thousands of buckets. */
export const COHERENCE_TOLERANCE = 1e-9;

/**
 * Checks the probabilities of YES of one event's markets against each other.
 *
 * @param tolerance differences up to this are none
 * @example
 * ```ts
 * import { coherence } from "./settlement_coherence.ts";
 * import assert from "node:assert/strict";
 * const above = (floorStrike: number) => ({ strikeType: "greater", floorStrike, capStrike: null, roundDigits: 2 }) as const;
 * const checked = coherence([above(100), above(110), above(120)], [0.9, 0.3, 0.5]);
 * assert.ok(checked.ok);
 * assert.deepEqual(checked.value.violations, [{ kind: "rising", market: 2, after: 1, amount: 0.2 }]);
 * assert.deepEqual(checked.value.repaired, [0.9, 0.4, 0.4]);
 * ```
 */
export function coherence(
  rules: readonly SettlementRule[],
  probabilities: readonly number[],
  tolerance = COHERENCE_TOLERANCE,
): CoherenceResult {
  if (rules.length === 0) return { ok: false, reason: "An event without markets has nothing to agree on" };
  if (rules.length !== probabilities.length) {
    return { ok: false, reason: `Found ${probabilities.length} probabilities for ${rules.length} markets` };
  }
  const intervals: YesInterval[] = [];
  for (const [market, rule] of rules.entries()) {
    const interval = yesInterval(rule);
    if (interval === null) return { ok: false, reason: `Market ${market} of the event decides no number` };
    intervals.push(interval);
  }
  if (isPartition(intervals)) return { ok: true, value: partition(probabilities, tolerance) };
  if (intervals.every(({ from, to }) => (from === -Infinity) !== (to === Infinity))) {
    return { ok: true, value: thresholds(intervals, probabilities, tolerance) };
  }
  return { ok: false, reason: "The markets are neither thresholds nor do they cover every number once" };
}

function isPartition(intervals: readonly YesInterval[]): boolean {
  let reached = -Infinity;
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    if (from !== reached || !(to > from)) return false;
    reached = to;
  }
  return reached === Infinity;
}

const notProbabilities = (probabilities: readonly number[]): Violation[] =>
  probabilities.flatMap((value, market): Violation[] =>
    value >= 0 && value <= 1 ? [] : [{ kind: "not_a_probability", market, value }]
  );

/** The nearest number from 0 to 1; what is no number says nothing: one half. */
const held = (value: number): number => Number.isNaN(value) ? 0.5 : Math.min(1, Math.max(0, value));

/** A threshold as the probability of "above". */
interface Threshold {
  readonly market: number;
  readonly boundary: number;
  readonly isAbove: boolean;
  readonly above: number;
}

function thresholds(intervals: readonly YesInterval[], given: readonly number[], tolerance: number): Coherence {
  const violations = notProbabilities(given);
  const ladder = intervals.map(({ from, to }, market): Threshold => {
    const isAbove = to === Infinity;
    const value = held(given[market]);
    return { market, boundary: isAbove ? from : to, isAbove, above: isAbove ? value : 1 - value };
  }).sort((a, b) => a.boundary - b.boundary || b.above - a.above);
  for (let at = 1; at < ladder.length; at++) {
    const [lower, upper] = [ladder[at - 1], ladder[at]];
    const amount = upper.boundary === lower.boundary ? lower.above - upper.above : upper.above - lower.above;
    if (amount > tolerance) violations.push({ kind: "rising", market: upper.market, after: lower.market, amount });
  }
  if (violations.length === 0) return { shape: "thresholds", violations, repaired: given };
  const repaired = new Array<number>(given.length);
  const pooled = fallingFit(ladder);
  ladder.forEach(({ market, isAbove }, at) => repaired[market] = isAbove ? pooled[at] : 1 - pooled[at]);
  return { shape: "thresholds", violations, repaired };
}

/** The never rising sequence nearest in least squares; what stands at one boundary is pooled first. */
function fallingFit(ladder: readonly Threshold[]): number[] {
  const blocks: { boundary: number; sum: number; count: number }[] = [];
  for (const { boundary, above } of ladder) {
    blocks.push({ boundary, sum: above, count: 1 });
    // Each turn removes a block, so this ends.
    while (blocks.length > 1 && mustPool(blocks[blocks.length - 2], blocks[blocks.length - 1])) {
      const upper = blocks.pop();
      const lower = blocks[blocks.length - 1];
      if (upper === undefined) break;
      lower.sum += upper.sum;
      lower.count += upper.count;
      lower.boundary = upper.boundary;
    }
  }
  return blocks.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
}

interface Block {
  readonly boundary: number;
  readonly sum: number;
  readonly count: number;
}

const mustPool = (lower: Block, upper: Block): boolean =>
  lower.boundary === upper.boundary || upper.sum / upper.count > lower.sum / lower.count;

function partition(given: readonly number[], tolerance: number): Coherence {
  const violations = notProbabilities(given);
  const values = given.map((value) => Number.isNaN(value) ? 0 : held(value));
  const sum = values.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) > tolerance) violations.push({ kind: "sum", sum });
  if (violations.length === 0) return { shape: "partition", violations, repaired: given };
  const repaired = values.map((value) => sum > 0 ? value / sum : 1 / values.length);
  return { shape: "partition", violations, repaired };
}
