import assert from "node:assert/strict";
import fc from "fast-check";
import { withBasisDoubt } from "./basis_doubt.ts";
import { normalCdf } from "./normal.ts";
import { settlementAverageAbove } from "./settlement_average.ts";

const SPOT = 84_000;

/** Standard deviation of the average's logarithm, by its probability of ending about one such above the spot. */
function deviationOf(sigma: number, seconds: number, about: number): number {
  const seen = Math.max(0, 60 - seconds);
  const strike = SPOT * Math.exp(about);
  const above = settlementAverageAbove(SPOT, strike, sigma, seconds, SPOT * seen, seen);
  // P = N(-z): found by halving.
  let [low, high] = [0, 10];
  for (let k = 0; k < 60; k++) {
    const z = (low + high) / 2;
    if (normalCdf(-z) > above) low = z;
    else high = z;
  }
  return Math.log(strike / SPOT) / ((low + high) / 2);
}

/** The same by adding up: each of the values still to come moves the average by a sixtieth. */
function plainDeviation(sigma: number, seconds: number): number {
  let variance = 0;
  for (let step = 1; step <= seconds; step++) {
    const valuesAfter = Math.min(60, seconds - step + 1);
    variance += (sigma * valuesAfter / 60) ** 2;
  }
  return Math.sqrt(variance);
}

for (const seconds of [900, 300, 61, 60, 59, 30, 10, 3, 1]) {
  Deno.test(`${seconds} s before the close the doubt adds its own variance to the average's`, () => {
    for (const [sigma, doubt] of [[1e-4, 1e-4], [2e-4, 5e-5], [5e-5, 3e-4]]) {
      const own = plainDeviation(sigma, seconds);
      const together = Math.hypot(own, doubt);
      const variance = deviationOf(withBasisDoubt(sigma, doubt, seconds), seconds, together) ** 2;
      const wanted = deviationOf(sigma, seconds, own) ** 2 + doubt ** 2;
      assert.ok(Math.abs(variance / wanted - 1) < 0.01, `${Math.sqrt(variance)}, not ${Math.sqrt(wanted)}`);
    }
  });
}

Deno.test("doubt never makes a price more certain, and none leaves it as it is", () => {
  const small = fc.double({ min: 1e-8, max: 1e-2, noNaN: true });
  fc.assert(fc.property(small, small, fc.double({ min: -10, max: 1_000, noNaN: true }), (sigma, doubt, seconds) => {
    const widened = withBasisDoubt(sigma, doubt, seconds);
    assert.ok(widened >= sigma * (1 - 1e-12) && Number.isFinite(widened));
    assert.equal(withBasisDoubt(sigma, 0, seconds), sigma);
  }));
});
