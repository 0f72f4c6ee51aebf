import assert from "node:assert/strict";
import { micros, type Money, money, ONE_DOLLAR, parseMoney } from "../../core/units.ts";
import { CHARTED_MARKETS_MAX, type TradeOutcome } from "../findings.ts";
import { Clusters } from "./clusters.ts";
import { Figures, type MarketEnd } from "./figures.ts";
import { execution, NOON } from "./figures_fixture.ts";
import { DIMENSIONS } from "./groups.ts";
import { TRADES_MAX } from "./trade_sample.ts";

const end = (yesValue: Money, settled = true): MarketEnd => ({
  at: NOON,
  yesValue,
  settled,
  result: yesValue === 0 ? "no" : "yes",
  title: "",
  strike: null,
  close: null,
  settlement: null,
});
const TOTALS = {
  from: NOON,
  to: NOON,
  markets: 3,
  settled: 2,
  events: 9,
  orders: 4,
  startingCapital: money(1_000_000_000),
  nav: money(1_000_000_000),
};
const sum = (texts: readonly string[]): number => texts.reduce((total, text) => total + (parseMoney(text) ?? NaN), 0);

Deno.test("every group of executions adds up to the whole, in every way of grouping, however many markets there are", () => {
  const told: TradeOutcome[] = [];
  const figures = new Figures((trade) => told.push(trade));
  for (let k = 0; k < 1_500; k++) {
    const ticker = `KX${k % 3}-M${k}`;
    for (const side of ["bid", "ask"] as const) {
      const at = NOON + k * 3_600_000_000;
      figures.executed(execution({
        side,
        price: 3_000 + k,
        count: 100 + k,
        fee: k,
        mid: 0.5,
        at,
        ticker,
        strategy: `s${k % 2}`,
        signal: `g${k % 5}`,
        edge: (k % 40 - 20) / 200,
      }));
    }
    figures.ended(ticker, end(k % 2 === 0 ? ONE_DOLLAR : money(0)));
  }
  const { attribution, by, trades, trades_left_out, charts, edge } = figures.finish(TOTALS);
  const total = parseMoney(attribution.total);
  assert.equal(figures.total, total);
  assert.equal(sum(told.map(({ pnl }) => pnl)), total);
  assert.equal(sum([attribution.model, attribution.execution]) - sum([attribution.fees]), total);
  for (const dimension of DIMENSIONS) {
    const groups = by[dimension];
    assert.equal(sum(groups.map(({ pnl }) => pnl.value)), total, dimension);
    assert.equal(groups.reduce((fills, group) => fills + group.fills, 0), 3_000, dimension);
    assert.equal(sum(groups.map(({ fees }) => fees)), sum([attribution.fees]), dimension);
  }
  assert.equal(by.market.length, 501);
  assert.equal(by.market.find(({ name }) => name === "others")?.markets, 1_000);
  assert.deepEqual([trades.length, trades_left_out, told.length], [TRADES_MAX, 1_000, 3_000]);
  assert.deepEqual([charts.length, by.weekday.length, by.hour.length], [CHARTED_MARKETS_MAX, 7, 24]);
  assert.equal(by.weekday[0].name, "Monday");
  assert.equal(edge.reduce((fills, range) => fills + range.fills, 0), 3_000);
});

Deno.test("a market that is not settled is neither won nor lost, and its executions have no payout", () => {
  const figures = new Figures();
  const seen = (ticker: string) => execution({ side: "bid", price: 4_000, count: 100, fee: 0, mid: null, ticker });
  for (const ticker of ["A-1", "A-2", "A-3"]) figures.executed(seen(ticker));
  figures.ended("A-1", end(ONE_DOLLAR));
  figures.ended("A-2", end(money(0)));
  figures.ended("A-3", end(money(900_000), false));
  const { summary, trades } = figures.finish(TOTALS);
  assert.equal(summary.win_rate.value, 0.5);
  assert.deepEqual(trades.map(({ paid, pnl }) => [paid, pnl]), [[1, "0.600000"], [0, "-0.400000"], [
    null,
    "0.500000",
  ]]);
});

