/**
 * How it went: equity and drawdown, P&L by day, and where it came from.
 * @module
 */

import { formatMoney, money as moneyUnits, parseMoney } from "../../core/units.ts";
import type { Attribution, DayFigures, Findings } from "../findings.ts";
import { type Bar, barChart } from "./bar_chart.ts";
import { figureOf, legend } from "./chart.ts";
import { equityChart } from "./equity_chart.ts";
import { amount, counted, dollarsOf, exactMoney, millisecondsOf, money } from "./format.ts";
import { firstOf, type Markup, markup } from "./markup.ts";
import { dayLabel } from "./scale.ts";
import { coloured, figures, table, unknownPart } from "./table.ts";
import { feesTaken, waterfall } from "./waterfall.ts";

/** More bars than that cannot be told apart: beyond it a bar is several days. */
const BARS_MAX = 120;
const LABELS = 8;
/** Rows of the table: some two years. */
const DAYS_MAX = 800;

export function equitySection({ equity, summary }: Findings): Markup {
  const drawn = equityChart(equity, summary.starting_capital);
  const key = legend([
    ["key-line", "net asset value"],
    ["key-base", "where it started"],
    ["key-deep", "below the highest so far"],
  ]);
  return markup`<section aria-labelledby="equity"><h2 id="equity">Equity and drawdown</h2>${
    drawn === null ? unknownPart("no two moments of net asset value are known") : figureOf(drawn, key)
  }</section>`;
}

export function daysSection({ days }: Findings): Markup {
  const perBar = Math.max(1, Math.ceil(days.length / BARS_MAX));
  const bars = barsOf(days, perBar);
  const drawn = barChart({
    id: "days-chart",
    title: "P&L by day",
    description: `${counted(days.length, "day")}${perBar === 1 ? "" : `, ${perBar} to a bar`}`,
    height: 200,
    bars,
    labelEvery: Math.max(1, Math.ceil(bars.length / LABELS)),
  });
  const span = perBar === 1 ? "" : ` Each bar is ${perBar} days.`;
  const hint = markup`<p class="hint">After fees, dollars, by day of UTC.${span}</p>`;
  return markup`<section aria-labelledby="days"><h2 id="days">P&L by day</h2>${
    drawn === null ? unknownPart("no day was traded") : figureOf(drawn, hint)
  }${figures(days, daysTable)}</section>`;
}

function daysTable(days: readonly DayFigures[]): Markup {
  const { shown, left } = firstOf(days, DAYS_MAX);
  return table({
    id: "days-table",
    caption: `P&L of each day${left === 0 ? "" : `; ${counted(left, "other")} left out`}`,
    columns: [
      { name: "Day", kind: "text" },
      { name: "P&L", kind: "number" },
      { name: "Fills", kind: "number" },
      { name: "Fees", kind: "number" },
    ],
    sortable: shown.length > 1,
    rows: shown.map(({ day, pnl, fills, fees }) => [day, coloured(pnl), amount(fills), money(fees)]),
  });
}

function barsOf(days: readonly DayFigures[], perBar: number): Bar[] {
  const bars: Bar[] = [];
  for (let k = 0; k < days.length; k += perBar) {
    const part = days.slice(k, k + perBar);
    const pnl = sumOf(part.map((day) => day.pnl));
    const fees = sumOf(part.map((day) => day.fees));
    const value = pnl === null ? null : dollarsOf(pnl);
    if (pnl === null || value === null) continue;
    const fills = part.reduce((sum, day) => sum + day.fills, 0);
    const [first, last] = [part[0].day, part[part.length - 1].day];
    const span = first === last ? first : `${first} to ${last}`;
    const text = `${span}\n${money(pnl, true)}, ${counted(fills, "fill")}, fees ${fees === null ? "n/a" : money(fees)}`;
    const at = millisecondsOf(first);
    bars.push({ value, interval: null, label: at === null ? first : dayLabel(at), text });
  }
  return bars;
}

/** Exact; `null` where one is no amount. */
function sumOf(amounts: readonly string[]): string | null {
  let sum = 0;
  for (const each of amounts) {
    const value = parseMoney(each);
    if (value === null) return null;
    sum += value;
  }
  return Number.isSafeInteger(sum) ? formatMoney(moneyUnits(sum)) : null;
}

export function attributionSection({ attribution, summary }: Findings): Markup {
  return markup`<section aria-labelledby="attribution"><h2 id="attribution">Where the P&L comes from</h2>${
    summary.fills === 0 ? unknownPart("nothing was traded") : attributed(attribution)
  }</section>`;
}

function attributed(attribution: Attribution): Markup {
  const drawn = waterfall(attribution);
  const rows = [
    ["Model", attribution.model, "what the outcomes were worth above the mid when it was decided"],
    ["Execution", attribution.execution, "what that mid was worth above the price paid"],
    ["Fees", feesTaken(attribution), "what was paid to the exchange"],
    ["P&L", attribution.total, "the sum of the three"],
  ] as const;
  const parts = table({
    id: "attribution-table",
    caption: "Parts of the P&L",
    columns: [{ name: "Part", kind: "text" }, { name: "Dollars", kind: "number" }, { name: "Meaning", kind: "prose" }],
    rows: rows.map(([name, value, meaning]) => {
      return [name, markup`<span title="${exactMoney(value)} exactly">${coloured(value)}</span>`, meaning];
    }),
  });
  return markup`${drawn ?? unknownPart("the amounts cannot be read")}${parts}`;
}
