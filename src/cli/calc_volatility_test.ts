import assert from "node:assert/strict";
import { join } from "node:path";
import { withFiles } from "../backtest/recording/recording_fixture.ts";
import { randomPrices } from "../models/volatility_fixture.ts";
import { calcVolatility } from "./calc_volatility.ts";
import type { CalcVolatilityCommand } from "./command.ts";

const COMMON = { kind: "calc_volatility", config: undefined, state: undefined, json: true, seconds: 600 } as const;
const quote = (bid: number, ask: number, strike = 84_100): CalcVolatilityCommand => ({
  ...COMMON,
  given: "quote",
  spot: 84_000,
  strike,
  bid,
  ask,
});
const prices = (path: string): CalcVolatilityCommand => ({ ...COMMON, given: "prices", prices: path });

Deno.test("the volatility that a quote implies, per root second and as a year's percentage", async () => {
  const reply = await calcVolatility(quote(0.39, 0.41));
  assert.equal(reply.exitCode, 0);
  assert.deepEqual(reply.json, {
    implied: { per_sqrt_second: 0.000200225276, annual_percent: 112.4404 },
    low: { per_sqrt_second: 0.000181301668, annual_percent: 101.8134 },
    high: { per_sqrt_second: 0.000223441343, annual_percent: 125.4778 },
  });
});

Deno.test("a quote that implies nothing ends with exit code 1 and says why", async () => {
  const reply = await calcVolatility(quote(0.49, 0.51, 84_000));
  assert.deepEqual([reply.exitCode, reply.text], [1, null]);
  assert.match(reply.problems[0], /leave the volatility open|No single volatility|allow volatilities/);
  assert.deepEqual(reply.json, { implied: null, reason: reply.problems[0] });
});

Deno.test("every forecaster finds the volatility of recorded prices, and its score is told", async () => {
  const lines = ["exchange_ts_us,price_usd"];
  for (const [second, price] of randomPrices(3, 1_778_457_600, 14_400, () => 1e-4)) {
    lines.push(`${second * 1_000_000},${price.toFixed(4)}`);
  }
  await withFiles({ "prices.csv.gz": lines.join("\n") + "\n" }, async (folder) => {
    const reply = await calcVolatility(prices(join(folder, "prices.csv.gz")));
    assert.equal(reply.exitCode, 0, reply.problems.join("\n"));
    const json = JSON.parse(JSON.stringify(reply.json));
    assert.equal(json.horizon_seconds, 600);
    assert.equal(json.forecasts.length, 10);
    for (const { name, per_sqrt_second, annual_percent } of json.forecasts) {
      // Fifteen one-minute returns tell it to a fifth, in two of three cases.
      const wide = name === "window_15m" ? 0.6 : 0.35;
      assert.ok(Math.abs(per_sqrt_second / 1e-4 - 1) < wide, `${name}: ${per_sqrt_second}`);
      assert.ok(Math.abs(annual_percent / (per_sqrt_second * Math.sqrt(31_536_000) * 100) - 1) < 1e-4);
    }
    assert.match(reply.text ?? "", /^Volatility over the next 600 s by \w+: \d\.\d{4}e-\d per root second/);
    assert.match(reply.text ?? "", /^ {2}garch +\d\.\d{4}e-[45] /m);
  });
});

Deno.test("prices that cannot be read are told", async () => {
  await withFiles({ "empty.csv": "exchange_ts_us,price_usd\n", "other.csv": "a,b\n1,2\n" }, async (folder) => {
    const cases: [string, RegExp][] = [
      ["empty.csv", /^No prices in .*empty\.csv: it holds none$/],
      ["other.csv", /found columns a, b, wanted columns/],
      ["nothing.csv", /nothing\.csv/],
    ];
    for (const [name, problem] of cases) {
      const reply = await calcVolatility(prices(join(folder, name)));
      assert.deepEqual([reply.exitCode, reply.text], [1, null], name);
      assert.match(reply.problems[0], problem);
    }
  });
});