Deno.test("more executions of one market than are kept apart still count, and only those kept apart are shown", () => {
  const figures = new Figures();
  for (let k = 0; k < 6_000; k++) {
    const at = micros(NOON + k * 1_000_000);
    figures.executed(execution({ side: "bid", price: 5_000, count: 100, fee: 10, mid: 0.5, at }));
  }
  figures.ended("KXBTC15M-X", end(ONE_DOLLAR));
  const { summary, attribution, by, trades_left_out } = figures.finish(TOTALS);
  assert.deepEqual([summary.fills, by.strategy[0].fills, summary.contracts], [6_000, 6_000, 6_000]);
  assert.equal(attribution.total, "2999.940000");
  assert.equal(by.hour.reduce((fills, group) => fills + group.fills, 0), 6_000);
  assert.equal(trades_left_out, 6_000 - TRADES_MAX);
});

Deno.test("an interval is that of markets, not of executions, and the same every time", () => {
  const run = (perMarket: number) => {
    const figures = new Figures();
    for (let market = 0; market < 20; market++) {
      for (let k = 0; k < perMarket; k++) {
        figures.executed(
          execution({ side: "bid", price: 5_000, count: 1_000 / perMarket, fee: 0, mid: 0.5, ticker: `A-${market}` }),
        );
      }
      figures.ended(`A-${market}`, end(market % 3 === 0 ? money(0) : ONE_DOLLAR));
    }
    return figures.finish(TOTALS).summary.pnl.interval;
  };
  assert.deepEqual(run(1), run(10));
  assert.ok(run(1) !== null);
});

Deno.test("clusters that are taken together keep the sum, and do not narrow the interval", () => {
  const width = (markets: number): number => {
    const clusters = new Clusters();
    for (let k = 0; k < markets; k++) clusters.add(`M${k}`, k % 2 === 0 ? 1_000_000 : -900_000);
    const { value, interval } = clusters.dollars();
    assert.equal(value, `${(markets / 2 * 0.1).toFixed(6)}`);
    assert.ok(interval !== null);
    return (interval[1] - interval[0]) / Math.sqrt(markets);
  };
  // Markets that go up and down in turn meet their like in a cluster: the spread stays that of single markets or grows.
  assert.ok(width(5_120) >= width(500) * 0.9);
});

Deno.test("of fewer than six events there is no interval, however alike they went", () => {
  const intervalOf = (events: number) => {
    const clusters = new Clusters();
    for (let k = 0; k < 20; k++) clusters.add(`KXHIGHNY-25DEC1${k % events}-T${k}`, 1_000_000 + k);
    return clusters.mean().interval;
  };
  assert.equal(intervalOf(5), null);
  assert.ok(intervalOf(6) !== null);
});

Deno.test("markets of one event are one piece of evidence, in whatever order they settle", () => {
  const intervalOf = (strikes: number): readonly [number, number] | null => {
    const clusters = new Clusters();
    for (let strike = 0; strike < strikes; strike++) {
      for (let day = 10; day < 28; day++) {
        clusters.add(`KXHIGHNY-25DEC${day}-T${50 + strike}`, (day % 3 === 0 ? -3_000_000 : 2_000_000) / strikes);
      }
    }
    return clusters.dollars().interval;
  };
  assert.ok(intervalOf(1) !== null);
  assert.deepEqual(intervalOf(4), intervalOf(1));
  const hedged = new Clusters();
  for (let day = 10; day < 28; day++) {
    for (const [strike, sum] of [[50, 5_000_000], [51, -4_900_000]]) hedged.add(`KXHIGHNY-25DEC${day}-T${strike}`, sum);
  }
  const { value, interval } = hedged.dollars();
  assert.deepEqual([value, interval?.map((end) => end.toFixed(6))], ["1.800000", ["1.800000", "1.800000"]]);
});
