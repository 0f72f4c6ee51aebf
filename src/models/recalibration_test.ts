import assert from "node:assert/strict";
import fc from "fast-check";
import type { GroupedForecast } from "./probability_scores.ts";
import { applyMap, fitIsotonic, fitPlatt, type ProbabilityMap, recalibrate } from "./recalibration.ts";

/** Uniform numbers from a seed. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Forecasts of which the truth is another function of what was said. */
function said(seed: number, count: number, truth: (probability: number) => number): GroupedForecast[] {
  const uniform = uniforms(seed);
  return Array.from({ length: count }, (_, k) => {
    const probability = uniform();
    return { probability, yes: uniform() < truth(probability), group: `m${k}` };
  });
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));

Deno.test("Platt's map finds the true intercept and slope", () => {
  const map = fitPlatt(said(5, 20_000, (p) => logistic(0.4 + 0.6 * logit(p))));
  assert.ok(map.kind === "platt");
  assert.ok(Math.abs(map.intercept - 0.4) < 0.06 && Math.abs(map.slope - 0.6) < 0.04, JSON.stringify(map));
});

Deno.test("Platt's map is the minimum that SciPy finds", () => {
  // Origin: scipy.optimize.minimize 1.17 (BFGS) of the penalised log likelihood, of the eight forecasts below.
  const probabilities = [0.1, 0.2, 0.35, 0.5, 0.6, 0.7, 0.85, 0.95];
  const map = fitPlatt(probabilities.map((probability, k) => ({ probability, yes: [2, 4, 5, 7].includes(k) })));
  assert.ok(map.kind === "platt");
  assert.ok(
    Math.abs(map.intercept - -0.088213155) < 1e-6 && Math.abs(map.slope - 0.748687222) < 1e-6,
    JSON.stringify(map),
  );
});

Deno.test("the isotonic map finds a truth that no straight line in logits has", () => {
  const truth = (p: number) => p < 0.5 ? 0.2 : 0.7;
  const map = fitIsotonic(said(6, 20_000, truth));
  for (const p of [0.1, 0.3, 0.45, 0.55, 0.7, 0.9]) {
    assert.ok(Math.abs(applyMap(map, p) - truth(p)) < 0.06, `${p}: ${applyMap(map, p)}`);
  }
});

Deno.test("every map gives probabilities that do not fall", () => {
  const forecasts = fc.array(
    fc.record({
      probability: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1)),
      yes: fc.boolean(),
    }),
    { maxLength: 60 },
  );
  const points = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(forecasts, points, (given, points) => {
      for (const map of [fitPlatt(given), fitIsotonic(given)]) {
        const mapped = [0, ...points.sort((a, b) => a - b), 1].map((each) => applyMap(map, each));
        mapped.forEach((each, k) => {
          assert.ok(each >= 0 && each <= 1, `${map.kind}: ${each}`);
          if (k > 0) assert.ok(each >= mapped[k - 1] - 1e-12, `${map.kind}: ${mapped[k - 1]}, then ${each}`);
        });
      }
    }),
    { seed: 31, numRuns: 500 },
  );
});

Deno.test("too confident probabilities are recalibrated, and the gain is out of sample", () => {
  const given = said(7, 1_000, (p) => logistic(0.4 * logit(p)));
  const { map, chosenBy, confirmedBy, why } = recalibrate(given);
  assert.equal(map.kind, "platt", why);
  assert.ok(chosenBy.every(({ change }) => change < 0) && confirmedBy !== null && confirmedBy.change < 0);
  const later = said(8, 5_000, (p) => logistic(0.4 * logit(p)));
  const off = (map: ProbabilityMap) =>
    later.reduce((sum, { probability, yes }) => sum + (applyMap(map, probability) - (yes ? 1 : 0)) ** 2, 0);
  assert.ok(off(map) < off({ kind: "none" }));
});

Deno.test("probabilities that were right are hardly ever touched", () => {
  let touched = 0;
  for (let seed = 100; seed < 200; seed++) {
    if (recalibrate(said(seed, 300, (p) => p)).map.kind !== "none") touched++;
  }
  assert.ok(touched <= 10, `${touched} of 100`);
});

Deno.test("a map that helped only until the last part is not used", () => {
  const early = said(9, 700, (p) => logistic(0.3 * logit(p)));
  const late = said(10, 300, (p) => logistic(2 * logit(p))).map((each, k) => ({ ...each, group: `late${k}` }));
  const { map, why, confirmedBy } = recalibrate([...early, ...late]);
  assert.equal(map.kind, "none");
  assert.match(why, /was best at first and does not help on the last part/);
  assert.ok(confirmedBy !== null && confirmedBy.change > 0);
});

Deno.test("few outcomes recalibrate nothing, however many forecasts there were of them", () => {
  const given = said(11, 2_000, (p) => logistic(0.2 * logit(p))).map((each, k) => ({ ...each, group: `m${k % 49}` }));
  const { map, why } = recalibrate(given);
  assert.equal(map.kind, "none");
  assert.equal(why, "49 independent outcomes are too few to tell; it takes 50");
  assert.equal(recalibrate([]).map.kind, "none");
});

Deno.test("what comes later has no say in what was fitted before", () => {
  const given = said(12, 1_000, (p) => logistic(0.4 * logit(p)));
  const changed = given.map((each, k) => k < 700 ? each : { ...each, yes: true });
  assert.deepEqual(recalibrate(given).chosenBy, recalibrate(changed).chosenBy);
});
