import assert from "node:assert/strict";
import { exponential, exponentialOfSum, logarithm } from "./elementary.ts";

/** Arguments and results rounded from 50-digit arithmetic. */
type Case = readonly [argument: number, expected: number];

const EXPONENTIALS: readonly Case[] = [
  [-740.0, 4.2e-322],
  [-708.3, 2.450295530965988e-308],
  [-100.7, 1.8473350586794258e-44],
  [-20.25, 1.6052280551856116e-09],
  [-1.5, 0.22313016014842982],
  [-0.34, 0.7117703227626097],
  [-1e-09, 0.999999999],
  [1e-17, 1.0],
  [0.001, 1.0010005001667084],
  [0.3466, 1.4142509118505286],
  [0.5, 1.6487212707001282],
  [1.0, 2.718281828459045],
  [2.5, 12.182493960703473],
  [10.1, 24343.00942440838],
  [88.9, 4.062369671282883e+38],
  [500.5, 2.314132344963141e+217],
  [709.7, 1.6549840276802644e+308],
];
const LOGARITHMS: readonly Case[] = [
  [5e-324, -744.4400719213812],
  [1e-310, -713.8013788281542],
  [2.3e-308, -708.363299519231],
  [1e-100, -230.25850929940458],
  [0.001, -6.907755278982137],
  [0.5, -0.6931471805599453],
  [0.7071, -0.346583180371942],
  [0.70711, -0.3465690382006941],
  [0.999, -0.0010005003335835344],
  [0.9999999, -1.0000000494736474e-07],
  [1.0000001, 9.999999505838704e-08],
  [1.001, 0.0009995003330834232],
  [1.4142, 0.3465640001880033],
  [1.41422, 0.34657814235925116],
  [2.0, 0.6931471805599453],
  [3.0, 1.0986122886681098],
  [84000.0, 11.33857207782545],
  [1e+100, 230.25850929940458],
  [1.7e+308, 709.7268368932282],
];

/** One unit in the last place of a normal number, relatively, at most. */
const ULP = 2 ** -52;

function assertClose(actual: number, expected: number, argument: number): void {
  const allowed = Math.max(Math.abs(expected) * ULP, Number.MIN_VALUE);
  assert.ok(Math.abs(actual - expected) <= allowed, `At ${argument}: ${actual}, wanted ${expected}`);
}

Deno.test("exponential is within one unit in the last place of 50-digit arithmetic", () => {
  for (const [x, expected] of EXPONENTIALS) assertClose(exponential(x), expected, x);
});

Deno.test("logarithm is within one unit in the last place of 50-digit arithmetic", () => {
  for (const [x, expected] of LOGARITHMS) assertClose(logarithm(x), expected, x);
});

Deno.test("exponential and logarithm have the limits of the mathematical functions", () => {
  assert.equal(exponential(0), 1);
  assert.equal(exponential(-Infinity), 0);
  assert.equal(exponential(-746), 0);
  assert.equal(exponential(Infinity), Infinity);
  assert.equal(exponential(710), Infinity);
  assert.ok(Number.isNaN(exponential(NaN)));
  assert.equal(logarithm(1), 0);
  assert.equal(logarithm(0), -Infinity);
  assert.equal(logarithm(Infinity), Infinity);
  assert.ok(Number.isNaN(logarithm(-1)));
  assert.ok(Number.isNaN(logarithm(NaN)));
});

Deno.test("exponentialOfSum keeps what rounding the sum would lose", () => {
  // -512 - 2^-46 rounds to -512; the lost part is 1.4e-14 of the result.
  const lost = 2 ** -46;
  assert.ok(exponentialOfSum(-512, -lost) < exponential(-512) * (1 - 0.9 * lost));
});

Deno.test("exponential undoes logarithm", () => {
  for (let k = -300; k <= 300; k += 7) {
    const x = 1.2345 * Number(`1e${k}`);
    const back = exponential(logarithm(x));
    assert.ok(Math.abs(back / x - 1) < 2e-13, `${x} came back as ${back}`);
  }
});
