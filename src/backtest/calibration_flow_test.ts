import assert from "node:assert/strict";
import { count, price } from "../core/units.ts";
import type { Input } from "../core/input.ts";
import { Engine } from "../engine/engine.ts";
import { engineOptions } from "../engine/engine_fixture.ts";
import { flowSessions } from "../engine/market_flow_fixture.ts";
import { after, aMarket } from "../execution/order_fixture.ts";
import { defaultOptions } from "./calibration_fixture.ts";
import { FLOW_HORIZONS_SECONDS, type FlowFigures, FlowLab, type FlowRow, type FlowTarget } from "./calibration_flow.ts";
import { runCalibration } from "./calibration_run.ts";
import { openCalibrationSource } from "./calibration_source.ts";
import { recordedData } from "./recording/recording_fixture.ts";

function figuresOf(inputs: Iterable<Input>): FlowFigures | null {
  const lab = new FlowLab();
  const engine = new Engine(engineOptions({ strategies: [] }));
  for (const input of inputs) {
    lab.advance(input.at, engine);
    engine.step(input);
    lab.take(input, engine);
    if (input.type === "lifecycle") lab.settled(input.ticker, input.result === "yes");
  }
  return lab.figures();
}

function rowOf(figures: FlowFigures | null, horizon: number, target: FlowTarget): FlowRow {
  const row = figures?.rows.find((each) => each.horizon === horizon && each.target === target);
  assert.ok(row !== undefined, `${horizon} s, ${target}`);
  return row;
}

Deno.test("a planted imbalance helps at every horizon near it, by an interval, and is proven", () => {
  const figures = figuresOf(flowSessions(12, { seed: 40, strength: 0.6 }));
  for (const horizon of [1, 5]) {
    const { n, markets, log_loss_difference, brier_difference, proven_log_loss_difference, proven_share } = rowOf(
      figures,
      horizon,
      "mid_later",
    );
    // Each market is left when its mid is all but certain, and in its last horizon.
    assert.ok(markets === 12 && n > 12 * 300 / horizon && n <= 12 * 900 / horizon, `${n}`);
    for (const { mean, high } of [log_loss_difference, brier_difference, proven_log_loss_difference]) {
      assert.ok(mean < 0 && high !== null && high < 0, `${horizon} s: ${mean}, at most ${high}`);
    }
    assert.ok(proven_share > 0.3 && proven_share < 1);
  }
  assert.deepEqual(figures?.signals.map(({ series, horizonSeconds }) => [series, horizonSeconds]), [
    ["KXBTC15M", 1],
    ["KXBTC15M", 5],
    ["KXBTC15M", 30],
  ]);
});

Deno.test("where nothing is planted nothing helps, and nothing is proven", () => {
  for (const seed of [100, 200, 300]) {
    const figures = figuresOf(flowSessions(10, { seed, strength: 0 }));
    for (const horizon of FLOW_HORIZONS_SECONDS) {
      const { log_loss_difference: { low, high }, proven_share } = rowOf(figures, horizon, "mid_later");
      assert.ok(low !== null && high !== null && high > 0, `Seed ${seed}, ${horizon} s: ${low} to ${high}`);
      assert.equal(proven_share, 0);
    }
  }
});

/** One market, quoted 0.49 to 0.51 until 10 s after its opening, then 0.59 to 0.61, and then left alone. */
function* oneMarket(result: "yes" | "no"): Generator<Input> {
  const ticker = aMarket().ticker;
  const told = { ticker, sequence: null, exchangeTime: null };
  const level = (at: number) => [[price(at), count(10_000)]] as const;
  yield { type: "market", at: after(0), market: aMarket({ openTime: after(0), closeTime: after(900) }) };
  yield { type: "book_snapshot", at: after(0.5), ...told, yes: level(4_900), no: level(4_900) };
  for (let second = 1; second <= 9; second++) yield { type: "clock", at: after(second) };
  yield { type: "book_snapshot", at: after(9.5), ...told, yes: level(5_900), no: level(3_900) };
  for (let second = 10; second <= 20; second++) yield { type: "clock", at: after(second) };
  yield { type: "book_stale", at: after(20.5), tickers: [ticker], reason: "The end of this test" };
  for (let second = 21; second <= 900; second++) yield { type: "clock", at: after(second) };
  yield { type: "lifecycle", at: after(901), ticker, event: "determined", result, settlementValue: null };
}

