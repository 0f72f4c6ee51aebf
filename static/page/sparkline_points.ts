/** Where the corners of a small line lie. */

import type { Point } from "./timeline.ts";

export const WIDTH = 100;
export const HEIGHT = 20;
/** Less than this, in dollars of a contract, fills no height: a cent's flicker is not drawn as a cliff. */
const SPAN_LEAST = 0.04;

/** The corners of the line, as SVG writes them; none where there is nothing to connect. */
export function sparkline(points: readonly Point[]): string {
  if (points.length < 2) return "";
  const values = points.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = Math.max(high - low, SPAN_LEAST);
  const bottom = (low + high - span) / 2;
  const [from, to] = [points[0].at, points[points.length - 1].at];
  const length = to - from || 1;
  return points.map(({ at, value }) => {
    const x = WIDTH * (at - from) / length;
    const y = HEIGHT - 1 - (HEIGHT - 2) * (value - bottom) / span;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  }).join(" ");
}
