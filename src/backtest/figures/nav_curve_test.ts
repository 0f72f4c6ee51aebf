import assert from "node:assert/strict";
import fc from "fast-check";
import { micros, money, parseMoney } from "../../core/units.ts";
import { NavCurve } from "./nav_curve.ts";

const HOUR = 3_600_000_000;

function curveOf(navs: readonly number[], every = HOUR): NavCurve {
  const curve = new NavCurve();
  navs.forEach((nav, k) => curve.add(micros(k * every), money(nav)));
  return curve;
}

Deno.test("nothing to judge gives null, not zero", () => {
  assert.deepEqual(new NavCurve().ratios(), { sharpe: null, sortino: null, calmar: null });
  assert.equal(curveOf([100]).ratios().calmar, null);
  assert.deepEqual(curveOf([100]).estimates().sharpe, { value: null, interval: null });
  assert.equal(new NavCurve().mean, null);
});

Deno.test("drawdown is the largest fall from a peak", () => {
  assert.equal(curveOf([100, 120, 90, 110, 60, 130]).maxDrawdown, 0.5);
  assert.equal(curveOf([100, 110, 120]).maxDrawdown, 0);
});

Deno.test("Sharpe of returns that rise and fall alike is near zero, and its sign is that of the mean", () => {
  const even = curveOf([1_000_000, 1_010_000, 999_900, 1_009_899, 999_800]).ratios().sharpe;
  assert.ok(even !== null && Math.abs(even) < 1);
  const up = curveOf([1_000_000, 1_010_000, 1_015_000, 1_030_000]).ratios().sharpe;
  assert.ok(up !== null && up > 0);
  const down = curveOf([1_000_000, 990_000, 985_000, 970_000]).ratios();
  assert.ok(down.sharpe !== null && down.sharpe < 0);
  assert.ok(down.sortino !== null && down.sortino < 0);
});

Deno.test("ratios by hand: hourly returns, 8,766 hours a year", () => {
  const { sharpe, sortino } = curveOf([1_000, 1_020, 1_009.8 * 1, 1_029.996].map((nav) => Math.round(nav * 1_000)))
    .ratios();
  // 0, 0.02, -0.01, 0.02: mean 0.0075, deviation 0.015, downside 0.005.
  assert.ok(sharpe !== null && Math.abs(sharpe - 0.0075 / 0.015 * Math.sqrt(8_766)) < 1e-3);
  assert.ok(sortino !== null && Math.abs(sortino - 0.0075 / 0.005 * Math.sqrt(8_766)) < 1e-3);
});

Deno.test("however many values: at most 2,000 points in order, the first, the last, the highest and the lowest among them", () => {
  const walk = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 9_000, size: "max" });
  fc.assert(
    fc.property(walk, fc.constantFrom(1_000_000, 60_000_000, 7 * HOUR), (steps, every) => {
      let nav = 10_000_000;
      const navs = steps.map((step) => nav += step);
      const curve = curveOf(navs, every);
      const points = curve.points();
      const values = points.map((point) => parseMoney(point.nav) ?? NaN);
      assert.ok(points.length <= 2_000, `${points.length} points`);
      assert.ok(points.every(({ at }, k) => k === 0 || points[k - 1].at < at));
      assert.deepEqual([values[0], values.at(-1)], [navs[0], navs.at(-1)]);
      assert.deepEqual([Math.max(...values), Math.min(...values)], [Math.max(...navs), Math.min(...navs)]);
      assert.equal(Math.max(...points.map(({ drawdown }) => drawdown)), curve.maxDrawdown);
    }),
    { numRuns: 30 },
  );
});

Deno.test("an interval holds its value's truth about as often as it says", () => {
  // Returns with a known Sharpe ratio an hour of 0.5; 60 runs of 400 hours.
  let state = 7;
  const uniform = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  let held = 0;
  for (let run = 0; run < 60; run++) {
    let nav = 1_000_000_000_000;
    const navs = Array.from({ length: 200 }, () => nav = Math.round(nav * (1 + 0.0005 + 0.001 * normal())));
    const { sharpe: { interval } } = curveOf(navs).estimates();
    const truth = 0.5 * Math.sqrt(8_766);
    if (interval !== null && interval[0] <= truth && truth <= interval[1]) held++;
  }
  assert.ok(held >= 52 && held <= 60, `${held} of 60`);
});
