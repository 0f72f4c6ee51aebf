/**
 * Random bits, four lanes at a time: xoshiro128+.
 *
 * Every lane runs a generator of its own. Block b of a seed takes its 4 x 128 bits of state from the outputs 8b to
 * 8b + 7 of splitmix64(seed), so that any block can be made without the ones before it, on any thread, and no two
 * blocks share a state.
 *
 * D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021). The lowest bit of
 * xoshiro128+ is its weak one; no kernel looks at it.
 */

/** State words 0 to 3 of the four lanes, each one vector. */
export const STATE = memory.data(64, 16);

/** How many vectors of draws {@link fillDraws} makes at most: 64 steps that take three each. */
const DRAWS_MAX: i32 = 192;
const DRAWS = memory.data(192 * 16, 16);

/** Output number `index` of splitmix64(seed). */
function splitMix(seed: u64, index: u64): u64 {
  let z = seed + (index + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** Starts the four generators of one block. */
export function seedBlock(seed: u64, block: u32): void {
  for (let k: u32 = 0; k < 8; k++) store<u64>(STATE + (<usize> k << 3), splitMix(seed, (<u64> block << 3) + k));
}

export function rotateLeft11(x: v128): v128 {
  return v128.or(i32x4.shl(x, 11), i32x4.shr_u(x, 21));
}

/** Makes `count` vectors of draws, at most 192. */
export function fillDraws(count: i32): void {
  // The state stays in locals during the loop: globals would be loaded and stored at every step.
  let s0 = v128.load(STATE, 0);
  let s1 = v128.load(STATE, 16);
  let s2 = v128.load(STATE, 32);
  let s3 = v128.load(STATE, 48);
  const bounded = min(count, DRAWS_MAX);
  for (let index = 0; index < bounded; index++) {
    v128.store(DRAWS + (<usize> index << 4), i32x4.add(s0, s3));
    const shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = rotateLeft11(s3);
  }
  v128.store(STATE, s0, 0);
  v128.store(STATE, s1, 16);
  v128.store(STATE, s2, 32);
  v128.store(STATE, s3, 48);
}

/** Draw number `index` of the last {@link fillDraws}. */
export function drawAt(index: i32): v128 {
  return v128.load(DRAWS + (<usize> index << 4));
}

/** One lane of it. */
export function drawLaneAt(index: i32, lane: i32): u32 {
  return load<u32>(DRAWS + (<usize> index << 4) + (<usize> lane << 2));
}

/** Like {@link fillDraws}, but only the chosen lanes' generators move on; what the others drew does not count. */
export function fillDrawsOf(chosen: v128, count: i32): void {
  const s0 = v128.load(STATE, 0);
  const s1 = v128.load(STATE, 16);
  const s2 = v128.load(STATE, 32);
  const s3 = v128.load(STATE, 48);
  fillDraws(count);
  v128.store(STATE, v128.bitselect(v128.load(STATE, 0), s0, chosen), 0);
  v128.store(STATE, v128.bitselect(v128.load(STATE, 16), s1, chosen), 16);
  v128.store(STATE, v128.bitselect(v128.load(STATE, 32), s2, chosen), 32);
  v128.store(STATE, v128.bitselect(v128.load(STATE, 48), s3, chosen), 48);
}
