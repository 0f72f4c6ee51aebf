/** The tables of what is held, asked for and done: positions, orders, trades, settlements. */

import type { OrderView, PositionView, SettlementView, TradeView } from "../../src/engine/view.ts";
import { cents, clockTime, contracts, edge, exactMoney, money, percent, signOf, words } from "./format.ts";
import { hashOf } from "./route.ts";
import { type Cell, type Column, DataTable, type Tone } from "./table.ts";

const sideCell = (side: "bid" | "ask"): Cell => ({ text: side, tone: side === "bid" ? "gain" : "loss" });
const marketLink = ({ ticker }: { readonly ticker: string }): string => hashOf({ kind: "market", ticker });
const signedCell = (text: string): Cell => ({ text: money(text, true), tone: signOf(text) });

const POSITIONS: readonly Column<PositionView>[] = [
  { label: "Market", kind: "head", link: marketLink, read: (row) => ({ text: row.ticker }) },
  {
    label: "Side",
    kind: "chip",
    card: "corner",
    read: (row) => ({ text: row.side, tone: row.side === "yes" ? "gain" : "loss" }),
  },
  { label: "Count", kind: "number", read: (row) => ({ text: contracts(row.count) }) },
  { label: "Average", kind: "number", read: (row) => ({ text: cents(row.averagePrice) }) },
  { label: "Cost", kind: "number", read: (row) => ({ text: money(row.cost) }) },
  { label: "Value", kind: "number", read: (row) => ({ text: money(row.value) }) },
  { label: "Unrealised", kind: "number", read: (row) => signedCell(row.unrealised) },
  { label: "Realised", kind: "number", read: (row) => signedCell(row.realised) },
  { label: "Fees", kind: "number", read: (row) => ({ text: money(row.fees), tone: "dim" }) },
];

/** `unknown` is the one a person must see: the exchange has not said what became of the order. */
const PHASES: Readonly<Record<string, Tone>> = { resting: "accent", filled: "good", sent: "flat", unknown: "bad" };

const ORDERS: readonly Column<OrderView>[] = [
  {
    label: "Market",
    kind: "head",
    link: marketLink,
    read: (row) => ({ text: row.ticker, title: `Order ${row.clientOrderId}` }),
  },
  { label: "Side", kind: "chip", read: (row) => sideCell(row.side) },
  { label: "Price", kind: "number", read: (row) => ({ text: cents(row.price) }) },
  {
    label: "Filled",
    kind: "number",
    read: (row) => ({ text: `${contracts(row.filled)} / ${contracts(row.count)}` }),
  },
  {
    label: "Ahead",
    kind: "number",
    read: (row) => ({ text: contracts(row.queueAhead), tone: "dim", title: "Contracts before it in the queue" }),
  },
  { label: "Phase", kind: "chip", read: (row) => ({ text: row.phase, tone: PHASES[row.phase] ?? "dim" }) },
  {
    label: "Why",
    kind: "prose",
    card: "left-out",
    read: (row) => ({ text: words(row.signal), tone: "dim", title: `${words(row.strategy)}: ${words(row.signal)}` }),
  },
  {
    label: "Sent",
    kind: "number",
    card: "corner",
    read: (row) => ({ text: clockTime(row.sentAt), tone: "dim", title: row.sentAt }),
  },
];

const TRADES: readonly Column<TradeView>[] = [
  {
    label: "Time",
    kind: "number",
    card: "corner",
    read: (row) => ({ text: clockTime(row.at), tone: "dim", title: row.at }),
  },
  {
    label: "Market",
    kind: "head",
    link: marketLink,
    read: (row) => ({ text: row.ticker, title: `Trade ${row.tradeId}` }),
  },
  { label: "Side", kind: "chip", read: (row) => sideCell(row.side) },
  { label: "Price", kind: "number", read: (row) => ({ text: cents(row.price) }) },
  { label: "Count", kind: "number", read: (row) => ({ text: contracts(row.count) }) },
  {
    label: "Fee",
    kind: "number",
    card: "left-out",
    sized: "long",
    read: (row) => ({ text: exactMoney(row.fee), sub: row.isTaker ? "taker" : "maker" }),
  },
  {
    label: "Model",
    kind: "number",
    card: "left-out",
    read: (row) => ({ text: percent(row.modelProbability), tone: "accent" }),
  },
  { label: "Edge", kind: "number", card: "left-out", read: (row) => ({ text: edge(row.edge) }) },
  { label: "Realised", kind: "number", read: (row) => signedCell(row.realised) },
  {
    label: "Why",
    kind: "prose",
    card: "left-out",
    read: (row) => ({ text: words(row.signal), tone: "dim", title: `${words(row.strategy)}: ${words(row.signal)}` }),
  },
];

const SETTLEMENTS: readonly Column<SettlementView>[] = [
  {
    label: "Time",
    kind: "number",
    card: "corner",
    read: (row) => ({ text: clockTime(row.at), tone: "dim", title: row.at }),
  },
  { label: "Market", kind: "head", read: (row) => ({ text: row.ticker }) },
  {
    label: "Result",
    kind: "chip",
    read: (row) => ({ text: row.result, tone: row.result === "yes" ? "gain" : row.result === "no" ? "loss" : "flat" }),
  },
  { label: "Held", kind: "number", read: (row) => ({ text: contracts(row.position) }) },
  { label: "Payout", kind: "number", read: (row) => ({ text: money(row.payout) }) },
  { label: "P&L", kind: "number", read: (row) => signedCell(row.pnl) },
];

export const positionsTable = (parent: HTMLElement): DataTable<PositionView> =>
  new DataTable(parent, {
    columns: POSITIONS,
    labelledBy: "positions-title",
    empty: "Nothing is held",
    rowsMax: 200,
  });

export const ordersTable = (parent: HTMLElement): DataTable<OrderView> =>
  new DataTable(parent, {
    columns: ORDERS,
    labelledBy: "orders-title",
    empty: "No order is working",
    rowsMax: 200,
  });

export const tradesTable = (parent: HTMLElement, rowsMax: number): DataTable<TradeView> =>
  new DataTable(parent, { columns: TRADES, labelledBy: "trades-title", empty: "No trade", rowsMax });

/** Of one market alone, which need not be named in every row: the moment names it. */
function ofOneMarket<Row>(columns: readonly Column<Row>[], moment: string): readonly Column<Row>[] {
  const named = columns.filter(({ label }) => label === moment)
    .map(({ label, read }): Column<Row> => ({ label, kind: "head", read }));
  return [...named, ...columns.filter(({ label }) => label !== moment && label !== "Market")];
}

export const marketOrdersTable = (parent: HTMLElement, labelledBy: string): DataTable<OrderView> =>
  new DataTable(parent, {
    columns: ofOneMarket(ORDERS, "Sent"),
    labelledBy,
    empty: "No order is working",
    rowsMax: 200,
  });

export const marketTradesTable = (parent: HTMLElement, labelledBy: string, rowsMax: number): DataTable<TradeView> =>
  new DataTable(parent, { columns: ofOneMarket(TRADES, "Time"), labelledBy, empty: "No trade", rowsMax });

export const settlementsTable = (parent: HTMLElement): DataTable<SettlementView> =>
  new DataTable(parent, {
    columns: SETTLEMENTS,
    labelledBy: "settlements-title",
    empty: "Nothing has settled yet",
    rowsMax: 12,
  });
