/**
 * Increments with Student's t distribution, independent from second to second, by the polar method of R. W. Bailey
 * ("Polar generation of random variates with the t-distribution", Mathematics of Computation 62, 1994): where a normal is
 * r sin(w) with r^2 = -2 ln u, a t with n degrees of freedom is s sin(w) with s^2 = n (e^(r^2 / n) - 1). The cosine of
 * the same direction would not be independent of the sine and is not used.
 */

import { boundedExponentialMinusOne } from "../random/exponential";
import { directionsOf, highDirection, lowDirection, sine, squaredRadius } from "../random/normals";
import { multiplyAdd } from "../random/vector";
import { drawAt, fillDraws } from "../random/xoshiro";
import { averaged, DEGREES, FIRST_STEP, lead, parameter, parameterLanes, setOdd, setTwin, SIGMA, twinned } from "./job";

/** Steps whose draws are made at once. */
const CHUNK: i32 = 64;

/** Odd rows of the group, and the twin's: the normals from the same draws. */
export function walkStudent(): void {
  const steps = lead + averaged;
  const degrees = parameterLanes(DEGREES);
  const inverse = f32x4.splat(<f32> (1.0 / parameter(DEGREES)));
  const sigma = parameter(SIGMA);
  // A t has the variance n / (n - 2).
  const scale = f32x4.splat(<f32> (sigma * Math.sqrt(1.0 - 2.0 / parameter(DEGREES))));
  const plainScale = f32x4.splat(<f32> sigma);
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let twinA = f32x4.splat(0);
  let twinB = f32x4.splat(0);
  for (let start = 0; start < steps; start += CHUNK) {
    const count = min(CHUNK, steps - start);
    fillDraws(3 * count);
    for (let index = 0; index < count; index++) {
      const squareA = squaredRadius(drawAt(3 * index));
      const squareB = squaredRadius(drawAt(3 * index + 2));
      const directions = directionsOf(drawAt(3 * index + 1));
      const low = lowDirection(directions);
      const high = highDirection(directions);
      let sineA = sine(low, f32x4.mul(low, low));
      let sineB = sine(high, f32x4.mul(high, high));
      if (start + index === 0) {
        const root = f32x4.splat(<f32> Math.sqrt(parameter(FIRST_STEP)));
        sineA = f32x4.mul(sineA, root);
        sineB = f32x4.mul(sineB, root);
      }
      // -2 ln u is at most 43 and n at least 2.1: far inside the range.
      const radiusA = f32x4.sqrt(f32x4.mul(boundedExponentialMinusOne(f32x4.mul(squareA, inverse)), degrees));
      const radiusB = f32x4.sqrt(f32x4.mul(boundedExponentialMinusOne(f32x4.mul(squareB, inverse)), degrees));
      a = multiplyAdd(radiusA, sineA, a);
      b = multiplyAdd(radiusB, sineB, b);
      if (twinned) {
        twinA = multiplyAdd(f32x4.sqrt(squareA), sineA, twinA);
        twinB = multiplyAdd(f32x4.sqrt(squareB), sineB, twinB);
      }
      const row = start + index - lead;
      if (row < 0) continue;
      setOdd(row, f32x4.mul(a, scale), f32x4.mul(b, scale));
      if (twinned) setTwin(row, f32x4.mul(twinA, plainScale), f32x4.mul(twinB, plainScale));
    }
  }
}
