/**
 * Increments with Student's t distribution, independent from second to second, by the polar method of R. W. Bailey
 * ("Polar generation of random variates with the t-distribution", Mathematics of Computation 62, 1994): where a normal is
 * r sin(w) with r^2 = -2 ln u, a t with n degrees of freedom is s sin(w) with s^2 = n (e^(r^2 / n) - 1). The cosine of
 * the same direction would not be independent of the sine and is not used.
 */

import { boundedExponentialMinusOne } from "../random/exponential";
import {
  directionsOf,
  highDirection,
  lowDirection,
  normalAt,
  replaceNormal,
  sine,
  squaredRadius,
} from "../random/normals";
import { drawAt, fillDraws } from "../random/xoshiro";
import { averaged, DEGREES, FIRST_STEP, lead, parameter, parameterLanes, setOdd, setTwin, SIGMA, twinned } from "./job";

/** Steps whose draws are made at once; their increments fill half of the buffer of normals, the twin's the other. */
const CHUNK: i32 = 64;
const TWIN_START: i32 = 128;

/** r^2 and sin(w) of both paths of a step, at the places of the increments and of the twin's. */
function placeParts(step: i32): void {
  const directions = directionsOf(drawAt(3 * step + 1));
  const low = lowDirection(directions);
  const high = highDirection(directions);
  replaceNormal(2 * step, squaredRadius(drawAt(3 * step)));
  replaceNormal(2 * step + 1, squaredRadius(drawAt(3 * step + 2)));
  replaceNormal(TWIN_START + 2 * step, sine(low, f32x4.mul(low, low)));
  replaceNormal(TWIN_START + 2 * step + 1, sine(high, f32x4.mul(high, high)));
}

/**
 * Puts the increments of `count` steps, at most 64, into the buffer: A and B in turn. Two loops with short chains of
 * operations overlap better in the processor than one with a long chain.
 */
function fillIncrements(count: i32): void {
  const degrees = parameterLanes(DEGREES);
  const inverse = f32x4.splat(<f32> (1.0 / parameter(DEGREES)));
  fillDraws(3 * count);
  for (let step = 0; step < count; step++) placeParts(step);
  for (let index = 0; index < 2 * count; index++) {
    const square = normalAt(index);
    const turned = normalAt(TWIN_START + index);
    // -2 ln u is at most 43 and n at least 2.1: far inside the range.
    const wider = f32x4.mul(boundedExponentialMinusOne(f32x4.mul(square, inverse)), degrees);
    replaceNormal(index, f32x4.mul(f32x4.sqrt(wider), turned));
    if (twinned) replaceNormal(TWIN_START + index, f32x4.mul(f32x4.sqrt(square), turned));
  }
}

/** Shortens or lengthens the first step. */
function scaleFirst(): void {
  const root = f32x4.splat(<f32> Math.sqrt(parameter(FIRST_STEP)));
  for (let half = 0; half < 2; half++) {
    replaceNormal(half, f32x4.mul(normalAt(half), root));
    replaceNormal(TWIN_START + half, f32x4.mul(normalAt(TWIN_START + half), root));
  }
}

/** Odd rows of the group, and the twin's: the normals from the same draws. */
export function walkStudent(): void {
  const steps = lead + averaged;
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
    fillIncrements(count);
    if (start === 0) scaleFirst();
    for (let index = 0; index < count; index++) {
      a = f32x4.add(a, normalAt(2 * index));
      b = f32x4.add(b, normalAt(2 * index + 1));
      if (twinned) {
        twinA = f32x4.add(twinA, normalAt(TWIN_START + 2 * index));
        twinB = f32x4.add(twinB, normalAt(TWIN_START + 2 * index + 1));
      }
      const row = start + index - lead;
      if (row < 0) continue;
      setOdd(row, f32x4.mul(a, scale), f32x4.mul(b, scale));
      if (twinned) setTwin(row, f32x4.mul(twinA, plainScale), f32x4.mul(twinB, plainScale));
    }
  }
}
