import assert from "node:assert/strict";
import fc from "fast-check";
import { bucketIncoherence, coherentLadder, ladderIncoherence } from "./coherence.ts";
import { SettlementAverage } from "./settlement_average.ts";

const ladders = fc.array(
  fc.record({ strike: fc.integer({ min: 0, max: 30 }), probability: fc.double({ min: 0, max: 1, noNaN: true }) }),
  { maxLength: 30 },
);

Deno.test("a ladder made coherent is coherent, and one that was stays as it is", () => {
  fc.assert(
    fc.property(ladders, (ladder) => {
      const made = coherentLadder(ladder);
      const coherent = ladder.map(({ strike }, k) => ({ strike, probability: made[k] }));
      assert.deepEqual(ladderIncoherence(coherent), { problem: null, size: 0 });
      const again = coherentLadder(coherent);
      again.forEach((each, k) => assert.ok(Math.abs(each - made[k]) < 1e-12));
      const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
      assert.ok(Math.abs(sum(made) - sum(ladder.map(({ probability }) => probability))) < 1e-9);
    }),
    { seed: 41, numRuns: 500 },
  );
});

Deno.test("no other falling ladder lies nearer", () => {
  fc.assert(
    fc.property(ladders, ladders, (ladder, other) => {
      const made = coherentLadder(ladder);
      const rival = coherentLadder(
        ladder.map(({ strike }, k) => ({ strike, probability: other[k]?.probability ?? 0 })),
      );
      const far = (values: readonly number[]) =>
        ladder.reduce((sum, { probability }, k) => sum + (probability - values[k]) ** 2, 0);
      assert.ok(far(made) <= far(rival) + 1e-9);
    }),
    { seed: 42, numRuns: 500 },
  );
});

Deno.test("the closed form is coherent across strikes and buckets", () => {
  const states = fc.record({
    sigma: fc.double({ min: 1e-6, max: 1e-3, noNaN: true }),
    seconds: fc.integer({ min: 1, max: 3_600 }),
    step: fc.double({ min: 0.01, max: 200, noNaN: true }),
  });
  fc.assert(
    fc.property(states, ({ sigma, seconds, step }) => {
      const average = new SettlementAverage().prepare(84_000, sigma, seconds, 0, 0);
      const strikes = Array.from({ length: 21 }, (_, k) => 84_000 + Math.round((k - 10) * step * 100) / 100);
      const ladder = strikes.map((strike) => ({ strike, probability: average.above(strike) }));
      assert.equal(ladderIncoherence(ladder).problem, null);
      const above = ladder.map(({ probability }) => probability);
      const buckets = [1 - above[0], ...above.slice(1).map((each, k) => above[k] - each), above[20]];
      assert.equal(bucketIncoherence(buckets).problem, null);
    }),
    { seed: 43, numRuns: 300 },
  );
});

Deno.test("what does not fit together is told, at its worst place", () => {
  const ladder = [[1, 0.9], [2, 0.5], [3, 0.55], [4, 0.8]].map(([strike, probability]) => ({ strike, probability }));
  const { problem, size } = ladderIncoherence(ladder);
  assert.equal(problem, "Above 4 has probability 0.8, more than 0.5 above 2");
  assert.ok(Math.abs(size - 0.3) < 1e-12);
  const twice = [{ strike: 5, probability: 0.4 }, { strike: 5, probability: 0.6 }];
  assert.match(ladderIncoherence(twice).problem ?? "", /Strike 5 has two probabilities/);
  assert.match(ladderIncoherence([{ strike: 1, probability: NaN }]).problem ?? "", /within 0 and 1, found NaN/);
  assert.match(bucketIncoherence([0.5, 0.4]).problem ?? "", /sum to 0.9, not to 1/);
  assert.match(bucketIncoherence([1.5, -0.5]).problem ?? "", /within 0 and 1, found 1.5/);
  assert.equal(ladderIncoherence([]).problem, null);
});
