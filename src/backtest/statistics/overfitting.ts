/**
 * The probability of backtest overfitting by combinatorially symmetric cross-validation (D. H. Bailey, J. Borwein, M. Lopez de
 * Prado and Q. J. Zhu, "The Probability of Backtest Overfitting", Journal of Computational Finance 20 (2016)).
 *
 * Time is cut into an even number of blocks. For every way to take half of them, the trial that is best in that half is looked
 * up in the other half: how often it is there no better than the median is the probability.
 * @module
 */

/** 12,870 ways to take 8 of 16; more blocks say little more and take four times as long for each two. */
const BLOCKS_MAX = 16;
/** Fewer ways than those to take 2 of 4 are no frequency. */
const BLOCKS_MIN = 4;
const PERIODS_PER_BLOCK_MIN = 2;

/** What is compared: the sum of what a trial brought, or its mean over its deviation. */
export type Performance = "sum" | "sharpe";

export interface Overfitting {
  readonly blocks: number;
  /** Ways to halve them. */
  readonly splits: number;
  readonly probability: number;
  /** Mean over the splits of the logit of the rank that the chosen one has in the other half; 0 is the median. */
  readonly meanLogit: number;
}

/** How many blocks so many periods are cut into; `null` where they are too few. */
export function blocksFor(periods: number): number | null {
  const even = 2 * Math.floor(periods / PERIODS_PER_BLOCK_MIN / 2);
  return even < BLOCKS_MIN ? null : Math.min(BLOCKS_MAX, even);
}

/** What of a series is additive over blocks. */
interface BlockSums {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/**
 * @param trials what each trial brought in each period, all of the same periods in order of time
 * @returns `null` where there are fewer than two trials, or too few periods
 */
export function overfittingOf(trials: readonly ArrayLike<number>[], performance: Performance): Overfitting | null {
  const periods = trials[0]?.length ?? 0;
  if (trials.some(({ length }) => length !== periods)) {
    throw new RangeError("All trials must have the same number of periods");
  }
  const blocks = blocksFor(periods);
  if (trials.length < 2 || blocks === null) return null;
  const sums = trials.map((each) => blockSums(each, blocks));
  const chosen = new Float64Array(trials.length);
  const others = new Float64Array(trials.length);
  let splits = 0;
  let overfitted = 0;
  let logits = 0;
  for (const half of halvesOf(blocks)) {
    sums.forEach((each, trial) => {
      chosen[trial] = performanceIn(each, half, performance);
      others[trial] = performanceIn(each, ~half, performance);
    });
    const rank = relativeRank(others, indexOfMost(chosen));
    const logit = Math.log(rank / (1 - rank));
    splits++;
    logits += logit;
    if (logit <= 0) overfitted++;
  }
  return { blocks, splits, probability: overfitted / splits, meanLogit: logits / splits };
}

/** Blocks as even as they can be: the first ones have one period more where they do not divide. */
function blockSums(values: ArrayLike<number>, blocks: number): BlockSums {
  const made = {
    counts: new Float64Array(blocks),
    sums: new Float64Array(blocks),
    squares: new Float64Array(blocks),
  };
  const { length } = values;
  for (let k = 0; k < length; k++) {
    const block = blockOf(k, length, blocks);
    made.counts[block]++;
    made.sums[block] += values[k];
    made.squares[block] += values[k] ** 2;
  }
  return made;
}

function blockOf(period: number, periods: number, blocks: number): number {
  const short = Math.floor(periods / blocks);
  const long = periods % blocks;
  const inLong = long * (short + 1);
  return period < inLong ? Math.floor(period / (short + 1)) : long + Math.floor((period - inLong) / short);
}

/** Every way to take half of the blocks, as bits. */
function* halvesOf(blocks: number): Generator<number> {
  for (let bits = 0; bits < 1 << blocks; bits++) if (bitCount(bits) === blocks / 2) yield bits;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** A series without any deviation has performed as one that brings nothing. */
function performanceIn({ counts, sums, squares }: BlockSums, half: number, performance: Performance): number {
  let count = 0;
  let sum = 0;
  let square = 0;
  for (let block = 0; block < counts.length; block++) {
    if ((half >> block & 1) === 0) continue;
    count += counts[block];
    sum += sums[block];
    square += squares[block];
  }
  if (performance === "sum") return sum;
  const mean = sum / count;
  const variance = square / count - mean ** 2;
  // What is left of the squares by rounding alone is no deviation.
  return variance > 1e-12 * square / count ? mean / Math.sqrt(variance) : 0;
}

/** Of equal ones the first. */
function indexOfMost(values: Float64Array): number {
  let most = 0;
  for (let k = 1; k < values.length; k++) if (values[k] > values[most]) most = k;
  return most;
}

/** The rank of one among all, as a fraction of n + 1: equal ones share the mean of their ranks. */
function relativeRank(values: Float64Array, at: number): number {
  let below = 0;
  let equal = 0;
  for (const value of values) {
    if (value < values[at]) below++;
    else if (value === values[at]) equal++;
  }
  return (below + (equal + 1) / 2) / (values.length + 1);
}
