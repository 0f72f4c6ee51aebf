/**
 * Net asset value over time, and below it how far it lay under its highest so far.
 * @module
 */

import type { EquityPoint } from "../findings.ts";
import { chart, levelLine, strip, WIDTH } from "./chart.ts";
import { axisDollars, dollarsOf, millisecondsOf, moment, money, percent } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { stepArea, stepPath, thin } from "./path.ts";
import { type Domain, domainOf, place, roundTicks, timeTicks } from "./scale.ts";

const TOP = 20;
const EQUITY_END = 220;
const DRAWDOWN_START = 246;
const HEIGHT = 316;
/** Columns of a wide screen that are told apart. */
const COLUMNS = 300;
/** Places that tell their figures when pointed at. */
const STRIPS = 120;

interface Known {
  readonly at: number;
  readonly nav: number;
  readonly point: EquityPoint;
}

/** `null` where there are not two points to connect. */
export function equityChart(equity: readonly EquityPoint[], startingCapital: string): Markup | null {
  const known = readable(equity);
  const time = domainOf(known.map(({ at }) => at));
  const start = dollarsOf(startingCapital);
  const value = domainOf([...known.map(({ nav }) => nav), start], 0.06);
  if (known.length < 2 || time === null || value === null) return null;
  const deepest = known.reduce((most, { point }) => Math.max(most, point.drawdown), 0);
  const depth: Domain = { low: 0, high: Math.max(deepest * 1.15, 0.001) };
  const x = (at: number): number => place(time, at, 0, WIDTH);
  const equityLine = thin(known.map(({ at, nav }) => ({ x: x(at), y: place(value, nav, EQUITY_END, TOP) })), COLUMNS);
  const drawdownLine = thin(
    known.map(({ at, point }) => ({ x: x(at), y: place(depth, point.drawdown, DRAWDOWN_START, HEIGHT) })),
    COLUMNS,
  );
  const { values, step } = roundTicks(value, 4);
  const depths = roundTicks(depth, 2);
  const [first, last] = [known[0], known[known.length - 1]];
  return chart({
    id: "equity-chart",
    title: "Net asset value and drawdown",
    description:
      `Net asset value from ${money(first.point.nav)} to ${money(last.point.nav)}, ${moment(first.point.at)} to ` +
      `${moment(last.point.at)} UTC; the deepest drawdown is ${percent(deepest, 2)}`,
    height: HEIGHT,
    across: timeTicks(time, 10).map(({ at, label }) => ({ at: x(at) / WIDTH, label })),
    levels: [
      ...values.map((each) => ({ y: place(value, each, EQUITY_END, TOP), label: axisDollars(each, step) })),
      ...depths.values.filter((each) => each > 0).map((each) => ({
        y: place(depth, each, DRAWDOWN_START, HEIGHT),
        label: `−${percent(each, depths.step < 0.001 ? 2 : depths.step < 0.01 ? 1 : 0)}`,
      })),
    ],
    lines: markup`${start === null ? null : levelLine(place(value, start, EQUITY_END, TOP))}
      <path class="area" d="${stepArea(equityLine, EQUITY_END)}"/>
      <path class="line" d="${stepPath(equityLine)}"/>${levelLine(DRAWDOWN_START)}
      <path class="deep" d="${stepArea(drawdownLine, DRAWDOWN_START)}"/>`,
    marks: markup`${named("net asset value, dollars", TOP - 7)}
      ${named("drawdown, per cent of the highest so far", DRAWDOWN_START - 7)}${strips(known, x)}`,
  });
}

function readable(equity: readonly EquityPoint[]): Known[] {
  const known: Known[] = [];
  for (const point of equity) {
    const at = millisecondsOf(point.at);
    const nav = dollarsOf(point.nav);
    if (at !== null && nav !== null) known.push({ at, nav, point });
  }
  return known.sort((one, other) => one.at - other.at);
}

const named = (name: string, y: number): Markup =>
  markup`<text class="name" x="100%" y="${y}" text-anchor="end">${name}</text>`;

/** Each strip tells the last point within it. */
function strips(known: readonly Known[], x: (at: number) => number): Markup[] {
  const marks: Markup[] = [];
  let at = 0;
  for (let k = 0; k < STRIPS; k++) {
    const end = (k + 1) / STRIPS;
    while (at + 1 < known.length && x(known[at + 1].at) / WIDTH <= end) at++;
    const { point } = known[at];
    const text = `${moment(point.at)} UTC\n${money(point.nav)}, ${percent(point.drawdown, 2)} below the highest`;
    marks.push(strip(k / STRIPS, end, HEIGHT, text));
  }
  return marks;
}
