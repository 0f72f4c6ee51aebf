import assert from "node:assert/strict";
import { calcProbability, type CalcProbabilityResult } from "./calc_probability.ts";
import type { CalcProbability, CalcProbabilityOptions, CalcRule } from "./calc_probability_question.ts";

const EARLY: CalcProbabilityOptions = {
  spot: 84_000,
  strike: 84_100,
  sigma: 0.0002,
  seconds: 600,
  model: "closed",
  dist: "gbm",
  paths: 10_000,
  seed: 1,
  decimals: 2,
};
const LATE: CalcProbabilityOptions = {
  ...EARLY,
  strike: 84_010,
  seconds: 25,
  seenMean: 84_020.5,
  seenCount: 35,
};

function calculated(options: CalcProbabilityOptions): CalcProbabilityResult & CalcProbability {
  const result = calcProbability(options);
  assert.ok(!("error" in result), "error" in result ? result.error : "");
  assert.ok("probability" in result);
  return result;
}

/** The probability and standard error of each of several strikes. */
function several(options: CalcProbabilityOptions): readonly (CalcProbability & { readonly strike: number })[] {
  const result = calcProbability(options);
  assert.ok("strikes" in result, "error" in result ? result.error : "");
  return result.strikes;
}

Deno.test("the documented example of the closed form", () => {
  const { probability, ...rest } = calculated(EARLY);
  assert.match(`${probability}`, /^0\.39988\d{8,}$/);
  assert.deepEqual(Object.keys(rest), ["std_error", "model", "elapsed_us"]);
  assert.deepEqual([rest.std_error, rest.model], [0, "closed"]);
  assert.ok(rest.elapsed_us >= 0);
});

Deno.test("the documented example of the simulation, inside the last minute", () => {
  const result = calculated({ ...LATE, model: "mc" });
  assert.deepEqual(Object.keys(result), ["probability", "std_error", "model", "dist", "paths", "elapsed_us"]);
  assert.ok(Math.abs(result.probability - 0.537) < 0.02, `${result.probability}`);
  assert.equal(result.std_error.toFixed(3), "0.005");
  assert.equal(calculated({ ...LATE, model: "mc" }).probability, result.probability);
  assert.notEqual(calculated({ ...LATE, model: "mc", seed: 2 }).probability, result.probability);
});

Deno.test("under every rule the simulation agrees with the closed form", () => {
  const cases: [CalcRule | undefined, number, number | undefined, number][] = [
    [undefined, 84_010, undefined, 2],
    ["greater", 84_010, undefined, 2],
    ["greater_or_equal", 84_010, undefined, 0],
    ["less", 84_010, undefined, 0],
    ["between", 84_005, 84_015, 0],
    ["between", 84_009.5, 84_010.4, 0],
    ["greater", 84_009.5, undefined, 0],
  ];
  for (const [rule, strike, cap, decimals] of cases) {
    const options = { ...LATE, strike, decimals, ...(rule && { rule }), ...(cap && { cap }) };
    const exact = calculated(options).probability;
    const simulated = calculated({ ...options, model: "mc", paths: 200_000 });
    const distance = Math.abs(simulated.probability - exact);
    assert.ok(
      distance < 5 * simulated.std_error,
      `${rule} ${strike} ${cap}: ${simulated.probability} against ${exact}`,
    );
  }
});

Deno.test("rounding and ties follow the rule", () => {
  // Everything seen: the mean is certain, and rounds to the strike.
  const certain: CalcProbabilityOptions = { ...EARLY, seconds: 0, seenCount: 60, seenMean: 84_099.996, strike: 84_100 };
  const expected: [CalcRule | undefined, number][] = [
    [undefined, 0],
    ["greater", 0],
    ["greater_or_equal", 1],
    ["less", 0],
    ["between", 1],
  ];
  for (const [rule, probability] of expected) {
    const options = { ...certain, ...(rule && { rule }), cap: 84_199.99 };
    assert.equal(calculated(options).probability, probability, `${rule}`);
  }
});

Deno.test("every price model, estimator and mode that go together answer within a few errors of each other", () => {
  const returns = Array.from({ length: 400 }, (_, k) => ((k * 7919) % 400 - 199.5) * 1e-7);
  const options: CalcProbabilityOptions = { ...EARLY, seconds: 120, strike: 84_040, model: "mc", paths: 8_000 };
  const exact = calculated({ ...options, model: "closed" }).probability;
  const cases: readonly Partial<CalcProbabilityOptions>[] = [
    ...(["plain", "antithetic", "control", "sobol"] as const).map((estimator) => ({ estimator })),
    { mode: "every_second", estimator: "control" },
    { kernel: "relaxed" },
    { dist: "jump", jumpIntensity: 0.001, estimator: "control" },
    { dist: "student", degrees: 200 },
    { dist: "heston", varianceVolatility: 0, estimator: "antithetic" },
    { dist: "bootstrap", returns },
  ];
  for (const given of cases) {
    const { probability, std_error } = calculated({ ...options, ...given });
    const distance = Math.abs(probability - exact);
    assert.ok(distance < 4.5 * std_error + 0.005, `${JSON.stringify(given)}: ${probability}, ${exact} +- ${std_error}`);
  }
});

