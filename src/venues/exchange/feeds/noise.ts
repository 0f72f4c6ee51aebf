/**
 * Chance that can be asked for any moment without having lived through those before it: hashes of whole numbers, and
 * wandering paths made of them. So what a feed tells does not depend on who listened since when.
 * @module
 */

import { hash32 } from "../random.ts";

/** 2^32, the number of values of a hash. */
const RANGE = 4_294_967_296;
/** Sum of a hash's four bytes: mean, and standard deviation over evenly spread bytes. */
const BYTES_MEAN = 4 * 127.5;
const BYTES_DEVIATION = Math.sqrt(4 * (256 * 256 - 1) / 12);

/** Mixes a key and two whole numbers of up to 53 bits into 32 bits (the finisher of MurmurHash3, public domain). */
export function mix(key: number, a: number, b = 0): number {
  let hash = key ^ Math.imul(a | 0, 0x9e3779b1) ^ Math.imul(Math.floor(a / RANGE) | 0, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77) ^ Math.imul(b | 0, 0xc2b2ae3d);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A stream's key for {@link mix}. */
export const keyOf = (seed: number, name: string): number => hash32(`${seed}/${name}`);

/** Uniform in [0, 1). */
export const uniform = (hash: number): number => hash / RANGE;

/** Near enough standard normal for sizes and paths; never beyond 3.5 deviations. */
export function normal(hash: number): number {
  const sum = (hash & 255) + (hash >>> 8 & 255) + (hash >>> 16 & 255) + (hash >>> 24);
  return (sum - BYTES_MEAN) / BYTES_DEVIATION;
}

/** A smooth path around zero: a normal value at each multiple of the period, an easy curve between. */
export function wander(key: number, time: number, period: number): number {
  const place = time / period;
  const knot = Math.floor(place);
  const share = place - knot;
  const from = normal(mix(key, knot));
  return from + (normal(mix(key, knot + 1)) - from) * share * share * (3 - 2 * share);
}
