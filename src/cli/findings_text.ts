/**
 * Findings for a terminal of 80 columns.
 * @module
 */

import { verdicts } from "../backtest/figures/verdicts.ts";
import type { Estimate, Findings, GroupFigures, MoneyEstimate } from "../backtest/findings.ts";

/** Rows of a table; of more, those that brought most and least. */
const ROWS_MAX = 12;
const WIDTH = 80;

const WHAT: Readonly<Record<Findings["kind"], string>> = {
  backtest: "Backtest",
  paper: "Paper trading",
  live: "Live trading",
};

export function findingsText(findings: Findings): string {
  return [...headLines(findings), "", ...summaryLines(findings), ...groupLines(findings), ...remarkLines(findings)]
    .join("\n");
}

/** Whole cents, which is what a person reads. */
const dollars = (value: string): string => {
  const text = Number(value).toFixed(2);
  return text === "-0.00" ? "0.00" : text;
};
const number = (value: number, digits: number): string => value.toFixed(digits);
const percent = (value: number): string => `${number(value * 100, 2)} %`;
const when = (at: string): string => at.slice(0, 16).replace("T", " ");

function headLines(findings: Findings): string[] {
  const { kind, title, summary, simulated_market: market, simulated_fills: fills } = findings;
  const mark = market ? ", SIMULATED EXCHANGE" : fills ? ", simulated fills" : "";
  return [`${WHAT[kind]}${mark}: ${title}`, `${when(summary.from)} to ${when(summary.to)} UTC`];
}

/** A figure and its interval, or that there is too little to tell. */
function estimated({ value, interval }: Estimate, shown: (value: number) => string): string {
  if (value === null) return "n/a";
  return interval === null
    ? shown(value)
    : `${shown(value).padEnd(12)} 95 %: ${shown(interval[0])} to ${shown(interval[1])}`;
}

function money({ value, interval }: MoneyEstimate): string {
  if (interval === null) return dollars(value);
  return `${dollars(value).padEnd(12)} 95 %: ${number(interval[0], 2)} to ${number(interval[1], 2)}`;
}

function summaryLines({ summary, attribution }: Findings): string[] {
  const ratio = (value: number): string => number(value, 2);
  const score = (value: number): string => number(value, 4);
  const { exposure_mean: mean, exposure_max: most, turnover } = summary;
  const rows: readonly (readonly [string, string])[] = [
    ["P&L", money(summary.pnl)],
    ["ROI", estimated(summary.roi, percent)],
    ["NAV", `${dollars(summary.nav)}, started with ${dollars(summary.starting_capital)}`],
    [
      "trading",
      `${summary.orders} orders, ${summary.fills} fills, ${summary.markets} markets, ${summary.settled} settled`,
    ],
    ["fees", dollars(summary.fees)],
    ["win rate", estimated(summary.win_rate, percent)],
    ["Sharpe", estimated(summary.sharpe, ratio)],
    ["Sortino", estimated(summary.sortino, ratio)],
    ["Calmar", estimated(summary.calmar, ratio)],
    ["drawdown", percent(summary.max_drawdown)],
    ["turnover", turnover === null ? "n/a" : `${number(turnover, 2)} times the mean NAV`],
    [
      "at stake",
      mean === null || most === null ? "n/a" : `${percent(mean)} of NAV on the mean, ${percent(most)} at most`,
    ],
    [
      "from",
      `model ${dollars(attribution.model)}, execution ${dollars(attribution.execution)}, fees -${
        dollars(attribution.fees)
      }`,
    ],
    ["Brier", estimated(summary.brier, score)],
    ["  market", estimated(summary.brier_market, score)],
    ["  less", estimated(summary.brier_difference, score)],
  ];
  return rows.map(([name, text]) => `  ${name.padEnd(10)} ${text}`);
}

const TABLES = [
  ["strategy", "Strategy"],
  ["series", "Series"],
  ["signal", "Signal"],
  ["market", "Market"],
  ["hour", "Hour (UTC)"],
  ["weekday", "Weekday"],
] as const;

function groupLines({ by }: Findings): string[] {
  return TABLES.flatMap(([dimension, heading]) => tableLines(heading, by[dimension]));
}

function tableLines(heading: string, groups: readonly GroupFigures[]): string[] {
  if (groups.length === 0) return [];
  const left = groups.length - ROWS_MAX;
  const shown = left <= 0 ? groups : [...groups.slice(0, ROWS_MAX / 2), ...groups.slice(-ROWS_MAX / 2)];
  const rows = shown.map(({ name, fills, contracts, pnl: { value, interval }, win_rate: won }) =>
    row(name, [
      String(fills),
      number(contracts, 0),
      dollars(value),
      interval === null ? "" : `${number(interval[0], 0)} to ${number(interval[1], 0)}`,
      won.value === null ? "" : `${number(won.value * 100, 0)} %`,
    ])
  );
  if (left > 0) rows.splice(ROWS_MAX / 2, 0, `  (${left} between them are left out)`);
  return ["", row(heading, ["fills", "contracts", "P&L", "95 %", "won"], ""), ...rows];
}

const CELLS = [7, 10, 11, 16, 6];

function row(name: string, cells: readonly string[], indent = "  "): string {
  const space = WIDTH - CELLS.reduce((sum, width) => sum + width, 0) - indent.length;
  const cut = name.length > space - 1 ? `${name.slice(0, space - 2)}~` : name;
  return indent + cut.padEnd(space) + cells.map((cell, k) => cell.padStart(CELLS[k])).join("");
}

function remarkLines({ summary, warnings, problems, notes }: Findings): string[] {
  const lines = [
    ...verdicts(summary),
    ...warnings.map((text) => `Warning: ${text}`),
    ...problems.map((text) => `Problem: ${text}`),
    ...notes.map((text) => `Note: ${text}`),
  ];
  return ["", ...lines.flatMap(wrapped)];
}

/** In lines of the terminal's width, broken between words. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
