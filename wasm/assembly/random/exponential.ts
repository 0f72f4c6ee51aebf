/** e^x - 1 for four float32. */

import { constant, multiplyAdd } from "./vector";

/** e^r - 1 = r P(r) for |r| <= ln(2)/2, relative error 1.1e-8. */
const POLYNOMIAL = memory.data<f32>([1.0, 0.5, 0.166665047, 0.0416662395, 0.00836915057, 0.00139485835], 16);
/**
 * log2 e, minus ln 2, the range in which e^x is a normal float32, and 3 x 2^22: added to a small number it rounds it to a
 * whole one, halves to even, which then stands in the lowest bits; and 1.
 */
const LIMITS = memory.data<f32>([1.44269502, -0.693147182, -87.0, 88.0, 12582912.0, 1.0], 16);
/** e^x - 1 for |x| <= ln(2)/2; beyond, the error grows with the seventh power of x. */
export function smallExponentialMinusOne(x: v128): v128 {
  let p = multiplyAdd(constant(POLYNOMIAL + 20), x, constant(POLYNOMIAL + 16));
  p = multiplyAdd(p, x, constant(POLYNOMIAL + 12));
  p = multiplyAdd(p, x, constant(POLYNOMIAL + 8));
  p = multiplyAdd(p, x, constant(POLYNOMIAL + 4));
  p = multiplyAdd(p, x, constant(POLYNOMIAL));
  return f32x4.mul(p, x);
}

/** e^x - 1 for x within [-87, 88]. */
export function boundedExponentialMinusOne(x: v128): v128 {
  const rounder = constant(LIMITS + 16);
  const rounded = multiplyAdd(x, constant(LIMITS), rounder);
  const k = f32x4.sub(rounded, rounder);
  const rest = smallExponentialMinusOne(multiplyAdd(k, constant(LIMITS + 4), x));
  // 2^k has the bits (k + 127) << 23; the shift leaves nothing of what was added.
  const one = constant(LIMITS + 20);
  const power = i32x4.add(i32x4.shl(rounded, 23), one);
  return multiplyAdd(power, rest, f32x4.sub(power, one));
}

/** e^x - 1 with x held within [-87, 88]. */
export function exponentialMinusOne(x: v128): v128 {
  return boundedExponentialMinusOne(f32x4.pmin(f32x4.pmax(x, constant(LIMITS + 8)), constant(LIMITS + 12)));
}
