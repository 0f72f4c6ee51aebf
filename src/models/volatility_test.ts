import assert from "node:assert/strict";
import fc from "fast-check";
import { EwmaVolatility, RealisedVolatility } from "./volatility.ts";

/** A generator of normal numbers for these tests: sums of twelve uniforms from a linear congruence. */
function normals(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    let sum = -6;
    for (let k = 0; k < 12; k++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sum += state / 2 ** 32;
    }
    return sum;
  };
}

interface Tick {
  readonly second: number;
  readonly price: number;
}

/** Prices of a Brownian motion, with each second missing with probability `missing`. */
function randomTicks(seed: number, seconds: number, sigma: number, missing: number): Tick[] {
  const normal = normals(seed);
  const ticks: Tick[] = [];
  let logPrice = Math.log(84_000);
  for (let second = 1000; second < 1000 + seconds; second++) {
    logPrice += sigma * normal();
    // A normal number is below -1.2816 with probability 0.1, and so on.
    if (missing === 0 || normal() > (missing === 0.5 ? 0 : -1.2816)) ticks.push({ second, price: Math.exp(logPrice) });
  }
  return ticks;
}

/** What a window should say, straight from its definition. */
function realisedByDefinition(ticks: readonly Tick[], window: number, longestGap: number): number | null {
  const now = ticks[ticks.length - 1].second;
  let sum = 0;
  let count = 0;
  for (let k = 1; k < ticks.length; k++) {
    const elapsed = ticks[k].second - ticks[k - 1].second;
    if (ticks[k].second <= now - window || elapsed > longestGap) continue;
    sum += Math.log(ticks[k].price / ticks[k - 1].price) ** 2 / elapsed;
    count++;
  }
  return count < 2 ? null : Math.sqrt(sum / count);
}

/** What the weighted estimator should say, straight from its definition. */
function ewmaByDefinition(ticks: readonly Tick[], halfLife: number, longestGap: number): number | null {
  const now = ticks[ticks.length - 1].second;
  let sum = 0;
  let weights = 0;
  let count = 0;
  for (let k = 1; k < ticks.length; k++) {
    const elapsed = ticks[k].second - ticks[k - 1].second;
    if (elapsed > longestGap) continue;
    const weight = 2 ** (-(now - ticks[k].second) / halfLife);
    sum += weight * Math.log(ticks[k].price / ticks[k - 1].price) ** 2 / elapsed;
    weights += weight;
    count++;
  }
  return count < 2 ? null : Math.sqrt(sum / weights);
}

/** @param bits of the variance that may stay behind of what has left a window */
function assertSame(actual: number | null, expected: number | null, bits = 0): void {
  if (actual === null || expected === null) {
    assert.equal(actual, expected);
    return;
  }
  const apart = Math.abs(actual * actual - expected * expected);
  assert.ok(apart <= 2e-9 * expected * expected + bits, `${actual}, wanted ${expected}`);
}

/** Moves of `gappyTicks` are at most 1 %; sums of their squares are exact to less than a trillionth of the largest. */
const LAST_BITS = 0.01 ** 2 * 1e-12;

const gappyTicks = fc.array(
  fc.record({ gap: fc.integer({ min: 1, max: 15 }), move: fc.double({ min: -0.01, max: 0.01, noNaN: true }) }),
  { minLength: 1, maxLength: 80 },
).map((steps) => {
  let second = 5000;
  let price = 100;
  return steps.map(({ gap, move }): Tick => {
    second += gap;
    price *= 1 + move;
    return { second, price };
  });
});

Deno.test("the window and the weighted mean are what their definitions say, gaps included", () => {
  const parameters = fc.record({
    ticks: gappyTicks,
    window: fc.integer({ min: 1, max: 40 }),
    halfLife: fc.double({ min: 0.5, max: 300, noNaN: true }),
    longestGapSeconds: fc.integer({ min: 1, max: 16 }),
  });
  fc.assert(
    fc.property(parameters, ({ ticks, window, halfLife, longestGapSeconds }) => {
      const realised = new RealisedVolatility(window, { longestGapSeconds });
      const weighted = new EwmaVolatility(halfLife, { longestGapSeconds });
      for (const [index, { second, price }] of ticks.entries()) {
        realised.push(second, price);
        weighted.push(second, price);
        const soFar = ticks.slice(0, index + 1);
        assertSame(realised.perSqrtSecond, realisedByDefinition(soFar, window, longestGapSeconds), LAST_BITS);
        assertSame(weighted.perSqrtSecond, ewmaByDefinition(soFar, halfLife, longestGapSeconds));
      }
    }),
    { seed: 4, numRuns: 300 },
  );
});

