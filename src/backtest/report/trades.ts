/**
 * Every execution: the first as a table, the rest as data that the page's script shows and sorts, so that a thousand of them
 * stay small.
 * @module
 */

import type { Findings, TradeOutcome } from "../findings.ts";
import {
  amount,
  cents,
  counted,
  edge,
  exactMoney,
  level,
  millisecondsOf,
  money,
  NONE,
  percent,
  words,
} from "./format.ts";
import { firstOf, jsonData, type Markup, markup, type Piece, visible } from "./markup.ts";
import { type Column, table, unknownPart } from "./table.ts";

/** Rows that are seen at once. */
export const ROWS_SHOWN = 200;
/** Rows of one report, a tenth of a kilobyte each; a longer list is for the CSV. */
const ROWS_MAX = 20_000;
/** A name longer than that is no name of an exchange: cut, so that a broken file does not swell every row. */
const NAME_MAX = 80;

const COLUMNS: readonly Column[] = [
  { name: "Time, UTC", kind: "text" },
  { name: "Market", kind: "text" },
  { name: "Strategy", kind: "text" },
  { name: "Signal", kind: "text" },
  { name: "Side", kind: "text" },
  { name: "Contracts", kind: "number" },
  { name: "Price", kind: "number" },
  { name: "P&L", kind: "profit" },
  { name: "Fee", kind: "number" },
  { name: "Role", kind: "text" },
  { name: "Edge", kind: "number" },
  { name: "Model", kind: "number" },
  { name: "Market's mid", kind: "number" },
  { name: "Spot", kind: "number" },
  { name: "Strike", kind: "number" },
  { name: "Paid out", kind: "number" },
];

export function tradesSection({ trades, trades_left_out }: Findings): Markup {
  if (trades.length === 0) {
    return markup`<section aria-labelledby="trades"><h2 id="trades">Trades</h2>
      ${unknownPart("nothing was traded")}</section>`;
  }
  const within = firstOf(trades, ROWS_MAX);
  const { shown } = firstOf(within.shown, ROWS_SHOWN);
  return markup`<section aria-labelledby="trades"><h2 id="trades">Trades</h2>
    ${
    table({
      id: "trades-table",
      caption: captionOf(within.shown.length, trades_left_out + within.left),
      columns: COLUMNS,
      sortable: true,
      rows: shown.map((trade) => cellsOf(trade).map(cellMarkup)),
    })
  }${restOf(within.shown)}
    <p class="hint">P&L: what the contracts paid out, less what they cost and the fee, whatever was done with them before the
    settlement; by the mark while that is not known. Edge, model and mid: when it was decided, cents and per cent of YES.
    n/a: not known for this execution.</p></section>`;
}

/** The rows beyond the first, for the script. */
function restOf(trades: readonly TradeOutcome[]): Markup | null {
  if (trades.length <= ROWS_SHOWN) return null;
  const rows = trades.slice(ROWS_SHOWN).map(cellsOf);
  return markup`<p class="more" id="trades-more"><span role="status">The first ${ROWS_SHOWN} of ${amount(trades.length)}
    are shown.</span> <button type="button" hidden>Show all</button></p>
    <script type="application/json" id="trades-rest">${jsonData(COLUMNS.map((_, k) => packed(rows, k)))}</script>`;
}

/** A column of few different texts is told once each, and by their places: names and strikes are long and few. */
type PackedColumn = readonly string[] | { readonly texts: readonly string[]; readonly places: readonly number[] };

function packed(rows: readonly (readonly string[])[], column: number): PackedColumn {
  const texts = rows.map((row) => row[column]);
  const distinct = [...new Set(texts)];
  if (distinct.length > texts.length / 2) return texts;
  const placeOf = new Map(distinct.map((text, place) => [text, place]));
  return { texts: distinct, places: texts.map((text) => placeOf.get(text) ?? 0) };
}

const captionOf = (all: number, without: number): string =>
  `${counted(all, "execution")}${without === 0 ? "" : `; ${counted(without, "other")} left out of this report`}`;

/** What each cell says. The script puts the same texts into rows and sorts by them. */
const cellsOf = (trade: TradeOutcome): readonly string[] => textsOf(trade).map(visible);

function textsOf(trade: TradeOutcome): readonly string[] {
  const optional = (value: number | null, format: (value: number) => string): string =>
    value === null || !Number.isFinite(value) ? NONE : format(value);
  return [
    timeText(trade.at),
    trade.ticker.slice(0, NAME_MAX),
    words(trade.strategy).slice(0, NAME_MAX),
    words(trade.signal).slice(0, NAME_MAX),
    trade.side === "bid" ? "buy YES" : "sell YES",
    amount(trade.contracts),
    cents(trade.price),
    money(trade.pnl, true),
    exactMoney(trade.fee),
    trade.is_taker ? "taker" : "maker",
    optional(trade.edge, edge),
    optional(trade.model_probability, percent),
    optional(trade.market_probability, percent),
    optional(trade.spot, level),
    optional(trade.strike, level),
    optional(trade.paid, cents),
  ];
}

function cellMarkup(text: string, k: number): Piece {
  if (text === NONE) return markup`<span title="not known for this execution">${NONE}</span>`;
  if (COLUMNS[k].kind !== "profit") return text;
  return markup`<span class="${text.startsWith("−") ? "loss" : text.startsWith("+") ? "gain" : "flat"}">${text}</span>`;
}

/** With milliseconds: executions of one order lie close together. */
function timeText(text: string): string {
  const at = millisecondsOf(text);
  return at === null ? text.slice(0, NAME_MAX) : new Date(at).toISOString().slice(0, 23).replace("T", " ");
}
