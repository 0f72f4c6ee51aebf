/**
 * The open markets: the book, the model beside it, the edge between them, and the time that is left. Below them, quietly,
 * the few that closed last.
 */

import type { LiveMarket } from "../../src/server/live_message.ts";
import { element, setAttribute, setHidden } from "./dom.ts";
import { cents, clockTime, contracts, countdown, dollars, edge, isNumber, NONE, percent } from "./format.ts";
import { stancesNode } from "./stances.ts";
import { type Cell, type Column, DataTable, type Tone } from "./table.ts";

const ROWS_MAX = 200;
/** Closed markets that are still shown, for their result. */
const CLOSED_ROWS_MAX = 4;
const SOON_SECONDS = 60;
/** Statuses after which nothing trades, and how they are called here. */
const ENDED: Readonly<Record<string, string>> = {
  closed: "closed",
  determined: "determined",
  disputed: "disputed",
  amended: "amended",
  finalized: "settled",
};
const OPENS = "What every strategy says";
const PHASES: Record<LiveMarket["bookPhase"], Tone> = { synced: "good", syncing: "warn", stale: "bad", empty: "dim" };

export class MarketsPanel {
  readonly #table: DataTable<LiveMarket>;
  readonly #closedTable: DataTable<LiveMarket>;
  readonly #closedGroup: HTMLElement;
  readonly #nowMs: () => number;

  /** @param nowMs the run's clock */
  constructor(parent: HTMLElement, nowMs: () => number) {
    this.#nowMs = nowMs;
    // Ladders have hundreds of markets: what stands below them must stay in reach.
    const scroll = element("div", {
      class: "scroll",
      tabindex: "0",
      role: "region",
      "aria-labelledby": "markets-title",
    });
    parent.append(scroll);
    this.#table = new DataTable(scroll, {
      columns: this.#columns(),
      labelledBy: "markets-title",
      empty: "No market is open",
      rowsMax: ROWS_MAX,
      detail: stancesNode,
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
  }

  /**
   * Soonest to close first; in the group below the few that closed last, newest first.
   *
   * @returns how many are open
   */
  render(entries: readonly (readonly [ticker: string, market: LiveMarket])[]): number {
    const now = this.#nowMs();
    const sorted = [...entries].sort(([, a], [, b]) =>
      a.closeTime < b.closeTime ? -1 : a.closeTime > b.closeTime ? 1 : a.ticker < b.ticker ? -1 : 1
    );
    const ended = ({ status, closeTime }: LiveMarket): boolean => status in ENDED || Date.parse(closeTime) <= now;
    const open = sorted.filter(([, market]) => !ended(market));
    const closed = sorted.filter(([, market]) => ended(market)).reverse();
    this.#table.render(open);
    this.#closedTable.render(closed.slice(0, CLOSED_ROWS_MAX));
    setHidden(this.#closedGroup, closed.length === 0);
    return open.length;
  }

  refresh(): void {
    this.#table.refresh();
  }

  #columns(): readonly Column<LiveMarket>[] {
    return [
      {
        label: "Market",
        kind: "head",
        read: (row) => ({ text: row.ticker, tone: statusTone(row.status), title: row.status }),
      },
      { label: "Strike", kind: "number", read: (row) => ({ text: dollars(row.strike) }) },
      {
        label: "Bid",
        kind: "number",
        sized: true,
        read: (row) => ({ text: cents(row.bid), sub: row.bidSize === null ? "" : `×${contracts(row.bidSize)}` }),
        moves: (row) => row.bid === null ? null : Number(row.bid),
      },
      {
        label: "Ask",
        kind: "number",
        sized: true,
        read: (row) => ({ text: cents(row.ask), sub: row.askSize === null ? "" : `×${contracts(row.askSize)}` }),
        moves: (row) => row.ask === null ? null : Number(row.ask),
      },
      { label: "Spread", kind: "number", read: (row) => ({ text: cents(row.spread) }) },
      { label: "Model", kind: "number", read: (row) => ({ text: percent(row.modelProbability), tone: "accent" }) },
      { label: "0 to 100¢", kind: "drawing", card: "wide", read: () => ({ text: "" }), draw: drawRail },
      { label: "Edge", kind: "number", sized: true, read: edgeCell },
      { label: "Closes in", kind: "number", card: "corner", read: (row) => this.#countdownCell(row) },
      { label: "Book", kind: "chip", read: (row) => ({ text: row.bookPhase, tone: PHASES[row.bookPhase] }) },
      {
        label: "Trading",
        kind: "prose",
        card: "wide",
        opens: true,
        read: (row) =>
          row.whyNot === null
            ? { text: "May trade", tone: "good", title: OPENS }
            : { text: row.whyNot, tone: "dim", title: OPENS },
      },
    ];
  }

  #countdownCell(row: LiveMarket): Cell {
    const now = this.#nowMs();
    const toOpen = (Date.parse(row.openTime) - now) / 1_000;
    const toClose = (Date.parse(row.closeTime) - now) / 1_000;
    if (toOpen > 0) return { text: countdown(toClose), sub: `opens in ${countdown(toOpen)}`, tone: "dim" };
    if (toClose <= 0) return { text: "closed", tone: "dim" };
    return { text: countdown(toClose), tone: toClose <= SOON_SECONDS ? "warn" : "flat" };
  }
}

const CLOSED_COLUMNS: readonly Column<LiveMarket>[] = [
  { label: "Market", kind: "head", read: (row) => ({ text: row.ticker, tone: "dim" }) },
  { label: "Strike", kind: "number", read: (row) => ({ text: dollars(row.strike), tone: "dim" }) },
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
