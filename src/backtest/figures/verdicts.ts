/**
 * What the intervals of figures allow to be said, in words, for every place that shows them.
 * @module
 */

import type { Summary } from "../findings.ts";

/** What the intervals allow to be said of profit and of the model: no more, no less. */
export function verdicts(summary: Summary): readonly string[] {
  if (summary.fills === 0) return ["Nothing was traded, so nothing can be said of profit."];
  const { pnl, brier_difference: difference } = summary;
  const profit = pnl.interval === null
    ? "Too few events settled to tell the P&L from chance."
    : pnl.interval[0] > 0
    ? "The P&L is above zero by more than chance explains: its interval lies above zero."
    : pnl.interval[1] < 0
    ? "The P&L is below zero by more than chance explains: its interval lies below zero."
    : "The P&L cannot be told from chance: its interval holds zero.";
  const model = difference.value === null
    ? "No market that settled has a probability of the model to compare with the market's mid."
    : difference.interval === null
    ? "Too few events settled to compare the model with the market's mid."
    : difference.interval[1] < 0
    ? "The model's probabilities were better than the market's mid."
    : difference.interval[0] > 0
    ? "The model's probabilities were worse than the market's mid: there is no edge to trade on."
    : "The model's probabilities cannot be told from the market's mid.";
  return [profit, model];
}
