import assert from "node:assert/strict";
import { Random } from "../../venues/exchange/random.ts";
import { blocksFor, overfittingOf } from "./overfitting.ts";

function draw(seed: number, trials: number, periods: number, edge: (trial: number) => number): number[][] {
  return Array.from({ length: trials }, (_, trial) => {
    const random = Random.named(seed, `trial ${trial}`);
    return Array.from({ length: periods }, () => random.normal() + edge(trial));
  });
}

Deno.test("by hand: two trials in four blocks, each best where the other is not", () => {
  // Of the six halves, one trial is better in (1,2), (1,3), (2,3), and worse in the rest of each: always overfitted.
  const trials = [[3, 3, 3, 3, 3, 3, -9, -9], [0, 0, 0, 0, 0, 0, 0, 0]];
  const { blocks, splits, probability, meanLogit = NaN } = overfittingOf(trials, "sum") ?? {};
  assert.deepEqual([blocks, splits, probability], [4, 6, 1]);
  // The worse of two has rank 1 of 3.
  assert.ok(Math.abs(meanLogit - Math.log(1 / 2)) < 1e-12);
  // The first is better everywhere: never.
  const better = [[1, 1, 1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 0, 0]];
  assert.equal(overfittingOf(better, "sum")?.probability, 0);
});

Deno.test("choosing among trials that know nothing is overfitting about every second time, a true edge is found again", () => {
  let sum = 0;
  const seeds = 12;
  for (let seed = 0; seed < seeds; seed++) {
    const noise = overfittingOf(draw(seed, 10, 60, () => 0), "sharpe");
    sum += noise?.probability ?? NaN;
    const edge = overfittingOf(draw(seed, 10, 60, (trial) => trial === 3 ? 1 : 0), "sharpe");
    assert.ok(edge !== null && edge.probability < 0.05, `seed ${seed}: ${edge?.probability}`);
  }
  assert.ok(Math.abs(sum / seeds - 0.5) < 0.2, `${sum / seeds}`);
});

Deno.test("trials that are all the same are no better than the median", () => {
  const same = Array.from({ length: 5 }, () => [1, -1, 2, 0, 1, 3, -2, 1]);
  assert.equal(overfittingOf(same, "sum")?.probability, 1);
});

Deno.test("too few trials or periods are null, trials of different length are refused", () => {
  assert.deepEqual([7, 8, 11, 12, 17, 32, 1_000].map(blocksFor), [null, 4, 4, 6, 8, 16, 16]);
  assert.equal(overfittingOf([], "sum"), null);
  assert.equal(overfittingOf(draw(1, 1, 50, () => 0), "sum"), null);
  assert.equal(overfittingOf(draw(1, 3, 5, () => 0), "sum"), null);
  assert.throws(() => overfittingOf([[1, 2], [1]], "sum"), RangeError);
});
