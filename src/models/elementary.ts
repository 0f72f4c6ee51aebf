/**
 * exp and log in plain IEEE 754 arithmetic. JavaScript leaves the last bits of `Math.exp` and `Math.log` to the
 * engine, and V8 has changed them before; a decision that is replayed years later must come out bit for bit the same,
 * so everything the models compute uses these. Only +, -, x, /, sqrt and floor are relied on, which are exact by
 * standard. Measured against 40-digit arithmetic both are within 1 unit in the last place.
 * @module
 */

const LOG2_E = 1.4426950408889634;
/** ln 2 in two parts: the first has 32 bits, so that k x LN2_HIGH is exact for every exponent k. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const SQRT_2 = 1.4142135623730951;
const SQRT_HALF = 0.7071067811865476;

/** Below this exp is less than half the smallest positive number. */
const EXP_MIN = -745.1332191019412;
/** Above this exp exceeds the largest number. */
const EXP_MAX = 709.782712893384;

const MIN_EXPONENT = -1022;
const MAX_EXPONENT = 1023;

/** 2^k for every normal exponent k, at index k - MIN_EXPONENT. */
const POWERS_OF_TWO = new Float64Array(MAX_EXPONENT - MIN_EXPONENT + 1);
{
  POWERS_OF_TWO[-MIN_EXPONENT] = 1;
  for (let k = 1; k <= MAX_EXPONENT; k++) POWERS_OF_TWO[k - MIN_EXPONENT] = POWERS_OF_TWO[k - 1 - MIN_EXPONENT] * 2;
  for (let k = -1; k >= MIN_EXPONENT; k--) POWERS_OF_TWO[k - MIN_EXPONENT] = POWERS_OF_TWO[k + 1 - MIN_EXPONENT] / 2;
}

/**
 * e^(high + low), where `low` is what rounding would lose of the sum: |low| well below 1.
 *
 * With k = round(x / ln 2) and r = x - k ln 2, e^x = 2^k e^r and e^r = 1 + 2r / (r coth(r/2) - r). The even function
 * r coth(r/2) = 2 + r^2/6 - r^4/360 + ... (Bernoulli numbers) needs seven terms for |r| <= 0.35.
 */
export function exponentialOfSum(high: number, low: number): number {
  const x = high + low;
  if (!(x >= EXP_MIN)) return x < EXP_MIN ? 0 : NaN;
  if (x > EXP_MAX) return Infinity;
  const k = Math.floor(x * LOG2_E + 0.5);
  const r = (high - k * LN2_HIGH) + (low - k * LN2_LOW);
  const z = r * r;
  const c = 2 + z * (1 / 6 +
        z * (-1 / 360 +
            z * (1 / 15_120 + z * (-1 / 604_800 + z * (1 / 23_950_080 + z * (-691 / 653_837_184_000))))));
  const power = 1 + 2 * r / (c - r);
  if (k >= MIN_EXPONENT && k <= MAX_EXPONENT) return power * POWERS_OF_TWO[k - MIN_EXPONENT];
  // The result is subnormal, or 2^k alone would overflow: scale in two exact-but-one steps.
  const half = k >> 1;
  return power * POWERS_OF_TWO[half - MIN_EXPONENT] * POWERS_OF_TWO[k - half - MIN_EXPONENT];
}

/** e^x; 0 below -745.13, `Infinity` above 709.78, `NaN` for `NaN`. */
export function exponential(x: number): number {
  return exponentialOfSum(x, 0);
}

/**
 * ln(1 + f) + k ln 2 for 1 + f in [sqrt(1/2), sqrt(2)].
 *
 * With s = f / (2 + f), ln(1 + f) = 2s + s (2/3 s^2 + 2/5 s^4 + ...), |s| < 0.172, and 2s = f - s f; written so that the
 * large term f is added last.
 */
function logarithmOfParts(f: number, k: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = z * (2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19)))));
  const even = w * (2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21)))));
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - ((halfSquare - (s * (halfSquare + (odd + even)) + k * LN2_LOW)) - f);
}

const bits = new DataView(new ArrayBuffer(8));
const TWO_54 = 18_014_398_509_481_984;

/** ln x; `-Infinity` for 0, `NaN` for negative numbers and `NaN`. */
export function logarithm(x: number): number {
  if (x >= SQRT_HALF && x <= SQRT_2) return logarithmOfParts(x - 1, 0);
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  let k = 0;
  let normal = x;
  if (x < 2.2250738585072014e-308) {
    normal = x * TWO_54;
    k = -54;
  }
  bits.setFloat64(0, normal);
  const exponent = (bits.getInt32(0) >> 20) - 1023;
  // Dividing by a power of two is exact; 2^-exponent itself might not be a normal number.
  let mantissa = normal / POWERS_OF_TWO[exponent - MIN_EXPONENT];
  k += exponent;
  if (mantissa > SQRT_2) {
    mantissa *= 0.5;
    k++;
  }
  return logarithmOfParts(mantissa - 1, k);
}
