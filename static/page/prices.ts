/** What every spot exchange says of every coin, and how much of the index it makes up. */

import type { SpotView } from "../../src/engine/view.ts";
import { age, basisPoints, dollars, milliseconds, words } from "./format.ts";
import type { PriceRow } from "./price_rows.ts";
import { type Column, DataTable, type Tone } from "./table.ts";

const STATES: Readonly<Record<string, Tone>> = { live: "good", one_sided: "warn", crossed: "warn", outlier: "warn" };
/** Older than this a price is late, older than that the index leaves its exchange out soon. */
const LATE_MS = 5_000;
const GONE_MS = 20_000;

const ageTone = (ms: number | null): Tone => ms === null || ms > GONE_MS ? "bad" : ms > LATE_MS ? "warn" : "dim";

const COLUMNS: readonly Column<PriceRow>[] = [
  { label: "Exchange", kind: "head", read: (row) => ({ text: words(row.exchange), sub: row.asset }) },
  {
    label: "State",
    kind: "chip",
    card: "corner",
    read: (row) => ({ text: words(row.state), tone: STATES[row.state] ?? "bad" }),
  },
  { label: "Bid", kind: "number", read: (row) => ({ text: dollars(row.bid) }) },
  { label: "Ask", kind: "number", read: (row) => ({ text: dollars(row.ask) }) },
  { label: "Last", kind: "number", read: (row) => ({ text: dollars(row.last) }), moves: (row) => row.last },
  { label: "VWAP", kind: "number", card: "left-out", read: (row) => ({ text: dollars(row.vwap), tone: "dim" }) },
  {
    label: "Off index",
    kind: "number",
    read: (row) => ({ text: basisPoints(row.offIndex), title: "Its mid against the index, in basis points" }),
  },
  {
    label: "Weight",
    kind: "number",
    read: (row) => ({ text: `${(row.weight * 100).toFixed(1)}%`, tone: row.weight > 0 ? "accent" : "dim" }),
  },
  { label: "Age", kind: "number", read: (row) => ({ text: age(row.ageMs), tone: ageTone(row.ageMs) }) },
  { label: "Latency", kind: "number", read: (row) => ({ text: milliseconds(row.latencyMs), tone: "dim" }) },
];

export const pricesTable = (parent: HTMLElement): DataTable<PriceRow> =>
  new DataTable(parent, {
    columns: COLUMNS,
    labelledBy: "prices-title",
    empty: "No spot exchange is followed",
    rowsMax: 64,
  });

export const priceKey = (row: SpotView): string => `${row.asset} ${row.exchange}`;
