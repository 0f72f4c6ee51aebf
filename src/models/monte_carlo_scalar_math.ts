/**
 * Arithmetic of the scalar kernel: wasm/assembly/random/vector.ts and exponential.ts for one lane, rounded to float32 at
 * every step.
 * @module
 */

const f32 = Math.fround;

const LOG2_E = f32(1.44269502);
const MINUS_LN2 = f32(-0.693147182);
const LOWEST = -87;
const HIGHEST = 88;
const P0 = 1;
const P1 = 0.5;
const P2 = f32(0.166665047);
const P3 = f32(0.0416662395);
const P4 = f32(0.00836915057);
const P5 = f32(0.00139485835);
const ONE_BITS = 0x3f800000;
/** Adding and taking away 3 x 2^22 rounds a float32 to a whole number, halves to even. */
const ROUNDER = 12_582_912;

const floats = new Float32Array(1);
const bits = new Int32Array(floats.buffer);

/** The bits of a float32. */
export function bitsOf(x: number): number {
  floats[0] = x;
  return bits[0];
}

/** The float32 with these bits. */
export function floatOf(pattern: number): number {
  bits[0] = pattern;
  return floats[0];
}

/** a b + c with two roundings. */
export function multiplyAdd(a: number, b: number, c: number): number {
  return f32(f32(a * b) + c);
}

/** e^x - 1 for |x| <= ln(2)/2. */
export function smallExponentialMinusOne(x: number): number {
  let p = multiplyAdd(P5, x, P4);
  p = multiplyAdd(p, x, P3);
  p = multiplyAdd(p, x, P2);
  p = multiplyAdd(p, x, P1);
  p = multiplyAdd(p, x, P0);
  return f32(p * x);
}

/** e^x - 1 with x held within [-87, 88]. */
export function exponentialMinusOne(x: number): number {
  const raised = x < LOWEST ? LOWEST : x;
  const held = HIGHEST < raised ? HIGHEST : raised;
  const k = f32(f32(f32(held * LOG2_E) + ROUNDER) - ROUNDER);
  const rest = smallExponentialMinusOne(multiplyAdd(k, MINUS_LN2, held));
  const power = floatOf((k << 23) + ONE_BITS);
  return multiplyAdd(power, rest, f32(power - 1));
}
