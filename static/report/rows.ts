/**
 * The rows of the trade table: those that the file shows and those that it holds as data.
 * @module
 */

/** Rows that are seen before all are asked for; the file shows as many. */
const FIRST = 200;
/** Rows put into the table at a time: beyond some thousands a browser gets slow. */
const MORE = 1_000;

/** A column as the file holds it: each text, or each different text once and their places. */
type PackedColumn = readonly string[] | { readonly texts: readonly string[]; readonly places: readonly number[] };

export interface TradeRows {
  /** Shows them in the order of the given texts. */
  sort(compare: (one: readonly string[], other: readonly string[]) => number): void;
}

/** `null` where every row stands in the table already. */
export function readTrades(): TradeRows | null {
  const data = document.getElementById("trades-rest");
  const body = document.querySelector<HTMLTableSectionElement>("#trades-table tbody");
  const more = document.getElementById("trades-more");
  const button = more?.querySelector("button");
  const status = more?.querySelector("span");
  if (data === null || body === null || !button || !status) return null;
  const kinds = [...document.querySelectorAll("#trades-table thead th")].map((head) => head.classList);
  let rows = [...[...body.rows].map(textsOf), ...unpacked(JSON.parse(data.textContent ?? "[]"))];
  let shown = FIRST;
  const render = (): void => {
    body.replaceChildren(...rows.slice(0, shown).map((texts) => rowOf(texts, kinds)));
    const all = shown >= rows.length;
    status.textContent = all ? `All ${rows.length} are shown.` : `The first ${shown} of ${rows.length} are shown.`;
    button.textContent = rows.length - shown > MORE ? `Show ${MORE} more` : "Show all";
    button.hidden = all;
  };
  button.addEventListener("click", () => {
    shown += MORE;
    render();
  });
  button.hidden = false;
  return {
    sort(compare) {
      rows = rows.toSorted(compare);
      render();
    },
  };
}

/** Columns into rows. */
export function unpacked(packed: readonly PackedColumn[]): readonly (readonly string[])[] {
  const columns = packed.map((column) =>
    "places" in column ? column.places.map((place) => column.texts[place]) : column
  );
  return (columns[0] ?? []).map((_, row) => columns.map((column) => column[row]));
}

/** What a row's cells say. */
export const textsOf = (row: HTMLTableRowElement): readonly string[] =>
  [...row.cells].map((cell) => cell.firstChild?.textContent ?? "");

function rowOf(texts: readonly string[], kinds: readonly DOMTokenList[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  texts.forEach((text, k) => {
    const cell = document.createElement(k === 0 ? "th" : "td");
    if (k === 0) cell.setAttribute("scope", "row");
    if (kinds[k].contains("n")) cell.className = "n";
    if (text === "n/a") cell.title = "not known for this execution";
    cell.append(
      kinds[k].contains("profit")
        ? toned(text, text.startsWith("−") ? "loss" : text.startsWith("+") ? "gain" : "flat")
        : text,
    );
    row.append(cell);
  });
  return row;
}

function toned(text: string, tone: string): HTMLSpanElement {
  const span = document.createElement("span");
  span.className = tone;
  span.textContent = text;
  return span;
}
