/**
 * `kbot sweep`: searches for a strategy's best parameters by backtests, and tells whether the best stands out from chance. It can
 * be stopped, or killed, and goes on where it was.
 * @module
 */

import { basename, join } from "node:path";
import { backtest } from "../backtest/backtest.ts";
import { changedSettings, dataFiles, shownCommand } from "../backtest/figures/provenance.ts";
import type { DataFile, Findings, SearchFindings, SearchTrial } from "../backtest/findings.ts";
import type { Objective } from "../backtest/search/choices.ts";
import { readSpace } from "../backtest/search/declared_space.ts";
import { SURE } from "../backtest/search/guards.ts";
import { ParameterSpace } from "../backtest/search/parameter_space.ts";
import { type Period, periodsOf, type Survey, surveyOf } from "../backtest/search/survey.ts";
import { Sweep, type SweepOutcome } from "../backtest/search/sweep.ts";
import { SweepPool } from "../backtest/search/sweep_pool.ts";
import type { PassAsked, TrialAsked, TrialSettings } from "../backtest/search/trial.ts";
import { hashOfJson, TrialBook } from "../backtest/search/trial_book.ts";
import { openTrialSource } from "../backtest/search/trial_source.ts";
import { TrialStore } from "../backtest/search/trial_store.ts";
import { writeTrials } from "../backtest/search/trial_table.ts";
import { formatConfigError } from "../config/config_error.ts";
import {
  allocationRules,
  executionSettings,
  indexSettings,
  riskLimits,
  safetyWithoutPerson,
  simulatedPaperSettings,
  strategySettings,
} from "../config/engine_settings.ts";
import { loadConfig } from "../config/load.ts";
import { statePath } from "../config/state_path.ts";
import { registryWith } from "../packs/registry_of.ts";
import { microsFromSeconds } from "../core/units.ts";
import { WallClock } from "../ops/clock.ts";
import { EXPORT_FORMATS } from "../store/export/column.ts";
import { lockStateDirectory } from "../store/lock.ts";
import { messageOf } from "../store/message.ts";
import { statePaths } from "../store/state_directory.ts";
import type { Registration } from "../strategies/registry.ts";
import { EXIT, type SweepCommand } from "./command.ts";
import { printError, printText } from "./output.ts";
import { ReportOutput } from "./report_output.ts";
import { onStopSignal } from "./signals.ts";
import { isSimulatedMarket } from "./simulated_market.ts";
import { SweepProgress } from "./sweep_progress.ts";
import { sweepText } from "./sweep_text.ts";
import { VERSION } from "./version.ts";

const TRIALS = 40;
/** A grid is tried whole; more than this should be meant. */
const GRID_MAX = 1_000;
const FOLDS = 3;
const OBJECTIVE: Objective = "sharpe";

export interface SweepSummary {
  readonly path: string;
  readonly strategy: string;
  readonly seed: number;
  readonly workers: number;
  readonly events: number;
  /** Moments at which markets that the strategy trades closed. */
  readonly periods: number;
  /** Runs whose result was known from before. */
  readonly kept: number;
  /** Runs of this time. */
  readonly ran: number;
  readonly simulated_fills: true;
  readonly simulated_market: boolean;
  readonly best: SearchTrial | null;
  /** What is configured, where it was tried. */
  readonly configured: SearchTrial | null;
  /** Of the best, of one period. */
  readonly sharpe: number | null;
  /** The deflated Sharpe ratio is at least 0.95. */
  readonly stands_out: boolean;
  readonly search: SearchFindings;
  readonly warnings: readonly string[];
  readonly problems: readonly string[];
  /** Where results are kept. */
  readonly directory: string;
  readonly written: readonly string[];
  readonly wall_seconds: number;
  /** Of the best, run once more. */
  readonly findings: Findings | null;
}

type Engine = TrialSettings["engine"];
type Loaded = Extract<Awaited<ReturnType<typeof loadConfig>>, { readonly ok: true }>;

