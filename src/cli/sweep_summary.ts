/**
 * What came of a sweep, written down: figures, files, and all that a backtest tells of the best.
 * @module
 */

import { basename } from "node:path";
import { backtest } from "../backtest/backtest.ts";
import { changedSettings, shownCommand } from "../backtest/figures/provenance.ts";
import type { Findings, SearchFindings, SearchTrial } from "../backtest/findings.ts";
import { SURE } from "../backtest/search/guards.ts";
import type { SweepOutcome } from "../backtest/search/sweep.ts";
import type { TrialSettings } from "../backtest/search/trial.ts";
import type { TrialStore } from "../backtest/search/trial_store.ts";
import { writeTrials } from "../backtest/search/trial_table.ts";
import { registryWith } from "../packs/registry_of.ts";
import { EXPORT_FORMATS } from "../store/export/column.ts";
import { EXIT } from "./command.ts";
import type { ReportOutput } from "./report_output.ts";
import { isSimulatedMarket } from "./simulated_market.ts";
import type { SweepData } from "./sweep_data.ts";
import { type SweepAsked, SweepRefused } from "./sweep_request.ts";
import { VERSION } from "./version.ts";

export interface SweepSummary {
  readonly path: string;
  readonly strategy: string;
  readonly seed: number;
  /** Threads of this process; of a cluster, the workers that took part. */
  readonly workers: number;
  readonly cluster: boolean;
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
  readonly notes: readonly string[];
  /** Where results are kept. */
  readonly directory: string;
  readonly written: readonly string[];
  readonly wall_seconds: number;
  /** Of the best, run once more. */
  readonly findings: Findings | null;
}

/** How the work was done. */
export type SweepWork = Pick<SweepSummary, "workers" | "cluster" | "kept" | "ran" | "wall_seconds">;

export interface SweepEnded {
  readonly asked: SweepAsked;
  readonly data: SweepData;
  readonly settings: TrialSettings;
  readonly outcome: SweepOutcome;
  readonly work: SweepWork;
}

/** Runs the best once more for all there is to say of it, and writes everything down. */
export async function conclude(ended: SweepEnded, output: ReportOutput, store: TrialStore): Promise<SweepSummary> {
  const { asked, data: { survey, periods }, outcome: { trials, best, guards, search, warnings }, work } = ended;
  const { command, configured, space, directory } = asked;
  if (best === null) throw new SweepRefused(EXIT.failed, [...warnings, ...survey.problems, ...survey.notes]);
  const told = (number: number | undefined): SearchTrial | null =>
    search.trials.find((trial) => trial.number === number) ?? null;
  const point = space.pointOf(configured);
  const plain = point === null ? null : JSON.stringify(space.at(point));
  const simulated = await isSimulatedMarket(command.path) ?? false;
  const findings = await findingsOf(ended, output, best.parameters, simulated);
  if (findings.summary.pnl.value !== told(best.number)?.pnl) await disown(work, store, directory);
  const whole: Findings = { ...findings, search, warnings: [...warnings, ...findings.warnings] };
  const written = await output.finish(whole);
  if ("error" in written) throw new SweepRefused(EXIT.failed, [written.error]);
  const paths = [...written];
  for (const format of EXPORT_FORMATS) {
    const tables = command[format];
    if (tables === undefined) continue;
    const table = await writeTrials(tables, format, trials);
    if ("error" in table) throw new SweepRefused(EXIT.failed, [table.error]);
    paths.push(table.path);
  }
  return {
    path: command.path,
    strategy: command.strategy,
    seed: command.seed ?? 1,
    ...work,
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
    notes: survey.notes,
    directory,
    written: paths,
    findings: whole,
  };
}

/**
 * The best came out otherwise when it was run again: what is kept was made by a program that decides otherwise, under the same
 * version, as happens while a strategy is being written.
 */
async function disown({ kept }: SweepWork, store: TrialStore, directory: string): Promise<never> {
  if (kept === 0) throw new Error("The best trial came out otherwise when it was run again");
  await store.forget();
  throw new SweepRefused(EXIT.failed, [
    `The results kept in ${directory} are of another program than this one, and are forgotten: run the sweep again`,
  ]);
}

async function findingsOf(
  { asked: { command, args, loaded, registration }, data: { files }, settings: { engine, capital } }: SweepEnded,
  output: ReportOutput,
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
  if ("error" in result) throw new SweepRefused(EXIT.failed, [result.error]);
  if (result.findings === null) throw new Error("A backtest with a report has no findings");
  return result.findings;
}
