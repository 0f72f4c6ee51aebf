/**
 * Where an exchange has its index values from: a simulation, or a recording.
 * @module
 */

import type { IndexId } from "./index_process.ts";

export interface IndexSource {
  /** The oldest second whose value is kept. */
  readonly oldestSecond: number;
  /** The value stamped with a second that has come; `null` where none was recorded. */
  value(id: IndexId, second: number): number | null;
  /** Sum of the values stamped `from` to `to`, both included; of those that exist. */
  sum(id: IndexId, from: number, to: number): { readonly sum: number; readonly count: number };
}
