// The natural logarithm of src/models/elementary.ts, operation by operation, so that both give the same bits.

const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const SQRT_2: f64 = 1.4142135623730951;

function ofParts(f: f64, k: f64): f64 {
  const s = f / (2.0 + f);
  const z = s * s;
  const w = z * z;
  const odd = z * (2.0 / 3.0 + w * (2.0 / 7.0 + w * (2.0 / 11.0 + w * (2.0 / 15.0 + w * (2.0 / 19.0)))));
  const even = w * (2.0 / 5.0 + w * (2.0 / 9.0 + w * (2.0 / 13.0 + w * (2.0 / 17.0 + w * (2.0 / 21.0)))));
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - ((halfSquare - (s * (halfSquare + (odd + even)) + k * LN2_LOW)) - f);
}

/** ln x for a finite x of at least 1. */
export function logarithm(x: f64): f64 {
  if (x <= SQRT_2) return ofParts(x - 1.0, 0);
  const bits = reinterpret<u64>(x);
  const exponent = <i32> (bits >> 52) - 1023;
  const mantissa = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
  return mantissa > SQRT_2
    ? ofParts(mantissa * 0.5 - 1.0, <f64> (exponent + 1))
    : ofParts(mantissa - 1.0, <f64> exponent);
}
