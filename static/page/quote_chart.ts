/**
 * What the market says, what the model says, and where this run traded: all from 0 to 100 cents.
 * @module
 */

import uPlot from "uplot";
import type { TradeView } from "../../src/engine/view.ts";
import { Chart, type ChartColours, type ChartParts } from "./chart.ts";
import { isNumber, percent } from "./format.ts";
import type { Point } from "./timeline.ts";

const FILLS_MAX = 200;

export class QuoteChart {
  readonly #chart: Chart;

  constructor(parent: HTMLElement) {
    this.#chart = new Chart(parent, partsOf);
  }

  render(mids: readonly Point[], models: readonly Point[], trades: readonly TradeView[]): void {
    const bought = fills(trades, "bid");
    const sold = fills(trades, "ask");
    const table = (points: readonly Point[]): uPlot.AlignedData => [
      points.map(({ at }) => at / 1_000),
      points.map(({ value }) => value * 100),
    ];
    const data = uPlot.join([table(mids), table(models), table(bought), table(sold)]);
    this.#chart.draw(
      data,
      `The market's mid is ${percent(mids.at(-1)?.value)}, the model's probability ${percent(models.at(-1)?.value)}; ` +
        `${bought.length} buys and ${sold.length} sales are marked`,
    );
  }

  recolour(): void {
    this.#chart.recolour();
  }
}

/** Oldest first, one at each moment, as charts want them. */
function fills(trades: readonly TradeView[], side: "bid" | "ask"): Point[] {
  const points = trades.filter((trade) => trade.side === side).slice(0, FILLS_MAX)
    .map(({ at, price }) => ({ at: Date.parse(at), value: Number(price) }))
    .filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value));
  return [...new Map(points.map((point) => [point.at, point])).values()].sort((a, b) => a.at - b.at);
}

function reading([_, ...lines]: uPlot.AlignedData, k: number): string {
  const told = ["mid", "model", "bought at", "sold at"].map((name, line) => {
    const value = lines[line]?.[k];
    return isNumber(value) ? `${name} ${value.toFixed(1)}¢` : "";
  });
  return told.filter((text) => text !== "").join(" · ");
}

function partsOf({ text, accent, gain, loss }: ChartColours): ChartParts {
  const dots = (stroke: string) => ({
    stroke,
    paths: () => null,
    points: { show: true, size: 9, fill: stroke },
  });
  const line = (stroke: string) => ({ stroke, width: 1.5, spanGaps: true, points: { show: false } });
  return {
    value: (value) => `${value.toFixed(Number.isInteger(value) ? 0 : 1)}¢`,
    valueWidth: 52,
    reading,
    series: [{}, line(text), line(accent), dots(gain), dots(loss)],
  };
}
