/**
 * The commands that work on what was recorded: replay, backtest, calibrate.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import type { BacktestCommand, CalibrateCommand, ReplayCommand } from "./command.ts";
import { dollars, path, strategyName } from "./flag_values.ts";
import { about, type Asked, choosable, toggle, words } from "./flags.ts";

const MONEY_MOST = "100000000";

const replay = command(
  "replay",
  map(
    object({
      kind: constant("replay"),
      journal: argument(path("JOURNAL"), { description: words("A run's directory, or one of its files") }),
      verify: toggle("--verify", "Compare the decision hash: 0 same, 1 different, 2 unreadable"),
    }),
    (asked): Asked<ReplayCommand> => asked,
  ),
  about("Run a journal again and see whether the same decisions come out"),
);

const backtest = command(
  "backtest",
  map(
    object({
      kind: constant("backtest"),
      path: argument(path("PATH"), { description: words("A journal, or a recorded data set") }),
      spot: choosable("--spot", path("FILE"), "Recorded index or trades, where the data set has none"),
      strategy: choosable("--strategy", strategyName(), "Run only this strategy"),
      capital: choosable("--capital", dollars("0.01", MONEY_MOST), "What the account starts with"),
      maxLoss: choosable("--max-loss", dollars("0.01", MONEY_MOST), "A day's loss that halts trading"),
    }),
    (asked): Asked<BacktestCommand> => asked,
  ),
  about("Drive the engine with recorded data"),
);

const calibrate = command(
  "calibrate",
  map(
    object({
      kind: constant("calibrate"),
      path: argument(path("PATH"), { description: words("A journal, a tape, or a recorded data set") }),
      spot: choosable("--spot", path("FILE"), "Recorded index or trades, where the data set has none"),
      plot: choosable("--plot", path("FILE.svg"), "Write the reliability diagram to this file"),
    }),
    (asked): Asked<CalibrateCommand> => asked,
  ),
  about("Compare the probabilities with what came of them, and with the market's own"),
);

export const recordedCommands = or(replay, backtest, calibrate);
