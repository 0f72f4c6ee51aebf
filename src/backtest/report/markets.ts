/**
 * The markets that were traded, each drawn, and the fill model's bounds.
 * @module
 */

import type { PaperBoundsView, PaperFiguresView } from "../../engine/view.ts";
import { CHARTED_MARKETS_MAX, type Findings, type MarketChart } from "../findings.ts";
import { legend } from "./chart.ts";
import { amount, counted, level, money, toneOf, words } from "./format.ts";
import { firstOf, type Markup, markup, type Piece } from "./markup.ts";
import { marketChart, SYMBOLS } from "./market_chart.ts";
import { coloured, table, unknownPart } from "./table.ts";

/** More are counted: findings from elsewhere may hold any number. */
const CHARTS_MAX = CHARTED_MARKETS_MAX;
/** Of them, those that are seen at once. */
const CHARTS_OPEN = 6;

const KEY: Markup = legend([
  ["key-line", "above: the underlying; below: the model's probability"],
  ["key-strike", "strike"],
  ["key-settled", "what it settled at"],
  ["key-quote", "below: bid and ask of YES"],
  ["key-up", "bought YES"],
  ["key-down", "sold YES (bought NO)"],
  ["key-gain", "brought a gain"],
  ["key-loss", "brought a loss"],
]);

export function chartsSection({ charts }: Findings): Markup {
  const { shown, left } = firstOf(charts, CHARTS_MAX);
  const drawn = shown.map((market, k) => marketFigure(market, `market-${k + 1}`));
  const body = drawn.length === 0
    ? unknownPart("no market was traded, or none was drawn")
    : markup`${SYMBOLS}${KEY}<div class="markets">${drawn.slice(0, CHARTS_OPEN)}</div>${
      closed(drawn.slice(CHARTS_OPEN))
    }`;
  const without = left === 0 ? null : markup`<p class="hint">${counted(left, "other market")} left out here.</p>`;
  return markup`<section aria-labelledby="charts"><h2 id="charts">Trades on the price</h2>${body}${without}</section>`;
}

function closed(drawn: readonly Markup[]): Markup | null {
  if (drawn.length === 0) return null;
  return markup`<details><summary>${counted(drawn.length, "more market")}</summary>
    <div class="markets">${drawn}</div></details>`;
}

function marketFigure(market: MarketChart, id: string): Markup {
  const drawn = marketChart(market, id);
  const { ticker, title, result, settlement } = market;
  const end = result === "" ? "not settled" : `settled ${result.toUpperCase()}`;
  const value = settlement === null ? "" : ` at ${level(settlement)}`;
  const trades = counted(market.trades.length, "trade");
  const pnl = markup`<span class="${toneOf(market.pnl)}">${money(market.pnl, true)}</span>`;
  return markup`<article aria-labelledby="${id}-name"><h3 id="${id}-name">${ticker} ${pnl}</h3>
    <p class="detail">${title}: ${end}${value}, ${trades}</p>
    ${drawn ?? unknownPart("no price of this market is known")}</article>`;
}

export function fillModelsSection({ fill_models, simulated_fills }: Findings): Markup {
  const none = simulated_fills ? "no other fill model was followed" : "fills are the exchange's own";
  return markup`<section aria-labelledby="fill-models"><h2 id="fill-models">Fill model bounds</h2>${
    fill_models === null ? unknownPart(none) : fillModels(fill_models)
  }</section>`;
}

function fillModels({ model, trades, pessimistic, chosen, optimistic }: PaperBoundsView): Markup {
  const heard = trades > 0
    ? `${counted(trades, "public trade")} moved the queues.`
    : "No public trade was heard: nothing is known of queues, and the bounds do not tell of them.";
  const rows = table({
    id: "fill-models-table",
    caption: "The same orders under three fill models",
    columns: [
      { name: "Fill model", kind: "text" },
      { name: "P&L", kind: "number" },
      { name: "Fills", kind: "number" },
      { name: "Contracts", kind: "number" },
      { name: "Fees", kind: "number" },
    ],
    rows: [
      fillRow("Pessimistic", pessimistic),
      fillRow(`${words(model)} (traded)`, chosen),
      fillRow("Optimistic", optimistic),
    ],
  });
  return markup`${rows}<p class="hint">Nobody sees the queue. The pessimistic model puts every order behind all others, the
    optimistic one in front: what lies between them rests on what cannot be known. ${heard}</p>`;
}

const fillRow = (name: string, { fills, contracts, fees, pnl }: PaperFiguresView): readonly Piece[] => [
  name,
  coloured(pnl),
  amount(fills),
  amount(Number(contracts)),
  money(fees),
];
