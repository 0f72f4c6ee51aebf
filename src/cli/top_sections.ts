/**
 * The tables of `kbot top`: markets, positions, orders, fills, alerts, the log's end.
 * @module
 */

import { cutLine, type Line, type Span, span, type Tone } from "../ops/terminal/line.ts";
import type { Wish } from "../ops/terminal/stack.ts";
import { type Column, Table } from "../ops/terminal/table.ts";
import type { TopAlert, TopLog, TopMarket, TopOrder, TopPosition, TopTrade } from "./top_shapes.ts";
import { cents, clockTime, contracts, countdown, dollars, edge, money, NONE, percent, signTone } from "./top_words.ts";

/** A part of the screen. */
export interface Section {
  readonly wish: Wish;
  /** @param lines at least `wish.least`, at most `wish.most` */
  draw(width: number, lines: number): readonly Line[];
}

const DIM = (text: string): Span => span(text, "dim");
const orNone = (text: string | null): string => text ?? NONE;

/** The column that every table of markets begins with. */
const tickerColumn = <Row extends { readonly ticker: string }>(
  tone: (row: Row) => Tone = () => "plain",
): Column<Row> => ({
  title: "",
  align: "left",
  least: 24,
  most: 44,
  rank: 0,
  cut: "middle",
  wholeBefore: 6,
  read: (row) => span(row.ticker, tone(row)),
});

const numbers = <Row>(
  title: string,
  width: number,
  rank: number,
  read: (row: Row) => Span,
): Column<Row> => ({ title, align: "right", least: width, most: width, rank, read });

const texts = <Row>(
  title: string,
  [least, most]: readonly [number, number],
  rank: number,
  read: (row: Row) => Span,
): Column<Row> => ({ title, align: "left", least, most, rank, read });

/** A section's name with what is worth saying of all of it. */
const heading = (name: string, note: string): Span => span(note === "" ? name : `${name} ${note}`, "strong");

/** Rows that do not all fit: the last line says how many are missing. */
function table<Row>(
  name: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  all = rows.length,
  weight = 2,
): Section {
  const shown = all === 0 ? "none" : String(all);
  return {
    wish: { least: rows.length === 0 ? 1 : 2, most: 1 + rows.length, weight },
    draw: (width, lines) => {
      const drawn = new Table(columns, rows, width);
      if (rows.length === 0) return [cutLine([heading(name, ""), DIM(` ${shown}`)], width)];
      const part = rows.slice(0, lines - 1);
      const note = part.length < all ? `${part.length} of ${shown}` : shown;
      return [drawn.head(heading(name, note)), ...part.map((row) => drawn.row(row))];
    },
  };
}

/** Which markets come first. */
export const SORTS = ["closing", "edge", "ticker"] as const;
export type Sort = typeof SORTS[number];

const byTicker = (left: TopMarket, right: TopMarket): number =>
  left.ticker < right.ticker ? -1 : left.ticker > right.ticker ? 1 : 0;

const ORDERS: Readonly<Record<Sort, (left: TopMarket, right: TopMarket) => number>> = {
  closing: (left, right) => {
    const open = Number(isOpen(right)) - Number(isOpen(left));
    if (open !== 0) return open;
    if (left.closeTime !== right.closeTime) return left.closeTime < right.closeTime ? -1 : 1;
    // Of an hour's many strikes, those that somebody trades.
    return quotedSides(right) - quotedSides(left) || byTicker(left, right);
  },
  edge: (left, right) => (right.edge ?? -Infinity) - (left.edge ?? -Infinity) || byTicker(left, right),
  ticker: byTicker,
};

const quotedSides = ({ bid, ask }: TopMarket): number => Number(bid !== null) + Number(ask !== null);
const isOpen = ({ status }: TopMarket): boolean => status === "active";
const isLive = (row: TopMarket): boolean => isOpen(row) && row.bookPhase === "synced";

const sortedMarkets = (markets: readonly TopMarket[], sort: Sort): readonly TopMarket[] =>
  markets.toSorted(ORDERS[sort]);

