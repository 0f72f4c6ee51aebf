/**
 * Monte Carlo of the settlement average under geometric Brownian motion without drift (KALSHI.md 8.1): how many of the
 * simulated paths have a mean of the averaged one-second prices above a threshold. Four paths per vector, float32; what
 * is summed is price / spot - 1, so that float32 keeps seven digits of the move and not of the price.
 */

import { BUFFERED, fillNormals, normalAt, replaceNormal, seedBlock } from "./random/normals";

/** Paths that share one seeding of the generators; part of what a seed means, so changing it changes every result. */
const BLOCK: i32 = 1024;

/** e^r - 1 = r P(r) for |r| <= ln(2)/2, relative error 1.1e-8. */
const EXPONENTIAL = memory.data<f32>([1.0, 0.5, 0.166665047, 0.0416662395, 0.00836915057, 0.00139485835], 16);
/** log2 e, ln 2 and the range in which e^x is a normal float32. */
const LIMITS = memory.data<f32>([1.44269502, 0.693147182, -87.0, 88.0], 16);

/** e^x - 1 with x held within [-87, 88]. */
function exponentialMinusOne(x: v128): v128 {
  const held = f32x4.pmin(f32x4.pmax(x, v128.load32_splat(LIMITS, 8)), v128.load32_splat(LIMITS, 12));
  const k = f32x4.nearest(f32x4.mul(held, v128.load32_splat(LIMITS, 0)));
  const r = f32x4.sub(held, f32x4.mul(k, v128.load32_splat(LIMITS, 4)));
  let p = v128.load32_splat(EXPONENTIAL, 20);
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(EXPONENTIAL, 16));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(EXPONENTIAL, 12));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(EXPONENTIAL, 8));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(EXPONENTIAL, 4));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(EXPONENTIAL, 0));
  // 2^k has the bits (k + 127) << 23.
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  return f32x4.add(f32x4.mul(power, f32x4.mul(p, r)), f32x4.sub(power, f32x4.splat(1)));
}

/** Four paths: the sum over the averaged prices of price / spot - 1. */
function sumOfMoves(lead: i32, averaged: i32, firstStep: f64, sigma: f64): v128 {
  const steps = lead + averaged;
  const volatility = f32x4.splat(<f32> sigma);
  const drift = -0.5 * sigma * sigma;
  let brownian = f32x4.splat(0);
  let sum = f32x4.splat(0);
  for (let start = 0; start < steps; start += BUFFERED) {
    const count = min(BUFFERED, steps - start);
    fillNormals(count);
    if (start === 0) replaceNormal(0, f32x4.mul(normalAt(0), f32x4.splat(<f32> Math.sqrt(firstStep))));
    const silent = max(0, min(count, lead - start));
    for (let index = 0; index < silent; index++) brownian = f32x4.add(brownian, normalAt(index));
    for (let index = silent; index < count; index++) {
      brownian = f32x4.add(brownian, normalAt(index));
      const logReturn = f32x4.add(
        f32x4.mul(brownian, volatility),
        f32x4.splat(<f32> (drift * (firstStep + <f64> (start + index)))),
      );
      sum = f32x4.add(sum, exponentialMinusOne(logReturn));
    }
  }
  return sum;
}

/**
 * Counts the paths whose averaged prices have a mean above spot x (1 + threshold).
 *
 * @param seedLow lower half of the seed
 * @param seedHigh upper half of the seed
 * @param firstBlock number of the first block of 1,024 paths, so that a run can be divided
 * @param paths how many, from the start of the first block
 * @param lead steps before the first averaged price
 * @param averaged prices in the average, one a second from then on
 * @param firstStep length of the first step, seconds; all others take one second
 * @param sigma standard deviation of the log return per square root of a second
 * @param threshold relative to the spot
 */
export function countAbove(
  seedLow: i32,
  seedHigh: i32,
  firstBlock: i32,
  paths: i32,
  lead: i32,
  averaged: i32,
  firstStep: f64,
  sigma: f64,
  threshold: f64,
): i32 {
  const seed = (<u64> <u32> seedHigh << 32) | <u64> <u32> seedLow;
  const needed = f32x4.splat(<f32> (threshold * <f64> averaged));
  let hits = 0;
  for (let path = 0; path < paths; path += 4) {
    if (path % BLOCK === 0) seedBlock(seed, <u32> (firstBlock + path / BLOCK));
    let above = i32x4.bitmask(f32x4.gt(sumOfMoves(lead, averaged, firstStep, sigma), needed));
    const left = paths - path;
    if (left < 4) above &= (1 << left) - 1;
    hits += popcnt(above);
  }
  return hits;
}
