/**
 * How orders are worked, apart from what they are for.
 * @module
 */

import { type Count, count } from "../core/units.ts";

export interface ExecutionSettings {
  /** A difference in size up to so many per cent of what is wanted is left alone. */
  readonly sizeTolerance: number;
  /** Between two moves of one order toward the market, microseconds. */
  readonly repriceEvery: number;
  /** What rests dies by itself after this, unless it is renewed, microseconds; 0 for never. */
  readonly lease: number;
  /** Renewals in one second at most. */
  readonly leaseRenewals: number;
  /** Contracts of one strategy on one shard that may match within 15 seconds before the exchange stops it; 0 for no bound. */
  readonly groupLimit: Count;
}

/** Without leases and fuses: what journals of older versions were written with. */
export const PLAIN_EXECUTION: ExecutionSettings = {
  sizeTolerance: 10,
  repriceEvery: 0,
  lease: 0,
  leaseRenewals: 0,
  groupLimit: count(0),
};
