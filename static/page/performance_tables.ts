/** What trading came to, in rows: by group, and how often what was believed came true. */

import type { PerformanceView } from "../../src/server/api/performance_shapes.ts";
import { element } from "./dom.ts";
import { estimatedMoney, money, NONE, percent, range, signOf, words } from "./format.ts";
import { type Column, DataTable, type TableOptions } from "./table.ts";

type Groups = PerformanceView["by"];
type Group = Groups["strategy"][number];
type Bucket = PerformanceView["calibration"][number];

const GROUPINGS: Readonly<Record<keyof Groups, string>> = {
  strategy: "Strategy",
  series: "Series",
  signal: "Signal",
  hour: "Hour (UTC)",
  weekday: "Weekday",
  market: "Market",
};
const ROWS_MAX = 40;

const GROUP_COLUMNS: readonly Column<Group>[] = [
  { label: "Group", kind: "head", read: (row) => ({ text: words(row.name) }) },
  { label: "Markets", kind: "number", read: (row) => ({ text: String(row.markets), tone: "dim" }) },
  { label: "Fills", kind: "number", read: (row) => ({ text: String(row.fills), tone: "dim" }) },
  { label: "Fees", kind: "number", read: (row) => ({ text: money(row.fees), tone: "dim" }) },
  {
    label: "P&L",
    kind: "number",
    card: "corner",
    read: ({ pnl }) => ({ text: money(pnl.value, true), tone: signOf(pnl.value) }),
  },
  {
    label: "In 95 of 100 cases",
    kind: "number",
    card: "left-out",
    read: ({ pnl }) => ({ text: range(pnl.interval, (value) => estimatedMoney(value, true)) || NONE, tone: "dim" }),
  },
  { label: "Won", kind: "number", read: ({ win_rate: { value } }) => ({ text: percent(value) }) },
  {
    label: "Drawdown",
    kind: "number",
    card: "left-out",
    read: (row) => ({ text: money(row.max_drawdown), tone: "dim" }),
  },
];

const BUCKET_COLUMNS: readonly Column<Bucket>[] = [
  {
    label: "Believed",
    kind: "head",
    read: ({ p_low, p_high }) => ({ text: `${Math.round(p_low * 100)} to ${Math.round(p_high * 100)}%` }),
  },
  { label: "Markets", kind: "number", read: ({ n }) => ({ text: String(n), tone: "dim" }) },
  { label: "On average", kind: "number", read: ({ mean_p }) => ({ text: percent(mean_p) }) },
  {
    label: "Came true",
    kind: "number",
    card: "corner",
    read: ({ yes_rate: { value } }) => ({ text: percent(value), tone: "accent" }),
  },
  {
    label: "In 95 of 100 cases",
    kind: "number",
    card: "double",
    read: ({ yes_rate }) => ({ text: range(yes_rate.interval, percent) || NONE, tone: "dim" }),
  },
];

/** A table below its title, which stands in a bar with what is chosen. */
function titledTable<Row>(
  title: HTMLElement,
  shown: Pick<TableOptions<Row>, "columns" | "empty">,
  ...chosen: readonly HTMLElement[]
): readonly [node: HTMLElement, table: DataTable<Row>] {
  const place = element("div");
  const bar = element("div", { class: "table-bar" }, title, ...chosen);
  const node = element("div", { class: "performance-table" }, bar, place);
  return [node, new DataTable(place, { ...shown, labelledBy: title.id, rowsMax: ROWS_MAX })];
}

/** Profit and loss by one of several groupings. */
export class GroupsTable {
  readonly node: HTMLElement;
  readonly #choice = element(
    "select",
    { id: "performance-by" },
    ...Object.entries(GROUPINGS).map(([value, text]) => element("option", { value, text })),
  );
  readonly #table: DataTable<Group>;
  #groups: Groups | null = null;

  constructor() {
    const title = element("h3", { id: "performance-groups-title", text: "Profit and loss by group" });
    const label = element("label", { for: "performance-by", class: "unseen", text: "Grouped by" });
    const empty = "Nothing was traded yet";
    [this.node, this.#table] = titledTable(title, { columns: GROUP_COLUMNS, empty }, label, this.#choice);
    this.#choice.addEventListener("change", () => this.#draw());
  }

  render(groups: Groups): void {
    this.#groups = groups;
    this.#draw();
  }

  #draw(): void {
    const rows = this.#groups?.[this.#choice.value as keyof Groups] ?? [];
    this.#table.render(rows.map((row) => [row.name, row] as const));
  }
}

/** How often what was believed came true, as a table beside its drawing. */
export class ReliabilityTable {
  readonly node: HTMLElement;
  readonly #table: DataTable<Bucket>;

  constructor() {
    const title = element("h3", { id: "reliability-title", text: "Reliability" });
    const empty = "Nothing that was believed has settled yet";
    [this.node, this.#table] = titledTable(title, { columns: BUCKET_COLUMNS, empty });
  }

  /** Of buckets that nothing fell into there is nothing to tell. */
  render(buckets: PerformanceView["calibration"]): void {
    this.#table.render(buckets.filter(({ n }) => n > 0).map((row) => [String(row.p_low), row] as const));
  }
}
