/**
 * Jump diffusion (R. C. Merton, "Option pricing when underlying stock returns are discontinuous", J. Financial Economics
 * 3, 1976). The times between jumps are exponential, so that any number of jumps may fall into any second.
 */

import { cosine, directionsOf, lowDirection, signedRadius, sine, squaredRadius } from "../random/normals";
import { drawAt, fillDraws, fillDrawsOf } from "../random/xoshiro";
import { walkGeometric } from "./geometric";
import {
  averaged,
  driftAt,
  FIRST_STEP,
  HALF_GAP,
  JUMP_DEVIATION,
  JUMP_MEAN,
  lead,
  oddAt,
  parameter,
  parameterLanes,
  setEven,
  setOdd,
} from "./job";

/** Times from now to the next jump of A and B, seconds; what jumps made of the even and odd parts of A and B. */
const GAPS = memory.data(32, 16);
const EVENS = memory.data(32, 16);
const ODDS = memory.data(32, 16);

/** Far shorter than what float32 can count without losing the parts of a second. */
const CHUNK_SECONDS: f64 = 256;

function begin(): void {
  fillDraws(2);
  const half = parameterLanes(HALF_GAP);
  v128.store(GAPS, f32x4.mul(squaredRadius(drawAt(0)), half), 0);
  v128.store(GAPS, f32x4.mul(squaredRadius(drawAt(1)), half), 16);
  const zero = f32x4.splat(0);
  v128.store(EVENS, zero, 0);
  v128.store(EVENS, zero, 16);
  v128.store(ODDS, zero, 0);
  v128.store(ODDS, zero, 16);
}

/** Lets the jumps of a time happen. The loop ends because every turn moves the times that are due by a positive gap. */
function pass(seconds: f64): void {
  const passed = f32x4.splat(<f32> seconds);
  const zero = f32x4.splat(0);
  let gapA = f32x4.sub(v128.load(GAPS, 0), passed);
  let gapB = f32x4.sub(v128.load(GAPS, 16), passed);
  let dueA = f32x4.le(gapA, zero);
  let dueB = f32x4.le(gapB, zero);
  while (v128.any_true(v128.or(dueA, dueB))) {
    fillDrawsOf(v128.or(dueA, dueB), 4);
    const deviation = f32x4.mul(signedRadius(drawAt(0)), parameterLanes(JUMP_DEVIATION));
    const h = lowDirection(directionsOf(drawAt(1)));
    const square = f32x4.mul(h, h);
    const mean = parameterLanes(JUMP_MEAN);
    v128.store(EVENS, f32x4.add(v128.load(EVENS, 0), v128.and(mean, dueA)), 0);
    v128.store(EVENS, f32x4.add(v128.load(EVENS, 16), v128.and(mean, dueB)), 16);
    const oddA = v128.and(f32x4.mul(deviation, cosine(square)), dueA);
    const oddB = v128.and(f32x4.mul(deviation, sine(h, square)), dueB);
    v128.store(ODDS, f32x4.add(v128.load(ODDS, 0), oddA), 0);
    v128.store(ODDS, f32x4.add(v128.load(ODDS, 16), oddB), 16);
    const half = parameterLanes(HALF_GAP);
    gapA = f32x4.add(gapA, v128.and(f32x4.mul(squaredRadius(drawAt(2)), half), dueA));
    gapB = f32x4.add(gapB, v128.and(f32x4.mul(squaredRadius(drawAt(3)), half), dueB));
    dueA = f32x4.le(gapA, zero);
    dueB = f32x4.le(gapB, zero);
  }
  v128.store(GAPS, gapA, 0);
  v128.store(GAPS, gapB, 16);
}

/** Even and odd rows of the group; the twin's are those of the diffusion alone. */
export function walkJump(): void {
  walkGeometric();
  begin();
  const before = parameter(FIRST_STEP) + <f64> lead;
  for (let done: f64 = 0; done < before; done += CHUNK_SECONDS) pass(Math.min(CHUNK_SECONDS, before - done));
  for (let row = 0; row < averaged; row++) {
    if (row > 0) pass(1);
    const drift = driftAt(row);
    setEven(row, f32x4.add(drift, v128.load(EVENS, 0)), f32x4.add(drift, v128.load(EVENS, 16)));
    setOdd(
      row,
      f32x4.add(oddAt(row, 0), v128.load(ODDS, 0)),
      f32x4.add(oddAt(row, 1), v128.load(ODDS, 16)),
    );
  }
}
