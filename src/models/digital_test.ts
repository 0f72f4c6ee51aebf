import assert from "node:assert/strict";
import { digitalAbove, digitalYes } from "./digital.ts";
import { settlementAverageAbove } from "./settlement_average.ts";

Deno.test("half of all outcomes lie above the median", () => {
  const variance = 0.001 * 0.001 * 600;
  assert.ok(Math.abs(digitalAbove(100, 100 * Math.exp(-variance / 2), 0.001, 600) - 0.5) < 1e-12);
});

Deno.test("far from the close the average is nearly the price; in the last minute it is not", () => {
  const far = digitalAbove(100, 101, 0.0002, 40_000) - settlementAverageAbove(100, 101, 0.0002, 40_000);
  assert.ok(Math.abs(far) < 1e-3, `${far}`);
  const near = digitalAbove(100, 100.1, 0.0002, 60) - settlementAverageAbove(100, 100.1, 0.0002, 60);
  assert.ok(near > 0.05, `${near}`);
});

Deno.test("limits", () => {
  assert.equal(digitalAbove(100, 0, 0.001, 60), 1);
  assert.equal(digitalAbove(100, Infinity, 0.001, 60), 0);
  assert.equal(digitalAbove(100, 100, 0, 60), 1);
  assert.equal(digitalAbove(100, 100.01, 0.001, 0), 0);
  assert.equal(digitalAbove(100, 100, 0.001, -5), 1);
  assert.ok(digitalAbove(100, 100, 1, 1e6) < 1e-12);
  assert.equal(digitalAbove(100, 100, 1e200, 60), 0);
  const bad = [[0, 100, 0.1, 1], [100, NaN, 0.1, 1], [100, 100, -1, 1], [100, 100, 0.1, NaN]];
  for (const [spot, strike, sigma, seconds] of bad) assert.ok(Number.isNaN(digitalAbove(spot, strike, sigma, seconds)));
});

Deno.test("every strike type, with its opposite, is one", () => {
  const yes = (strikeType: "greater" | "greater_or_equal" | "less" | "less_or_equal", strike: number): number =>
    digitalYes({ strikeType, floorStrike: strike, capStrike: strike, roundDigits: 2 }, 100, 0.0005, 300) ?? NaN;
  for (const strike of [99.5, 100, 100.25]) {
    assert.ok(Math.abs(yes("greater", strike) + yes("less_or_equal", strike) - 1) < 1e-15);
    assert.ok(Math.abs(yes("greater_or_equal", strike) + yes("less", strike) - 1) < 1e-15);
  }
  const between = { strikeType: "between", floorStrike: 100, capStrike: 100.25, roundDigits: 2 } as const;
  assert.ok(
    Math.abs((digitalYes(between, 100, 0.0005, 300) ?? NaN) - (yes("greater_or_equal", 100) - yes("greater", 100.25))) <
      1e-15,
  );
  assert.equal(digitalYes({ ...between, strikeType: null }, 100, 0.0005, 300), null);
});
