/**
 * Lines of a chart as SVG paths of small numbers: coordinates are whole tenths, each step is relative to the one before.
 * @module
 */

import { type Markup, verbatim } from "./markup.ts";

/** A point of a line; `y` is `null` where the line breaks. */
export interface Point {
  readonly x: number;
  readonly y: number | null;
}

/**
 * As many points as a screen shows: of each of so many columns the first, the lowest, the highest and the last, so that no
 * spike is lost. At most four times `columns` stay.
 *
 * @param points in the order of `x`
 */
export function thin(points: readonly Point[], columns: number): readonly Point[] {
  if (points.length <= columns * 4) return points;
  const first = points[0].x;
  const width = (points[points.length - 1].x - first) / columns;
  // All at one place: nothing to see but the rim.
  if (width <= 0) return points.slice(0, columns * 4);
  const kept: Point[] = [];
  let at = 0;
  for (let column = 0; column < columns; column++) {
    const end = first + (column + 1) * width;
    const start = at;
    while (at < points.length && (points[at].x < end || column === columns - 1)) at++;
    if (at > start) kept.push(...extremes(points, start, at));
  }
  return kept;
}

/** First, lowest, highest and last of a stretch, in their order, each once; a break stands for itself. */
function extremes(points: readonly Point[], start: number, end: number): readonly Point[] {
  const places = new Set([start, end - 1]);
  let low = -1;
  let high = -1;
  for (let k = start; k < end; k++) {
    const { y } = points[k];
    if (y === null) continue;
    if (low < 0 || y < (points[low].y ?? 0)) low = k;
    if (high < 0 || y > (points[high].y ?? 0)) high = k;
  }
  if (low >= 0) places.add(low).add(high);
  return [...places].sort((one, other) => one - other).map((k) => points[k]);
}

const tenths = (value: number): number => Math.round(value * 10);

/** A line, broken where a point has no `y`; empty without any point. Nothing but numbers of this module's own. */
export const linePath = (points: readonly Point[]): Markup => verbatim(pathOf(points));

function pathOf(points: readonly Point[]): string {
  const parts: string[] = [];
  let lastX = 0;
  let lastY = 0;
  let broken = true;
  for (const { x, y } of points) {
    if (y === null) {
      broken = true;
      continue;
    }
    const [nextX, nextY] = [tenths(x), tenths(y)];
    // A point alone between two breaks is drawn too, as a line of no length.
    parts.push(broken ? `M${nextX} ${nextY}h0` : stepTo(nextX - lastX, nextY - lastY));
    [lastX, lastY, broken] = [nextX, nextY, false];
  }
  return parts.join("");
}

/** Levels and falls, of which steps are made, are the shorter commands. */
function stepTo(across: number, down: number): string {
  if (down === 0) return across === 0 ? "" : `h${across}`;
  return across === 0 ? `v${down}` : `l${across} ${down}`;
}

/** The same as steps: a level holds until the next point. */
export const stepPath = (points: readonly Point[]): Markup => linePath(stepsOf(points));

function stepsOf(points: readonly Point[]): readonly Point[] {
  const steps: Point[] = [];
  let last: number | null = null;
  points.forEach(({ x, y }, k) => {
    // Within a level nothing is to be told; its end, before a break or at the rim, is.
    const ends = k === points.length - 1 || points[k + 1].y === null;
    if (y !== null && y === last && !ends) return;
    if (y !== null && last !== null && y !== last) steps.push({ x, y: last });
    steps.push({ x, y });
    last = y;
  });
  return steps;
}

/** The area between an unbroken line of steps and a level; empty without any point. */
export function stepArea(points: readonly Point[], base: number): Markup {
  const known = points.filter(({ y }) => y !== null);
  if (known.length === 0) return verbatim("");
  const [first, last] = [known[0], known[known.length - 1]];
  return verbatim(`${pathOf(stepsOf([{ x: first.x, y: base }, ...known, { x: last.x, y: base }]))}z`);
}
