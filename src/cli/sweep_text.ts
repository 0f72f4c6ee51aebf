/**
 * A sweep's result for people.
 * @module
 */

import type { SweepSummary } from "./sweep_summary.ts";

/** Trials shown, the best first. */
const SHOWN_MAX = 10;

const figure = (value: number | null, digits = 3): string => value === null ? "n/a" : value.toFixed(digits);

const setting = (parameters: Readonly<Record<string, unknown>>): string =>
  Object.entries(parameters).map(([name, value]) => `${name}=${value}`).join(" ");

export function sweepText(summary: SweepSummary): string {
  const { search, best, configured, periods, kept, warnings } = summary;
  const ranked = search.trials.filter(({ objective }) => objective !== null)
    .toSorted((a, b) => (b.objective ?? 0) - (a.objective ?? 0));
  const market = summary.simulated_market ? "SIMULATED EXCHANGE" : "recorded market data";
  return [
    `Sweep of ${summary.strategy} over ${summary.path}: ${market}, simulated fills`,
    `  trials      ${search.trials.length} by ${search.method}, seed ${summary.seed}, ${kept} runs known from before; ` +
    `${periods} moments of settlement`,
    ...(summary.cluster ? [`  work        done by ${summary.workers} workers of the cluster`] : []),
    `  objective   ${search.objective}, of the profits by moment of settlement`,
    ...ranked.slice(0, SHOWN_MAX).map(({ number, objective, pnl, fills, parameters }, rank) =>
      `  ${rank === 0 ? "best" : "    "}  ${String(number).padStart(4)}  ${figure(objective)}  P&L ${pnl ?? "n/a"}, ` +
      `${fills} fills: ${setting(parameters)}`
    ),
    ...(best === null || configured === null || configured.number === best.number
      ? []
      : [`  configured  ${figure(configured.objective)}  P&L ${configured.pnl ?? "n/a"}, ${configured.fills} fills`]),
    ...search.walk_forward.map((fold, k) =>
      `  fold ${k + 1}      ${fold.test_from.slice(0, 16)} to ${fold.test_to.slice(0, 16)}: ${
        figure(fold.test_objective)
      } after ${figure(fold.train_objective)} in training, P&L ${fold.test_pnl ?? "n/a"}: ${setting(fold.parameters)}`
    ),
    `  chance      the best has a Sharpe ratio of ${
      figure(summary.sharpe)
    } a period; the best of as many without an edge ` +
    `would show ${figure(search.expected_best_by_chance)}; deflated Sharpe ratio ${figure(search.deflated_sharpe)}`,
    `  overfitting ${
      search.overfitting_probability === null ? "n/a" : `${(100 * search.overfitting_probability).toFixed(0)} %`
    }`,
    ...warnings.map((warning) => `  WARNING     ${warning}`),
    `  kept in     ${summary.directory}`,
    ...summary.written.map((path) => `  written     ${path}`),
  ].join("\n");
}
