/**
 * The standard normal distribution in float64, in plain arithmetic: the same bits on every machine and engine
 * (elementary.ts says why).
 *
 * | function | method | relative error measured against 40-digit arithmetic |
 * | --- | --- | --- |
 * | {@link normalCdf} | W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), in his form for the normal integral (ACM TOMS 715) | below 1e-15 for every x, tails included |
 * | {@link normalPdf} | e^(-x^2/2) with x^2 split so that no digit is lost | below 5e-16 |
 * | {@link normalInverse} | M. J. Wichura, algorithm AS 241 (PPND16), Applied Statistics 37 (1988) | below 1e-15 |
 * @module
 */

import { exponentialOfSum, logarithm } from "./elementary.ts";

const ONE_OVER_SQRT_2_PI = 0.3989422804014327;
const CENTRE = 0.66291;
const SQRT_32 = 5.656854249492381;
/** Beyond this the tail is below the smallest positive number. */
const FARTHEST = 38.6;

/** e^(-y^2/2) for y >= 0: y rounded to 1/16 squares exactly, the rest enters as a small correction. */
function gaussian(y: number): number {
  const coarse = Math.floor(y * 16) * 0.0625;
  return exponentialOfSum(-0.5 * coarse * coarse, -0.5 * (y - coarse) * (y + coarse));
}

/** P(X > y) / e^(-y^2/2) for y in [0.66291, sqrt(32)]. */
function middleRatio(y: number): number {
  const above = (((((((1.0765576773720192317e-8 * y + 0.39894151208813466764) * y + 8.8831497943883759412) * y +
                        93.506656132177855979) * y + 597.27027639480026226) * y + 2494.5375852903726711) * y +
            6848.1904505362823326) * y + 11602.651437647350124) * y + 9842.7148383839780218;
  const below = (((((((y + 22.266688044328115691) * y + 235.38790178262499861) * y + 1519.377599407554805) * y +
                    6485.558298266760755) * y + 18615.571640885098091) * y + 34900.952721145977266) * y +
        38912.003286093271411) * y + 19685.429676859990727;
  return above / below;
}

/** P(X > y) / e^(-y^2/2) for y > sqrt(32). */
function farRatio(y: number): number {
  const z = 1 / (y * y);
  const above = ((((0.02307344176494017303 * z + 0.21589853405795699) * z + 0.1274011611602473639) * z +
            0.022235277870649807) * z + 0.001421619193227893466) * z + 2.9112874951168792e-5;
  const below = ((((z + 1.28426009614491121) * z + 0.468238212480865118) * z + 0.0659881378689285515) * z +
        0.00378239633202758244) * z + 7.29751555083966205e-5;
  return (ONE_OVER_SQRT_2_PI - z * above / below) / y;
}

/** P(X <= x) for X standard normal. 0 at `-Infinity`, 1 at `Infinity`, `NaN` for `NaN`. */
export function normalCdf(x: number): number {
  const y = Math.abs(x);
  if (y <= CENTRE) {
    const z = y * y;
    const above = (((0.065682337918207449113 * z + 2.2352520354606839287) * z + 161.02823106855587881) * z +
          1067.6894854603709582) * z + 18154.981253343561249;
    const below = (((z + 47.20258190468824187) * z + 976.09855173777669322) * z + 10260.932208618978205) * z +
      45507.789335026729956;
    return 0.5 + x * (above / below);
  }
  if (!(y <= FARTHEST)) return y > FARTHEST ? (x < 0 ? 0 : 1) : NaN;
  const tail = gaussian(y) * (y <= SQRT_32 ? middleRatio(y) : farRatio(y));
  return x < 0 ? tail : 1 - tail;
}

/** The density of the standard normal distribution at x. */
export function normalPdf(x: number): number {
  const y = Math.abs(x);
  if (y > FARTHEST) return 0;
  return ONE_OVER_SQRT_2_PI * gaussian(y);
}

/** x with P(X <= x) = p. `-Infinity` at 0, `Infinity` at 1, `NaN` outside [0, 1]. */
export function normalInverse(p: number): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * centralQuotient(0.180625 - q * q);
  const tail = q < 0 ? p : 1 - p;
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const root = Math.sqrt(-logarithm(tail));
  const x = root <= 5 ? nearTailQuotient(root - 1.6) : farTailQuotient(root - 5);
  return q < 0 ? -x : x;
}

function centralQuotient(r: number): number {
  const above = ((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r +
                    4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r +
        1.3314166789178437745e2) * r + 3.3871328727963666080;
  const below = ((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r +
                    2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r +
        4.2313330701600911252e1) * r + 1;
  return above / below;
}

function nearTailQuotient(r: number): number {
  const above = ((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r +
                    1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.76949722146069140550) * r +
        4.63033784615654529590) * r + 1.42343711074968357734;
  const below = ((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r +
                    1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940) * r +
        2.05319162663775882187) * r + 1;
  return above / below;
}

function farTailQuotient(r: number): number {
  const above = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r +
                    2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580) * r +
        5.46378491116411436990) * r + 6.65790464350110377720;
  const below = ((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r +
                    7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r +
        5.99832206555887937690e-1) * r + 1;
  return above / below;
}
