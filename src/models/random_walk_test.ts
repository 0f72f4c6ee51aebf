import assert from "node:assert/strict";
import { digitalAbove } from "./digital.ts";
import { fifteenMinuteDeviation, randomWalkNo } from "./random_walk.ts";

function no(spot: number, strike: number, deviation: number, minutes: number): number {
  const result = randomWalkNo(spot, strike, deviation, minutes);
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result.probabilityOfNo;
}

Deno.test("P(NO) is the normal distribution at distance / (sigma_15m sqrt(minutes / 15))", () => {
  const cases: readonly (readonly [strike: number, minutes: number, wanted: string])[] = [
    [100, 15, "0.5000"],
    [101, 15, "0.8413"],
    [102, 15, "0.9772"],
    [99, 15, "0.1587"],
    // Four times the time, half the deviations.
    [102, 60, "0.8413"],
    [101, 3.75, "0.9772"],
  ];
  for (const [strike, minutes, wanted] of cases) assert.equal(no(100, strike, 0.01, minutes).toFixed(4), wanted);
});

Deno.test("strikes at equal distances above and below the spot are opposites", () => {
  for (const distance of [0.01, 0.5, 3, 9]) {
    assert.ok(Math.abs(no(100, 100 + distance, 0.01, 7) + no(100, 100 - distance, 0.01, 7) - 1) < 1e-15);
  }
});

Deno.test("where nothing moves any more a strike at the spot or above is NO", () => {
  for (const [deviation, minutes] of [[0.01, 0], [0.01, -3], [0, 15]]) {
    assert.equal(no(100, 100.01, deviation, minutes), 1);
    assert.equal(no(100, 100, deviation, minutes), 1);
    assert.equal(no(100, 99.99, deviation, minutes), 0);
  }
});

Deno.test("over short times it is the digital of Black and Scholes", () => {
  const sigma = 0.0002;
  for (const bp of [-40, -20, -5, 0, 5, 20, 40]) {
    const strike = 84_000 * (1 + bp / 1e4);
    const walk = 1 - no(84_000, strike, fifteenMinuteDeviation(sigma), 15);
    assert.ok(Math.abs(walk - digitalAbove(84_000, strike, sigma, 900)) < 2e-3, `${bp} bp`);
  }
});

Deno.test("bad figures are refused by name", () => {
  const cases: readonly (readonly [Parameters<typeof randomWalkNo>, RegExp])[] = [
    [[0, 100, 0.01, 15], /Spot .* not 0/],
    [[Infinity, 100, 0.01, 15], /Spot/],
    [[100, NaN, 0.01, 15], /Strike must be a number, not NaN/],
    [[100, 100, -0.01, 15], /deviation .* not -0.01/],
    [[100, 100, 0.01, NaN], /Minutes/],
  ];
  for (const [figures, wanted] of cases) {
    const result = randomWalkNo(...figures);
    assert.ok(!result.ok);
    assert.match(result.reason, wanted);
  }
});
