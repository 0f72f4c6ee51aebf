/**
 * What all inputs have in common.
 * @module
 */

import type { Micros } from "./units.ts";

export interface Stamped {
  /** Arrival by the run's clock; never decreases within a run. */
  readonly at: Micros;
}
