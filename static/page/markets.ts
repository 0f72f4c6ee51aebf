/**
 * The open markets: the book, the model beside it, the edge between them, and the time that is left, searched, filtered and
 * ordered as the reader likes. Below them, quietly, the few that closed last.
 * @module
 */

import type { LiveMarket } from "../../src/server/live_message.ts";
import { element, setAttribute, setHidden, setText } from "./dom.ts";
import { cents, clockTime, contracts, countdown, edge, isNumber, mid, NONE, percent } from "./format.ts";
import {
  chooseMarkets,
  FILTERS,
  type MarketChoice,
  type MarketFilter,
  type MarketOrder,
  ORDERS,
} from "./market_choice.ts";
import { hashOf } from "./route.ts";
import { drawSparkline } from "./sparkline.ts";
import { strikeText, strikeWords } from "./strike.ts";
import { type Cell, type Column, DataTable, type Tone } from "./table.ts";
import type { Timeline } from "./timeline.ts";

/** Closed markets that are still shown, for their result. */
const CLOSED_ROWS_MAX = 4;
const SOON_SECONDS = 60;
/** Statuses after which nothing trades, and how they are called here. */
export const ENDED: Readonly<Record<string, string>> = {
  closed: "closed",
  determined: "determined",
  disputed: "disputed",
  amended: "amended",
  finalized: "settled",
};
export const BOOK_TONES: Readonly<Record<LiveMarket["bookPhase"], Tone>> = {
  synced: "good",
  syncing: "warn",
  stale: "bad",
  empty: "dim",
};
/** What grows from small to large when first asked for, and what starts with the largest. */
const DESCENDING: ReadonlySet<MarketOrder> = new Set(["edge", "model"]);

type Entries = readonly (readonly [ticker: string, market: LiveMarket])[];

export interface MarketsOptions {
  /** The run's clock. */
  readonly nowMs: () => number;
  /** The mid of each market over time. */
  readonly mids: Timeline;
  /** Tickers with a position or an order. */
  readonly held: () => ReadonlySet<string>;
  /** Contracts before our orders in a market, in words; `""` where none of them rests. */
  readonly queue: (ticker: string) => string;
}

