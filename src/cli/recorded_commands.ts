/**
 * The commands that work on what was recorded: replay, explain, backtest, report, parity, calibrate.
 * @module
 */

import { object, or } from "@optique/core/constructs";
import { map } from "@optique/core/modifiers";
import { argument, command, constant } from "@optique/core/primitives";
import type {
  BacktestCommand,
  CalibrateCommand,
  ExplainCommand,
  ParityCommand,
  ReplayCommand,
  ReportCommand,
} from "./command.ts";
import { day, latency, orderId, path, strategyName, wholeNumber } from "./flag_values.ts";
import { about, accountFlags, type Asked, choosable, toggle, words, type WrongUse, wrongUse } from "./flags.ts";
import { reportFlags } from "./report_flags.ts";

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
  about("Run a journal again and see whether the same decisions come out", "", [
    "replay ~/.local/state/kbot/journal/20261120T120000Z-0001 --verify",
  ]),
);

const explain = command(
  "explain",
  map(
    object({
      kind: constant("explain"),
      order: argument(orderId(), { description: words("Its own id, the exchange's, or how one of them begins") }),
      journal: choosable("--journal", path("PATH"), "A run's directory, or one of its files (else those of the state)"),
    }),
    (asked): Asked<ExplainCommand> => asked,
  ),
  about(
    "Tell why an order was sent, and what became of it",
    "From the journal, done again up to the input that the order followed from: index, book, model, costs, size and what " +
      "bound it, every check of risk with what it left; then the exchange's answers, the executions, and how the market " +
      "ended. A bot may be running. With --json one object: venue, " +
      "simulated, order, sent_at, trigger, decision {market, index, book, model, costs, kelly, size, checks}, parameters, " +
      "events, fills, end, market_end, missing (what cannot be said, and why). Exit code 1 where no such order is known.",
    ["explain k00000001-17", "explain k00000001-17 --json"],
  ),
);

const backtest = command(
  "backtest",
  map(
    object({
      kind: constant("backtest"),
      path: argument(path("PATH"), { description: words("A journal, or a recorded data set") }),
      spot: choosable("--spot", path("FILE"), "Recorded index or trades, where the data set has none"),
      strategy: choosable("--strategy", strategyName(), "Run only this strategy"),
      ...accountFlags(),
      orderLatency: choosable(
        "--order-latency",
        latency(),
        "From decision to matching, ms: 50, or p50=40,p90=90,max=300",
      ),
      feedLatency: choosable("--feed-latency", latency(), "From what happens to our hearing of it, alike"),
      latencyFrom: choosable("--latency-from", path("JOURNAL"), "Measure both in this journal of a run"),
      ...reportFlags(),
      checkLookahead: choosable(
        "--check-lookahead",
        wholeNumber("N", 1, 1_000),
        "Do the run again at N moments without what came later, and see that nothing before them changes",
      ),
    }),
    (asked): Asked<BacktestCommand> => asked,
  ),
  about(
    "Drive the engine with recorded data, and tell what came of it",
    "With --json one object: the checks of the data, the figures, and under findings what --report FILE.html shows: " +
      "figures with intervals of 95 %, attribution, groups, calibration beside the market's own, trades, charts, and what " +
      "is needed to do it again.",
    [
      "backtest path/to/recording --report report.html",
      "backtest path/to/recording --strategy latency --capital 5000 --json",
    ],
  ),
);

const reportOptions = object({
  from: choosable("--from", day(), "First day, UTC (else the first there is)"),
  to: choosable("--to", day(), "Last day, UTC (else the newest)"),
  strategy: choosable("--strategy", strategyName(), "Of this strategy alone"),
  ...reportFlags(),
});

function reportCommand(flags: typeof reportOptions["$valueType"][number]): Asked<ReportCommand> | WrongUse {
  const { from, to } = flags;
  if (from !== undefined && to !== undefined && to < from) return wrongUse("--to lies before --from: no day is left");
  return { kind: "report", ...flags };
}

const report = command(
  "report",
  map(reportOptions, reportCommand),
  about(
    "Tell what the paper or live days of a state came to",
    "Profit with its interval of 95 %, Sharpe, Sortino, Calmar, win rate, drawdown, and where it came from: by strategy, " +
      "series, market, signal, hour and weekday. A bot may be running. A state is of paper or of live trading, so that the " +
      "two never mix. With --json one object, the same that --report draws.",
    ["report", "report --from 2026-11-01 --report november.html"],
  ),
);

const parity = command(
  "parity",
  map(
    object({
      kind: constant("parity"),
      journal: argument(path("JOURNAL"), { description: words("Of a live run: its directory, or one of its files") }),
    }),
    (asked): Asked<ParityCommand> => asked,
  ),
  about(
    "Fill a live run's orders again on paper, and tell where the fills differ",
    "The run's market data without its own orders goes through every paper fill model, and the very orders that it sent are " +
      "asked of each: per order what was filled live and on paper, and the cause of a difference; in sum the fill rate, the " +
      "difference in price, the time to the first fill, and which model comes nearest. With --json one object.",
    ["parity ~/.local/state/kbot/journal/20261120T120000Z-0001"],
  ),
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
  about("Compare the probabilities with what came of them, and with the market's own", "", [
    "calibrate path/to/recording",
    "calibrate path/to/recording --plot calibration.svg",
  ]),
);

export const recordedCommands = or(replay, explain, backtest, report, parity, calibrate);
