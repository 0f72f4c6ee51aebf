/**
 * The same figures by strategy, series, signal and market, and by hour and weekday.
 * @module
 */

import type { Findings, GroupFigures } from "../findings.ts";
import { type Bar, barChart } from "./bar_chart.ts";
import { across } from "./chart.ts";
import { amount, counted, dollars, dollarsOf, money, percent, words } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { type Column, estimate, figures, intervalText, moneyEstimate, table, unknownPart } from "./table.ts";

/** Rows of one table: markets can be thousands, and the best and the worst of them tell most. */
const ROWS_MAX = 100;
/** A longer table is closed at first. */
const ROWS_OPEN = 12;
const FEW = "too few settled events";

const COLUMNS: readonly Column[] = [
  { name: "P&L", kind: "number" },
  { name: "P&L as a bar", kind: "text" },
  { name: "Win rate", kind: "number" },
  { name: "Markets", kind: "number" },
  { name: "Fills", kind: "number" },
  { name: "Contracts", kind: "number" },
  { name: "Fees", kind: "number" },
  { name: "Traded", kind: "number" },
  { name: "Drawdown", kind: "number" },
];

const HOURS: readonly string[] = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
const WEEKDAYS: readonly string[] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export function groupsSection({ by }: Findings): Markup {
  return markup`<section aria-labelledby="groups"><h2 id="groups">By strategy, series, signal and market</h2>
    ${groupTable("strategy", "Strategy", by.strategy, words)}
    ${groupTable("series", "Series", by.series, (name) => name)}
    ${groupTable("signal", "Signal", by.signal, words)}
    ${groupTable("market", "Market", by.market, (name) => name)}
    <p class="hint">Dollars after fees; small below a figure the range that holds it in 95 of 100 cases. Traded: dollars
    bought and sold. Drawdown: the deepest fall of the group's own P&L.</p></section>`;
}

function groupTable(
  id: string,
  title: string,
  groups: readonly GroupFigures[],
  naming: (name: string) => string,
): Markup {
  if (groups.length === 0) return markup`<p class="none">P&L by ${id}: n/a, nothing was traded.</p>`;
  const { shown, left } = extremes(groups);
  const most = shown.reduce((largest, { pnl }) => Math.max(largest, Math.abs(dollarsOf(pnl.value) ?? 0)), 0);
  const without = left === 0 ? "" : `: the best and the worst; ${counted(left, "other")} left out`;
  const rows = table({
    id: `by-${id}`,
    caption: `P&L by ${id}${without}`,
    columns: [{ name: title, kind: "text" }, ...COLUMNS],
    look: "groups",
    sortable: shown.length > 1,
    rows: shown.map((group) => [
      naming(group.name),
      moneyEstimate(group.pnl),
      bar(dollarsOf(group.pnl.value) ?? 0, most),
      estimate(group.win_rate, percent, FEW),
      amount(group.markets),
      amount(group.fills),
      amount(group.contracts),
      money(group.fees),
      money(group.turnover),
      money(group.max_drawdown),
    ]),
  });
  if (shown.length <= ROWS_OPEN) return rows;
  return markup`<details><summary>By ${id}: ${counted(shown.length, "row")}</summary>${rows}</details>`;
}

/** Where there are too many: half of them from the best, half from the worst, in the order they came. */
function extremes(groups: readonly GroupFigures[]): { shown: readonly GroupFigures[]; left: number } {
  if (groups.length <= ROWS_MAX) return { shown: groups, left: 0 };
  const ranked = groups.toSorted((one, other) => (dollarsOf(other.pnl.value) ?? 0) - (dollarsOf(one.pnl.value) ?? 0));
  const shown = [...ranked.slice(0, ROWS_MAX / 2), ...ranked.slice(-ROWS_MAX / 2)];
  return { shown, left: groups.length - shown.length };
}

/** From the middle to the left or the right, as far as its share of the most. */
function bar(value: number, most: number): Markup {
  const share = most === 0 ? 0 : Math.abs(value) / most / 2;
  const tone = value < 0 ? "loss" : "gain";
  const left = across(value < 0 ? 0.5 - share : 0.5);
  return markup`<svg class="share" aria-hidden="true"><rect class="${tone}" x="${left}" width="${
    across(share)
  }"/></svg>`;
}

export function clockSection({ by }: Findings): Markup {
  return markup`<section aria-labelledby="clock"><h2 id="clock">By hour and weekday</h2>
    <div class="columns"><div>${clockChart("hour", "P&L by hour of the day", HOURS, by.hour)}</div>
    <div>${clockChart("weekday", "P&L by weekday", WEEKDAYS, by.weekday)}</div></div>
    <p class="hint">UTC, dollars after fees. The thin lines hold 95 of 100 cases: where they cross zero, the hour or the
    day cannot be told from chance.</p></section>`;
}

/** Every hour and every day has its place, traded or not. */
function clockChart(id: string, title: string, places: readonly string[], groups: readonly GroupFigures[]): Markup {
  const byName = new Map(groups.map((group) => [group.name, group]));
  const drawn = groups.length === 0 ? null : barChart({
    id: `${id}-chart`,
    title,
    description: groups.map(({ name, pnl }) => `${name} ${money(pnl.value)}`).join(", "),
    height: 170,
    bars: places.map((name) => clockBar(name, byName.get(name))),
    labelEvery: places.length > 12 ? 3 : 1,
  });
  const rows = figures(groups.slice(0, places.length), (all) =>
    table({
      id: `by-${id}`,
      caption: title,
      columns: [
        { name: id === "hour" ? "Hour" : "Day", kind: "text" },
        { name: "P&L", kind: "number" },
        { name: "Win rate", kind: "number" },
        { name: "Markets", kind: "number" },
        { name: "Fills", kind: "number" },
      ],
      rows: all.map((group) => [
        group.name,
        moneyEstimate(group.pnl),
        estimate(group.win_rate, percent, FEW),
        amount(group.markets),
        amount(group.fills),
      ]),
    }));
  return markup`<h3>${title}</h3>${drawn ?? unknownPart("nothing was traded")}${rows}`;
}

function clockBar(name: string, group: GroupFigures | undefined): Bar {
  const label = name.slice(0, 3);
  const value = group === undefined ? null : dollarsOf(group.pnl.value);
  if (group === undefined || value === null) return { value: 0, interval: null, text: `${name}: not traded`, label };
  const { pnl, fills, markets } = group;
  const range = pnl.interval === null ? "" : ` (${intervalText(pnl.interval, dollars)})`;
  const text = `${name}: ${money(pnl.value, true)}${range}, ${counted(fills, "fill")} in ${counted(markets, "market")}`;
  return { value, interval: pnl.interval, text, label };
}
