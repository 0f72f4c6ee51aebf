import assert from "node:assert/strict";
import fc from "fast-check";
import {
  brierOf,
  decomposeBrier,
  forecastRefusal,
  logLossOf,
  meanScore,
  reliability,
  reliabilityWithIntervals,
  sharpness,
  wilsonInterval,
} from "./probability_scores.ts";

const forecasts = fc.array(
  fc.record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), yes: fc.boolean() }),
  { minLength: 1, maxLength: 200 },
);

Deno.test("the parts of the Brier score add up to it", () => {
  fc.assert(
    fc.property(forecasts, (given) => {
      const parts = decomposeBrier(given);
      const brier = meanScore(given, brierOf);
      assert.ok(parts !== null && brier !== null);
      const { reliability, resolution, uncertainty, withinBins } = parts;
      assert.ok(Math.abs(reliability - resolution + uncertainty + withinBins - brier) < 1e-12);
      assert.ok(reliability >= 0 && resolution >= 0 && uncertainty >= 0 && uncertainty <= 0.25);
    }),
    { seed: 21, numRuns: 300 },
  );
});

Deno.test("scores are least where the probability is the rate", () => {
  const rates = fc.record({ yes: fc.integer({ min: 1, max: 19 }), p: fc.double({ min: 0, max: 1, noNaN: true }) });
  fc.assert(
    fc.property(rates, ({ yes, p }) => {
      const at = (probability: number) => Array.from({ length: 20 }, (_, k) => ({ probability, yes: k < yes }));
      for (const score of [brierOf, logLossOf]) {
        assert.ok((meanScore(at(p), score) ?? NaN) >= (meanScore(at(yes / 20), score) ?? NaN) - 1e-12);
      }
    }),
    { seed: 22, numRuns: 300 },
  );
});

Deno.test("scores by hand", () => {
  const given = [{ probability: 0.8, yes: true }, { probability: 0.3, yes: false }];
  assert.ok(Math.abs((meanScore(given, brierOf) ?? NaN) - 0.065) < 1e-15);
  assert.ok(Math.abs((meanScore(given, logLossOf) ?? NaN) - (-Math.log(0.8) - Math.log(0.7)) / 2) < 1e-15);
  assert.ok(Math.abs((sharpness(given) ?? NaN) - 0.0625) < 1e-15);
  assert.ok(logLossOf({ probability: 0, yes: true }) > 13, "a wrong certainty costs much, but not infinitely much");
  assert.deepEqual([meanScore([], brierOf), sharpness([]), decomposeBrier([])], [null, null, null]);
});

Deno.test("Wilson's intervals are those of SciPy", () => {
  // Origin: scipy.stats.binomtest(k, n).proportion_ci(method="wilson"), SciPy 1.17.
  const cases: [number, number, number, number][] = [
    [0, 5, 0.0, 0.43448246478317476],
    [1, 1, 0.20654931437723745, 1.0],
    [3, 10, 0.10779126740630102, 0.6032218525388546],
    [8, 10, 0.4901624715366418, 0.9433178485456248],
    [25, 25, 0.8668077490609516, 1.0],
    [137, 400, 0.29769101850421636, 0.3903053542110871],
  ];
  for (const [yes, n, low, high] of cases) {
    const found = wilsonInterval(yes, n);
    assert.ok(Math.abs(found.low - low) < 1e-12 && Math.abs(found.high - high) < 1e-12, JSON.stringify(found));
  }
});

Deno.test("an interval holds its rate, and says nothing of nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const yes = Math.round(share * n);
      const { low, high } = wilsonInterval(yes, n);
      assert.ok(low >= 0 && high <= 1 && low <= yes / n && yes / n <= high && low < high);
    }),
    { seed: 23 },
  );
  for (const [yes, n] of [[0, 0], [1, 0], [NaN, 5], [-1, 5], [6, 5]]) {
    assert.deepEqual(wilsonInterval(yes, n), { low: 0, high: 1 });
  }
});

Deno.test("a reliability table holds every forecast once, in the bin of its probability", () => {
  fc.assert(
    fc.property(forecasts, (given) => {
      const rows = reliability(given);
      assert.equal(rows.reduce((sum, { n }) => sum + n, 0), given.length);
      for (const { low, high, n, meanProbability } of rows) {
        if (meanProbability === null) assert.equal(n, 0);
        else assert.ok(meanProbability >= low - 1e-12 && meanProbability <= high + 1e-12);
      }
    }),
    { seed: 24 },
  );
});

Deno.test("forecasts that share an outcome make an interval no narrower than one of them", () => {
  const once = [{ probability: 0.55, yes: true, group: "a" }, { probability: 0.55, yes: false, group: "b" }];
  const often = [...once, ...once, ...once];
  const [one, many] = [once, often].map((given) => reliabilityWithIntervals(given)[5]);
  assert.deepEqual([one.n, many.n, one.groups, many.groups], [2, 6, 2, 2]);
  assert.deepEqual(many.interval, one.interval);
  assert.equal(reliabilityWithIntervals(once)[0].interval, null);
});

Deno.test("what is no probability is told", () => {
  for (const probability of [NaN, -0.1, 1.1, Infinity]) {
    assert.match(forecastRefusal({ probability, yes: true }) ?? "", /must be within 0 and 1, found/);
  }
  for (const probability of [0, 0.5, 1]) assert.equal(forecastRefusal({ probability, yes: true }), null);
});
