import assert from "node:assert/strict";
import { Random } from "../../venues/exchange/random.ts";
import {
  deflatedSharpe,
  expectedMaximum,
  probabilisticSharpe,
  varianceByChance,
  varianceOf,
} from "./deflated_sharpe.ts";
import { momentsOf, sharpeOf } from "./moments.ts";

const close = (found: number, wanted: number, within: number) =>
  assert.ok(Math.abs(found - wanted) <= within, `${found}, wanted ${wanted} within ${within}`);

const PERIODS = 120;
const TRIALS = 40;

/** What trials bring that know nothing; the first one gains `edge` a period on top. */
function draw(seed: number, edge: number): number[][] {
  return Array.from({ length: TRIALS }, (_, trial) => {
    const random = Random.named(seed, `trial ${trial}`);
    return Array.from({ length: PERIODS }, () => random.normal() + (trial === 0 ? edge : 0));
  });
}

function judge(trials: readonly number[][]) {
  const sharpes = trials.map((each) => sharpeOf(each) ?? NaN);
  const best = trials[sharpes.indexOf(Math.max(...sharpes))];
  const judged = deflatedSharpe(best, varianceByChance(sharpes, PERIODS), trials.length);
  assert.ok(judged !== null);
  return { ...judged, shown: Math.max(...sharpes) };
}

Deno.test("what the best of n independent numbers is expected to be, is what it is on average", () => {
  for (const count of [2, 10, 100]) {
    const random = Random.named(7, `maxima of ${count}`);
    let sum = 0;
    const draws = 4_000;
    for (let k = 0; k < draws; k++) sum += Math.max(...Array.from({ length: count }, () => 0.1 * random.normal()));
    // The formula is that of the extreme value distribution, a few hundredths of the deviation off.
    close(expectedMaximum(count, 0.01), sum / draws, 0.006);
  }
  assert.equal(expectedMaximum(1, 0.01), 0, "one trial is not the best of anything");
});

Deno.test("the best of many that know nothing does not stand out, a true edge does", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const noise = judge(draw(seed, 0));
    assert.ok(noise.probability < 0.9, `seed ${seed}: ${noise.probability}`);
    close(noise.shown, noise.expectedByChance, 0.1);
    const edge = judge(draw(seed, 0.6));
    assert.ok(edge.probability > 0.95, `seed ${seed}: ${edge.probability}`);
  }
});

Deno.test("one that is as good in a single trial may be chance in a hundred", () => {
  const [best] = draw(1, 0.25);
  const sharpes = Array.from({ length: 40 }, (_, k) => (k - 20) / 100);
  const probabilities = [1, 100, 10_000].map((trials) =>
    deflatedSharpe(best, varianceOf(sharpes), trials)?.probability ?? NaN
  );
  assert.ok(probabilities[0] > probabilities[1] && probabilities[1] > probabilities[2], `${probabilities}`);
});

Deno.test("a fifth of the trials with a true edge is no reason to doubt it, though it spreads the ratios", () => {
  const trials = draw(1, 0).map((each, k) => k % 5 === 0 ? each.map((value) => value + 0.7) : each);
  const sharpes = trials.map((each) => sharpeOf(each) ?? NaN);
  assert.ok(varianceOf(sharpes) > 5 * varianceByChance(sharpes, PERIODS));
  assert.ok(judge(trials).probability > 0.99);
  const alike = Array.from({ length: 40 }, (_, k) => 0.1 + k / 1e4);
  assert.equal(varianceByChance(alike, PERIODS), varianceOf(alike), "trials that resemble one another vary by less");
});

Deno.test("losses that are rare and large make the same ratio less certain", () => {
  const normal = { count: 100, mean: 0.2, deviation: 1, skewness: 0, kurtosis: 3 };
  const certain = probabilisticSharpe(normal, 0) ?? NaN;
  const skewed = probabilisticSharpe({ ...normal, skewness: -3, kurtosis: 15 }, 0) ?? NaN;
  assert.ok(certain > 0.97 && skewed < certain - 0.01, `${certain} and ${skewed}`);
  // By hand: z = 0.2 x sqrt(99) / sqrt(1 + 2/4 x 0.04) = 1.970357..., whose normal integral is 0.975600.
  close(certain, 0.9756, 5e-5);
});

Deno.test("too little to tell is null, and what cannot be is refused", () => {
  assert.equal(momentsOf([]), null);
  assert.equal(momentsOf([3]), null);
  assert.equal(momentsOf([3, 3, 3]), null);
  assert.equal(sharpeOf([3, 3]), null);
  assert.equal(deflatedSharpe([0, 0, 0], 0.1, 5), null);
  for (const trials of [0, -1, 1.5, NaN]) assert.throws(() => expectedMaximum(trials, 1), RangeError);
  assert.throws(() => expectedMaximum(3, -1), RangeError);
});
