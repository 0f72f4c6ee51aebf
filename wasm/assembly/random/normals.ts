/**
 * Standard normal numbers, four lanes at a time: the Box-Muller transform of random/xoshiro.ts. In the strict kernel only
 * operations are used that IEEE 754 rounds exactly and no fused multiply-add: the same numbers come out on every machine.
 *
 * Three draws make four normals: one each for two radii, and the halves of the third for two directions. A direction is
 * one of 65,536 around the circle, evenly spaced and none on an axis, so that every moment of a pair up to the degree
 * 65,535 is that of the continuous circle.
 */

import { constant, multiplyAdd } from "./vector";
import { rotateLeft11, STATE } from "./xoshiro";

/** How many vectors fit into the buffer of normal numbers. */
export const BUFFERED: i32 = 256;
const BUFFER = memory.data(256 * 16, 16);

/** Where {@link sumNormals} leaves its sums. */
const SUMS = memory.data(32, 16);

/**
 * 1; the exponent field of 2^31, which the random whole number is to be divided by; the mantissa's bits; the sign's; the
 * lowest bit of each half of a lane.
 */
const BITS = memory.data<i32>([1, 158 << 23, 0x007fffff, 0x80000000, 0x00010001], 16);

/**
 * -2 ln 2 / 2^23, 2^23, and q of -2 ln(m) + 2 ln(2) (m - 1) = t (2^23 - t) q(t) for t = 2^23 (m - 1), m in [1, 2);
 * absolute error 2.2e-5, 0 at both ends. Beside -2 ln u it moves no probability by more than a part in 90,000.
 */
const LOGARITHM = memory.data<f32>([
  -1.65259166e-7,
  8388608.0,
  -8.705954556711363e-15,
  6.274639020064317e-22,
  -4.155351841456212e-29,
  1.5067966429307507e-36,
], 16);
/**
 * sin(pi/2 h / 2^15) = h P(h^2) and cos(pi/2 h / 2^15) = Q(h^2) for the odd h of 16 bits: least squares, so that the
 * variance is right to 4e-8; errors 1.6e-6 and 1.7e-5.
 */
const SINE = memory.data<f32>([4.793678e-5, -1.8357753536e-14, 2.103417534e-24, -1.073051396e-34], 16);
const COSINE = memory.data<f32>([0.99999529, -1.148814377e-9, 2.192051112e-19, -1.551647427e-29], 16);

/** Vector number `index` of the buffer. */
export function normalAt(index: i32): v128 {
  return v128.load(BUFFER + (<usize> index << 4));
}

export function replaceNormal(index: i32, value: v128): void {
  v128.store(BUFFER + (<usize> index << 4), value);
}

/** The two sums that {@link sumNormals} left. */
export function sumAt(index: i32): v128 {
  return v128.load(SUMS + (<usize> index << 4));
}

/** -2 ln u, u = p / 2^31 with p the size of the draw read as a signed odd number. */
export function squaredRadius(random: v128): v128 {
  const whole = f32x4.convert_i32x4_s(i32x4.abs(v128.or(random, constant(BITS))));
  // The bits of a float32 above those of 1, over 2^23, are its log2 bent to straight lines between powers of two.
  const bent = f32x4.convert_i32x4_s(i32x4.sub(whole, constant(BITS + 4)));
  const t = f32x4.convert_i32x4_s(v128.and(whole, constant(BITS + 8)));
  let q = multiplyAdd(constant(LOGARITHM + 20), t, constant(LOGARITHM + 16));
  q = multiplyAdd(q, t, constant(LOGARITHM + 12));
  q = multiplyAdd(q, t, constant(LOGARITHM + 8));
  const arch = f32x4.mul(t, f32x4.sub(constant(LOGARITHM + 4), t));
  return multiplyAdd(q, arch, f32x4.mul(bent, constant(LOGARITHM)));
}

/** The radius, with the sign of the draw: it turns the half circle of the directions into a whole one. */
export function signedRadius(random: v128): v128 {
  return v128.xor(f32x4.sqrt(squaredRadius(random)), v128.and(random, constant(BITS + 12)));
}

/** sin(pi/2 h / 2^15). */
export function sine(h: v128, square: v128): v128 {
  let p = multiplyAdd(constant(SINE + 12), square, constant(SINE + 8));
  p = multiplyAdd(p, square, constant(SINE + 4));
  p = multiplyAdd(p, square, constant(SINE));
  return f32x4.mul(p, h);
}

/** cos(pi/2 h / 2^15). */
export function cosine(square: v128): v128 {
  let p = multiplyAdd(constant(COSINE + 12), square, constant(COSINE + 8));
  p = multiplyAdd(p, square, constant(COSINE + 4));
  return multiplyAdd(p, square, constant(COSINE));
}

/** The directions that a draw holds: both halves of each lane, made odd. */
export function directionsOf(random: v128): v128 {
  return v128.or(random, constant(BITS + 16));
}

/** The direction in the lower halves of four lanes, -32767 to 32767. */
export function lowDirection(odd: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.shl(odd, 16), 16));
}

/** The direction in the upper halves. */
export function highDirection(odd: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.shr_s(odd, 16));
}

/** Runs the generators for `count` vectors per path, an even number: into the buffer, or only into two sums. */
function generate(count: i32, keep: bool): void {
  // The state stays in locals during the loop: globals would be loaded and stored at every step.
  let s0 = v128.load(STATE, 0);
  let s1 = v128.load(STATE, 16);
  let s2 = v128.load(STATE, 32);
  let s3 = v128.load(STATE, 48);
  let sum0 = f32x4.splat(0);
  let sum1 = f32x4.splat(0);
  for (let index = 0; index < count; index += 2) {
    const first = i32x4.add(s0, s3);
    let shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = rotateLeft11(s3);
    const directions = directionsOf(i32x4.add(s0, s3));
    shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = rotateLeft11(s3);
    const second = i32x4.add(s0, s3);
    shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = rotateLeft11(s3);

    let radius = signedRadius(first);
    let h = lowDirection(directions);
    let square = f32x4.mul(h, h);
    if (keep) {
      replaceNormal(2 * index, f32x4.mul(radius, cosine(square)));
      replaceNormal(2 * index + 1, f32x4.mul(radius, sine(h, square)));
    } else {
      sum0 = multiplyAdd(radius, cosine(square), sum0);
      sum1 = multiplyAdd(radius, sine(h, square), sum1);
    }
    radius = signedRadius(second);
    h = highDirection(directions);
    square = f32x4.mul(h, h);
    if (keep) {
      replaceNormal(2 * index + 2, f32x4.mul(radius, cosine(square)));
      replaceNormal(2 * index + 3, f32x4.mul(radius, sine(h, square)));
    } else {
      sum0 = multiplyAdd(radius, cosine(square), sum0);
      sum1 = multiplyAdd(radius, sine(h, square), sum1);
    }
  }
  v128.store(STATE, s0, 0);
  v128.store(STATE, s1, 16);
  v128.store(STATE, s2, 32);
  v128.store(STATE, s3, 48);
  if (!keep) {
    v128.store(SUMS, sum0, 0);
    v128.store(SUMS, sum1, 16);
  }
}

/** Puts `count` steps of two normal vectors each at the start of the buffer; `count` even, at most BUFFERED / 2. */
export function fillNormals(count: i32): void {
  generate(count, true);
}

/** Adds up `count` steps, an even number, of two normal vectors each. */
export function sumNormals(count: i32): void {
  generate(count, false);
}
