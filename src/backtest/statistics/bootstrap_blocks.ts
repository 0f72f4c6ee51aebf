/**
 * Stretches of time drawn anew, for figures that no group of numbers adds up to.
 * @module
 */

import { draws } from "../../models/bootstrap.ts";

/**
 * Numbers in a row drawn anew, as many as they are, in blocks that begin anywhere and go round at the end (D. Politis and
 * J. Romano, "A circular block-resampling procedure for stationary data", 1992): what hangs together in a block stays together.
 * Each sample stands in the same memory as the one before it.
 *
 * @param count of samples
 */
export function* resampled(
  values: readonly number[],
  block: number,
  count: number,
  seed: number,
): Generator<Float64Array> {
  const { length } = values;
  if (length === 0) return;
  const draw = draws(seed);
  const sample = new Float64Array(length);
  for (let k = 0; k < count; k++) {
    for (let at = 0; at < length; at += block) {
      const from = draw(length);
      const end = Math.min(block, length - at);
      for (let offset = 0; offset < end; offset++) sample[at + offset] = values[(from + offset) % length];
    }
    yield sample;
  }
}
