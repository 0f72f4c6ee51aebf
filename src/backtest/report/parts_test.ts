import assert from "node:assert/strict";
import type { Findings, MarketChart, SearchTrial } from "../findings.ts";
import { barChart } from "./bar_chart.ts";
import { equityChart } from "./equity_chart.ts";
import { simulatedFindings } from "./findings_fixture.ts";
import { verdicts } from "../figures/verdicts.ts";
import { heatMap } from "./heat_map.ts";
import { marketChart } from "./market_chart.ts";
import { searchVerdicts } from "./search.ts";
import { WORLD } from "./trading_fixture.ts";
import { feesTaken, waterfall } from "./waterfall.ts";

const FIXTURE = simulatedFindings({ ...WORLD, markets: 4 });
const [MARKET] = FIXTURE.charts;
const textOf = (drawn: unknown): string =>
  String(drawn).replace(/<tr>/g, "\n").replace(/<[^>]*>/g, " ").replace(/ +/g, " ");

Deno.test("fees take away from the whole, told as what was paid or as what it took", () => {
  const parts = { model: "50.275000", execution: "-52.498500" };
  const cases = [
    [{ ...parts, fees: "180.186500", total: "-182.410000" }, "-180.186500"],
    [{ ...parts, fees: "-180.186500", total: "-182.410000" }, "-180.186500"],
    [{ ...parts, fees: "0.000000", total: "-2.223500" }, "0.000000"],
    // A rebate.
    [{ ...parts, fees: "1.000000", total: "-1.223500" }, "1.000000"],
  ] as const;
  for (const [attribution, wanted] of cases) assert.equal(feesTaken(attribution), wanted);
  assert.equal(waterfall({ model: "much", execution: "0", fees: "0", total: "0" }), null);
});

Deno.test("a waterfall's bars begin where the one before ended", () => {
  const drawn = String(waterfall({ model: "10.000000", execution: "-4.000000", fees: "-1.000000", total: "5.000000" }));
  const bars = [...drawn.matchAll(/<rect class="(\w+)"[^>]* y="([\d.]+)" height="([\d.]+)"/g)]
    .map(([, tone, top, height]) => ({ tone, top: Number(top), bottom: Number(top) + Number(height) }));
  assert.deepEqual(bars.map(({ tone }) => tone), ["gain", "loss", "loss", "gain"]);
  const [model, execution, fees, whole] = bars;
  assert.equal(execution.top, model.top);
  assert.ok(Math.abs(fees.top - execution.bottom) < 0.2 && Math.abs(whole.top - fees.bottom) < 0.2);
  assert.ok(Math.abs(whole.bottom - model.bottom) < 0.2);
});

