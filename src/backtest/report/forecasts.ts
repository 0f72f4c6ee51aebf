/**
 * How good the probabilities were: calibration, and expected edge against what it brought.
 * @module
 */

import type { CalibrationBucket, EdgeBucket, Findings } from "../findings.ts";
import { figureOf } from "./chart.ts";
import { amount, counted, edge, figure, percent } from "./format.ts";
import { firstOf, type Markup, markup } from "./markup.ts";
import { intervalChart, type IntervalPoint } from "./interval_chart.ts";
import { domainOf } from "./scale.ts";
import { estimate, figures, intervalText, known, table, unknownPart } from "./table.ts";

/** More buckets than that would lie on top of each other. */
const BUCKETS_MAX = 40;
const NONE_WITHIN = "no forecast in this range";
const NONE_SETTLED = "none of these executions has settled, or too few";

export function calibrationSection({ calibration }: Findings): Markup {
  const { shown } = firstOf(calibration, BUCKETS_MAX);
  const drawn = intervalChart({
    id: "calibration-chart",
    title: "Calibration",
    description: "How often YES came true by the probability that was given, with intervals, and how many forecasts",
    points: shown.flatMap(calibrationPoint),
    said: { low: 0, high: 1 },
    came: { low: 0, high: 1 },
    format: (value) => percent(value, 0),
    names: ["probability given", "share that came true"],
  });
  const hint = markup`<p class="hint">On the dashed line the model is as often right as it says; above it YES came more
    often. The bars at the bottom count forecasts.</p>`;
  return markup`<section aria-labelledby="calibration"><h2 id="calibration">Calibration</h2>${
    drawn === null ? unknownPart("no probability was taken down of a market that settled") : figureOf(drawn, hint)
  }${figures(shown.filter(({ n }) => n > 0), calibrationTable)}</section>`;
}

function calibrationPoint({ p_low, p_high, n, mean_p, yes_rate }: CalibrationBucket): IntervalPoint[] {
  if (mean_p === null || yes_rate.value === null) return [];
  const range = yes_rate.interval === null ? "" : ` (${intervalText(yes_rate.interval, percent)})`;
  const text = `${percent(p_low, 0)} to ${percent(p_high, 0)}: given ${percent(mean_p)}, came true ` +
    `${percent(yes_rate.value)}${range}, ${counted(n, "forecast")}`;
  return [{ said: mean_p, came: yes_rate.value, interval: yes_rate.interval, count: n, text }];
}

const calibrationTable = (buckets: readonly CalibrationBucket[]): Markup =>
  table({
    id: "calibration-table",
    caption: "How often YES came true",
    columns: [
      { name: "Range", kind: "text" },
      { name: "Forecasts", kind: "number" },
      { name: "Mean given", kind: "number" },
      { name: "Came true", kind: "number" },
    ],
    rows: buckets.map(({ p_low, p_high, n, mean_p, yes_rate }) => [
      `${percent(p_low, 0)} to ${percent(p_high, 0)}`,
      amount(n),
      known(mean_p, percent, NONE_WITHIN),
      estimate(yes_rate, percent, NONE_WITHIN),
    ]),
  });

export function edgeSection(findings: Findings): Markup {
  const { shown } = firstOf(findings.edge, BUCKETS_MAX);
  const points = shown.flatMap(edgePoint);
  const said = domainOf(points.map((point) => point.said), 0.1);
  const came = domainOf([0, ...points.flatMap(({ came, interval }) => [came, ...(interval ?? [])])], 0.05);
  const drawn = said === null || came === null ? null : intervalChart({
    id: "edge-chart",
    title: "Edge against realised return",
    description: "What executions brought by the edge that was expected of them, with intervals, and how many",
    points,
    said,
    came,
    format: (value, step) => `${figure(value * 100, step < 0.01 ? 1 : 0)}¢`,
    names: ["edge expected", "return realised"],
  });
  const hint =
    markup`<p class="hint">Cents a contract after fees. On the dashed line executions brought what was expected;
    below it the edge was not there, or was paid for. The bars at the bottom count fills.</p>`;
  return markup`<section aria-labelledby="edge"><h2 id="edge">Edge against realised return</h2>${
    drawn === null ? unknownPart("no execution with an expected edge has settled") : figureOf(drawn, hint)
  }${figures(shown, edgeTable)}</section>`;
}

function edgePoint({ low, high, fills, edge: expected, realised }: EdgeBucket): IntervalPoint[] {
  if (realised.value === null) return [];
  const range = realised.interval === null ? "" : ` (${intervalText(realised.interval, edge)})`;
  const text =
    `edge ${edge(low)} to ${edge(high)}: expected ${edge(expected)}, brought ${edge(realised.value)}${range}, ` +
    counted(fills, "fill");
  return [{ said: expected, came: realised.value, interval: realised.interval, count: fills, text }];
}

const edgeTable = (buckets: readonly EdgeBucket[]): Markup =>
  table({
    id: "edge-table",
    caption: "Return by expected edge, a contract",
    columns: [
      { name: "Edge", kind: "text" },
      { name: "Fills", kind: "number" },
      { name: "Contracts", kind: "number" },
      { name: "Mean edge", kind: "number" },
      { name: "Realised", kind: "number" },
    ],
    rows: buckets.map(({ low, high, fills, contracts, edge: expected, realised }) => [
      `${edge(low)} to ${edge(high)}`,
      amount(fills),
      amount(contracts),
      edge(expected),
      estimate(realised, edge, NONE_SETTLED),
    ]),
  });
