/**
 * Random numbers of the scalar kernel: wasm/assembly/random/xoshiro.ts and normals.ts for one lane, with the same bits.
 * @module
 */

import { bitsOf, floatOf, multiplyAdd } from "./monte_carlo_scalar_math.ts";

const f32 = Math.fround;
const MASK_64 = (1n << 64n) - 1n;

const TWO_31_EXPONENT = 158 << 23;
const MANTISSA = 0x007fffff;
const SIGN = 0x80000000 | 0;
const TWO_23 = 8_388_608;
const BENT_SCALE = f32(-1.65259166e-7);
const Q0 = f32(-8.705954556711363e-15);
const Q1 = f32(6.274639020064317e-22);
const Q2 = f32(-4.155351841456212e-29);
const Q3 = f32(1.5067966429307507e-36);
const S0 = f32(4.793678e-5);
const S1 = f32(-1.8357753536e-14);
const S2 = f32(2.103417534e-24);
const S3 = f32(-1.073051396e-34);
const C0 = f32(0.99999529);
const C1 = f32(-1.148814377e-9);
const C2 = f32(2.192051112e-19);
const C3 = f32(-1.551647427e-29);

/** Output number `index` of splitmix64(seed). */
export function splitMix(seed: bigint, index: bigint): bigint {
  let z = (seed + (index + 1n) * 0x9e3779b97f4a7c15n) & MASK_64;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return z ^ (z >> 31n);
}

/** -2 ln u of a draw. */
export function squaredRadius(random: number): number {
  const whole = bitsOf(f32(Math.abs(random | 1)));
  const bent = f32(whole - TWO_31_EXPONENT);
  const t = whole & MANTISSA;
  let q = multiplyAdd(Q3, t, Q2);
  q = multiplyAdd(q, t, Q1);
  q = multiplyAdd(q, t, Q0);
  return multiplyAdd(q, f32(t * f32(TWO_23 - t)), f32(bent * BENT_SCALE));
}

/** The radius, with the sign of the draw. */
export function signedRadius(random: number): number {
  return floatOf(bitsOf(f32(Math.sqrt(squaredRadius(random)))) ^ (random & SIGN));
}

/** sin(pi/2 h / 2^15). */
export function sine(h: number, square: number): number {
  let p = multiplyAdd(S3, square, S2);
  p = multiplyAdd(p, square, S1);
  p = multiplyAdd(p, square, S0);
  return f32(p * h);
}

/** cos(pi/2 h / 2^15). */
export function cosine(square: number): number {
  let p = multiplyAdd(C3, square, C2);
  p = multiplyAdd(p, square, C1);
  return multiplyAdd(p, square, C0);
}

/** The direction in the lower half of a draw, -32767 to 32767 and odd. */
export function lowDirection(random: number): number {
  return ((random | 1) << 16) >> 16;
}

/** The direction in the upper half. */
export function highDirection(random: number): number {
  return (random | 0x10000) >> 16;
}

/** One lane: its generator, and the buffers that the walks read. */
export class LaneRandom {
  readonly #state = new Int32Array(4);
  /** What {@link fillDraws} made. */
  readonly draws = new Int32Array(192);
  /** What {@link fillNormals} made, for the paths A and B in turn. */
  readonly normals = new Float32Array(256);
  /** What {@link sumNormals} made. */
  readonly sums = new Float32Array(2);

  /** Starts the generator of one lane of a block. */
  seed(seed: bigint, block: number, lane: number): void {
    for (let word = 0; word < 4; word++) {
      const half = 4 * word + lane;
      const output = splitMix(seed, 8n * BigInt(block) + BigInt(half >> 1));
      this.#state[word] = Number(BigInt.asIntN(32, half % 2 === 0 ? output : output >> 32n));
    }
  }

  fillDraws(count: number): void {
    for (let index = 0; index < count; index++) this.draws[index] = this.#next();
  }

  fillNormals(count: number): void {
    this.#generate(count, true);
  }

  sumNormals(count: number): void {
    this.#generate(count, false);
  }

  #next(): number {
    const s = this.#state;
    const result = (s[0] + s[3]) | 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  #generate(count: number, keep: boolean): void {
    let a = 0;
    let b = 0;
    for (let index = 0; index < count; index += 2) {
      const first = this.#next();
      const directions = this.#next();
      const second = this.#next();
      for (let half = 0; half < 2; half++) {
        const radius = signedRadius(half === 0 ? first : second);
        const h = half === 0 ? lowDirection(directions) : highDirection(directions);
        const square = f32(h * h);
        const normalA = f32(radius * cosine(square));
        const normalB = f32(radius * sine(h, square));
        if (keep) {
          this.normals[2 * (index + half)] = normalA;
          this.normals[2 * (index + half) + 1] = normalB;
        } else {
          a = f32(a + normalA);
          b = f32(b + normalB);
        }
      }
    }
    this.sums[0] = a;
    this.sums[1] = b;
  }
}