Deno.test("what is said of profit and of the model is what the intervals allow", () => {
  const saying = (pnl: readonly [number, number] | null, difference: readonly [number, number] | null, fills = 5) => {
    const summary: Findings["summary"] = {
      ...FIXTURE.summary,
      fills,
      pnl: { value: "1.000000", interval: pnl },
      brier_difference: { value: 0, interval: difference },
    };
    return verdicts(summary).join(" ");
  };
  assert.match(saying([-1, 1], [-1, 1]), /P&L cannot be told from chance.*cannot be told from the market's mid/);
  assert.match(saying([1, 2], [-2, -1]), /above zero by more than chance.*better than the market's mid/);
  assert.match(saying([-2, -1], [1, 2]), /below zero by more than chance.*no edge to trade on/);
  assert.match(saying(null, null), /Too few events settled to tell.*Too few events settled to compare/);
  const unpriced: Findings["summary"] = { ...FIXTURE.summary, brier_difference: { value: null, interval: null } };
  assert.match(verdicts(unpriced)[1], /^No market that settled has a probability of the model/);
  assert.match(saying([1, 2], [-2, -1], 0), /^Nothing was traded, so nothing can be said of profit\.$/);
});

Deno.test("the best of a search stands out, does not, or cannot be judged", () => {
  const search = FIXTURE.search ?? assert.fail();
  const saying = (deflated_sharpe: number | null, overfitting_probability: number | null) =>
    searchVerdicts({ ...search, deflated_sharpe, overfitting_probability });
  assert.match(saying(0.97, 0.1)[0], /^The best result stands out/);
  assert.match(saying(0.94, null)[0], /^The best result does not stand out/);
  assert.match(saying(null, null)[0], /^Too few trials/);
  assert.equal(saying(0.97, 0.1).length, 1);
  assert.match(saying(0.97, 0.51)[1], /fitted noise/);
});

const trial = (number: number, parameters: Record<string, unknown>, objective: number | null): SearchTrial => ({
  number,
  parameters,
  objective,
  pnl: null,
  fills: 0,
  stopped_early: false,
});

Deno.test("a heat map has the two parameters that matter most, in the order of their values", () => {
  const trials = [2, 10, 1].flatMap((edge) =>
    ["a", "b"].flatMap((kind) =>
      [0.1, 0.2].map((size, k) => trial(k, { size, kind, edge, same: 1 }, edge + (kind === "a" ? 3 : 0)))
    )
  );
  const text = textOf(heatMap(trials));
  assert.match(text, /Mean objective by edge and kind, over every size/);
  assert.deepEqual(text.split("\n").slice(-3).map((line) => line.trim().split(/\s+/)), [
    ["1", "4.000", "1.000"],
    ["2", "5.000", "2.000"],
    ["10", "13.000", "10.000"],
  ]);
});

Deno.test("a heat map leaves empty what was not tried, and puts many values into ranges", () => {
  const some = textOf(
    heatMap([trial(1, { x: 1, y: 1 }, 1), trial(2, { x: 2, y: 2 }, -1), trial(3, { x: 2, y: 1 }, null)]),
  );
  assert.match(some, /n\/a/);
  assert.match(some, /−1\.000/);
  const many = Array.from({ length: 100 }, (_, k) => trial(k, { x: k / 100 }, k));
  assert.equal(String(heatMap(many)).match(/<tr>/g)?.length, 9, "a head and eight ranges");
  assert.match(textOf(heatMap(many)), /0 to 0\.124/);
  const doubled = Array.from({ length: 100 }, (_, k) => trial(k, { x: 2 ** (k * 8 / 99) }, k));
  const byRatio = textOf(heatMap(doubled, ["x"]));
  assert.match(byRatio, /1 to 2\b[^]*2 to 4\b[^]*128 to 256/, "each twice the one before");
  assert.doesNotMatch(byRatio, /n\/a/);
  assert.equal(heatMap([trial(1, { x: 1 }, 1), trial(2, { x: 1 }, 2)]), null);
  assert.equal(heatMap([trial(1, { x: 1 }, null), trial(2, { x: 2 }, null)]), null);
  assert.equal(heatMap([]), null);
});

Deno.test("a market's line is broken where nothing was recorded", () => {
  const whole = String(marketChart(MARKET, "m"));
  const middle = MARKET.points.length / 2;
  const silent = { ...MARKET, points: MARKET.points.filter((_, k) => Math.abs(k - middle) > 12) };
  const starts = (drawn: string) => /class="line" d="([^"]*)"/.exec(drawn)?.[1].match(/M/g)?.length;
  assert.equal(starts(whole), 1);
  assert.equal(starts(String(marketChart(silent, "m"))), 2);
});

Deno.test("a market shows strike, settlement and every trade twice, and its quotes alone without an underlying", () => {
  const drawn = String(marketChart(MARKET, "m"));
  assert.match(drawn, /strike 80,000\.00/);
  assert.match(drawn, /settled \d\d,\d{3}\.\d\d/);
  assert.equal(drawn.match(/<use /g)?.length, MARKET.trades.length * 2);
  for (const { side } of MARKET.trades) assert.ok(drawn.includes(side === "bid" ? "#buy" : "#sell"));
  const bare: MarketChart = {
    ...MARKET,
    points: MARKET.points.map((point) => ({ ...point, price: null })),
    settlement: null,
    strike: null,
  };
  const quotes = String(marketChart(bare, "m"));
  assert.doesNotMatch(quotes, /class="strike"|class="settled"/);
  assert.equal(quotes.match(/<use /g)?.length, MARKET.trades.length);
  assert.equal(marketChart({ ...MARKET, points: [], trades: [] }, "m"), null);
});

Deno.test("charts of nothing, and of moments that are none, are not drawn", () => {
  const bar = { id: "b", title: "", description: "", height: 100, labelEvery: 1 };
  assert.equal(barChart({ ...bar, bars: [] }), null);
  assert.equal(equityChart([], "10000.000000"), null);
  const point = { at: "never", nav: "1.000000", drawdown: 0 };
  assert.equal(equityChart([point, point], "10000.000000"), null);
  const flat = ["2026-05-11T00:00:00Z", "2026-05-11T01:00:00Z"].map((at) => ({ at, nav: "10000.000000", drawdown: 0 }));
  assert.doesNotMatch(String(equityChart(flat, "10000.000000")), /NaN|Infinity/);
});