Deno.test("what was asked for is said again, and nothing else", () => {
  const result = calculated({ ...LATE, model: "mc", estimator: "control", mode: "every_second", kernel: "strict" });
  const fields = ["probability", "std_error", "model", "dist", "paths", "elapsed_us", "estimator", "mode", "kernel"];
  assert.deepEqual(Object.keys(result), fields);
});

Deno.test("several strikes come from the same paths, and under both models", () => {
  const { strike: _, ...rest } = LATE;
  for (const model of ["closed", "mc"] as const) {
    const options: CalcProbabilityOptions = { ...rest, model, strikes: [84_000, 84_010, 84_020] };
    const all = several(options);
    assert.deepEqual(all.map(({ strike }) => strike), options.strikes);
    for (const { strike, probability, std_error } of all) {
      const alone = calculated({ ...rest, model, strike });
      assert.deepEqual([probability, std_error], [alone.probability, alone.std_error]);
    }
  }
});

Deno.test("what is not above is not more: the rules greater and less share the paths out", () => {
  for (const estimator of ["plain", "antithetic", "control", "sobol"] as const) {
    const options: CalcProbabilityOptions = { ...LATE, model: "mc", estimator, decimals: 0 };
    const atLeast = calculated({ ...options, rule: "greater_or_equal" }).probability;
    const less = calculated({ ...options, rule: "less" }).probability;
    assert.ok(Math.abs(atLeast + less - 1) < 1e-15, estimator);
  }
});

Deno.test("a wrong option is refused with its name and what is allowed", () => {
  const cases: [Partial<CalcProbabilityOptions>, RegExp][] = [
    [{ spot: 0 }, /^Spot must be above 0, found 0$/],
    [{ strike: NaN }, /^Strike must be a number, found NaN$/],
    [{ sigma: -1 }, /^Sigma must be 0 or more/],
    [{ seconds: -1 }, /^Seconds must be 0 or more/],
    [{ seenCount: 61, seenMean: 1 }, /^Seen-count must be a whole number from 0 to 60/],
    [{ seconds: 20, seenCount: 35 }, /^Seen-mean must be above 0 where seen-count is given, found none$/],
    [{ seenMean: 84_000 }, /^Seen-count must be above 0 where seen-mean is given/],
    [{ seconds: 600, seenCount: 35, seenMean: 84_000 }, /at most 60 together, found 600 and 35/],
    [{ decimals: 9 }, /^Decimals must be/],
    [{ rule: "between" }, /^Cap must be at least the strike for the rule between, found none$/],
    [{ rule: "between", cap: 84_000 }, /^Cap must be/],
    [{ model: "mc", paths: 0 }, /^Paths must be a whole number from 1 to 100000000, found 0$/],
    [{ model: "mc", paths: 1e12 }, /^Paths must be/],
    [{ model: "mc", seed: -1 }, /^Seed must be/],
    [{ model: "mc", sigma: 0 }, /^Sigma must be above 0 and at most 1 for Monte Carlo, found 0$/],
    [{ model: "mc", sigma: NaN }, /^Sigma must be 0 or more, found NaN$/],
    [{ model: "mc", sigma: Infinity }, /^Sigma must be/],
    [{ model: "mc", seconds: 0 }, /^Seconds must be above 0 and at most 86400 \(a day\) for Monte Carlo, found 0$/],
    [{ model: "mc", seconds: 86_401 }, /^Seconds must be above 0 and at most 86400/],
    [{ model: "mc", strike: -5 }, /^Strike must be above 0, found -5$/],
    [{ model: "mc", seconds: 0.5, seenCount: 60, seenMean: 1 }, /at most 60 together/],
    [{ model: "mc", dist: "student", mode: "exact_jump" }, /^Mode must be every_second for student/],
    [{ model: "mc", dist: "jump", jumpDeviation: 0.01 }, /^Sigma must be above 0.001000 a second, which the jumps/],
    [{ model: "mc", dist: "bootstrap", returns: [1e-4] }, /^Number of returns must be from 2 to 4096, found 1$/],
    [{ model: "mc", paths: 9_999, estimator: "antithetic" }, /^Paths must be an even number for antithetic/],
    [{ strikes: [1, NaN] }, /^Strike must be a number, found NaN$/],
    [{ strikes: [] }, /^Strike must be a number, found none$/],
  ];
  for (const [wrong, expected] of cases) {
    const result = calcProbability({ ...EARLY, ...wrong });
    assert.ok("error" in result, JSON.stringify(wrong));
    assert.match(result.error, expected);
  }
});
