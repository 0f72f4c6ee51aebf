import assert from "node:assert/strict";
import fc from "fast-check";
import { SpotOutliers } from "./spot_outliers.ts";

const outliersOf = (prices: readonly number[], outliers = new SpotOutliers(prices.length)): number[] => {
  outliers.judge(prices);
  return prices.flatMap((_, exchange) => outliers.isOutlier(exchange) ? [exchange] : []);
};

const CASES: readonly (readonly [claim: string, prices: readonly number[], outliers: readonly number[]])[] = [
  ["nobody among exchanges that agree", [100, 100.1, 99.9], []],
  ["the one that lies more than 5 % off the others", [100, 100, 105.1], [2]],
  ["not the one that lies 5 % off", [100, 100, 105], []],
  ["both of two that differ: who is right cannot be told", [100, 110], [0, 1]],
  ["nobody where there is one alone", [100], []],
  ["nobody without a price", [100, NaN, 101], []],
  ["one wild one of three, and nobody else", [100, 100, 300], [2]],
  ["two wild ones of five", [100, 100, 300, 300, 100], [2, 3]],
];

for (const [claim, prices, outliers] of CASES) {
  Deno.test(`standing apart: ${claim}`, () => assert.deepEqual(outliersOf(prices), outliers));
}

Deno.test("who stood apart is back once it is within half of what drove it out, and keeps its state while silent", () => {
  const outliers = new SpotOutliers(3);
  const state = (price: number) => outliersOf([100, 100, price], outliers).length;
  assert.deepEqual([100, 106, 104, NaN, 102.6, 102.4, 104].map(state), [0, 1, 1, 1, 1, 0, 0]);
});

Deno.test("who stands apart does not depend on the order of the exchanges", () => {
  const prices = fc.array(fc.integer({ min: 90, max: 115 }), { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(prices, (all) => {
    const mirrored = outliersOf(all.toReversed()).map((exchange) => all.length - 1 - exchange).toSorted((a, b) =>
      a - b
    );
    assert.deepEqual(mirrored, outliersOf(all));
  }));
});
