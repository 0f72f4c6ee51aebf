/**
 * Tables with a caption and named rows, and figures in them. A figure that is not known says why.
 * @module
 */

import type { Estimate, MoneyEstimate } from "../findings.ts";
import { dollars, money, NONE, toneOf } from "./format.ts";
import { type Markup, markup, type Piece } from "./markup.ts";

export interface Column {
  readonly name: string;
  /** Numbers stand at the right; a profit is coloured by its sign; prose alone is broken into lines. */
  readonly kind: "text" | "prose" | "number" | "profit";
}

export interface Table {
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Of as many cells as there are columns; the first names the row. */
  readonly rows: readonly (readonly Piece[])[];
  /** Whether the reader may sort it. */
  readonly sortable?: boolean;
  /** Tables of one look have columns of the same widths (report.css). */
  readonly look?: "groups" | "plain";
}

const ATTRIBUTES: Readonly<Record<Column["kind"], Markup | null>> = {
  text: null,
  prose: markup` class="prose"`,
  number: markup` class="n"`,
  profit: markup` class="n profit"`,
};

/** End tags that HTML does not need are left out: a thousand rows are a third smaller. */
export function table({ id, caption, columns, rows, sortable = false, look = "plain" }: Table): Markup {
  const heads = columns.map(({ name, kind }) => markup`<th scope="col"${ATTRIBUTES[kind]}>${name}`);
  const body = rows.map((cells) => markup`<tr>${cells.map((cell, k) => cellOf(cell, k, columns[k]))}`);
  return markup`<div class="scroll" role="region" aria-labelledby="${id}-caption" tabindex="0">
    <table id="${id}" class="${look}"${sortable ? markup` data-sortable` : null}>
    <caption id="${id}-caption">${caption}</caption>
    <thead><tr>${heads}</thead>
    <tbody>${body}</tbody></table></div>`;
}

function cellOf(cell: Piece, k: number, { kind }: Column): Markup {
  const attributes = kind === "profit" ? ATTRIBUTES.number : ATTRIBUTES[kind];
  return k === 0 ? markup`<th scope="row"${attributes}>${cell}` : markup`<td${attributes}>${cell}`;
}

/** What a chart shows as a table, closed at first: for those who want the numbers, or do not see the chart. */
export const figures = <Row>(rows: readonly Row[], draw: (rows: readonly Row[]) => Markup): Markup | null =>
  rows.length === 0 ? null : markup`<details><summary>Figures</summary>${draw(rows)}</details>`;

/** What is not known, and why. */
export const unknown = (reason: string): Markup => markup`<abbr title="${reason}">${NONE}</abbr>`;

/** In the place of a whole part. */
export const unknownPart = (reason: string): Markup => markup`<p class="none">${NONE}: ${reason}.</p>`;

export const known = (value: number | null, format: (value: number) => string, reason: string): Piece =>
  value === null || !Number.isFinite(value) ? unknown(reason) : format(value);

/** `−$5.00 to $50.00`. */
export const intervalText = (
  interval: readonly [low: number, high: number],
  format: (value: number) => string,
): string => `${format(interval[0])} to ${format(interval[1])}`;

/** An estimate in a cell: its value, and small below it where it lies in 95 of 100 cases. */
export function estimate({ value, interval }: Estimate, format: (value: number) => string, reason: string): Markup {
  return markup`${known(value, format, reason)}${
    interval === null || value === null ? null : small(intervalText(interval, format))
  }`;
}

const small = (text: string): Markup => markup`<small>${text}</small>`;

/** The same of money, coloured by its sign. */
export function moneyEstimate({ value, interval }: MoneyEstimate): Markup {
  return markup`<span class="${toneOf(value)}">${money(value, true)}</span>${
    interval === null ? null : small(intervalText(interval, (end) => dollars(end)))
  }`;
}

export const coloured = (text: string): Markup => markup`<span class="${toneOf(text)}">${money(text, true)}</span>`;
