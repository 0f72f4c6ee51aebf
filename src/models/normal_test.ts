import assert from "node:assert/strict";
import fc from "fast-check";
import { normalCdf, normalInverse, normalPdf } from "./normal.ts";

/** Arguments and results rounded from 50-digit arithmetic. */
type Case = readonly [argument: number, expected: number];

const CDF: readonly Case[] = [
  [-38.0, 2.88542835e-316],
  [-30.0, 4.906713927148187e-198],
  [-20.0, 2.7536241186062337e-89],
  [-12.5, 3.732564298877713e-36],
  [-8.3, 5.205569744890254e-17],
  [-6.0, 9.86587645037698e-10],
  [-5.7, 5.990371401063528e-09],
  [-5.6, 1.071759025831093e-08],
  [-4.25, 1.068852577493442e-05],
  [-3.0, 0.0013498980316300946],
  [-2.5, 0.006209665325776135],
  [-1.96, 0.024997895148220435],
  [-1.0, 0.15865525393145705],
  [-0.7, 0.24196365222307303],
  [-0.663, 0.2536652770386165],
  [-0.6629, 0.2536973008682368],
  [-0.3, 0.3820885778110474],
  [-1e-09, 0.49999999960105773],
  [0.0, 0.5],
  [0.25, 0.5987063256829237],
  [0.66, 0.7453730853286639],
  [0.67, 0.7485711049046899],
  [1.0, 0.8413447460685429],
  [1.5, 0.9331927987311419],
  [2.75, 0.9970202367649454],
  [5.0, 0.9999997133484281],
  [8.0, 0.9999999999999993],
];
const PDF: readonly Case[] = [
  [-37.5, 1.7282337322841054e-306],
  [-20.0, 5.520948362159764e-88],
  [-8.3, 4.3816394355093325e-16],
  [-1.1, 0.2178521770325505],
  [0.0, 0.3989422804014327],
  [0.3, 0.3813878154605241],
  [2.2, 0.03547459284623142],
  [5.656854, 4.489510259017404e-08],
  [12.0, 2.1463837356630605e-32],
  [38.0, 1.097221052e-314],
];
const INVERSE: readonly Case[] = [
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-20, -9.262340089798407],
  [1.3e-11, -6.667611456510741],
  [1e-05, -4.264890793922825],
  [0.01, -2.326347874040841],
  [0.074, -1.4466320671589785],
  [0.076, -1.4325027208258116],
  [0.25, -0.6744897501960817],
  [0.4999999, -2.5066282747031063e-07],
  [0.6, 0.2533471031357997],
  [0.9, 1.2815515655446006],
  [0.925, 1.4395314709384561],
  [0.926, 1.4466320671589787],
  [0.975, 1.9599639845400538],
  [0.999999, 4.753424308817087],
];

function assertRelative(actual: number, expected: number, tolerance: number, argument: number): void {
  const message = `At ${argument}: ${actual}, wanted ${expected}`;
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.abs(expected), message);
}

Deno.test("the normal distribution function has a relative error below 1e-15, tails included", () => {
  for (const [x, expected] of CDF) assertRelative(normalCdf(x), expected, 1e-15, x);
});

Deno.test("the normal density has a relative error below 5e-16", () => {
  for (const [x, expected] of PDF) assertRelative(normalPdf(x), expected, 5e-16, x);
});

Deno.test("the inverse has a relative error below 1e-15", () => {
  for (const [p, expected] of INVERSE) assertRelative(normalInverse(p), expected, 1e-15, p);
});

Deno.test("the distribution function never falls, and mirrors at 0", () => {
  let before = 0;
  for (let k = -4000; k <= 4000; k++) {
    const here = normalCdf(k / 100);
    assert.ok(here >= before, `Falls at ${k / 100}`);
    assert.ok(Math.abs(here + normalCdf(-k / 100) - 1) <= 2.3e-16);
    before = here;
  }
});

Deno.test("the pieces of the distribution function meet without a step", () => {
  for (const seam of [0.66291, Math.sqrt(32)]) {
    const below = normalCdf(-seam);
    assertRelative(normalCdf(-seam - 1e-13), below, 2e-12, -seam);
    assertRelative(normalCdf(-seam + 1e-13), below, 2e-12, -seam);
  }
});

Deno.test("the inverse undoes the distribution function", () => {
  fc.assert(
    fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (x) => {
      assert.ok(Math.abs(normalInverse(normalCdf(x)) - x) <= 1e-10 * Math.max(1, Math.abs(x)));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

Deno.test("infinite and impossible arguments have the limits of the mathematical functions", () => {
  assert.equal(normalCdf(-Infinity), 0);
  assert.equal(normalCdf(-39), 0);
  assert.equal(normalCdf(Infinity), 1);
  assert.equal(normalCdf(0), 0.5);
  assert.ok(Number.isNaN(normalCdf(NaN)));
  assert.equal(normalPdf(Infinity), 0);
  assert.ok(Number.isNaN(normalPdf(NaN)));
  assert.equal(normalInverse(0), -Infinity);
  assert.equal(normalInverse(1), Infinity);
  assert.equal(normalInverse(0.5), 0);
  for (const p of [-0.1, 1.1, NaN]) assert.ok(Number.isNaN(normalInverse(p)), `${p} is no probability`);
});