/** What a market's rows need of the rest. */
export interface MarketsAsked {
  readonly markets: readonly TopMarket[];
  readonly positions: readonly TopPosition[];
  readonly sort: Sort;
  /** Rows above the first one that is shown. */
  readonly scroll: number;
  /** The run's clock; `null` where it is not known. */
  readonly nowMs: number | null;
}

/** Markets that are not open, in words that fit. */
const STATUS: Readonly<Record<string, string>> = {
  initialized: "not open",
  finalized: "settled",
  determined: "decided",
};

/** Seconds to the close, or what a market waits for. */
function closes(market: TopMarket, nowMs: number | null): Span {
  if (!isOpen(market)) return DIM(STATUS[market.status ?? ""] ?? orNone(market.status));
  const at = Date.parse(market.closeTime);
  if (nowMs === null || Number.isNaN(at)) return DIM(NONE);
  const seconds = (at - nowMs) / 1_000;
  return span(countdown(seconds), seconds <= 60 ? "warn" : "plain");
}

function edgeSpan({ edge: value, edgeSide }: TopMarket): Span {
  if (value === null) return DIM(NONE);
  return span(`${edge(value)} ${edgeSide === "no" ? "N" : edgeSide === "yes" ? "Y" : " "}`, value > 0 ? "good" : "dim");
}

function heldSpan(held: TopPosition | undefined): Span {
  return held === undefined ? DIM("") : span(`${contracts(held.count)} ${held.side === "no" ? "N" : "Y"}`, "strong");
}

function marketColumns(held: ReadonlyMap<string, TopPosition>, nowMs: number | null): readonly Column<TopMarket>[] {
  // A book that is not in step is no quote.
  const quote = (row: TopMarket, text: string): Span => span(text, isLive(row) ? "plain" : "dim");
  return [
    tickerColumn((row) => isLive(row) ? "plain" : "dim"),
    numbers("BID SIZE", 9, 8, (row) => DIM(contracts(row.bidSize))),
    numbers("BID", 6, 1, (row) => quote(row, cents(row.bid))),
    numbers("ASK", 6, 1, (row) => quote(row, cents(row.ask))),
    numbers("ASK SIZE", 9, 8, (row) => DIM(contracts(row.askSize))),
    numbers("SPREAD", 6, 9, (row) => DIM(cents(row.spread))),
    numbers("MODEL", 6, 2, (row) => span(percent(row.modelProbability))),
    numbers("EDGE", 9, 4, edgeSpan),
    numbers("HELD", 8, 5, (row) => heldSpan(held.get(row.ticker))),
    numbers("CLOSES", 8, 3, (row) => closes(row, nowMs)),
    numbers("STRIKE", 11, 7, (row) => DIM(dollars(row.strike))),
    texts("WHY NOTHING IS SENT", [40, 90], 6, (row) => DIM(row.whyNot ?? "")),
  ];
}

/** Scrolled so that the last row is at the bottom at most. */
const scrollWithin = (scroll: number, rows: number, room: number): number => Math.max(0, Math.min(scroll, rows - room));

/** Markets, with what `scroll` came to and how many rows there were room for. */
export function marketsSection(
  { markets, positions, sort, scroll, nowMs }: MarketsAsked,
  shown: (scroll: number, room: number) => void,
): Section {
  const held = new Map(positions.map((position) => [position.ticker, position] as const));
  const rows = sortedMarkets(markets, sort);
  return {
    wish: { least: 2, most: 1 + Math.max(1, rows.length), weight: 5 },
    draw: (width, lines) => {
      const room = lines - 1;
      const from = scrollWithin(scroll, rows.length, room);
      shown(from, room);
      if (rows.length === 0) return [cutLine([heading("MARKETS", ""), DIM("  none yet")], width)];
      const drawn = new Table(marketColumns(held, nowMs), rows, width);
      const part = rows.slice(from, from + room);
      const all = part.length === rows.length;
      const note = all ? String(rows.length) : `${from + 1}-${from + part.length} of ${rows.length}`;
      return [drawn.head(heading("MARKETS", note)), ...part.map((row) => drawn.row(row))];
    },
  };
}

const buys = (side: string | null): Span => span(side === "bid" ? "buy" : side === "ask" ? "sell" : orNone(side));

