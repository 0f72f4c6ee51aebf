/**
 * How the engine and whoever simulates for it talk: what is asked leaves as an action, what comes back enters as an input
 * through the journal, so that a replay needs no simulation and takes the same decisions. Both are plain data.
 * @module
 */

import type { MonteCarloAnswer, MonteCarloRefusal } from "./monte_carlo.ts";
import type { MonteCarloRequest } from "./monte_carlo_request.ts";

export interface SimulationAsked {
  /** Chosen by the asker; the answer repeats it. An answer that is no longer wanted is known by it. */
  readonly id: number;
  readonly request: MonteCarloRequest;
}

export interface SimulationAnswered {
  readonly id: number;
  readonly outcome: MonteCarloAnswer | MonteCarloRefusal;
}
