/**
 * What a sweep knows of its data before the first trial.
 * @module
 */

import { dataFiles } from "../backtest/figures/provenance.ts";
import type { DataFile } from "../backtest/findings.ts";
import { type Period, periodsOf, type Survey, surveyOf } from "../backtest/search/survey.ts";
import type { TrialSettings } from "../backtest/search/trial.ts";
import { hashOfJson } from "../backtest/search/trial_book.ts";
import { openTrialSource } from "../backtest/search/trial_source.ts";
import { messageOf } from "../store/message.ts";
import { EXIT } from "./command.ts";
import { type SweepAsked, type SweepEngine, SweepRefused } from "./sweep_request.ts";

/** What was looked at before the first trial. */
export interface SweepData {
  readonly files: readonly DataFile[];
  readonly survey: Survey;
  readonly periods: readonly Period[];
}

/** @throws SweepRefused where there is nothing to search in */
export async function lookAt(
  { command: { path, spot }, registration }: SweepAsked,
  engine: SweepEngine,
): Promise<SweepData> {
  try {
    const source = await openTrialSource({ path, spot: spot ?? null, engine });
    if ("error" in source) throw new SweepRefused(EXIT.failed, [source.error]);
    const survey = await surveyOf(source);
    const { trades } = registration.bind({});
    const periods = periodsOf(survey, trades);
    if (periods.length === 0) {
      const [problem] = [...survey.problems, ...survey.notes];
      throw new SweepRefused(EXIT.failed, [
        `Nothing to search in ${path}: of ${survey.markets.length} markets ${registration.name} trades none` +
        (problem === undefined ? "" : `; ${problem}`),
      ]);
    }
    return { files: await dataFiles(spot === undefined ? [path] : [path, spot]), survey, periods };
  } catch (error) {
    if (error instanceof SweepRefused) throw error;
    throw new SweepRefused(EXIT.failed, [messageOf(error)]);
  }
}

/** What a result depends on besides the parameters, as a hash. The objective is none of it: profits are kept, not what is made of them. */
export function basisOf({ loaded }: SweepAsked, settings: TrialSettings, { files, survey }: SweepData): string {
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
