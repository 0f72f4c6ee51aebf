/**
 * What a sweep knows of its data before the first trial.
 * @module
 */

import { dataFiles } from "../backtest/figures/provenance.ts";
import { type DataIdentity, hashOfData } from "../backtest/search/data_identity.ts";
import type { DataFile } from "../backtest/findings.ts";
import { type Period, periodsOf, type Survey, surveyOf } from "../backtest/search/survey.ts";
import { openTrialSource } from "../backtest/search/trial_source.ts";
import { messageOf } from "../store/message.ts";
import { EXIT } from "./command.ts";
import { type SweepAsked, type SweepEngine, SweepRefused } from "./sweep_request.ts";

/** What was looked at before the first trial. */
export interface SweepData {
  /** The data set's, then those of the recorded index. */
  readonly files: readonly DataFile[];
  readonly identity: DataIdentity;
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
    const files = await dataFiles([path]);
    const spotFiles = spot === undefined ? [] : await dataFiles([spot]);
    const identity = { data: hashOfData(files), spot: spot === undefined ? null : hashOfData(spotFiles) };
    return { files: [...files, ...spotFiles], identity, survey, periods };
  } catch (error) {
    if (error instanceof SweepRefused) throw error;
    throw new SweepRefused(EXIT.failed, [messageOf(error)]);
  }
}
