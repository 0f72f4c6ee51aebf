/**
 * A calibration as text for a terminal.
 * @module
 */

import { reliabilityText } from "../backtest/calibration_plot.ts";
import type { CalibrationReport, ComparisonRow, Estimate, SourceFigures } from "../backtest/calibration_report.ts";

const DIGITS = 4;
const NAME_WIDTH = 31;
const number = (value: number): string => value.toFixed(DIGITS);
const signed = (value: number): string => `${value < 0 ? "" : "+"}${value.toFixed(DIGITS)}`;

export function calibrationText(report: CalibrationReport): string {
  const { engine, market, recalibration, problems } = report;
  const lines = [
    ...(report.simulated === true ? ["SIMULATED EXCHANGE"] : []),
    `Calibration on ${report.path}${report.spot === null ? "" : ` with prices of ${report.spot}`}`,
    `  ${report.observations} moments of ${report.settled} settled markets, ${report.from} to ${report.to}; ` +
    `${report.left_out} moments without data`,
    ...source("engine", engine),
    ...source("market's mid", market),
  ];
  const { ladders, incoherent, outside } = report.coherence;
  if (ladders + outside > 0) {
    lines.push("", `Coherence: ${incoherent} of ${ladders} ladders do not fit together, ${outside} outside 0 to 1`);
  }
  if (recalibration !== null) lines.push("", `Recalibration: ${recalibration.map.kind}. ${recalibration.why}`);
  for (const { index, basis, volatility } of report.indices) {
    lines.push("", `${index}: volatility by ${volatility.chosen}. ${volatility.why}`);
    if (basis !== null) {
      const { mean, sd, markets } = basis;
      const off = `${mean.toFixed(2)} dollars off what settles, give or take ${sd.toFixed(2)}`;
      lines.push(`  the recorded prices last lay ${off}, by what ${markets} markets taught`);
    }
  }
  for (const { minutes, rows } of report.comparisons) {
    if (rows.length === 0) continue;
    const title = minutes === null ? "All moments together" : `${minutes} min before the close`;
    lines.push("", `${title}: model against the market's mid, on the same markets`, HEADER, ...rows.map(comparison));
  }
  return [...lines, ...[...report.coherence.problems, ...problems].map((problem) => `problem: ${problem}`)].join("\n");
}

function source(name: string, figures: SourceFigures | null): string[] {
  if (figures === null) return ["", `The ${name}: no probabilities`];
  const { reliability, resolution, uncertainty, withinBins } = figures.decomposition;
  return [
    "",
    `The ${name}: ${figures.n} probabilities of ${figures.markets} markets`,
    `  Brier ${number(figures.brier)} = reliability ${number(reliability)} - resolution ${number(resolution)}` +
    ` + uncertainty ${number(uncertainty)} + within bins ${number(withinBins)}`,
    `  log loss ${number(figures.log_loss)}, sharpness ${number(figures.sharpness)}`,
    ...reliabilityText(figures.reliability).map((line) => `  ${line}`),
  ];
}

const HEADER = `  ${"model".padEnd(NAME_WIDTH)}${"n".padStart(4)}${"Brier".padStart(8)}${"market".padStart(8)}` +
  `  ${"difference (95 %)".padEnd(27)}${"log loss".padStart(9)}${"market".padStart(8)}  difference (95 %)`;

function comparison(row: ComparisonRow): string {
  const name = `${row.model}${row.basis ? " less basis" : ""}`;
  return `  ${name.padEnd(NAME_WIDTH)}${String(row.n).padStart(4)}${number(row.brier).padStart(8)}` +
    `${number(row.market_brier).padStart(8)}  ${estimate(row.brier_difference).padEnd(27)}` +
    `${number(row.log_loss).padStart(9)}${number(row.market_log_loss).padStart(8)}  ` +
    estimate(row.log_loss_difference);
}

const estimate = ({ mean, low, high }: Estimate): string =>
  low === null || high === null ? signed(mean) : `${signed(mean)} (${signed(low)} ${signed(high)})`;
