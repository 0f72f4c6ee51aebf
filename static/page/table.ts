/**
 * A table from a list of columns. On a narrow screen the same rows become cards by style alone, each value with its
 * column's name; the roles are written out because changing `display` would take them away.
 * @module
 */

import { element, flash, KeyedList, type RowNode, setAttribute, setHidden, setText } from "./dom.ts";
import { rowWindow } from "./row_window.ts";

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
  /** How it stands on a card: `corner` beside the row's name, `double` as wide as two, `wide` as the card, `left-out` not at all. */
  readonly card?: "corner" | "double" | "wide" | "left-out";
  /** Where `sub` is always there, how long it is, so that the numbers before it stand below each other. */
  readonly sized?: "long" | "short";
  /** It makes room for others where the screen is not wide. */
  readonly narrow?: boolean;
  readonly read: (row: Row) => Cell;
  /** For what is not text; called with the cell after the text was set. */
  readonly draw?: (cell: HTMLElement, row: Row) => void;
  /** The number whose moves are shown by a short glow. */
  readonly moves?: (row: Row) => number | null;
  /** Where its text leads to; a click anywhere on the row leads there too. */
  readonly link?: (row: Row) => string;
  /** What the rows are ordered by when its title is pressed. */
  readonly order?: string;
}

export interface TableOptions<Row> {
  readonly columns: readonly Column<Row>[];
  readonly labelledBy: string;
  readonly empty: string;
  /** More rows are counted, not shown; where `scroll` is set, all are shown and this is of no account. */
  readonly rowsMax: number;
  /** What the table scrolls in: then only rows in sight are made, and all rows must be of one height. */
  readonly scroll?: HTMLElement;
  /** Called when a title that has an `order` is pressed. */
  readonly onOrder?: (order: string) => void;
}

/** What rows of one height are taken to be high before one has been measured, in pixels. */
const ROW_HEIGHT_FIRST = 34;

type Entries<Row> = readonly (readonly [key: string, row: Row])[];

export class DataTable<Row> {
  readonly #list: KeyedList<Row>;
  readonly #table: HTMLElement;
  readonly #body: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #more = element("p", { class: "empty" });
  readonly #above = element("tbody", { class: "room", "aria-hidden": "true" }, spacer());
  readonly #below = element("tbody", { class: "room", "aria-hidden": "true" }, spacer());
  readonly #titles = new Map<string, HTMLElement>();
  readonly #options: TableOptions<Row>;
  #entries: Entries<Row> = [];
  #rowHeight = ROW_HEIGHT_FIRST;
  #measuredWidth = -1;

