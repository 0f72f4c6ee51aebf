/**
 * The flags of `kbot sweep`.
 * @module
 */

import { object } from "@optique/core/constructs";
import { map, multiple } from "@optique/core/modifiers";
import { argument, command, constant, option } from "@optique/core/primitives";
import { METHODS, OBJECTIVES, WORKERS_MAX } from "../backtest/search/choices.ts";
import type { SweepCommand } from "./command.ts";
import { duration, path, searchedParameter, strategyName, wholeNumber, word } from "./flag_values.ts";
import {
  about,
  accountFlags,
  type Asked,
  choosable,
  required,
  SEED_MAX,
  toggle,
  words,
  type WrongUse,
  wrongUse,
} from "./flags.ts";
import { reportFlags } from "./report_flags.ts";

/** Each keeps its profits by period in memory: at the most of both some gigabytes, at a year of quarter-hours 300 kB each. */
const TRIALS_MAX = 5_000;
const FOLDS_MAX = 50;

const sweepFlags = object({
  kind: constant("sweep"),
  path: argument(path("PATH"), { description: words("A journal, a tape, or a recorded data set") }),
  spot: choosable("--spot", path("FILE"), "Recorded index or trades, where the data set has none"),
  strategy: required("--strategy", strategyName(), "Whose parameters are searched; it runs alone"),
  parameters: multiple(option("--param", searchedParameter(), {
    description: words(
      "A parameter to search (repeatable; else those that the strategy declares): NAME for its declared range, " +
        "NAME=LOW..HIGH, NAME=LOW..HIGH:STEP, or NAME=a,b,c",
    ),
  })),
  method: choosable("--method", word("METHOD", METHODS), "How trials are proposed (random)"),
  trials: choosable("--trials", wholeNumber("N", 1, TRIALS_MAX), "Trials at most (40; of a grid all, up to 1000)"),
  objective: choosable("--objective", word("OBJECTIVE", OBJECTIVES), "What is made large (sharpe)"),
  seed: choosable("--seed", wholeNumber("N", 0, SEED_MAX), "The same seed makes the same search (1)"),
  workers: choosable("--workers", wholeNumber("N", 1, WORKERS_MAX), "Threads (as many as there are cores)"),
  cluster: toggle("--cluster", "Have the trials run by kbot worker, on any number of machines"),
  folds: choosable("--folds", wholeNumber("N", 0, FOLDS_MAX), "Of the walk-forward validation (3; 0 for none)"),
  embargo: choosable(
    "--embargo",
    duration(),
    "After a fold's training, how long no market of its test may open (none)",
  ),
  stopEarly: toggle("--stop-early", "Give up trials that are worse than the median of those before them"),
  ...accountFlags(),
  out: choosable("--out", path("DIR"), "Where results are kept (else sweeps/ of the state)"),
  ...reportFlags(),
});

function sweepCommand(asked: typeof sweepFlags["$valueType"][number]): Asked<SweepCommand> | WrongUse {
  return asked.cluster && asked.workers !== undefined
    ? wrongUse("--workers are threads of this process; with --cluster each worker has its own: kbot worker --threads N")
    : asked;
}

export const sweep = command(
  "sweep",
  map(sweepFlags, sweepCommand),
  about(
    "Search for a strategy's best parameters by backtests, and tell whether the best stands out from chance",
    "Results are kept as they come: stopped by Ctrl-C or killed, the same command goes on. Objectives are of the profits " +
      "by moment of settlement: pnl, their sum; sharpe, mean over deviation; sortino; calmar. A deflated Sharpe ratio below " +
      "0.95 means that the best does not stand out from as many trials without an edge. With bayes every fold makes a search " +
      "of its own, which takes as many times longer. --stop-early is off because trials that were given up cannot be " +
      "judged. --cluster gives the trials to every kbot worker that has the same data and is the same kbot; what comes out is " +
      "the same to the last bit, and with bayes and folds they wait for each other as here. --csv and --parquet write the trials, too. With --json one object: trials, best, stands_out, search, " +
      "warnings, findings (what --report shows of the best).",
    [
      "sweep path/to/recording --strategy settlement_edge --trials 100 --report sweep.html",
      "sweep path/to/recording --strategy settlement_edge --method grid --param min_edge=0.01..0.05:0.01 --param rest=true,false",
    ],
  ),
);
