/**
 * The frame of every chart: an SVG as wide as its place whose text is never scaled. Across, places are shares of the width;
 * down, they are pixels. Lines lie in an inner drawing that is stretched (its strokes are not), marks and text in the outer.
 * @module
 */

import { type Markup, markup, type Piece } from "./markup.ts";
import { linePath } from "./path.ts";

/** Across the inner drawing; its coordinates are tenths of this and of pixels (path.ts). */
export const WIDTH = 1_000;
/** Below the plot, for the labels of the axis across. */
export const AXIS_HEIGHT = 22;

export interface AxisTick {
  /** 0 at the left, 1 at the right. */
  readonly at: number;
  readonly label: string;
}

export interface LevelTick {
  /** Pixels from the top. */
  readonly y: number;
  readonly label: string;
}

export interface ChartFrame {
  /** Unique in the report; the chart's name and description are found by it. */
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in words, for those who do not see it. */
  readonly description: string;
  /** Of the plot, without the axis below it. */
  readonly height: number;
  readonly across: readonly AxisTick[];
  readonly levels: readonly LevelTick[];
  /** Paths, in the inner drawing. */
  readonly lines?: Piece;
  /** Marks with places in per cent and pixels, above the lines. */
  readonly marks?: Piece;
}

/** A share of the width as an SVG length. */
export const across = (share: number): string => `${Number((share * 100).toFixed(2))}%`;
export const pixels = (value: number): string => String(Number(value.toFixed(1)));

export function chart(frame: ChartFrame): Markup {
  const { id, title, description, height, levels } = frame;
  const whole = height + AXIS_HEIGHT;
  return markup`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-text" width="100%" height="${whole}">
    <title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc>
    <g class="grid">${levels.map(({ y }) => markup`<line x2="100%" y1="${pixels(y)}" y2="${pixels(y)}"/>`)}</g>
    <svg viewBox="0 0 ${WIDTH * 10} ${whole * 10}" preserveAspectRatio="none" width="100%" height="${whole}">
    ${frame.lines ?? null}</svg>
    ${frame.marks ?? null}
    <g class="ticks">${levels.map(levelLabel)}${
    frame.across.map((tick, k) => axisLabel(tick, k, whole - 6))
  }</g></svg>`;
}

/** In the gutter that the style leaves at the left (report.css). */
const levelLabel = ({ y, label }: LevelTick): Markup =>
  markup`<text x="-7" y="${pixels(y + 4)}" text-anchor="end">${label}</text>`;

/** At the right rim a label ends where the chart does; on a narrow screen every second one is left out. */
function axisLabel({ at, label }: AxisTick, k: number, y: number): Markup {
  const anchor = at > 0.96 ? "end" : "middle";
  const kind = k % 2 === 1 ? "fine" : "tick";
  return markup`<text class="${kind}" x="${across(at)}" y="${y}" text-anchor="${anchor}">${label}</text>`;
}

/** A chart with what explains it below. */
export function figureOf(content: Piece, caption: Piece): Markup {
  return markup`<figure>${content}<figcaption>${caption}</figcaption></figure>`;
}

/** A line from rim to rim. */
export const levelLine = (y: number): Markup =>
  markup`<path class="base" d="${linePath([{ x: 0, y }, { x: WIDTH, y }])}"/>`;

/** Invisible until pointed at: what stands at a place across, in words. */
export function strip(from: number, to: number, height: number, text: string): Markup {
  const [left, width] = [across(from), across(to - from)];
  return markup`<rect class="strip" x="${left}" width="${width}" height="${height}"><title>${text}</title></rect>`;
}

export type Interval = readonly [low: number, high: number];

/** Where a figure lies in 95 of 100 cases; nothing where that is not known. */
export function whisker(at: number, interval: Interval | null, y: (value: number) => number): Markup | null {
  if (interval === null) return null;
  const [low, high] = [pixels(y(interval[0])), pixels(y(interval[1]))];
  return markup`<line class="whisker" x1="${across(at)}" x2="${across(at)}" y1="${low}" y2="${high}"/>`;
}

/** The key to colours and lines, in words. */
export function legend(entries: readonly (readonly [tone: string, text: string])[]): Markup {
  return markup`<ul class="legend">${entries.map(([tone, text]) => markup`<li class="${tone}">${text}</li>`)}</ul>`;
}
