import assert from "node:assert/strict";
import {
  calcProbability,
  type CalcProbabilityOptions,
  type CalcProbabilityResult,
  type CalcRule,
} from "./calc_probability.ts";

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

function calculated(options: CalcProbabilityOptions): CalcProbabilityResult {
  const result = calcProbability(options);
  assert.ok(!("error" in result), "error" in result ? result.error : "");
  return result;
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
    assert.deepEqual(
      [calculated({ ...options, model: "mc" }).probability, calculated({ ...options, model: "mc" }).std_error],
      [probability, 0],
      `${rule} simulated`,
    );
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
    [{ model: "mc", paths: 0 }, /^Paths must be/],
    [{ model: "mc", seed: -1 }, /^Seed must be/],
  ];
  for (const [wrong, expected] of cases) {
    const result = calcProbability({ ...EARLY, ...wrong });
    assert.ok("error" in result, JSON.stringify(wrong));
    assert.match(result.error, expected);
  }
});
