/**
 * Monte Carlo of the settlement average (KALSHI.md 8.1): how many of the simulated paths have a mean of the averaged
 * one-second prices above each of some strikes. Four paths per vector, float32, eight paths at a time.
 *
 * A job is described once (begin, setParameter, setStrike, setReturn) and then run block by block; blocks may be run
 * anywhere and in any order, and their counts add up.
 */

import { storeReturn, walkBootstrap } from "./monte_carlo/bootstrap";
import { walkGeometric } from "./monte_carlo/geometric";
import { walkHeston } from "./monte_carlo/heston";
import {
  BOOTSTRAP,
  describe,
  GEOMETRIC,
  HESTON,
  JUMP,
  model,
  setEvenToDrift,
  storeParameter,
  STUDENT,
} from "./monte_carlo/job";
import { walkJump } from "./monte_carlo/jump";
import { averageGroup, BLOCK, clearCounts, countBlock, countOf, hashBlock, storeStrike } from "./monte_carlo/outcome";
import { walkStudent } from "./monte_carlo/student";
import { seedBlock } from "./random/xoshiro";

/**
 * Begins to describe a job.
 *
 * @param model number of the price model
 * @param lead steps before the first averaged price
 * @param averaged prices in the average, one a second from then on, 1 to 60
 * @param paired 1: every path has a mirrored one
 * @param twinned 1: every path has a twin of the plain model
 * @param wide 1: logarithms may leave [-0.34, 0.34]
 */
export function begin(model: i32, lead: i32, averaged: i32, paired: i32, twinned: i32, wide: i32): void {
  describe(model, lead, averaged, paired !== 0, twinned !== 0, wide !== 0);
}

/** Sets a number of the model; which one stands in which slot is written in monte_carlo/job.ts. */
export function setParameter(slot: i32, value: f64): void {
  storeParameter(slot, value);
}

/** Sets what the sum over a path must exceed, and the sum of its mirrored path or twin; strikes come in their order. */
export function setStrike(index: i32, needed: f64, neededOfOther: f64): void {
  storeStrike(index, needed, neededOfOther);
}

/** Sets one of the returns to draw from, in ascending order. */
export function setReturn(index: i32, count: i32, value: f64): void {
  storeReturn(index, count, value);
}

function walk(): void {
  if (model === GEOMETRIC) walkGeometric();
  else if (model === JUMP) walkJump();
  else if (model === STUDENT) walkStudent();
  else if (model === HESTON) walkHeston();
  else if (model === BOOTSTRAP) walkBootstrap();
}

/**
 * Runs paths from the start of a block on and counts them anew.
 *
 * @param seedLow lower half of the seed
 * @param seedHigh upper half of the seed
 * @param firstBlock number of the first block of 1,024 paths
 * @param paths how many; mirrored ones come on top
 */
export function run(seedLow: i32, seedHigh: i32, firstBlock: i32, paths: i32): void {
  const seed = (<u64> <u32> seedHigh << 32) | <u64> <u32> seedLow;
  clearCounts();
  setEvenToDrift();
  for (let done = 0; done < paths; done += BLOCK) {
    const count = min(BLOCK, paths - done);
    seedBlock(seed, <u32> (firstBlock + done / BLOCK));
    for (let group = 0; 8 * group < count; group++) {
      walk();
      averageGroup(group);
    }
    countBlock(count);
  }
}

/** How many paths (kind 0), mirrored paths or twins (kind 1), and both of a pair (kind 2) ended above a strike. */
export function count(strike: i32, kind: i32): i32 {
  return countOf(strike, kind);
}

/** A hash of every bit that the first `paths` of the last block came to: two kernels that agree in it agree in all. */
export function fingerprint(paths: i32): i32 {
  return hashBlock(paths);
}
