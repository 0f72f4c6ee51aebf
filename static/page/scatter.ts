/**
 * What was expected against what came, each point with the range that its sample leaves open.
 * @module
 */

import { element } from "./dom.ts";
import { axis, type AxisOptions } from "./scatter_axis.ts";

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** In 95 of 100 cases; `null` where there is too little for one. */
  readonly range: readonly [low: number, high: number] | null;
  /** How many it rests on. */
  readonly count: number;
}

export interface ScatterOptions extends AxisOptions {
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly text: (value: number) => string;
}

const SVG = "http://www.w3.org/2000/svg";
const SIZE = { width: 340, height: 240, left: 48, right: 16, top: 10, bottom: 36 };
const DOT = { least: 2.5, most: 7 };

/** In place of what stood there before. */
export function drawScatter(place: HTMLElement, points: readonly ScatterPoint[], options: ScatterOptions): void {
  const { low, high, ticks } = axis(points, options);
  const x = (value: number) => SIZE.left + (value - low) / (high - low) * (SIZE.width - SIZE.left - SIZE.right);
  const y = (value: number) => {
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return SIZE.height - SIZE.bottom - share * (SIZE.height - SIZE.top - SIZE.bottom);
  };
  const drawing = svg("svg", { class: "scatter", viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img" });
  drawing.setAttribute("aria-label", describe(points, options));
  for (const value of ticks) {
    drawing.append(
      svg("line", { class: "grid", x1: x(low), x2: x(high), y1: y(value), y2: y(value) }),
      label(x(value), SIZE.height - SIZE.bottom + 14, "middle", options.text(value)),
      label(SIZE.left - 6, y(value) + 3.5, "end", options.text(value)),
    );
  }
  drawing.append(svg("line", { class: "as-expected", x1: x(low), y1: y(low), x2: x(high), y2: y(high) }));
  drawing.append(label((x(low) + x(high)) / 2, SIZE.height - 4, "middle", `${options.across} → ${options.up} ↑`));
  const most = Math.max(1, ...points.map(({ count }) => count));
  for (const point of points) {
    if (point.range !== null) {
      const [from, to] = point.range;
      drawing.append(svg("line", { class: "range", x1: x(point.x), x2: x(point.x), y1: y(from), y2: y(to) }));
    }
    const radius = DOT.least + (DOT.most - DOT.least) * Math.sqrt(point.count / most);
    drawing.append(svg("circle", { cx: x(point.x), cy: y(point.y), r: radius }));
  }
  place.replaceChildren(element("h3", { text: options.title }), drawing);
}

function describe(points: readonly ScatterPoint[], { title, text }: ScatterOptions): string {
  const told = points.map(({ x, y, count }) => `${text(x)} expected, ${text(y)} came, of ${count}`);
  return `${title}: ${told.join("; ")}`;
}

function svg(
  tag: "svg" | "line" | "circle" | "text",
  attributes: Readonly<Record<string, string | number>>,
): SVGElement {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, typeof value === "number" ? value.toFixed(1) : value);
  }
  return node;
}

function label(x: number, y: number, anchor: string, text: string): SVGElement {
  const node = svg("text", { x, y, "text-anchor": anchor });
  node.textContent = text;
  return node;
}
