/**
 * What all vector arithmetic here shares. Coefficients lie in memory and are loaded where they are used: as v128.const
 * operands V8 makes them anew at every use, which is slower.
 */

/** Four lanes equal to the 32 bits at an address. */
export function constant(address: usize): v128 {
  return v128.load32_splat(address);
}

/**
 * a b + c. In the strict kernel two roundings, the same on every machine; in the relaxed one a single rounding where
 * the machine has a fused multiply-add.
 */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}
