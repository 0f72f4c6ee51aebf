/**
 * Stochastic volatility (S. L. Heston, Review of Financial Studies 6, 1993) in steps of a second: the variance relative to
 * its long-run level starts at 1, is drawn back to it, and moves with its own square root; where it falls below 0 it counts
 * as 0 ("full truncation": R. Lord, R. Koekkoek and D. van Dijk, Quantitative Finance 10, 2010).
 */

import { fillNormals, normalAt, replaceNormal } from "../random/normals";
import { multiplyAdd } from "../random/vector";
import {
  averaged,
  CORRELATION,
  FIRST_STEP,
  INDEPENDENCE,
  lead,
  parameter,
  parameterLanes,
  REVERSION,
  setEven,
  setOdd,
  setTwin,
  SIGMA,
  twinned,
  VARIANCE_VOLATILITY,
} from "./job";

/** Steps of the buffer at once: each takes two of its pairs, one for A and one for B. */
const CHUNK: i32 = 64;

/** All rows of the group. What the variance's own normals move is even, so that the mirrored path has the same variance. */
export function walkHeston(): void {
  const steps = lead + averaged;
  const sigma = parameter(SIGMA);
  const along = f32x4.splat(<f32> (sigma * parameter(CORRELATION)));
  const across = f32x4.splat(<f32> (sigma * parameter(INDEPENDENCE)));
  const halfSquare = f32x4.splat(<f32> (-0.5 * sigma * sigma));
  const volatility = parameterLanes(VARIANCE_VOLATILITY);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  let varianceA = one;
  let varianceB = one;
  let evenA = zero;
  let evenB = zero;
  let oddA = zero;
  let oddB = zero;
  let twinA = zero;
  let twinB = zero;
  for (let start = 0; start < steps; start += CHUNK) {
    const count = min(CHUNK, steps - start);
    fillNormals(2 * count);
    if (start === 0) {
      const root = f32x4.splat(<f32> Math.sqrt(parameter(FIRST_STEP)));
      for (let k = 0; k < 4; k++) replaceNormal(k, f32x4.mul(normalAt(k), root));
    }
    for (let index = 0; index < count; index++) {
      const length = start + index === 0 ? parameter(FIRST_STEP) : 1.0;
      const drift = f32x4.mul(halfSquare, f32x4.splat(<f32> length));
      const reversion = f32x4.splat(<f32> (parameter(REVERSION) * length));
      const ownA = normalAt(4 * index);
      const otherA = normalAt(4 * index + 1);
      const ownB = normalAt(4 * index + 2);
      const otherB = normalAt(4 * index + 3);
      const heldA = f32x4.pmax(varianceA, zero);
      const heldB = f32x4.pmax(varianceB, zero);
      const rootA = f32x4.sqrt(heldA);
      const rootB = f32x4.sqrt(heldB);
      evenA = multiplyAdd(heldA, drift, multiplyAdd(f32x4.mul(rootA, ownA), along, evenA));
      evenB = multiplyAdd(heldB, drift, multiplyAdd(f32x4.mul(rootB, ownB), along, evenB));
      oddA = multiplyAdd(f32x4.mul(rootA, otherA), across, oddA);
      oddB = multiplyAdd(f32x4.mul(rootB, otherB), across, oddB);
      varianceA = multiplyAdd(f32x4.sub(one, heldA), reversion, varianceA);
      varianceB = multiplyAdd(f32x4.sub(one, heldB), reversion, varianceB);
      varianceA = multiplyAdd(f32x4.mul(rootA, ownA), volatility, varianceA);
      varianceB = multiplyAdd(f32x4.mul(rootB, ownB), volatility, varianceB);
      if (twinned) {
        twinA = multiplyAdd(otherA, across, multiplyAdd(ownA, along, twinA));
        twinB = multiplyAdd(otherB, across, multiplyAdd(ownB, along, twinB));
      }
      const row = start + index - lead;
      if (row < 0) continue;
      setEven(row, evenA, evenB);
      setOdd(row, oddA, oddB);
      if (twinned) setTwin(row, twinA, twinB);
    }
  }
}
