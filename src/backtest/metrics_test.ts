import assert from "node:assert/strict";
import { micros, money } from "../core/units.ts";
import { calibrate, performance } from "./metrics.ts";

const HOUR = 3_600_000_000;
const navs = (...values: number[]) => values.map((nav, hour) => ({ at: micros(hour * HOUR), nav: money(nav) }));

Deno.test("Brier score and log loss by hand", () => {
  const { brier, log_loss, calibration } = calibrate([
    { probability: 0.8, yes: true },
    { probability: 0.3, yes: false },
    { probability: 1, yes: true },
  ]);
  assert.ok(Math.abs((brier ?? NaN) - (0.04 + 0.09 + 0) / 3) < 1e-12);
  assert.ok(Math.abs((log_loss ?? NaN) - (-Math.log(0.8) - Math.log(0.7)) / 3) < 1e-5);
  assert.deepEqual(calibration[8], { p_low: 0.8, p_high: 0.9, n: 1, mean_p: 0.8, yes_rate: 1 });
  assert.equal(calibration[9].n, 1, "a probability of one falls into the last bin");
  assert.equal(calibration[0].mean_p, null);
});

Deno.test("a wrong certainty costs much, but not infinitely much", () => {
  const { log_loss } = calibrate([{ probability: 1, yes: false }]);
  assert.ok(log_loss !== null && log_loss > 10 && log_loss < 20);
});

Deno.test("nothing to judge gives null, not zero", () => {
  assert.equal(calibrate([]).brier, null);
  assert.equal(performance([]).sharpe, null);
  assert.equal(performance(navs(100)).calmar, null);
});

Deno.test("drawdown is the largest fall from a peak", () => {
  assert.equal(performance(navs(100, 120, 90, 110, 60, 130)).max_drawdown, 0.5);
  assert.equal(performance(navs(100, 110, 120)).max_drawdown, 0);
});

Deno.test("Sharpe of returns that rise and fall alike is zero, and its sign is that of the mean", () => {
  const even = performance(navs(1_000_000, 1_010_000, 999_900, 1_009_899, 999_800)).sharpe;
  assert.ok(even !== null && Math.abs(even) < 1);
  const up = performance(navs(1_000_000, 1_010_000, 1_015_000, 1_030_000)).sharpe;
  assert.ok(up !== null && up > 0);
  const down = performance(navs(1_000_000, 990_000, 985_000, 970_000));
  assert.ok(down.sharpe !== null && down.sharpe < 0);
  assert.ok(down.sortino !== null && down.sortino < 0);
});