const POSITION_COLUMNS: readonly Column<TopPosition>[] = [
  tickerColumn(),
  texts("SIDE", [4, 4], 1, (row) => span((row.side ?? NONE).toUpperCase())),
  numbers("COUNT", 8, 1, (row) => span(contracts(row.count))),
  numbers("PAID", 6, 3, (row) => span(cents(row.averagePrice))),
  numbers("COST", 10, 4, (row) => span(money(row.cost))),
  numbers("VALUE", 10, 2, (row) => span(money(row.value))),
  numbers("UNREAL.", 10, 2, (row) => span(money(row.unrealised, true), signTone(row.unrealised))),
];

const ORDER_COLUMNS: readonly Column<TopOrder>[] = [
  tickerColumn(),
  texts("SIDE", [4, 4], 1, (row) => buys(row.side)),
  numbers("PRICE", 6, 1, (row) => span(cents(row.price))),
  numbers("COUNT", 8, 2, (row) => span(contracts(row.count))),
  numbers("FILLED", 8, 3, (row) => span(contracts(row.filled))),
  texts("STATE", [8, 20], 4, (row) => span(orNone(row.phase).replaceAll("_", " "))),
  texts("STRATEGY", [12, 24], 5, (row) => DIM(orNone(row.strategy))),
];

const TRADE_COLUMNS: readonly Column<TopTrade>[] = [
  tickerColumn(),
  texts("SIDE", [4, 4], 1, (row) => buys(row.side)),
  numbers("PRICE", 6, 1, (row) => span(cents(row.price))),
  numbers("COUNT", 8, 2, (row) => span(contracts(row.count))),
  numbers("REALISED", 10, 3, (row) => span(money(row.realised, true), signTone(row.realised))),
  numbers("FEE", 7, 5, (row) => DIM(money(row.fee))),
  texts("TIME", [8, 8], 4, (row) => DIM(clockTime(row.at))),
  texts("BY", [5, 5], 7, (row) => DIM(row.isTaker === null ? NONE : row.isTaker ? "taker" : "maker")),
  texts("STRATEGY", [12, 24], 6, (row) => DIM(orNone(row.strategy))),
];

export const positionsSection = (rows: readonly TopPosition[]): Section => table("POSITIONS", POSITION_COLUMNS, rows);
export const ordersSection = (rows: readonly TopOrder[]): Section => table("ORDERS", ORDER_COLUMNS, rows);
/** @param fills of the whole run, of which `rows` are the newest */
export const fillsSection = (rows: readonly TopTrade[], fills: number): Section =>
  table("FILLS", TRADE_COLUMNS, rows, fills);

/** Lines of words beside their name, the newest at the bottom as in a log, or at the top. */
function prose(name: string, lines: readonly Line[], weight: number, newest: "first" | "last"): Section {
  return {
    wish: { least: 1, most: lines.length, weight },
    draw: (width, room) => {
      const part = newest === "first" ? lines.slice(0, room) : lines.slice(-room);
      return part.map((line, at) => cutLine([heading((at === 0 ? name : "").padEnd(7), ""), ...line], width));
    },
  };
}

const SEVERITY: Readonly<Record<TopAlert["severity"], Tone>> = { info: "plain", warning: "warn", critical: "bad" };

/** The newest first: what there is no room for is the oldest. */
export function alertsSection(alerts: readonly TopAlert[]): Section {
  const lines = alerts.toReversed().map(({ at, severity, text, count }): Line => [
    DIM(`${clockTime(at)} `),
    span(severity.padEnd(8), SEVERITY[severity]),
    span(` ${text}${count > 1 ? ` (${count} times)` : ""}`),
  ]);
  return prose("ALERTS", lines, 1, "first");
}

const LEVELS: Readonly<Record<string, Tone>> = { warning: "warn", error: "bad", fatal: "bad" };

export function logSection(logs: readonly TopLog[]): Section {
  const lines = logs.map(({ at, level, text }): Line => [
    DIM(`${clockTime(at)} `),
    span(level.padEnd(7).slice(0, 7), LEVELS[level] ?? "dim"),
    span(` ${text}`),
  ]);
  return prose("LOG", lines, 1, "last");
}
