/**
 * Probabilities of one event must fit together: that of ending above a strike falls with the strike, and those of
 * buckets that leave no gap sum to one.
 * @module
 */

/** One market of a ladder: the probability of ending above (or at) its strike. */
export interface LadderProbability {
  readonly strike: number;
  readonly probability: number;
}

export interface Incoherence {
  /** In words; `null` where all fits together. */
  readonly problem: string | null;
  /** By how much it does not, at the worst place. */
  readonly size: number;
}

/** What rounding may add. */
const TOLERANCE = 1e-9;
const FITS: Incoherence = { problem: null, size: 0 };

function outOfRange(probabilities: readonly number[]): Incoherence | null {
  const wrong = probabilities.find((each) => !(each >= 0 && each <= 1));
  return wrong === undefined
    ? null
    : { problem: `A probability must be within 0 and 1, found ${wrong}`, size: Infinity };
}

/** The worst place at which a higher strike is more probable than a lower one. */
export function ladderIncoherence(ladder: readonly LadderProbability[]): Incoherence {
  const outside = outOfRange(ladder.map(({ probability }) => probability));
  if (outside !== null) return outside;
  const sorted = [...ladder].sort((a, b) => a.strike - b.strike);
  let lowest = sorted[0];
  let worst = FITS;
  for (const each of sorted) {
    const size = each.probability - lowest.probability;
    if (size > TOLERANCE && size > worst.size) {
      const [low, high] = [lowest, each];
      const problem = low.strike === high.strike
        ? `Strike ${low.strike} has two probabilities, ${low.probability} and ${high.probability}`
        : `Above ${high.strike} has probability ${high.probability}, more than ${low.probability} above ${low.strike}`;
      worst = { problem, size };
    }
    if (each.probability < lowest.probability) lowest = each;
  }
  return worst;
}

/** How far the probabilities of buckets that leave no gap are from summing to one. */
export function bucketIncoherence(probabilities: readonly number[]): Incoherence {
  const outside = outOfRange(probabilities);
  if (outside !== null) return outside;
  const sum = probabilities.reduce((total, each) => total + each, 0);
  const size = Math.abs(sum - 1);
  return size <= TOLERANCE ? FITS : { problem: `The buckets' probabilities sum to ${sum}, not to 1`, size };
}

/**
 * The falling probabilities nearest to these by least squares, in the order of the input: neighbours that rise are
 * pooled at their mean.
 *
 * @example
 * ```ts
 * import { coherentLadder } from "./coherence.ts";
 * import assert from "node:assert/strict";
 * const ladder = [{ strike: 1, probability: 0.75 }, { strike: 3, probability: 0.5 }, { strike: 2, probability: 0.25 }];
 * assert.deepEqual(coherentLadder(ladder), [0.75, 0.375, 0.375]);
 * ```
 */
export function coherentLadder(ladder: readonly LadderProbability[]): readonly number[] {
  const order = ladder.map((_, place) => place).sort((a, b) => ladder[a].strike - ladder[b].strike);
  const blocks: { sum: number; places: number[]; strike: number }[] = [];
  const mean = ({ sum, places }: { sum: number; places: readonly number[] }): number => sum / places.length;
  for (const place of order) {
    const { probability, strike } = ladder[place];
    const last = blocks.at(-1);
    // One strike has one probability.
    if (last !== undefined && last.strike === strike) {
      last.sum += probability;
      last.places.push(place);
    } else blocks.push({ sum: probability, places: [place], strike });
    for (let k = blocks.length - 1; k > 0 && mean(blocks[k - 1]) < mean(blocks[k]); k--) {
      const { sum, places, strike } = blocks[k];
      blocks[k - 1].sum += sum;
      blocks[k - 1].places.push(...places);
      blocks[k - 1].strike = strike;
      blocks.pop();
    }
  }
  const result: number[] = new Array(ladder.length).fill(NaN);
  for (const block of blocks) for (const place of block.places) result[place] = mean(block);
  return result;
}
