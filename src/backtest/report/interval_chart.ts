/**
 * What was said against what came: points with intervals beside the diagonal on which they should lie, and below them how
 * many stand behind each. For calibration, and for edge against realised return.
 * @module
 */

import { across, chart, type Interval, levelLine, pixels, whisker, WIDTH } from "./chart.ts";
import { type Markup, markup } from "./markup.ts";
import { linePath } from "./path.ts";
import { type Domain, place, roundTicks } from "./scale.ts";

const TOP = 18;
const PLOT_END = 250;
const COUNTS_START = 262;
const HEIGHT = 300;

export interface IntervalPoint {
  readonly said: number;
  readonly came: number;
  readonly interval: Interval | null;
  readonly count: number;
  /** Shown when pointed at. */
  readonly text: string;
}

export interface IntervalChart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly points: readonly IntervalPoint[];
  readonly said: Domain;
  readonly came: Domain;
  /** How a value reads on the axes. */
  readonly format: (value: number, step: number) => string;
  readonly names: readonly [said: string, came: string];
}

export function intervalChart(given: IntervalChart): Markup | null {
  const { points, said, came, format, names } = given;
  if (points.length === 0) return null;
  const x = (value: number): number => place(said, value, 0.03, 0.97);
  const y = (value: number): number => place(came, value, PLOT_END, TOP);
  const acrossTicks = roundTicks(said, 6);
  const downTicks = roundTicks(came, 5);
  const most = points.reduce((largest, { count }) => Math.max(largest, count), 1);
  return chart({
    id: given.id,
    title: given.title,
    description: given.description,
    height: HEIGHT,
    across: acrossTicks.values.map((value) => ({ at: x(value), label: format(value, acrossTicks.step) })),
    levels: downTicks.values.map((value) => ({ y: y(value), label: format(value, downTicks.step) })),
    lines: markup`<path class="diagonal" d="${diagonal(said, came, x, y)}"/>
      ${came.low < 0 && came.high > 0 ? levelLine(y(0)) : null}`,
    marks: markup`<text class="name" x="100%" y="12" text-anchor="end">down: ${names[1]}; across: ${names[0]}</text>
      ${points.map((point) => pointMark(point, x(point.said), y, most))}`,
  });
}

/** Where both are equal, cut to what both axes hold. */
function diagonal(
  said: Domain,
  came: Domain,
  x: (value: number) => number,
  y: (value: number) => number,
): Markup | null {
  const low = Math.max(said.low, came.low);
  const high = Math.min(said.high, came.high);
  if (low >= high) return null;
  return linePath([low, high].map((value) => ({ x: x(value) * WIDTH, y: y(value) })));
}

function pointMark(point: IntervalPoint, at: number, y: (value: number) => number, most: number): Markup {
  const tall = Math.max(1, point.count / most * (HEIGHT - COUNTS_START));
  const [top, down] = [pixels(HEIGHT - tall), pixels(y(point.came))];
  return markup`<g class="point"><rect class="strip" x="${across(at - 0.03)}" width="6%" height="${HEIGHT}"/>
    <rect class="count" x="${across(at - 0.018)}" width="3.6%" y="${top}" height="${pixels(tall)}"/>
    ${whisker(at, point.interval, y)}<circle cx="${across(at)}" cy="${down}" r="4.5"/><title>${point.text}</title></g>`;
}
