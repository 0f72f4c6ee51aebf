/**
 * Every simulated feed: adding one is one file and one line here.
 * @module
 */

import { deribitSimulator } from "./deribit.ts";
import type { FeedSimulatorMaker } from "./feed_simulator.ts";

/** By name, in the order in which they are listed. */
export const FEED_SIMULATORS: Readonly<Record<string, FeedSimulatorMaker>> = {
  deribit: deribitSimulator,
};

export const FEED_NAMES: readonly string[] = Object.keys(FEED_SIMULATORS);