  constructor(parent: HTMLElement, options: TableOptions<Row>) {
    const { columns, labelledBy, empty, scroll } = options;
    this.#options = options;
    const titles = columns.map((column) => this.#title(column));
    this.#body = element("tbody", { role: "rowgroup" });
    const head = element(
      "thead",
      { role: "rowgroup" },
      element("tr", { role: "row", "aria-rowindex": "1" }, ...titles),
    );
    const rooms = scroll === undefined ? [this.#body] : [this.#above, this.#body, this.#below];
    this.#table = element("table", { role: "table", "aria-labelledby": labelledBy }, head, ...rooms);
    this.#empty = element("p", { class: "empty", text: empty });
    this.#more.hidden = true;
    this.#table.hidden = true;
    parent.append(this.#table, this.#empty, this.#more);
    this.#list = new KeyedList(this.#body, () => rowNode(columns));
    if (scroll === undefined) return;
    scroll.addEventListener("scroll", () => this.#place(), { passive: true });
    new ResizeObserver(() => this.#place()).observe(scroll);
    this.#body.addEventListener("keydown", (event) => this.#walk(event));
  }

  render(entries: Entries<Row>): void {
    this.#entries = entries;
    const { rowsMax, scroll } = this.#options;
    this.#table.hidden = entries.length === 0;
    this.#empty.hidden = entries.length > 0;
    if (scroll !== undefined) return this.#place();
    this.#list.render(entries.slice(0, rowsMax));
    this.#more.hidden = entries.length <= rowsMax;
    if (!this.#more.hidden) setText(this.#more, `${entries.length - rowsMax} more are not shown`);
  }

  /** Draws again what changes with time alone. */
  refresh(): void {
    this.#list.refresh();
  }

  /** Shows what the rows are ordered by. */
  showOrder(order: string, descending: boolean): void {
    for (const [name, title] of this.#titles) {
      setAttribute(title, "aria-sort", name === order ? descending ? "descending" : "ascending" : null);
    }
  }

  /** Makes the rows in sight. */
  #place(): void {
    const { scroll } = this.#options;
    if (scroll === undefined || this.#entries.length === 0) return this.#list.render([]);
    this.#make(scroll);
    if (scroll.clientWidth === this.#measuredWidth) return;
    // Another width may mean other rows; measured once, because asking makes the browser lay out the page.
    const row = this.#body.firstElementChild;
    const height = row?.getBoundingClientRect().height ?? 0;
    if (height === 0) return;
    this.#measuredWidth = scroll.clientWidth;
    this.#rowHeight = height;
    this.#make(scroll);
  }

  #make(scroll: HTMLElement): void {
    const { first, end, above, below } = rowWindow(
      this.#entries.length,
      this.#rowHeight,
      scroll.scrollTop,
      scroll.clientHeight,
    );
    this.#list.render(this.#entries.slice(first, end));
    setAttribute(this.#table, "aria-rowcount", String(this.#entries.length + 1));
    [...this.#body.children].forEach((row, k) => setAttribute(row, "aria-rowindex", String(first + k + 2)));
    setRoom(this.#above, above);
    setRoom(this.#below, below);
  }

  /** Up, Down, Home and End walk along the rows, those out of sight too. */
  #walk(event: KeyboardEvent): void {
    const { scroll } = this.#options;
    const row = event.target instanceof Element ? event.target.closest("tr") : null;
    if (scroll === undefined || row === null) return;
    const at = Number(row.getAttribute("aria-rowindex")) - 2;
    const last = this.#entries.length - 1;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const wanted = Math.min(last, Math.max(0, to));
    const top = wanted * this.#rowHeight;
    // The titles stay in sight and hide what lies below them.
    const room = scroll.clientHeight - 2 * this.#rowHeight;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (top > scroll.scrollTop + room) scroll.scrollTop = top - room;
    this.#place();
    this.#body.querySelector<HTMLElement>(`tr[aria-rowindex="${wanted + 2}"] a`)?.focus({ preventScroll: true });
  }

  #title(column: Column<Row>): HTMLElement {
    const { label, order } = column;
    const { onOrder } = this.#options;
    const node = element("th", { role: "columnheader", scope: "col", class: classOf(column) });
    if (order === undefined || onOrder === undefined) {
      node.textContent = label;
      return node;
    }
    const button = element("button", { type: "button", class: "order", text: label });
    button.addEventListener("click", () => onOrder(order));
    node.append(button);
    this.#titles.set(order, node);
    return node;
  }
}

const spacer = (): HTMLElement => element("tr", {}, element("td"));

function setRoom(body: HTMLElement, height: number): void {
  const cell = body.querySelector("td");
  const wanted = `${height}px`;
  if (cell !== null && cell.style.height !== wanted) cell.style.height = wanted;
  setHidden(body, height === 0);
}

function rowNode<Row>(columns: readonly Column<Row>[]): RowNode<Row> {
  const cells = columns.map((column) => cellNode(column));
  const node = element("tr", { role: "row" }, ...cells.map((cell) => cell.node));
  const link = node.querySelector<HTMLAnchorElement>("a.opens");
  if (link !== null) {
    node.classList.add("leads");
    node.addEventListener("click", ({ target }) => {
      // What is selected is to be copied.
      const selected = (getSelection()?.toString() ?? "") !== "";
      if (!selected && target instanceof Element && target.closest("a, button") === null) link.click();
    });
  }
  return { node, update: (row) => cells.forEach((cell) => cell.update(row)) };
}

const classOf = <Row>({ kind, card, sized, narrow }: Column<Row>): string =>
  `kind-${kind}${card === undefined ? "" : ` card-${card}`}${sized === undefined ? "" : ` sized ${sized}`}${
    narrow === true ? " makes-room" : ""
  }`;

function cellNode<Row>(column: Column<Row>): RowNode<Row> {
  const { label, kind, read, draw, moves, link } = column;
  const text = link === undefined ? element("span", { class: "value" }) : element("a", { class: "value opens" });
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
    if (link !== undefined) setAttribute(text, "href", link(row));
    draw?.(node, row);
    if (moves === undefined) return;
    const value = moves(row);
    if (value !== null && last !== null && value !== last) flash(text, value > last ? "up" : "down");
    last = value;
  };
  return { node, update };
}
