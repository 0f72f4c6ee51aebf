/**
 * Standard normal numbers, four lanes at a time, from xoshiro128++ and the Box-Muller transform.
 *
 * Every lane runs a generator of its own. Block b of a seed takes its 4 x 128 bits of state from the outputs 8b to
 * 8b + 7 of splitmix64(seed), so that any block can be made without the ones before it, on any thread, and no two
 * blocks share a state. Only operations that IEEE 754 rounds exactly are used and no fused multiply-add: the same
 * numbers come out on every machine.
 *
 * D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021).
 */

/** State words 0 to 3 of the four lanes, each one vector. */
const STATE = memory.data(64, 16);

/** How many vectors fit into the buffer of normal numbers. */
export const BUFFERED: i32 = 256;
const BUFFER = memory.data(256 * 16, 16);

// Coefficients lie in memory: as v128.const operands V8 makes them anew at every use. All are least-maximum fits.

/** -2 ln(1 + f) = f P(f) for f in [sqrt(1/2) - 1, sqrt(2) - 1], relative error 1.7e-7. */
const LOGARITHM = memory.data<f32>([
  -1.99999988,
  1.00000691,
  -0.666712165,
  0.499431193,
  -0.397684693,
  0.344248563,
  -0.326763034,
  0.207574353,
], 16);
/** sin(pi/4 t) = t P(t^2) and cos(pi/4 t) = Q(t^2) for t in [-1, 1], errors 2.4e-9 and 2.8e-8. */
const SINE = memory.data<f32>([0.785398185, -0.0807454363, 0.00249000709, -0.0000359545083], 16);
const COSINE = memory.data<f32>([1.0, -0.308424264, 0.0158499144, -0.000318880513], 16);
/** 2^-31, 1/2 and -2 ln 2. */
const SCALES = memory.data<f32>([4.65661287e-10, 0.5, -1.38629436], 16);

/** Bits of sqrt(1/2) in float32: subtracting them makes the exponent field count from a mantissa in [sqrt(1/2), sqrt(2)). */
const SQRT_HALF_BITS: i32 = 0x3f3504f3;
const SIGN: i32 = 0x80000000;

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

/** Vector number `index` of the buffer. */
export function normalAt(index: i32): v128 {
  return v128.load(BUFFER + (<usize> index << 4));
}

export function replaceNormal(index: i32, value: v128): void {
  v128.store(BUFFER + (<usize> index << 4), value);
}

function rotateLeft7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25));
}

function rotateLeft11(x: v128): v128 {
  return v128.or(i32x4.shl(x, 11), i32x4.shr_u(x, 21));
}

/** sqrt(-2 ln u) for u = (r + 1/2) / 2^31, r the upper 31 bits of each lane. */
function radius(random: v128): v128 {
  const whole = f32x4.convert_i32x4_s(i32x4.shr_u(random, 1));
  const u = f32x4.mul(f32x4.add(whole, v128.load32_splat(SCALES, 4)), v128.load32_splat(SCALES, 0));
  const exponent = i32x4.shr_s(i32x4.sub(u, i32x4.splat(SQRT_HALF_BITS)), 23);
  const f = f32x4.sub(i32x4.sub(u, i32x4.shl(exponent, 23)), f32x4.splat(1));
  let p = v128.load32_splat(LOGARITHM, 28);
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(LOGARITHM, 24));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(LOGARITHM, 20));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(LOGARITHM, 16));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(LOGARITHM, 12));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(LOGARITHM, 8));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(LOGARITHM, 4));
  p = f32x4.add(f32x4.mul(p, f), v128.load32_splat(LOGARITHM, 0));
  const wholePart = f32x4.mul(f32x4.convert_i32x4_s(exponent), v128.load32_splat(SCALES, 8));
  return f32x4.sqrt(f32x4.add(f32x4.mul(p, f), wholePart));
}

/** sin(pi/4 t). */
function sine(t: v128, square: v128): v128 {
  let p = v128.load32_splat(SINE, 12);
  p = f32x4.add(f32x4.mul(p, square), v128.load32_splat(SINE, 8));
  p = f32x4.add(f32x4.mul(p, square), v128.load32_splat(SINE, 4));
  p = f32x4.add(f32x4.mul(p, square), v128.load32_splat(SINE, 0));
  return f32x4.mul(p, t);
}

/** cos(pi/4 t). */
function cosine(square: v128): v128 {
  let p = v128.load32_splat(COSINE, 12);
  p = f32x4.add(f32x4.mul(p, square), v128.load32_splat(COSINE, 8));
  p = f32x4.add(f32x4.mul(p, square), v128.load32_splat(COSINE, 4));
  return f32x4.add(f32x4.mul(p, square), v128.load32_splat(COSINE, 0));
}

/** Writes the two normals of a radius and a random direction at vectors `index` and `index + 1`. */
function storePair(index: i32, length: v128, random: v128): void {
  // 30 bits place the direction within the quarter circle around 0; two bits choose one of the four quarters.
  const t = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(random, 2)), v128.load32_splat(SCALES, 0));
  const square = f32x4.mul(t, t);
  const s = f32x4.mul(length, sine(t, square));
  const c = v128.xor(
    f32x4.mul(length, cosine(square)),
    v128.and(i32x4.shl(random, 1), i32x4.splat(SIGN)),
  );
  const swap = i32x4.shr_s(random, 31);
  replaceNormal(index, v128.bitselect(s, c, swap));
  replaceNormal(index + 1, v128.bitselect(c, s, swap));
}

/** Puts `count` fresh normal vectors, rounded up to an even number, at the start of the buffer. */
export function fillNormals(count: i32): void {
  // The state stays in locals during the loop: globals would be loaded and stored at every step.
  let s0 = v128.load(STATE, 0);
  let s1 = v128.load(STATE, 16);
  let s2 = v128.load(STATE, 32);
  let s3 = v128.load(STATE, 48);
  for (let index = 0; index < count; index += 2) {
    const first = i32x4.add(rotateLeft7(i32x4.add(s0, s3)), s0);
    let shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = rotateLeft11(s3);
    const second = i32x4.add(rotateLeft7(i32x4.add(s0, s3)), s0);
    shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = rotateLeft11(s3);
    storePair(index, radius(first), second);
  }
  v128.store(STATE, s0, 0);
  v128.store(STATE, s1, 16);
  v128.store(STATE, s2, 32);
  v128.store(STATE, s3, 48);
}