export class MarketsPanel {
  readonly #table: DataTable<LiveMarket>;
  readonly #closedTable: DataTable<LiveMarket>;
  readonly #closedGroup: HTMLElement;
  readonly #options: MarketsOptions;
  readonly #search = element("input", {
    id: "markets-search",
    type: "search",
    autocomplete: "off",
    placeholder: "Search",
  });
  readonly #filter = select("markets-filter", FILTERS);
  readonly #order = select("markets-order", ORDERS);
  readonly #turn = element("button", { type: "button", class: "quiet" });
  readonly #found = element("span", { class: "detail", role: "status" });
  #choice: MarketChoice = { search: "", filter: "all", order: "closes", descending: false };
  #entries: Entries = [];

  constructor(parent: HTMLElement, options: MarketsOptions) {
    this.#options = options;
    // Ladders have hundreds of markets: what stands below them must stay in reach.
    const scroll = element("div", {
      class: "scroll windowed",
      tabindex: "0",
      role: "region",
      "aria-labelledby": "markets-title",
    });
    parent.append(this.#bar(), scroll);
    this.#table = new DataTable(scroll, {
      columns: this.#columns(),
      labelledBy: "markets-title",
      empty: "No market is open",
      rowsMax: Infinity,
      scroll,
      onOrder: (order) => this.#orderBy(order as MarketOrder),
    });
    this.#closedGroup = element(
      "div",
      { class: "closed" },
      element("h3", { id: "markets-closed-title", text: "Closed and settled" }),
    );
    this.#closedTable = new DataTable(this.#closedGroup, {
      columns: CLOSED_COLUMNS,
      labelledBy: "markets-closed-title",
      empty: "",
      rowsMax: CLOSED_ROWS_MAX,
    });
    this.#closedGroup.hidden = true;
    parent.append(this.#closedGroup);
    this.#choose({});
  }

  /** @returns how many are open */
  render(entries: Entries): number {
    this.#entries = entries;
    const now = this.#options.nowMs();
    const ended = ({ status, closeTime }: LiveMarket): boolean => status in ENDED || Date.parse(closeTime) <= now;
    const [open, over]: [Entries[number][], Entries[number][]] = [[], []];
    for (const entry of entries) (ended(entry[1]) ? over : open).push(entry);
    const closed = chooseMarkets(over, CLOSED_CHOICE, new Set());
    const chosen = chooseMarkets(open, this.#choice, this.#options.held());
    this.#table.render(chosen);
    this.#closedTable.render(closed.slice(0, CLOSED_ROWS_MAX));
    setHidden(this.#closedGroup, closed.length === 0);
    setText(this.#found, chosen.length === open.length ? "" : `${chosen.length} of ${open.length}`);
    return open.length;
  }

  refresh(): void {
    this.#table.refresh();
  }

  #bar(): HTMLElement {
    this.#search.addEventListener("input", () => this.#choose({ search: this.#search.value }));
    this.#filter.addEventListener("change", () => this.#choose({ filter: this.#filter.value as MarketFilter }));
    this.#order.addEventListener("change", () => this.#orderBy(this.#order.value as MarketOrder));
    this.#turn.addEventListener("click", () => this.#choose({ descending: !this.#choice.descending }));
    return element(
      "div",
      { class: "table-bar" },
      element("label", { for: "markets-search", class: "unseen", text: "Search markets" }),
      this.#search,
      element("label", { for: "markets-filter", class: "unseen", text: "Which markets" }),
      this.#filter,
      element("label", { for: "markets-order", text: "by" }),
      this.#order,
      this.#turn,
      this.#found,
    );
  }

  /** The same order once more goes the other way. */
  #orderBy(order: MarketOrder): void {
    const again = order === this.#choice.order;
    this.#choose({ order, descending: again ? !this.#choice.descending : DESCENDING.has(order) });
  }

  #choose(change: Partial<MarketChoice>): void {
    this.#choice = { ...this.#choice, ...change };
    const { order, descending } = this.#choice;
    this.#order.value = order;
    setText(this.#turn, descending ? "↓" : "↑");
    setAttribute(this.#turn, "aria-label", descending ? "Falling; turn round" : "Rising; turn round");
    this.#table.showOrder(order, descending);
    this.render(this.#entries);
  }

  #columns(): readonly Column<LiveMarket>[] {
    return [
      {
        label: "Market",
        kind: "head",
        order: "ticker",
        link: ({ ticker }) => hashOf({ kind: "market", ticker }),
        read: (row) => ({ text: row.ticker, tone: statusTone(row.status), title: `${row.ticker}: ${row.status}` }),
      },
      {
        label: "Strike",
        kind: "number",
        card: "double",
        order: "strike",
        read: (row) => ({ text: strikeText(row), title: strikeWords(row) }),
      },
      {
        label: "Bid",
        kind: "number",
        order: "bid",
        sized: "long",
        read: (row) => ({ text: cents(row.bid), sub: row.bidSize === null ? "" : `×${contracts(row.bidSize)}` }),
        moves: (row) => row.bid === null ? null : Number(row.bid),
      },
      {
        label: "Ask",
        kind: "number",
        order: "ask",
        sized: "long",
        read: (row) => ({ text: cents(row.ask), sub: row.askSize === null ? "" : `×${contracts(row.askSize)}` }),
        moves: (row) => row.ask === null ? null : Number(row.ask),
      },
      { label: "Spread", kind: "number", order: "spread", read: (row) => ({ text: cents(row.spread) }) },
      {
        label: "Model",
        kind: "number",
        order: "model",
        sized: "short",
        read: (row) => ({
          text: percent(row.modelProbability),
          sub: isNumber(row.modelProbability) && isNumber(row.modelError)
            ? `±${(row.modelError * 100).toFixed(1)}`
            : "",
          tone: "accent",
        }),
      },
      { label: "Mid", kind: "number", card: "left-out", read: (row) => ({ text: mid(row.bid, row.ask) }) },
      {
        label: "Its way",
        kind: "drawing",
        card: "left-out",
        read: () => ({ text: "" }),
        draw: (cell, row) => drawSparkline(cell, this.#options.mids.of(row.ticker)),
      },
      { label: "0 to 100¢", kind: "drawing", card: "wide", read: () => ({ text: "" }), draw: drawRail },
      { label: "Edge", kind: "number", order: "edge", sized: "short", read: edgeCell },
      {
        label: "Queue",
        kind: "number",
        card: "left-out",
        narrow: true,
        read: (row) => ({ text: this.#options.queue(row.ticker) || NONE, tone: "dim" }),
      },
      {
        label: "Closes in",
        kind: "number",
        order: "closes",
        card: "corner",
        read: (row) => {
          const { text, sub, tone } = countdownCell(row, this.#options.nowMs());
          return { text, tone, title: sub };
        },
      },
      {
        label: "Book",
        kind: "chip",
        narrow: true,
        read: (row) => ({ text: row.bookPhase, tone: BOOK_TONES[row.bookPhase] }),
      },
      {
        label: "Trading",
        kind: "prose",
        card: "wide",
        read: (row) =>
          row.whyNot === null
            ? { text: "May trade", tone: "good" }
            : { text: reasonAlone(row.whyNot), tone: "dim", title: row.whyNot },
      },
    ];
  }
}

/** Without the strategy that it is of: a row has no room for both, and the market's view names every strategy. */
const reasonAlone = (whyNot: string): string => whyNot.replace(/^[a-z_]+: /, "");

/** Newest first. */
const CLOSED_CHOICE: MarketChoice = { search: "", filter: "all", order: "closes", descending: true };

function select(id: string, options: Readonly<Record<string, string>>): HTMLSelectElement {
  const entries = Object.entries(options).map(([value, text]) => element("option", { value, text }));
  return element("select", { id }, ...entries);
}

/** The time to a market's close, and to its opening before that. */
export function countdownCell(row: LiveMarket, nowMs: number): Cell {
  const toOpen = (Date.parse(row.openTime) - nowMs) / 1_000;
  const toClose = (Date.parse(row.closeTime) - nowMs) / 1_000;
  if (toOpen > 0) return { text: countdown(toClose), sub: `opens in ${countdown(toOpen)}`, tone: "dim" };
  if (toClose <= 0) return { text: "closed", tone: "dim" };
  return { text: countdown(toClose), tone: toClose <= SOON_SECONDS ? "warn" : "flat" };
}

const CLOSED_COLUMNS: readonly Column<LiveMarket>[] = [
  { label: "Market", kind: "head", read: (row) => ({ text: row.ticker, tone: "dim" }) },
  { label: "Strike", kind: "number", read: (row) => ({ text: strikeText(row), tone: "dim" }) },
  {
    label: "Closed at",
    kind: "number",
    read: (row) => ({ text: `${clockTime(row.closeTime).slice(0, 5)} UTC`, tone: "dim" }),
  },
  {
    label: "Status",
    kind: "chip",
    card: "corner",
    read: (row) => ({ text: ENDED[row.status] ?? "closed", tone: "dim" }),
  },
];

const statusTone = (status: string): Tone => status === "active" ? "flat" : "dim";

function edgeCell({ edge: value, edgeSide }: LiveMarket): Cell {
  if (!isNumber(value)) return { text: NONE, tone: "dim" };
  return { text: edge(value), sub: edgeSide?.toUpperCase() ?? "", tone: value > 0 ? "gain" : "dim" };
}

/** From 0 to 100 cents: the spread as a band, the model's probability as a mark. */
function drawRail(cell: HTMLElement, row: LiveMarket): void {
  let rail = cell.querySelector<HTMLElement>(".rail");
  if (rail === null) {
    rail = element(
      "div",
      { class: "rail", role: "img" },
      element("i", { class: "band" }),
      element("i", { class: "mark" }),
    );
    cell.append(rail);
  }
  const bid = row.bid === null ? null : Number(row.bid);
  const ask = row.ask === null ? null : Number(row.ask);
  rail.style.setProperty("--bid", String(bid ?? 0));
  rail.style.setProperty("--ask", String(ask ?? 1));
  setAttribute(rail, "data-book", bid === null && ask === null ? "none" : "some");
  const model = row.modelProbability;
  if (isNumber(model)) rail.style.setProperty("--model", String(model));
  setAttribute(rail, "data-model", isNumber(model) ? "some" : "none");
  setAttribute(rail, "aria-label", `Bid ${cents(row.bid)}, ask ${cents(row.ask)}, model ${percent(model)}`);
}
