/**
 * A line as small as a word: how a price went, without scales.
 * @module
 */

import { setAttribute } from "./dom.ts";
import { HEIGHT, sparkline, WIDTH } from "./sparkline_points.ts";
import type { Point } from "./timeline.ts";

const SVG = "http://www.w3.org/2000/svg";

/** Draws into a cell, in place of what was drawn there before. */
export function drawSparkline(cell: HTMLElement, points: readonly Point[]): void {
  const line = cell.querySelector("polyline") ?? newLine(cell);
  setAttribute(line, "points", sparkline(points));
}

function newLine(cell: HTMLElement): SVGPolylineElement {
  const drawing = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "polyline");
  drawing.setAttribute("class", "sparkline");
  drawing.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(line);
  cell.append(drawing);
  return line;
}
