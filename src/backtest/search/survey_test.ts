import assert from "node:assert/strict";
import type { Input, LifecycleInput, MarketInput } from "../../core/input.ts";
import { aMarket } from "../../core/market_fixture.ts";
import { micros, money } from "../../core/units.ts";
import { periodsOf, surveyOf } from "./survey.ts";

const listed = (ticker: string, series: string, openTime: number, closeTime: number): MarketInput => ({
  type: "market",
  at: micros(openTime),
  market: aMarket({ ticker, series, openTime: micros(openTime), closeTime: micros(closeTime) }),
});

const ended = (ticker: string, at: number, event: LifecycleInput["event"]): LifecycleInput => (
  { type: "lifecycle", at: micros(at), ticker, event, result: "yes", settlementValue: money(1_000_000) }
);

const INPUTS: readonly Input[] = [
  listed("BTC-2", "BTC", 5, 20),
  listed("BTC-1", "BTC", 0, 10),
  listed("ETH-1", "ETH", 1, 10),
  listed("HIGH", "WEATHER", 0, 15),
  // Told again with another close: the last word counts.
  listed("BTC-2", "BTC", 5, 21),
  ended("BTC-1", 12, "determined"),
  ended("BTC-1", 13, "settled"),
  ended("ETH-1", 14, "settled"),
  ended("ETH-1", 16, "settled"),
  ended("NEVER-HEARD-OF", 16, "settled"),
];

async function* batches() {
  yield { file: "a", inputs: INPUTS, lines: INPUTS.map((_, k) => k) };
}

Deno.test("markets that close together are one period, and others than the strategy's are none", async () => {
  const survey = await surveyOf({ origin: null, batches, problems: () => ["a problem"], notes: () => ["a note"] });
  assert.deepEqual([survey.events, survey.markets.length], [INPUTS.length, 4]);
  assert.deepEqual([survey.problems, survey.notes], [["a problem"], ["a note"]]);
  const periods = periodsOf(survey, (series) => series !== "WEATHER");
  assert.deepEqual(periods, [
    { open: 0, close: 10, settled: 14, tickers: ["BTC-1", "ETH-1"] },
    { open: 5, close: 21, settled: null, tickers: ["BTC-2"] },
  ]);
  assert.deepEqual(periodsOf(survey, () => false), []);
});
