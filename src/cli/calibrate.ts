/**
 * `kbot calibrate`: runs recorded data through the engine and tells how good its probabilities were.
 * @module
 */

import { reliabilitySvg } from "../backtest/calibration_plot.ts";
import { type CalibrationReport, reportOf } from "../backtest/calibration_report.ts";
import { runCalibration } from "../backtest/calibration_run.ts";
import { type CalibrationSource, openCalibrationSource } from "../backtest/calibration_source.ts";
import { indexSettings, paperSettings, riskLimits } from "../config/engine_settings.ts";
import { loadConfig } from "../config/load.ts";
import { calibrationText } from "./calibrate_text.ts";
import { type CalibrateCommand, EXIT } from "./command.ts";
import { done, refused, type Reply } from "./output.ts";
import { VERSION } from "./version.ts";
import { wrongConfig } from "./wrong_config.ts";

type Config = Extract<Awaited<ReturnType<typeof loadConfig>>, { ok: true }>["config"];

export async function calibrate(command: CalibrateCommand): Promise<Reply> {
  const { path, config: file } = command;
  const loaded = await loadConfig({ file, env: Deno.env.toObject(), flags: [] });
  if (!loaded.ok) return wrongConfig(loaded.errors);
  const spot = command.spot ?? null;
  const source = await openCalibrationSource(path, spot);
  if ("error" in source) return refused(EXIT.failed, source.error);
  const report = await judge(source, path, spot, loaded.config);
  if (typeof report === "string") return refused(EXIT.failed, report);
  if (command.plot !== undefined) {
    const title = `Reliability of the probabilities on ${path}${
      report.simulated === true ? " (SIMULATED EXCHANGE)" : ""
    }`;
    const problem = await write(command.plot, reliabilitySvg(title, report.engine, report.market));
    if (problem !== null) return refused(EXIT.failed, problem, report);
  }
  return done(calibrationText(report), report);
}

/** The report, or in words why there is none. */
async function judge(
  source: CalibrationSource,
  path: string,
  spot: string | null,
  config: Config,
): Promise<CalibrationReport | string> {
  const index = indexSettings(config);
  try {
    const calibrated = await runCalibration(source, {
      engine: {
        version: VERSION,
        paper: paperSettings(config),
        risk: riskLimits(config),
        index,
        capital: config.paper.capital,
      },
      lab: {
        halfLifeSeconds: index.volatilityHalfLife,
        returnsMin: index.returnsMin,
        assumedBasis: config.index.assumed_basis_bp / 10_000,
      },
    });
    const problems = source.problems();
    const report = reportOf({ path, spot, simulated: source.simulated }, calibrated, problems);
    if (report !== null) return report;
    const why = problems[0] ??
      `of ${calibrated.markets} markets and ${calibrated.settled} settlements none was seen before its close and settled`;
    return `Nothing to judge in ${path}: ${why}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Writes the plot; why that failed, `null` where it did not. */
async function write(path: string, text: string): Promise<string | null> {
  try {
    await Deno.writeTextFile(path, text);
    return null;
  } catch (error) {
    return `The plot cannot be written to ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
