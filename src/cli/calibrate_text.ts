/**
 * A calibration as text for a terminal.
 * @module
 */

import { reliabilityText } from "../backtest/calibration_plot.ts";
import type { FlowFigures, FlowRow, FlowTarget } from "../backtest/calibration_flow.ts";
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
  if (report.flow !== null) lines.push(...flowText(report.flow));
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

const TARGETS: Readonly<Record<FlowTarget, string>> = {
  mid_later: "the mid then, of the mid",
  settlement_of_mid: "settlement, of the mid",
  settlement_of_engine: "settlement, of the engine",
};
const FINE_DIGITS = 6;
const TARGET_WIDTH = 27;
const FINE_WIDTH = 34;

/** What order flow adds is small: more digits than elsewhere. */
function flowText({ rows, signals }: FlowFigures): string[] {
  const header =
    `  ${"learnt".padEnd(8)}${"judged against".padEnd(TARGET_WIDTH)}${"n".padStart(7)}${"log loss".padStart(10)}` +
    `  ${"difference (95 %)".padEnd(FINE_WIDTH)}${"Brier".padStart(9)}  ${"difference (95 %)".padEnd(FINE_WIDTH)}` +
    "log loss while proven (95 %)";
  const told = (series: string): string[] => [
    "",
    `Order flow of ${series}, learnt from moves of the mid: a probability with it less without, below 0 it helped`,
    header,
    ...rows.filter((row) => row.series === series).map(flowRow),
    ...signals.filter((signal) => signal.series === series)
      .map(({ horizonSeconds, proven, why }) => `  ${horizonSeconds} s: ${proven ? "proven" : "not proven"}. ${why}`),
  ];
  return [...new Set(rows.map(({ series }) => series))].flatMap(told);
}

function flowRow(row: FlowRow): string {
  const proven = `${fine(row.proven_log_loss_difference)}, ${(100 * row.proven_share).toFixed(0)} % of the time`;
  return `  ${`${row.horizon} s`.padEnd(8)}${TARGETS[row.target].padEnd(TARGET_WIDTH)}${String(row.n).padStart(7)}` +
    `${number(row.log_loss).padStart(10)}  ${fine(row.log_loss_difference).padEnd(FINE_WIDTH)}` +
    `${row.brier.toFixed(FINE_DIGITS).padStart(9)}  ${fine(row.brier_difference).padEnd(FINE_WIDTH)}${proven}`;
}

function fine({ mean, low, high }: Estimate): string {
  const told = (value: number): string => `${value < 0 ? "" : "+"}${value.toFixed(FINE_DIGITS)}`;
  return low === null || high === null ? told(mean) : `${told(mean)} (${told(low)} ${told(high)})`;
}
