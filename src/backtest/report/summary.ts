/**
 * The summary: every figure with the interval that holds it, and what the intervals allow to be said (figures/verdicts.ts).
 * @module
 */

import { verdicts } from "../figures/verdicts.ts";
import type { Estimate, Findings, Summary } from "../findings.ts";
import { amount, counted, dollars, figure, money, percent, toneOf } from "./format.ts";
import { type Markup, markup, type Piece } from "./markup.ts";
import { intervalText, unknown } from "./table.ts";

const FEW = "too few settled events";
const FEW_HOURS = "less than a week of hourly values, or none that fell";
const NO_FORECASTS = "no settled market with a probability";
const NO_CAPITAL = "no capital was at work";

interface Tile {
  readonly name: string;
  readonly figure: Piece;
  /** Small below the figure: an interval, or why there is none. */
  readonly detail: string;
  readonly tone?: "gain" | "loss" | "flat";
}

const held = (interval: Estimate["interval"], format: (value: number) => string, few: string): string =>
  interval === null ? `no range: ${few}` : `95 %: ${intervalText(interval, format)}`;

function tile(name: string, { value, interval }: Estimate, format: (value: number) => string, reason: string): Tile {
  if (value === null) return { name, figure: unknown(reason), detail: reason };
  return { name, figure: format(value), detail: held(interval, format, reason === NO_FORECASTS ? FEW : reason) };
}

function plain(name: string, value: number | null, format: (value: number) => string, detail: string): Tile {
  if (value === null) return { name, figure: unknown(NO_CAPITAL), detail: NO_CAPITAL };
  return { name, figure: format(value), detail };
}

const four = (value: number): string => figure(value, 4);

function money95(name: string, { pnl }: Summary): Tile {
  return {
    name,
    figure: money(pnl.value, true),
    detail: held(pnl.interval, dollars, FEW),
    tone: toneOf(pnl.value),
  };
}

function tilesOf(summary: Summary): readonly (readonly [title: string, tiles: readonly Tile[]])[] {
  const share = (value: number): string => percent(value, 2);
  return [
    ["Result", [
      money95("P&L after fees", summary),
      tile("Return on capital", summary.roi, share, FEW),
      { name: "Net asset value", figure: money(summary.nav), detail: `from ${money(summary.starting_capital)}` },
      { name: "Fees", figure: money(summary.fees), detail: `${amount(summary.contracts)} contracts` },
      tile("Win rate", summary.win_rate, (value) => percent(value), FEW),
      { name: "Fills", figure: amount(summary.fills), detail: `of ${counted(summary.orders, "order")}` },
    ]],
    ["Risk", [
      { name: "Deepest drawdown", figure: percent(summary.max_drawdown, 2), detail: "of the highest value so far" },
      tile("Sharpe ratio", summary.sharpe, figure, FEW_HOURS),
      tile("Sortino ratio", summary.sortino, figure, FEW_HOURS),
      tile("Calmar ratio", summary.calmar, figure, FEW_HOURS),
      plain("Turnover", summary.turnover, (value) => `${figure(value)} ×`, "dollars traded over mean value"),
      plain("Exposure, mean", summary.exposure_mean, share, exposureDetail(summary)),
    ]],
    ["Probabilities", [
      tile("Brier score, model", summary.brier, four, NO_FORECASTS),
      tile("Brier score, market", summary.brier_market, four, NO_FORECASTS),
      tile("Model less market", summary.brier_difference, four, NO_FORECASTS),
      tile("Log loss, model", summary.log_loss, four, NO_FORECASTS),
      tile("Log loss, market", summary.log_loss_market, four, NO_FORECASTS),
    ]],
  ];
}

const exposureDetail = ({ exposure_max: most }: Summary): string =>
  `at stake, of net asset value${most === null ? "" : `; most ${percent(most, 2)}`}`;

export function summarySection(findings: Findings): Markup {
  return markup`<section aria-labelledby="summary"><h2 id="summary">Summary</h2>
    <ul class="verdicts">${verdicts(findings.summary).map((line) => markup`<li>${line}</li>`)}</ul>
    ${
    tilesOf(findings.summary).map(([title, tiles]) =>
      markup`<h3>${title}</h3><dl class="tiles">${tiles.map(tileMarkup)}</dl>`
    )
  }
    <p class="hint">Ranges hold a figure in 95 of 100 cases, by drawing settled events (of ratios, hours or days) anew. A
    Brier score and a log loss are better the lower they are; the market's are those of its own mid at the same moments.
    n/a: not known, with the reason beside it.</p></section>`;
}

const tileMarkup = ({ name, figure, detail, tone = "flat" }: Tile): Markup =>
  markup`<div class="tile"><dt>${name}</dt><dd class="figure ${tone}">${figure}</dd><dd class="detail">${detail}</dd></div>`;
