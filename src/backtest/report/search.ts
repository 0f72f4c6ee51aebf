/**
 * A search over parameters: how the best compares with chance, what the parameters do, how they did out of sample.
 * @module
 */

import type { Findings, SearchFindings, SearchTrial, WalkForwardFold } from "../findings.ts";
import { SURE } from "../search/guards.ts";
import { amount, counted, figure, percent, settingText } from "./format.ts";
import { heatMap } from "./heat_map.ts";
import { firstOf, type Markup, markup, type Piece } from "./markup.ts";
import { coloured, known, table, unknown, unknownPart } from "./table.ts";

/** Trials shown, the best first: the rest is in the search's own output. */
const TRIALS_MAX = 50;
const FOLDS_MAX = 100;
/** Parameters of one row. */
const PARAMETERS_MAX = 30;
const UNMEASURED = "too little was traded to measure it";
const FEW_TRIALS = "too few trials or markets";

/** `null` in findings of one run: there was no search to show. */
export function searchSection({ search }: Findings): Markup | null {
  if (search === null) return null;
  const ranked = search.trials.toSorted((one, other) => (other.objective ?? -Infinity) - (one.objective ?? -Infinity));
  const { method, objective, trials } = search;
  const tiles = [
    tile("Trials", amount(trials.length), `${method}, by ${objective}`),
    tile(
      "Best by chance alone",
      known(search.expected_best_by_chance, figure, FEW_TRIALS),
      "Sharpe ratio of a period that the best of so many trials would show without any skill",
    ),
    tile(
      "Deflated Sharpe ratio",
      known(search.deflated_sharpe, percent, FEW_TRIALS),
      "probability that the true Sharpe ratio of the best is above what chance alone shows",
    ),
    tile(
      "Overfitting",
      known(search.overfitting_probability, percent, FEW_TRIALS),
      "how often the best of one half of the time was no better than the median in the other",
    ),
  ];
  return markup`<section aria-labelledby="search"><h2 id="search">Search over parameters</h2>
    <ul class="verdicts">${searchVerdicts(search).map((line) => markup`<li>${line}</li>`)}</ul>
    <dl class="tiles">${tiles}</dl>
    <h3>Heat map</h3>${heatMap(trials, search.by_ratio) ?? unknownPart("no parameter was varied, or no trial measured")}
    <h3>Walk-forward</h3>${walkForward(search.walk_forward)}
    <h3>Trials</h3>${trialTable(ranked)}</section>`;
}

const tile = (name: string, value: Piece, detail: string): Markup =>
  markup`<div class="tile"><dt>${name}</dt><dd class="figure">${value}</dd><dd class="detail">${detail}</dd></div>`;

/** Whether the best stands out, in words. */
export function searchVerdicts(
  { deflated_sharpe: deflated, overfitting_probability: overfitting }: SearchFindings,
): string[] {
  const best = deflated === null
    ? "Too few trials or markets to tell the best result from chance."
    : deflated >= SURE
    ? "The best result stands out from what chance alone would show in so many trials."
    : "The best result does not stand out from what chance alone would show in so many trials.";
  return overfitting !== null && overfitting > 0.5
    ? [
      best,
      "What was best in one half of the time was mostly no better than the median in the other: the search fitted noise.",
    ]
    : [best];
}

const parametersText = (parameters: Readonly<Record<string, unknown>>): string => {
  const { shown, left } = firstOf(Object.entries(parameters), PARAMETERS_MAX);
  const texts = shown.map(([name, value]) => `${name} = ${settingText(value)}`);
  return [...texts, ...(left === 0 ? [] : [`${left} more`])].join(", ");
};

function walkForward(folds: readonly WalkForwardFold[]): Markup {
  if (folds.length === 0) return unknownPart("no walk-forward was made");
  const { shown, left } = firstOf(folds, FOLDS_MAX);
  return table({
    id: "walk-forward-table",
    caption: `Chosen on the training days, judged on the days after${
      left === 0 ? "" : `; ${counted(left, "other fold")} left out`
    }`,
    columns: [
      { name: "Test", kind: "text" },
      { name: "Training", kind: "text" },
      { name: "Training objective", kind: "number" },
      { name: "Test objective", kind: "number" },
      { name: "Test P&L", kind: "number" },
      { name: "Parameters", kind: "prose" },
    ],
    rows: shown.map((fold) => [
      `${fold.test_from.slice(0, 10)} to ${fold.test_to.slice(0, 10)}`,
      `${fold.train_from.slice(0, 10)} to ${fold.train_to.slice(0, 10)}`,
      known(fold.train_objective, three, UNMEASURED),
      known(fold.test_objective, three, UNMEASURED),
      fold.test_pnl === null ? unknown(UNMEASURED) : coloured(fold.test_pnl),
      markup`<code>${parametersText(fold.parameters)}</code>`,
    ]),
  });
}

const three = (value: number): string => figure(value, 3);

function trialTable(ranked: readonly SearchTrial[]): Markup {
  const { shown, left } = firstOf(ranked, TRIALS_MAX);
  if (shown.length === 0) return unknownPart("no trial was made");
  return markup`<details><summary>${
    left === 0 ? counted(shown.length, "trial") : `The best ${shown.length}`
  }</summary>${
    table({
      id: "trials-table",
      caption: `Trials, the best first${left === 0 ? "" : `; ${counted(left, "other")} left out`}`,
      sortable: true,
      columns: [
        { name: "Trial", kind: "number" },
        { name: "Objective", kind: "number" },
        { name: "P&L", kind: "number" },
        { name: "Fills", kind: "number" },
        { name: "End", kind: "text" },
        { name: "Parameters", kind: "prose" },
      ],
      rows: shown.map((trial) => [
        amount(trial.number),
        known(trial.objective, three, UNMEASURED),
        trial.pnl === null ? unknown(UNMEASURED) : coloured(trial.pnl),
        amount(trial.fills),
        trial.stopped_early ? "stopped early" : "whole",
        markup`<code>${parametersText(trial.parameters)}</code>`,
      ]),
    })
  }</details>`;
}
