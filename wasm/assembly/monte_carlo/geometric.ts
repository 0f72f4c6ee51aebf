/** Geometric Brownian motion: normals, added up. */

import { fillNormals, normalAt, replaceNormal, sumAt, sumNormals } from "../random/normals";
import { averaged, FIRST_STEP, lead, parameter, parameterLanes, setOdd, setTwin, SIGMA, twinned } from "./job";

/** Odd rows of the group, and the twin's where it is wanted: this is the plain model. */
export function walkGeometric(): void {
  // Two steps at a time; what is left of an odd number goes through the buffer with the averaged ones.
  const silent = lead & ~1;
  const unaveraged = lead - silent;
  const count = unaveraged + averaged;
  sumNormals(silent);
  let a = sumAt(0);
  let b = sumAt(1);
  fillNormals((count + 1) & ~1);
  // The order of independent steps does not matter: the one of another length may be this one.
  const root = f32x4.splat(<f32> Math.sqrt(parameter(FIRST_STEP)));
  replaceNormal(0, f32x4.mul(normalAt(0), root));
  replaceNormal(1, f32x4.mul(normalAt(1), root));
  const sigma = parameterLanes(SIGMA);
  for (let step = 0; step < count; step++) {
    a = f32x4.add(a, normalAt(2 * step));
    b = f32x4.add(b, normalAt(2 * step + 1));
    if (step < unaveraged) continue;
    const oddA = f32x4.mul(a, sigma);
    const oddB = f32x4.mul(b, sigma);
    setOdd(step - unaveraged, oddA, oddB);
    if (twinned) setTwin(step - unaveraged, oddA, oddB);
  }
}
