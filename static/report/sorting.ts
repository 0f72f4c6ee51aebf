/**
 * Tables that the reader sorts by their heads.
 * @module
 */

import { textsOf, type TradeRows } from "./rows.ts";

type Texts = readonly string[];

/** The number that a figure shows: `"−$1,234.50"` is -1234.5; `null` for `n/a`. */
export function numberOf(text: string): number | null {
  const digits = text.replace(/[^\d.−-]/g, "").replace("−", "-");
  return /\d/.test(digits) ? Number(digits) : null;
}

/** By number or by text; what is not known stands last, whichever way it is sorted. */
export function comparing(column: number, numeric: boolean, descending: boolean): (one: Texts, other: Texts) => number {
  const sign = descending ? -1 : 1;
  if (!numeric) return (one, other) => sign * (one[column] < other[column] ? -1 : one[column] > other[column] ? 1 : 0);
  return (one, other) => {
    const [left, right] = [numberOf(one[column]), numberOf(other[column])];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return sign * (left - right);
  };
}

/** Puts a button into every head. `trades` holds the rows where the table does not. */
export function makeSortable(table: HTMLTableElement, trades: TradeRows | null): void {
  const heads = [...table.querySelectorAll<HTMLTableCellElement>("thead th")];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const numeric = head.classList.contains("n");
      const sorted = head.getAttribute("aria-sort");
      // Of numbers the highest is asked for first.
      const descending = sorted === null ? numeric : sorted === "ascending";
      for (const each of heads) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const compare = comparing(column, numeric, descending);
      if (trades === null) sortInPlace(table, compare);
      else trades.sort(compare);
    });
  });
}

function sortInPlace(table: HTMLTableElement, compare: (one: Texts, other: Texts) => number): void {
  const [body] = table.tBodies;
  const rows = [...body.rows].map((row) => ({ row, texts: textsOf(row) }));
  body.append(...rows.toSorted((one, other) => compare(one.texts, other.texts)).map(({ row }) => row));
}
