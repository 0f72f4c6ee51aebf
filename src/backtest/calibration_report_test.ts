import assert from "node:assert/strict";
import { micros } from "../core/units.ts";
import { reliabilitySvg, reliabilityText } from "./calibration_plot.ts";
import { reportOf } from "./calibration_report.ts";
import type { Observation } from "./calibration_run.ts";

/** A market in which one model said 0.8 and the other 0.6, and the market 0.7. */
const observation = (ticker: string, yes: boolean, minutes = 5): Observation => ({
  ticker,
  minutes,
  at: micros(1_778_457_600_000_000),
  yes,
  market: 0.7,
  engine: 0.8,
  models: [
    { model: "ewma", basis: false, probability: 0.6 },
    { model: "ewma", basis: true, probability: null },
  ],
});

function reported(observations: readonly Observation[]) {
  const report = reportOf({ path: "<data>", spot: null, simulated: true }, {
    observations,
    markets: observations.length,
    settled: observations.length,
    leftOut: 0,
    labs: new Map(),
    coherence: { ladders: 0, incoherent: 0, outside: 0, problems: [] },
    flow: null,
  }, ["one problem"]);
  assert.ok(report !== null);
  return report;
}

Deno.test("a comparison by hand: scores of the model and of the market on the same markets, and their difference", () => {
  const { comparisons } = reported([observation("A", true), observation("B", true), observation("C", false)]);
  const rows = comparisons.find(({ minutes }) => minutes === 5)?.rows ?? [];
  assert.deepEqual(rows.map(({ model, basis, n }) => [model, basis, n]), [["engine", false, 3], ["ewma", false, 3]]);
  const [engine, ewma] = rows;
  const near = (found: number, wanted: number) => assert.ok(Math.abs(found - wanted) < 1e-12, `${found}, ${wanted}`);
  near(engine.brier, (0.04 + 0.04 + 0.64) / 3);
  near(engine.market_brier, (0.09 + 0.09 + 0.49) / 3);
  near(engine.brier_difference.mean, engine.brier - engine.market_brier);
  near(ewma.log_loss, -(2 * Math.log(0.6) + Math.log(0.4)) / 3);
  near(ewma.log_loss_difference.mean, ewma.log_loss - ewma.market_log_loss);
  assert.ok(engine.brier_difference.low !== null && engine.brier_difference.low < engine.brier_difference.mean);
});

Deno.test("one market alone has no interval, however often it was looked at", () => {
  const { comparisons } = reported([observation("A", true, 5), observation("A", true, 2)]);
  const all = comparisons.find(({ minutes }) => minutes === null);
  assert.deepEqual(all?.rows[0].n, 2);
  assert.deepEqual([all?.rows[0].brier_difference.low, all?.rows[0].brier_difference.high], [null, null]);
});

Deno.test("the diagram is well-formed, holds every bin that was seen, and takes no markup from a path", () => {
  const { engine, market } = reported([observation("A", true), observation("B", false)]);
  const svg = reliabilitySvg('Data of <script> & "you"', engine, market);
  assert.match(svg, /^<svg [^]*<\/svg>\n$/);
  assert.doesNotMatch(svg, /<script>/);
  assert.match(svg, /&lt;script&gt; &amp; &quot;you&quot;/);
  assert.equal(svg.match(/<title>given 0\.800, came true 0\.500, 2 forecasts of 2 markets<\/title>/g)?.length, 1);
  assert.doesNotMatch(svg, /NaN|Infinity/);
  assert.match(reliabilitySvg("nothing", null, null), /^<svg [^]*<\/svg>\n$/);
  for (const tag of ["g", "text", "title"]) {
    const opened = svg.match(new RegExp(`<${tag}[ >]`, "g"))?.length;
    assert.equal(opened, svg.match(new RegExp(`</${tag}>`, "g"))?.length, tag);
  }
});

Deno.test("in a terminal a bin is a line, with its interval, its rate and where that should lie", () => {
  const { engine } = reported([observation("A", true), observation("B", false)]);
  const [head, line, ...rest] = reliabilityText(engine?.reliability ?? []);
  assert.match(head, /^given +came true +0 +1$/);
  assert.match(line, /^0\.800 +0\.500 \(0\.09-0\.91\) +-+o-+\|-+ +2 of 2 markets$/);
  assert.deepEqual(rest, []);
});