Deno.test("the volatility of a Brownian motion is found, with half of the seconds missing too", () => {
  for (const missing of [0, 0.1, 0.5]) {
    const realised = new RealisedVolatility(20_000);
    const weighted = new EwmaVolatility(5_000);
    for (const { second, price } of randomTicks(11, 20_000, 0.0002, missing)) {
      realised.push(second, price);
      weighted.push(second, price);
    }
    // Relative standard error 1 / sqrt(2 n): 0.5 % for 20,000 returns, about 0.6 % for an effective 14,400.
    assert.ok(Math.abs((realised.perSqrtSecond ?? NaN) / 0.0002 - 1) < 0.03, `${realised.perSqrtSecond}`);
    assert.ok(Math.abs((weighted.perSqrtSecond ?? NaN) / 0.0002 - 1) < 0.04, `${weighted.perSqrtSecond}`);
  }
});

Deno.test("there is no answer before there are enough returns, and none again when they left the window", () => {
  const realised = new RealisedVolatility(10, { returnsMin: 3 });
  const weighted = new EwmaVolatility(10, { returnsMin: 3 });
  for (let second = 0; second < 3; second++) {
    realised.push(second, 100 + second);
    weighted.push(second, 100 + second);
    assert.equal(realised.perSqrtSecond, null);
    assert.equal(weighted.perSqrtSecond, null);
  }
  realised.push(3, 103);
  weighted.push(3, 103);
  assert.ok(realised.perSqrtSecond !== null && weighted.perSqrtSecond !== null);
  assert.equal(realised.returns, 3);
  realised.push(50, 104);
  assert.equal(realised.returns, 1);
  assert.equal(realised.perSqrtSecond, null);
});

Deno.test("a price that stands still is not certain: the floor holds", () => {
  const realised = new RealisedVolatility(30, { floor: 0.00005 });
  const weighted = new EwmaVolatility(30, { floor: 0.00005 });
  for (let second = 0; second < 100; second++) {
    realised.push(second, 100);
    weighted.push(second, 100);
  }
  assert.equal(realised.perSqrtSecond, 0.00005);
  assert.equal(weighted.perSqrtSecond, 0.00005);
});

Deno.test("a window forgets a jump once it has left, to the last digit", () => {
  const jumped = new RealisedVolatility(60);
  const calm = new RealisedVolatility(60);
  for (const { second, price } of randomTicks(5, 400, 0.0002, 0)) {
    jumped.push(second, second < 1100 ? price : price * 2);
    calm.push(second, price);
  }
  const ratio = (jumped.perSqrtSecond ?? NaN) / (calm.perSqrtSecond ?? NaN);
  assert.ok(Math.abs(ratio - 1) < 1e-12, `${ratio}`);
});

Deno.test("what is no new price is passed over", () => {
  const realised = new RealisedVolatility(60);
  const weighted = new EwmaVolatility(60);
  for (const estimator of [realised, weighted]) {
    estimator.push(10, 100);
    estimator.push(11, 101);
    estimator.push(11, 200);
    estimator.push(9, 300);
    for (const price of [0, -1, NaN, Infinity]) estimator.push(12, price);
    for (const second of [12.5, NaN, Infinity]) estimator.push(second, 500);
    estimator.push(12, 100);
    assert.equal(estimator.returns, 2);
    assertSame(estimator.perSqrtSecond, Math.log(1.01));
  }
});

Deno.test("after a reset nothing is known", () => {
  for (const estimator of [new RealisedVolatility(60), new EwmaVolatility(60)]) {
    for (let second = 0; second < 10; second++) estimator.push(second, 100 + second);
    estimator.reset();
    assert.equal(estimator.perSqrtSecond, null);
    assert.equal(estimator.returns, 0);
    // An earlier second is new again.
    estimator.push(3, 100);
    estimator.push(4, 101);
    estimator.push(5, 102.01);
    assertSame(estimator.perSqrtSecond, Math.log(1.01));
  }
});

Deno.test("settings out of range are refused", () => {
  assert.throws(() => new RealisedVolatility(0), /windowSeconds must be from 1 to 86400, not 0/);
  assert.throws(() => new RealisedVolatility(1.5), /Not a whole number of seconds for windowSeconds: 1.5/);
  assert.throws(() => new EwmaVolatility(0), /halfLifeSeconds/);
  assert.throws(() => new EwmaVolatility(NaN), /halfLifeSeconds/);
  assert.throws(() => new EwmaVolatility(60, { floor: -1 }), /floor/);
  assert.throws(() => new EwmaVolatility(60, { returnsMin: 0 }), /returnsMin/);
  assert.throws(() => new RealisedVolatility(60, { longestGapSeconds: 0 }), /longestGapSeconds/);
});
