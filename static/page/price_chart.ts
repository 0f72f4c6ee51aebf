/**
 * The underlying's price against the strike, and the cone of where it may be until the market settles.
 * @module
 */

import type uPlot from "uplot";
import { Chart, type ChartColours, type ChartParts } from "./chart.ts";
import { cone } from "./cone.ts";
import { dollars, isNumber, percent } from "./format.ts";
import type { Point } from "./timeline.ts";

/** Minutes before this page was opened stand for themselves; more between two points is a gap. */
const GAP_MS = 180_000;

export interface PriceChartInput {
  readonly points: readonly Point[];
  readonly strike: number | null;
  /** The upper end where it is a range. */
  readonly strikeTo: number | null;
  /** Standard deviation of the log return per square root of a second. */
  readonly volatility: number | null;
  readonly nowMs: number;
  readonly closeMs: number;
}

export class PriceChart {
  readonly #chart: Chart;

  constructor(parent: HTMLElement) {
    this.#chart = new Chart(parent, partsOf);
  }

  render({ points, strike, strikeTo, volatility, nowMs, closeMs }: PriceChartInput): void {
    const last = points.at(-1);
    const ahead = last === undefined || volatility === null ? [] : cone(last.value, volatility, nowMs, closeMs);
    const past = withGaps(points.filter(({ at }) => ahead.length === 0 || at < ahead[0].at));
    const none = past.map(() => null);
    const join = (pick: (point: (typeof ahead)[number]) => number) => [...none, ...ahead.map(pick)];
    const times = [...past, ...ahead].map(({ at }) => at / 1_000);
    this.#chart.draw([
      times,
      [...past.map(({ value }) => value), ...ahead.map((_, k) => k === 0 && last !== undefined ? last.value : null)],
      times.map(() => strike),
      join(({ outer }) => outer[1]),
      join(({ outer }) => outer[0]),
      join(({ inner }) => inner[1]),
      join(({ inner }) => inner[0]),
      times.map(() => strikeTo),
    ], describe(last?.value ?? null, strike, ahead.at(-1)?.outer ?? null));
  }

  recolour(): void {
    this.#chart.recolour();
  }
}

/** Where nothing was heard for long, no line pretends to know. */
function withGaps(points: readonly Point[]): readonly { readonly at: number; readonly value: number | null }[] {
  return points.flatMap((point, k) => {
    const before = points[k - 1];
    return before !== undefined && point.at - before.at > GAP_MS
      ? [{ at: before.at + 1, value: null }, point]
      : [point];
  });
}

function describe(value: number | null, strike: number | null, range: readonly [number, number] | null): string {
  const away = value === null || strike === null || strike === 0
    ? ""
    : `, ${percent((value - strike) / strike)} from it`;
  const ahead = range === null
    ? ""
    : `; at settlement it lies from ${dollars(range[0])} to ${dollars(range[1])} in 95 of 100 cases`;
  return `The price is ${dollars(value)}, the strike ${dollars(strike)}${away}${ahead}`;
}

/** What the pointer is at: the price, or where it may be. */
function reading([_, prices, __, outerHigh, outerLow, innerHigh, innerLow]: uPlot.AlignedData, k: number): string {
  const price = prices[k];
  if (isNumber(price)) return dollars(price);
  const range = (low: number | null | undefined, high: number | null | undefined) =>
    `${dollars(low)} to ${dollars(high)}`;
  if (!isNumber(outerHigh[k])) return "";
  return `50%: ${range(innerLow[k], innerHigh[k])} · 95%: ${range(outerLow[k], outerHigh[k])}`;
}

function partsOf({ accent, warn }: ChartColours): ChartParts {
  const strikeLine = { stroke: warn, width: 1, dash: [6, 4], points: { show: false } };
  const edgeOfCone = { stroke: "transparent", width: 0, points: { show: false } };
  return {
    value: (value) => value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 10 ? 4 : 2 }),
    valueWidth: 78,
    reading,
    series: [
      {},
      { stroke: accent, width: 1.5, points: { show: false } },
      strikeLine,
      edgeOfCone,
      edgeOfCone,
      edgeOfCone,
      edgeOfCone,
      strikeLine,
    ],
    bands: [
      { series: [3, 4], fill: faded(accent, 0.12) },
      { series: [5, 6], fill: faded(accent, 0.2) },
    ],
  };
}

/** `#5fd4f4` with so much of what lies behind it. */
export function faded(hex: string, share: number): string {
  return `${hex}${Math.round(share * 255).toString(16).padStart(2, "0")}`;
}
