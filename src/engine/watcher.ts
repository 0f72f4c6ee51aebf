/**
 * Looks on while orders are checked, for explaining one afterwards: no run has such a thing, and it changes nothing.
 * @module
 */

import type { Proposal, Stakes } from "../risk/limits.ts";
import type { Target } from "../strategies/strategy.ts";

export interface Watcher {
  /**
   * An order is about to be checked by risk: the engine still stands as the strategy saw it. Told of orders that are then
   * refused, too.
   */
  checking(target: Target, proposal: Proposal, stakes: Stakes): void;
}
