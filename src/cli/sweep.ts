/**
 * `kbot sweep`: searches for a strategy's best parameters by backtests, and tells whether the best stands out from chance. It can
 * be stopped, or killed, and goes on where it was.
 * @module
 */

import { join } from "node:path";
import { basisOf } from "../backtest/search/basis.ts";
import type { Objective } from "../backtest/search/choices.ts";
import { Sweep, type SweepOutcome } from "../backtest/search/sweep.ts";
import type { PassAsked, TrialAsked, TrialSettings } from "../backtest/search/trial.ts";
import { type Results, TrialBook } from "../backtest/search/trial_book.ts";
import { TrialStore } from "../backtest/search/trial_store.ts";
import { microsFromSeconds } from "../core/units.ts";
import { WallClock } from "../ops/clock.ts";
import { lockStateDirectory } from "../store/lock.ts";
import { messageOf } from "../store/message.ts";
import { EXIT, type SweepCommand } from "./command.ts";
import { printError, printJson, printText } from "./output.ts";
import { ReportOutput } from "./report_output.ts";
import { onStopSignal } from "./signals.ts";
import { lookAt } from "./sweep_data.ts";
import { SweepProgress } from "./sweep_progress.ts";
import { checkSweep, engineOf, type SweepAsked, SweepRefused } from "./sweep_request.ts";
import { type RunnerAsked, runnerOf } from "./sweep_runner.ts";
import { conclude, type SweepSummary, type SweepWork } from "./sweep_summary.ts";
import { sweepText } from "./sweep_text.ts";

type Searched = Pick<RunnerAsked, "asked" | "data" | "settings" | "basis">;

const FOLDS = 3;
const OBJECTIVE: Objective = "sharpe";

export async function sweep(command: SweepCommand, args: readonly string[] = Deno.args): Promise<number> {
  try {
    const asked = await checkSweep(command, args);
    const output = await ReportOutput.open(command);
    if ("error" in output) throw new SweepRefused(EXIT.failed, [output.error]);
    try {
      const summary = await locked(asked.directory, () => search(asked, output));
      if (command.json) printJson(summary);
      else printText(sweepText(summary));
      return EXIT.done;
    } catch (error) {
      await output.abandon();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof SweepRefused)) throw error;
    for (const problem of error.problems) printError(problem);
    return error.exitCode;
  }
}

/** Two sweeps do not write into one directory. */
async function locked<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SweepRefused(EXIT.failed, [`Results cannot be kept in ${directory}: ${messageOf(error)}`]);
  }
  const held = await lockStateDirectory(directory);
  if (!held.ok) throw new SweepRefused(EXIT.failed, [held.reason]);
  try {
    return await work();
  } finally {
    held.lock.release();
  }
}

async function search(asked: SweepAsked, output: ReportOutput): Promise<SweepSummary> {
  const { command, loaded, directory } = asked;
  const engine = engineOf(asked);
  const data = await lookAt(asked, engine);
  const settings: TrialSettings = {
    engine,
    capital: command.capital ?? loaded.config.paper.capital,
    strategy: command.strategy,
    objective: command.objective ?? OBJECTIVE,
    periods: data.periods.map(({ tickers }) => tickers),
  };
  const basis = basisOf({ ...data, settings, packs: loaded.packs.map(({ sha256 }) => sha256) });
  const store = await TrialStore.open(join(directory, "trials.kv"), basis, new WallClock().now()).catch((error) => {
    throw new SweepRefused(EXIT.failed, [`Results in ${directory} cannot be opened: ${messageOf(error)}`]);
  });
  try {
    const { outcome, work } = await run({ asked, data, settings, basis }, resultsOf(store, directory));
    return await conclude({ asked, data, settings, outcome, work }, output, store);
  } finally {
    store.close();
  }
}

/** The store, whose trouble is no defect of the search. */
function resultsOf(store: TrialStore, directory: string): Results {
  const refuse = (error: unknown): never => {
    throw new SweepRefused(EXIT.failed, [`Results cannot be kept in ${directory}: ${messageOf(error)}`]);
  };
  return {
    get: (parameters, scope) => store.get(parameters, scope).catch(refuse),
    put: (parameters, scope, result) => store.put(parameters, scope, result).catch(refuse),
  };
}

/** Runs the search, says how far it is, and hears Ctrl-C. */
async function run(
  searched: Searched,
  results: Results,
): Promise<{ readonly outcome: SweepOutcome; readonly work: SweepWork }> {
  const { asked, data: { survey, periods }, settings } = searched;
  const { command, configured, space, trials, directory } = asked;
  const started = performance.now();
  const counts = { kept: 0, ran: 0 };
  let isStopped = false;
  // Workers speak up before the search is known.
  let progress: SweepProgress | null = null;
  const runner = await runnerOf({
    ...searched,
    onProgress: (inputs) => progress?.inputs(inputs),
    onTrouble: (text) => progress === null ? printError(text) : progress.say(text),
  });
  const book = new TrialBook({
    settings,
    configured,
    results,
    runner,
    onTrial: (trial, answer, pass, known) => {
      if (!answer.ok) return;
      counts[known ? "kept" : "ran"]++;
      const { fills } = answer.result;
      progress?.done(`${runName(trial, pass)}: ${fills} fills${known ? ", known from before" : ""}`, known);
    },
  });
  const sweep = new Sweep({
    settings,
    space,
    configured,
    method: command.method ?? "random",
    trials,
    seed: command.seed ?? 1,
    periods,
    folds: command.folds ?? FOLDS,
    embargo: microsFromSeconds(command.embargo ?? 0),
    stopEarly: command.stopEarly,
    isStopped: () => isStopped,
  }, book);
  progress = new SweepProgress({
    runs: sweep.runsAtMost,
    events: survey.events,
    isTerminal: Deno.stderr.isTerminal(),
    seconds: () => performance.now() / 1_000,
    workers: () => runner.workersNow(),
  });
  const unlisten = onStopSignal(() => {
    isStopped = true;
    runner.close();
  });
  let isDone = false;
  try {
    const outcome = await sweep.run();
    isDone = !outcome.stopped;
    if (isDone) {
      const work = { workers: runner.workersEver(), cluster: command.cluster, ...counts };
      return { outcome, work: { ...work, wall_seconds: (performance.now() - started) / 1_000 } };
    }
    const text = `Stopped after ${
      counts.kept + counts.ran
    } runs, which are kept in ${directory}: the same command goes on`;
    throw new SweepRefused(EXIT.failed, [text]);
  } finally {
    progress.clear();
    unlisten();
    await runner.leave(isDone);
  }
}

function runName({ number }: TrialAsked, { until, tickers }: PassAsked): string {
  if (tickers !== null) return `Test of trial ${number} in a fold`;
  return until === null ? `Trial ${number}` : `Trial ${number} of a fold`;
}