Deno.test("by hand: what is judged, against what, and that a gap is not judged", () => {
  const near = (found: number, wanted: number) => assert.ok(Math.abs(found - wanted) < 1e-12, `${found}, ${wanted}`);
  for (const result of ["yes", "no"] as const) {
    const figures = figuresOf(oneMarket(result));
    // At 1 to 20 s a sample is taken; of the last one it is not known what came.
    const seconds = rowOf(figures, 1, "mid_later");
    assert.deepEqual([seconds.n, seconds.markets, seconds.log_loss_difference.low], [19, 1, null]);
    near(seconds.log_loss, (9 * Math.LN2 - 10 * (0.6 * Math.log(0.6) + 0.4 * Math.log(0.4))) / 19);
    near(seconds.brier, 0.1 ** 2 / 19);
    const settled = rowOf(figures, 1, "settlement_of_mid");
    const [before, later] = result === "yes" ? [0.5, 0.6] : [0.5, 0.4];
    assert.equal(settled.n, 20);
    near(settled.log_loss, -(9 * Math.log(before) + 11 * Math.log(later)) / 20);
    near(settled.brier, (9 * (1 - before) ** 2 + 11 * (1 - later) ** 2) / 20);
    assert.equal(figures?.rows.some(({ target }) => target === "settlement_of_engine"), false);
  }
});

Deno.test("of a market whose end is not known only the mid is judged, and of nothing nothing", () => {
  const open = [...oneMarket("yes")].filter(({ type }) => type !== "lifecycle");
  const targets = figuresOf(open)?.rows.map(({ target }) => target);
  assert.deepEqual([...new Set(targets)], ["mid_later"]);
  assert.equal(figuresOf([]), null);
});

for (
  const [name, spot, markets] of [
    ["kxbtc15m_ws", "spot/coinbase_btcusd_trades.csv.gz", 16],
    ["kxgold15m_ws", null, 4],
  ] as const
) {
  Deno.test(`${name}: what order flow adds there is told for every horizon, with an interval`, async () => {
    const [path, prices] = [await recordedData(name), spot === null ? null : await recordedData(spot)];
    if (path === null || (spot !== null && prices === null)) return;
    const source = await openCalibrationSource(path, prices);
    assert.ok(!("error" in source), JSON.stringify(source));
    const { flow } = await runCalibration(source, defaultOptions());
    for (const horizon of FLOW_HORIZONS_SECONDS) {
      for (const target of ["mid_later", "settlement_of_mid"] as const) {
        const row = rowOf(flow, horizon, target);
        assert.ok(row.markets >= markets - 1 && row.n > 50, `${row.markets} markets, ${row.n} moments`);
        const { mean, low, high } = row.log_loss_difference;
        assert.ok(low !== null && high !== null && low <= mean && mean <= high && Math.abs(mean) < 0.01);
        console.log(
          `${name}, ${horizon} s, ${target}: log loss ${mean.toExponential(1)} (${low.toExponential(1)} ` +
            `${high.toExponential(1)}) over ${row.n} moments, proven ${row.proven_share.toFixed(2)} of the time`,
        );
      }
    }
    // What the parameters' default rests on: the next seconds are told better, how markets settle is not.
    const [next, end] = [rowOf(flow, 1, "mid_later"), rowOf(flow, 1, "settlement_of_mid")];
    assert.ok((next.log_loss_difference.high ?? 0) < 0 && (end.log_loss_difference.high ?? 0) > 0);
  });
}
