/**
 * The flags of `kbot worker`.
 * @module
 */

import { object } from "@optique/core/constructs";
import { map, multiple } from "@optique/core/modifiers";
import { command, constant, option } from "@optique/core/primitives";
import { WORKERS_MAX } from "../backtest/search/choices.ts";
import type { WorkerCommand } from "./command.ts";
import { path, wholeNumber } from "./flag_values.ts";
import { about, type Asked, choosable, forFlag, words } from "./flags.ts";

/** More than anybody has; each is read once. */
const DATA_MAX = 100;

export const worker = command(
  "worker",
  map(
    object({
      kind: constant("worker"),
      data: multiple(
        option("--data", path("PATH"), {
          description: words("A journal, a tape or a recorded data set that lies here (repeatable)"),
        }),
        { min: 1, max: DATA_MAX },
      ),
      threads: choosable("--threads", wholeNumber("N", 1, WORKERS_MAX), "Trials at once (as many as there are cores)"),
      forSeconds: forFlag(),
    }),
    (asked): Asked<WorkerCommand> => asked,
  ),
  about(
    "Run trials of every kbot sweep --cluster on data that lies here, until it is stopped",
    "It takes part in sweeps over data that it has, by what is in it and wherever it lies, and that come from the same kbot, to " +
      "the commit; others it refuses with words. It can be started, stopped and killed at any time: what it had begun is given " +
      "to another. The NATS servers are those of [cluster] in the configuration. With --json one object at its end: name, " +
      "sweeps, refused, jobs, trials, failed.",
    ["worker --data path/to/recording", "worker --data monday --data tuesday --threads 2 --for 8h"],
  ),
);
