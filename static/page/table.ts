/**
 * A table from a list of columns. On a narrow screen the same rows become cards by style alone, each value with its
 * column's name; the roles are written out because changing `display` would take them away.
 * @module
 */

import { element, flash, KeyedList, type RowNode, setAttribute, setText } from "./dom.ts";

export type Tone = "gain" | "loss" | "flat" | "warn" | "bad" | "good" | "dim" | "accent";

export interface Cell {
  readonly text: string;
  /** Beside it, smaller. */
  readonly sub?: string;
  readonly tone?: Tone;
  /** The whole of what the text says in short. */
  readonly title?: string;
}

export interface Column<Row> {
  readonly label: string;
  /** `number` stands right and monospaced, `chip` in a frame, `head` names the row, `prose` may take two lines. */
  readonly kind: "head" | "number" | "chip" | "prose" | "drawing";
  /** How it stands on a card: `corner` beside the row's name, `wide` over the whole width, `left-out` not at all. */
  readonly card?: "corner" | "wide" | "left-out";
  /** True where `sub` is always there, so that the numbers before it stand below each other. */
  readonly sized?: boolean;
  readonly read: (row: Row) => Cell;
  /** For what is not text; called with the cell after the text was set. */
  readonly draw?: (cell: HTMLElement, row: Row) => void;
  /** The number whose moves are shown by a short glow. */
  readonly moves?: (row: Row) => number | null;
  /** Whether its text is the button that opens the row's detail. */
  readonly opens?: true;
}

/** What a row shows below itself once it is opened. */
type MakeDetail<Row> = () => RowNode<Row>;

export class DataTable<Row> {
  readonly #list: KeyedList<Row>;
  readonly #table: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #more: HTMLElement;
  readonly #rowsMax: number;

  constructor(
    parent: HTMLElement,
    options: {
      columns: readonly Column<Row>[];
      labelledBy: string;
      empty: string;
      rowsMax: number;
      detail?: MakeDetail<Row>;
    },
  ) {
    const { columns, labelledBy, empty, rowsMax, detail } = options;
    const titles = columns.map((column) =>
      element("th", { role: "columnheader", scope: "col", class: classOf(column), text: column.label })
    );
    const body = element("tbody", { role: "rowgroup" });
    this.#table = element(
      "table",
      { role: "table", "aria-labelledby": labelledBy },
      element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...titles)),
      body,
    );
    this.#empty = element("p", { class: "empty", text: empty });
    this.#more = element("p", { class: "empty" });
    this.#more.hidden = true;
    this.#table.hidden = true;
    this.#rowsMax = rowsMax;
    parent.append(this.#table, this.#empty, this.#more);
    this.#list = new KeyedList(body, () => rowNode(columns, detail));
  }

  render(entries: readonly (readonly [key: string, row: Row])[]): void {
    this.#list.render(entries.slice(0, this.#rowsMax));
    this.#table.hidden = entries.length === 0;
    this.#empty.hidden = entries.length > 0;
    this.#more.hidden = entries.length <= this.#rowsMax;
    if (!this.#more.hidden) setText(this.#more, `${entries.length - this.#rowsMax} more are not shown`);
  }

  /** Draws again what changes with time alone. */
  refresh(): void {
    this.#list.refresh();
  }
}

function rowNode<Row>(columns: readonly Column<Row>[], makeDetail: MakeDetail<Row> | undefined): RowNode<Row> {
  const cells = columns.map((column) => cellNode(column));
  const node = element("tr", { role: "row" }, ...cells.map((cell) => cell.node));
  const opener = node.querySelector<HTMLButtonElement>("button.opens");
  const detail = makeDetail === undefined || opener === null
    ? null
    : new Detail(node, opener, columns.length, makeDetail);
  return {
    node,
    tail: () => detail?.node ?? null,
    update: (row) => {
      cells.forEach((cell) => cell.update(row));
      detail?.update(row);
    },
  };
}

/** Numbers the details of the page, so that a button can name what it opens. */
let details = 0;

/** A row of its own below another one, made when it is opened. */
class Detail<Row> {
  node: HTMLElement | null = null;
  readonly #head: HTMLElement;
  readonly #opener: HTMLButtonElement;
  readonly #span: number;
  readonly #make: MakeDetail<Row>;
  readonly #id = `detail-${++details}`;
  #content: RowNode<Row> | null = null;
  #row: Row | null = null;

  constructor(head: HTMLElement, opener: HTMLButtonElement, span: number, make: MakeDetail<Row>) {
    this.#head = head;
    this.#opener = opener;
    this.#span = span;
    this.#make = make;
    setAttribute(opener, "aria-expanded", "false");
    opener.addEventListener("click", () => this.#toggle());
  }

  update(row: Row): void {
    this.#row = row;
    this.#content?.update(row);
  }

  #toggle(): void {
    if (this.node !== null) {
      this.node.remove();
      this.node = null;
      this.#content = null;
    } else if (this.#row !== null) {
      this.#content = this.#make();
      this.#content.update(this.#row);
      const cell = element("td", { role: "cell", colspan: String(this.#span), class: "card-wide" }, this.#content.node);
      this.node = element("tr", { role: "row", class: "detail", id: this.#id }, cell);
      this.#head.after(this.node);
    }
    setAttribute(this.#opener, "aria-expanded", this.node === null ? "false" : "true");
    setAttribute(this.#opener, "aria-controls", this.node === null ? null : this.#id);
  }
}

const classOf = <Row>({ kind, card, sized }: Column<Row>): string =>
  `kind-${kind}${card === undefined ? "" : ` card-${card}`}${sized === true ? " sized" : ""}`;

function cellNode<Row>(column: Column<Row>): RowNode<Row> {
  const { label, kind, read, draw, moves, opens } = column;
  const text = opens === true
    ? element("button", { type: "button", class: "value opens" })
    : element("span", { class: "value" });
  const sub = element("small");
  const node = kind === "head"
    ? element("th", { role: "rowheader", scope: "row", class: classOf(column) }, text, sub)
    : element("td", { role: "cell", class: classOf(column), "data-label": label }, text, sub);
  let last: number | null = null;
  const update = (row: Row): void => {
    const cell = read(row);
    setText(text, cell.text);
    setText(sub, cell.sub ?? "");
    setAttribute(node, "data-tone", cell.tone ?? null);
    setAttribute(text, "title", cell.title ?? null);
    draw?.(node, row);
    if (moves === undefined) return;
    const value = moves(row);
    if (value !== null && last !== null && value !== last) flash(text, value > last ? "up" : "down");
    last = value;
  };
  return { node, update };
}
