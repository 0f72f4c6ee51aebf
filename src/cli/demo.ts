/**
 * `kbot demo`: a live run on the embedded exchange that shows everything at once. Where neither a file nor the environment
 * says otherwise, all strategies run, on markets for each of them.
 * @module
 */

import type { DefaultValue } from "../config/overrides.ts";
import { STRATEGIES } from "../strategies/registry.ts";
import type { DemoCommand } from "./command.ts";
import { run } from "./run.ts";

/** Windows and ladders on an index, temperatures of two cities, and the Fed: some 200 markets at a time. */
const SERIES = [
  "KXBTC15M",
  "KXETH15M",
  "KXBTCD",
  "KXBTC",
  "KXHIGHNY",
  "KXLOWTNYC",
  "KXHIGHCHI",
  "KXFED",
  "KXFEDDECISION",
];

export const DEMO_DEFAULTS: readonly DefaultValue[] = [
  { key: "venue.series", value: SERIES },
  ...STRATEGIES.map(({ name }) => ({ key: `strategies.${name}.enabled`, value: true })),
];

export const demo = (command: DemoCommand): Promise<number> =>
  run({ ...command, execution: "live", venue: "sim", defaults: DEMO_DEFAULTS });
