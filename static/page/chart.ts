/**
 * A chart over time (uPlot), in the colours of the theme, as wide as its place. Its place has its height from the start, so
 * that nothing jumps when it is drawn; what it shows is told in words too.
 * @module
 */

import uPlot from "uplot";
import { element, setAttribute, setHidden, setText } from "./dom.ts";
import { colour } from "./theme.ts";

/** The colours that charts are drawn in. */
export interface ChartColours {
  readonly text: string;
  readonly dim: string;
  readonly line: string;
  readonly accent: string;
  readonly gain: string;
  readonly loss: string;
  readonly warn: string;
}

export type ChartParts = Pick<uPlot.Options, "series" | "bands" | "scales"> & {
  /** How values read on the left. */
  readonly value: (value: number) => string;
  /** How much room that takes, in pixels. */
  readonly valueWidth?: number;
  /** Seconds that may lie between two labels below; any where nothing is said. */
  readonly acrossSteps?: number[];
  /** What is said of the moment that the pointer is at. */
  readonly reading: (data: uPlot.AlignedData, index: number) => string;
};

const FONT = '11px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
const DAY_SECONDS = 86_400;
/** In place of a chart that would have nothing to connect. */
const NOTHING = "Too little to draw yet";
/** Least distance between two labels, in pixels. */
const SPACE_ACROSS = 70;
const SPACE_UP = 34;
/** Room for the labels below, in pixels. */
const ACROSS_HEIGHT = 30;

export class Chart {
  readonly #place: HTMLElement;
  readonly #make: (colours: ChartColours) => ChartParts;
  readonly #reading = element("p", { class: "reading", "aria-hidden": "true" });
  readonly #nothing = element("p", { class: "empty", text: NOTHING });
  #plot: uPlot | null = null;
  #data: uPlot.AlignedData = [[]];

  /** @param make asked again when the theme changes */
  constructor(parent: HTMLElement, make: (colours: ChartColours) => ChartParts) {
    this.#make = make;
    this.#place = element("div", { class: "chart", role: "img", "aria-label": NOTHING }, this.#nothing, this.#reading);
    parent.append(this.#place);
    new ResizeObserver(() => this.#resize()).observe(this.#place);
  }

  /** @param described the same in words */
  draw(data: uPlot.AlignedData, described: string): void {
    setAttribute(this.#place, "aria-label", described);
    this.#data = data;
    if (this.#plot === null || data[0].length < 2) this.recolour();
    else this.#plot.setData(data);
  }

  /** Draws everything anew. */
  recolour(): void {
    this.#plot?.destroy();
    this.#plot = null;
    const { clientWidth: width, clientHeight: height } = this.#place;
    const parts = this.#make(coloursNow());
    const enough = this.#data[0].length >= 2;
    setHidden(this.#nothing, enough);
    if (width === 0 || height === 0 || !enough) return;
    const tell = ({ cursor: { idx }, data }: uPlot) => setText(this.#reading, readingOf(parts, data, idx));
    this.#plot = new uPlot(optionsOf(parts, width, height, tell), this.#data, this.#place);
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#place;
    if (width === 0 || height === 0) return;
    if (this.#plot === null) this.recolour();
    else if (this.#plot.width !== width || this.#plot.height !== height) this.#plot.setSize({ width, height });
  }
}

function readingOf({ reading }: ChartParts, data: uPlot.AlignedData, index: number | null | undefined): string {
  if (index === null || index === undefined) return "";
  const text = reading(data, index);
  const at = data[0][index];
  return text === "" ? "" : `${moment(at, at % DAY_SECONDS === 0 ? DAY_SECONDS : 1)} ${text}`;
}

function optionsOf(
  { value, valueWidth = 64, acrossSteps, reading: _, ...parts }: ChartParts,
  width: number,
  height: number,
  tell: (plot: uPlot) => void,
): uPlot.Options {
  const { dim, line } = coloursNow();
  const steps = acrossSteps === undefined ? {} : { incrs: acrossSteps };
  const axis = {
    stroke: dim,
    font: FONT,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
  };
  return {
    ...parts,
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    hooks: { setCursor: [tell] },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
    axes: [
      {
        ...axis,
        ...steps,
        space: SPACE_ACROSS,
        size: ACROSS_HEIGHT,
        values: (_, splits, __, ___, step) => splits.map((at) => moment(at, step)),
      },
      { ...axis, space: SPACE_UP, size: valueWidth, values: (_, splits) => splits.map(value) },
    ],
  };
}

/** As exact as the steps between two labels: day, minute or second, UTC. */
function moment(seconds: number, step: number): string {
  const text = new Date(seconds * 1_000).toISOString();
  if (step >= DAY_SECONDS) return text.slice(5, 10);
  return step >= 60 ? text.slice(11, 16) : text.slice(11, 19);
}

const coloursNow = (): ChartColours => ({
  text: colour("text"),
  dim: colour("dim"),
  line: colour("line"),
  accent: colour("accent"),
  gain: colour("gain"),
  loss: colour("loss"),
  warn: colour("warn"),
});
