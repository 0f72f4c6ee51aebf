/**
 * Profit and loss as bars, up or down from zero, with intervals where they are known.
 * @module
 */

import { across, type AxisTick, chart, type Interval, levelLine, pixels, whisker } from "./chart.ts";
import { axisDollars } from "./format.ts";
import { type Markup, markup } from "./markup.ts";
import { domainOf, place, roundTicks } from "./scale.ts";

const TOP = 18;

export interface Bar {
  readonly value: number;
  readonly interval: Interval | null;
  /** Shown when pointed at. */
  readonly text: string;
  /** Below the bar. */
  readonly label: string;
}

export interface BarChart {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly height: number;
  readonly bars: readonly Bar[];
  /** Every so many bars have their label shown. */
  readonly labelEvery: number;
}

/** `null` without any bar. */
export function barChart({ id, title, description, height, bars, labelEvery }: BarChart): Markup | null {
  const domain = domainOf([0, ...bars.flatMap(({ value, interval }) => [value, ...(interval ?? [])])], 0.06);
  if (bars.length === 0 || domain === null) return null;
  const y = (value: number): number => place(domain, value, height - 4, TOP);
  const { values, step } = roundTicks(domain, 4);
  const labels: AxisTick[] = [];
  bars.forEach(({ label }, k) => {
    if (k % labelEvery === 0) labels.push({ at: (k + 0.5) / bars.length, label });
  });
  return chart({
    id,
    title,
    description,
    height,
    across: labels,
    levels: values.map((value) => ({ y: y(value), label: axisDollars(value, step) })),
    lines: levelLine(y(0)),
    marks: bars.map((bar, k) => barMark(bar, k / bars.length, 1 / bars.length, y, height)),
  });
}

function barMark(bar: Bar, from: number, width: number, y: (value: number) => number, height: number): Markup {
  // A bar of nearly nothing is still seen.
  const tall = bar.value === 0 ? 0 : Math.max(1, Math.abs(y(bar.value) - y(0)));
  const tone = bar.value < 0 ? "loss" : "gain";
  const [left, wide] = [across(from + width * 0.14), across(width * 0.72)];
  const [top, high] = [pixels(Math.min(y(bar.value), y(0))), pixels(tall)];
  return markup`<g class="bar"><rect class="strip" x="${across(from)}" width="${across(width)}" height="${height}"/>
    <rect class="${tone}" x="${left}" width="${wide}" y="${top}" height="${high}"/>
    ${whisker(from + width / 2, bar.interval, y)}<title>${bar.text}</title></g>`;
}
