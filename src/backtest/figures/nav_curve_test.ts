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

/** A week whose hours bring these returns over and over. */
const week = (...returns: readonly number[]): NavCurve => {
  let nav = 1e12;
  return curveOf([
    nav,
    ...Array.from({ length: 167 }, (_, k) => nav = Math.round(nav * (1 + returns[k % returns.length]))),
  ]);
};

Deno.test("ratios of a year are told from a week of hours on, and of not an hour less", () => {
  const navs = Array.from({ length: 168 }, (_, k) => 1_000_000 + k * 10 - (k % 3) * 20);
  const told = curveOf(navs).estimates();
  for (const { value, interval } of [told.sharpe, told.sortino, told.calmar]) {
    assert.ok(value !== null && interval !== null);
  }
  const few = curveOf(navs.slice(1));
  assert.deepEqual(few.ratios(), { sharpe: null, sortino: null, calmar: null });
  assert.deepEqual(few.estimates().calmar, { value: null, interval: null });
  assert.ok(few.maxDrawdown > 0, "which needs no year");
});

Deno.test("Sharpe of returns that rise and fall alike is near zero, and its sign is that of the mean", () => {
  const even = week(0.01, -0.01, 0.01, -0.01).ratios().sharpe;
  assert.ok(even !== null && Math.abs(even) < 1);
  const up = week(0.01, 0.005, -0.001).ratios().sharpe;
  assert.ok(up !== null && up > 0);
  const down = week(-0.01, -0.005, 0.001).ratios();
  assert.ok(down.sharpe !== null && down.sharpe < 0);
  assert.ok(down.sortino !== null && down.sortino < 0);
});

Deno.test("ratios by hand: hourly returns, 8,766 hours a year", () => {
  // The first hour has no value before it: 42 zeros, 42 x 0.02, 42 x -0.01, 42 x 0.02.
  const { sharpe, sortino } = week(0.02, -0.01, 0.02, 0).ratios();
  const mean = 0.0075;
  const deviation = Math.sqrt((mean ** 2 + 2 * (0.02 - mean) ** 2 + (0.01 + mean) ** 2) * 42 / 167);
  assert.ok(sharpe !== null && Math.abs(sharpe - mean / deviation * Math.sqrt(8_766)) < 1e-3);
  assert.ok(sortino !== null && Math.abs(sortino - mean / 0.005 * Math.sqrt(8_766)) < 1e-3);
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
    { numRuns: 30, examples: [[[0, 1, -1, 1], 1_000_000], [[-9_000, 90_000, -40_000, 40_000], 1_000_000]] },
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
