/** What the paths of a block came to, and how many of them ended above each strike. */

import { exponentialMinusOne, smallExponentialMinusOne } from "../random/exponential";
import { averaged, evenAt, oddAt, paired, twinAt, twinned, wide } from "./job";

/** Paths that share one seeding of the generators; part of what a seed means, so changing it changes every result. */
export const BLOCK: i32 = 1024;

/**
 * Of every path of a block, summed over the averaged prices: price / spot - 1, so that float32 keeps seven digits of the
 * move and not of the price; the same of the mirrored path or, of the twin, the logarithm.
 */
const MOVES = memory.data(1024 * 4, 16);
const OTHERS = memory.data(1024 * 4, 16);

const STRIKES_MAX: i32 = 256;
/** What the sum of a path must exceed, and that of the other one. */
const NEEDED = memory.data(256 * 4, 16);
const NEEDED_OF_OTHER = memory.data(256 * 4, 16);
let strikes: i32 = 0;

/** Paths above; others above; both of a pair above: one row of counts for every strike. */
const COUNTS = memory.data(256 * 12, 16);

export function storeStrike(index: i32, needed: f64, neededOfOther: f64): void {
  if (<u32> index >= <u32> STRIKES_MAX) return;
  store<f32>(NEEDED + (<usize> index << 2), <f32> needed);
  store<f32>(NEEDED_OF_OTHER + (<usize> index << 2), <f32> neededOfOther);
  strikes = index + 1;
}

export function clearCounts(): void {
  memory.fill(COUNTS, 0, <usize> STRIKES_MAX * 12);
}

/** @param kind 0: paths, 1: others, 2: both */
export function countOf(strike: i32, kind: i32): i32 {
  if (<u32> strike >= <u32> STRIKES_MAX || <u32> kind > 2) return 0;
  return load<i32>(COUNTS + <usize> strike * 12 + (<usize> kind << 2));
}

function move(logarithm: v128, isWide: bool): v128 {
  return isWide ? exponentialMinusOne(logarithm) : smallExponentialMinusOne(logarithm);
}

function sumHalf(half: i32, at: usize, isWide: bool): void {
  let sum = f32x4.splat(0);
  let other = f32x4.splat(0);
  for (let row = 0; row < averaged; row++) {
    const even = evenAt(row, half);
    const odd = oddAt(row, half);
    sum = f32x4.add(sum, move(f32x4.add(even, odd), isWide));
    if (paired) other = f32x4.add(other, move(f32x4.sub(even, odd), isWide));
    else if (twinned) other = f32x4.add(other, twinAt(row, half));
  }
  v128.store(MOVES + at, sum);
  v128.store(OTHERS + at, other);
}

/** Averages the rows of group number `group` of the block. */
export function averageGroup(group: i32): void {
  const at = <usize> group << 5;
  if (wide) {
    sumHalf(0, at, true);
    sumHalf(1, at + 16, true);
  } else {
    sumHalf(0, at, false);
    sumHalf(1, at + 16, false);
  }
}

/** Adds the first `paths` of the block to the counts of every strike. */
export function countBlock(paths: i32): void {
  for (let strike = 0; strike < strikes; strike++) {
    const needed = v128.load32_splat(NEEDED + (<usize> strike << 2));
    const neededOfOther = v128.load32_splat(NEEDED_OF_OTHER + (<usize> strike << 2));
    let count = 0;
    let others = 0;
    let both = 0;
    for (let path = 0; path < paths; path += 4) {
      const lanes = paths - path < 4 ? (1 << (paths - path)) - 1 : 15;
      const above = i32x4.bitmask(f32x4.gt(v128.load(MOVES + (<usize> path << 2)), needed)) & lanes;
      const otherAbove = i32x4.bitmask(f32x4.gt(v128.load(OTHERS + (<usize> path << 2)), neededOfOther)) & lanes;
      count += popcnt(above);
      others += popcnt(otherAbove);
      both += popcnt(above & otherAbove);
    }
    const row = COUNTS + <usize> strike * 12;
    store<i32>(row, load<i32>(row) + count);
    store<i32>(row, load<i32>(row, 4) + others, 4);
    store<i32>(row, load<i32>(row, 8) + both, 8);
  }
}

/** A hash (FNV-1a, word by word) of all bits of the first `paths` of the last block, and of the others of their pairs. */
export function hashBlock(paths: i32): i32 {
  let hash: u32 = 0x811c9dc5;
  for (let path = 0; path < min(paths, BLOCK); path++) {
    hash = (hash ^ load<u32>(MOVES + (<usize> path << 2))) * 0x01000193;
    hash = (hash ^ load<u32>(OTHERS + (<usize> path << 2))) * 0x01000193;
  }
  return hash;
}