/** All that is asked for, found to be possible. */
interface Asked {
  readonly command: SweepCommand;
  readonly args: readonly string[];
  readonly loaded: Loaded;
  readonly registration: Registration;
  readonly space: ParameterSpace;
  readonly configured: Readonly<Record<string, unknown>>;
  readonly trials: number;
  readonly directory: string;
}

/** Why a sweep ends without a result, and with which exit code. */
class Refused extends Error {
  constructor(readonly exitCode: number, readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

export async function sweep(command: SweepCommand, args: readonly string[] = Deno.args): Promise<number> {
  try {
    const asked = await check(command, args);
    const output = await ReportOutput.open(command);
    if ("error" in output) throw new Refused(EXIT.failed, [output.error]);
    try {
      const summary = await locked(asked.directory, () => search(asked, output));
      if (command.json) console.log(JSON.stringify(summary));
      else printText(sweepText(summary));
      return EXIT.done;
    } catch (error) {
      await output.abandon();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    for (const problem of error.problems) printError(problem);
    return error.exitCode;
  }
}

async function check(command: SweepCommand, args: readonly string[]): Promise<Asked> {
  const env = Deno.env.toObject();
  const loaded = await loadConfig({
    ...(command.config === undefined ? {} : { file: command.config }),
    env,
    flags: [],
  });
  if (!loaded.ok) throw new Refused(EXIT.usage, loaded.errors.map(formatConfigError));
  const registry = registryWith(loaded.packs);
  const registration = registry.find(({ name }) => name === command.strategy);
  if (registration === undefined) {
    const names = registry.map(({ name }) => name).join(", ");
    throw new Refused(EXIT.usage, [`No strategy is called ${command.strategy}; there are: ${names}`]);
  }
  const found = readSpace(registration.name, registration.parameters, command.parameters);
  if (!found.ok) throw new Refused(EXIT.usage, found.problems);
  const space = new ParameterSpace(found.dimensions);
  const own = strategySettings(loaded.config, loaded.packs).find(({ name }) => name === registration.name);
  return {
    command,
    args,
    loaded,
    registration,
    space,
    configured: own?.parameters ?? {},
    trials: trialsOf(command, space),
    directory: directoryOf(command, env),
  };
}

function trialsOf({ method, trials }: SweepCommand, { gridSize }: ParameterSpace): number {
  if (method !== "grid") return trials ?? TRIALS;
  const most = trials ?? GRID_MAX;
  if (gridSize <= most) return gridSize;
  throw new Refused(EXIT.usage, [
    `The grid has ${gridSize} points, more than ${most}: give fewer parameters or values with --param, or --trials ${gridSize}`,
  ]);
}

function directoryOf({ out, state }: SweepCommand, env: Readonly<Record<string, string | undefined>>): string {
  if (out !== undefined) return out;
  const path = statePath(state, env);
  if (!path.ok) throw new Refused(EXIT.usage, [path.reason]);
  return statePaths(path.path).sweeps;
}

/** Two sweeps do not write into one directory. */
async function locked<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Refused(EXIT.failed, [`Results cannot be kept in ${directory}: ${messageOf(error)}`]);
  }
  const held = await lockStateDirectory(directory);
  if (!held.ok) throw new Refused(EXIT.failed, [held.reason]);
  try {
    return await work();
  } finally {
    held.lock.release();
  }
}

/** What was looked at before the first trial. */
interface Data {
  readonly files: readonly DataFile[];
  readonly survey: Survey;
  readonly periods: readonly Period[];
}

async function lookAt({ command: { path, spot }, registration }: Asked, engine: Engine): Promise<Data> {
  try {
    const source = await openTrialSource({ path, spot: spot ?? null, engine });
    if ("error" in source) throw new Refused(EXIT.failed, [source.error]);
    const survey = await surveyOf(source);
    const { trades } = registration.bind({});
    const periods = periodsOf(survey, trades);
    if (periods.length === 0) {
      const [problem] = survey.problems;
      throw new Refused(EXIT.failed, [
        `Nothing to search in ${path}: of ${survey.markets.length} markets ${registration.name} trades none` +
        (problem === undefined ? "" : `; ${problem}`),
      ]);
    }
    return { files: await dataFiles(spot === undefined ? [path] : [path, spot]), survey, periods };
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(EXIT.failed, [messageOf(error)]);
  }
}

async function search(asked: Asked, output: ReportOutput): Promise<SweepSummary> {
  const { command, loaded, directory, configured, space, trials } = asked;
  const started = performance.now();
  const engine = engineOf(asked);
  const data = await lookAt(asked, engine);
  const { survey, periods } = data;
  const settings: TrialSettings = {
    engine,
    capital: command.capital ?? loaded.config.paper.capital,
    strategy: command.strategy,
    objective: command.objective ?? OBJECTIVE,
    periods: periods.map(({ tickers }) => tickers),
  };
  const basis = basisOf(asked, settings, data);
  const store = await TrialStore.open(join(directory, "trials.kv"), basis, new WallClock().now()).catch((error) => {
    throw new Refused(EXIT.failed, [`Results in ${directory} cannot be opened: ${messageOf(error)}`]);
  });
  const workers = command.workers ?? navigator.hardwareConcurrency;
  let isStopped = false;
  let kept = 0;
  let ran = 0;
  const pool = new SweepPool({
    workers,
    setup: {
      path: command.path,
      spot: command.spot ?? null,
      settings,
      packs: loaded.packs.map(({ file, bytes }) => ({ file, bytes })),
    },
    onProgress: (inputs) => progress.inputs(inputs),
    onTrouble: (text) => progress.say(text),
  });
  const unlisten = onStopSignal(() => {
    isStopped = true;
    pool.close();
  });
  const book = new TrialBook({
    settings,
    configured,
    results: store,
    runner: pool,
    onTrial: (trial, answer, pass, known) => {
      if (!answer.ok) return;
      if (known) kept++;
      else ran++;
      progress.done(
        `${runName(trial, pass)}: ${answer.result.fills} fills${known ? ", known from before" : ""}`,
        known,
      );
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
  const progress = new SweepProgress({
    runs: sweep.runsAtMost,
    events: survey.events,
    isTerminal: Deno.stderr.isTerminal(),
    seconds: () => performance.now() / 1_000,
  });
  try {
    const outcome = await sweep.run().catch((error) => {
      throw new Refused(EXIT.failed, [`Results in ${directory} cannot be kept: ${messageOf(error)}`]);
    });
    if (outcome.stopped) {
      throw new Refused(EXIT.failed, [
        `Stopped after ${kept + ran} runs, which are kept in ${directory}: the same command goes on`,
      ]);
    }
    progress.clear();
    const wall = (performance.now() - started) / 1_000;
    return await conclude(asked, output, data, outcome, settings, store, { workers, kept, ran, wall_seconds: wall });
  } finally {
    progress.clear();
    unlisten();
    pool.close();
    store.close();
  }
}

function runName({ number }: TrialAsked, { until, tickers }: PassAsked): string {
  if (tickers !== null) return `Test of trial ${number} in a fold`;
  return until === null ? `Trial ${number}` : `Trial ${number} of a fold`;
}

/** As of a backtest of this strategy alone. */
function engineOf({ command, loaded: { config, packs } }: Asked): Engine {
  const risk = riskLimits(config);
  return {
    version: VERSION,
    paper: simulatedPaperSettings(config),
    index: indexSettings(config),
    orders: executionSettings(config),
    safety: safetyWithoutPerson(config),
    allocation: allocationRules(config),
    risk: command.maxLoss === undefined ? risk : { ...risk, dailyLoss: command.maxLoss },
    strategies: strategySettings(config, packs).filter(({ name }) => name === command.strategy),
  };
}

/** What a result depends on besides the parameters, as a hash. The objective is none of it: profits are kept, not what is made of them. */
function basisOf({ loaded }: Asked, settings: TrialSettings, { files, survey }: Data): string {
  const { objective: _, periods: __, engine, ...rest } = settings;
  const strategies = engine.strategies.map(({ parameters: _, ...each }) => each);
  return hashOfJson({
    files: files.map(({ bytes, sha256 }) => [bytes, sha256]),
    events: survey.events,
    markets: survey.markets,
    ...rest,
    engine: { ...engine, strategies },
    packs: loaded.packs.map(({ sha256 }) => sha256),
  });
}

type Run = Pick<SweepSummary, "workers" | "kept" | "ran" | "wall_seconds">;

/** Runs the best once more for all there is to say of it, and writes everything down. */
async function conclude(
  asked: Asked,
  output: ReportOutput,
  { files, survey, periods }: Data,
  { trials, best, guards, search, warnings }: SweepOutcome,
  settings: TrialSettings,
  store: TrialStore,
  run: Run,
): Promise<SweepSummary> {
  const { command, configured, space, directory } = asked;
  if (best === null) throw new Refused(EXIT.failed, [...warnings, ...survey.problems]);
  const told = (number: number | undefined): SearchTrial | null =>
    search.trials.find((trial) => trial.number === number) ?? null;
  const point = space.pointOf(configured);
  const plain = point === null ? null : JSON.stringify(space.at(point));
  const simulated = await isSimulatedMarket(command.path) ?? false;
  const findings = await findingsOf(asked, output, settings, files, best.parameters, simulated);
  if (findings.summary.pnl.value !== told(best.number)?.pnl) await disown(run, store, directory);
  const whole: Findings = { ...findings, search, warnings: [...warnings, ...findings.warnings] };
  const written = await output.finish(whole);
  if ("error" in written) throw new Refused(EXIT.failed, [written.error]);
  const paths = [...written];
  for (const format of EXPORT_FORMATS) {
    const tables = command[format];
    if (tables === undefined) continue;
    const table = await writeTrials(tables, format, trials);
    if ("error" in table) throw new Refused(EXIT.failed, [table.error]);
    paths.push(table.path);
  }
  return {
    path: command.path,
    strategy: command.strategy,
    seed: command.seed ?? 1,
    ...run,
    events: survey.events,
    periods: periods.length,
    simulated_fills: true,
    simulated_market: simulated,
    best: told(best.number),
    configured: told(trials.find(({ parameters }) => JSON.stringify(parameters) === plain)?.number),
    sharpe: guards.sharpe,
    stands_out: guards.deflatedSharpe !== null && guards.deflatedSharpe >= SURE,
    search,
    warnings,
    problems: survey.problems,
    directory,
    written: paths,
    findings: whole,
  };
}

/**
 * The best came out otherwise when it was run again: what is kept was made by a program that decides otherwise, under the same
 * version, as happens while a strategy is being written.
 */
async function disown({ kept }: Run, store: TrialStore, directory: string): Promise<never> {
  if (kept === 0) throw new Error("The best trial came out otherwise when it was run again");
  await store.forget();
  throw new Refused(EXIT.failed, [
    `The results kept in ${directory} are of another program than this one, and are forgotten: run the sweep again`,
  ]);
}

async function findingsOf(
  { command, args, loaded, registration }: Asked,
  output: ReportOutput,
  { engine, capital }: TrialSettings,
  files: readonly DataFile[],
  parameters: Readonly<Record<string, unknown>>,
  simulatedMarket: boolean,
): Promise<Findings> {
  const chosen = Object.entries(parameters).map(([name, value]) => [`strategies.${registration.name}.${name}`, value]);
  const result = await backtest(
    {
      path: command.path,
      spot: command.spot ?? null,
      capital,
      registry: registryWith(loaded.packs),
      engine: {
        ...engine,
        strategies: engine.strategies.map((each) => ({
          ...each,
          enabled: true,
          parameters: { ...each.parameters, ...parameters },
        })),
      },
      report: {
        title: `Sweep of ${registration.name} over ${basename(command.path)}: the best trial`,
        simulatedMarket,
        provenance: {
          version: VERSION,
          command: shownCommand(args),
          data: files,
          settings: { ...changedSettings(loaded), ...Object.fromEntries(chosen) },
        },
        onTrades: (trades) => output.trades(trades),
      },
    },
    { seconds: () => performance.now() / 1_000, rssMb: () => Deno.memoryUsage().rss / 1024 / 1024 },
  );
  if ("error" in result) throw new Refused(EXIT.failed, [result.error]);
  if (result.findings === null) throw new Error("A backtest with a report has no findings");
  return result.findings;
}
