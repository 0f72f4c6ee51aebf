/** Whatever is asked, there is an answer that is a probability, or a reason. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { simulate } from "./monte_carlo.ts";
import { ESTIMATORS, MODES, type MonteCarloRequest, type PriceModel } from "./monte_carlo_request.ts";

const RUNS = Deno.env.get("KBOT_TEST_FULL") === "1" ? 1_000_000 : 10_000;
/** Simulations that are let through take at most as many steps. */
const WORK_MAX = 200_000;

const anything = fc.double();
/** Mostly what is allowed, sometimes anything. */
const number = (min: number, max: number) =>
  fc.oneof({ weight: 12, arbitrary: fc.double({ min, max, noNaN: true }) }, { weight: 1, arbitrary: anything });
const whole = (min: number, max: number) =>
  fc.oneof({ weight: 12, arbitrary: fc.integer({ min, max }) }, { weight: 1, arbitrary: anything });

const model: fc.Arbitrary<PriceModel> = fc.oneof(
  fc.constant({ name: "gbm" } as const),
  fc.record({
    name: fc.constant("jump" as const),
    intensity: number(0, 1),
    mean: number(-1, 1),
    deviation: number(0, 1),
  }),
  fc.record({
    name: fc.constant("jump" as const),
    intensity: number(0, 1),
    mean: number(-1e-4, 1e-4),
    deviation: number(0, 1e-4),
  }),
  fc.record({ name: fc.constant("student" as const), degrees: number(2.1, 100) }),
  fc.record({
    name: fc.constant("heston" as const),
    reversion: number(0, 1),
    volatility: number(0, 1),
    correlation: number(-1, 1),
  }),
  fc.record({ name: fc.constant("bootstrap" as const), returns: fc.array(number(-1, 1), { maxLength: 40 }) }),
);

const request: fc.Arbitrary<MonteCarloRequest> = fc.record({
  spot: number(1e-9, 1e9),
  strikes: fc.array(number(1e-9, 1e9), { minLength: 1, maxLength: 5 }),
  sigma: fc.oneof(number(1e-9, 1), number(1e-5, 1e-3)),
  seconds: fc.oneof(number(0.001, 60), number(60, 86_400)),
  seenCount: whole(0, 0),
  model,
  mode: fc.constantFrom(...MODES),
  estimator: fc.constantFrom(...ESTIMATORS),
  kernel: fc.constantFrom("strict" as const, "relaxed" as const),
  paths: whole(1, 64),
  seed: whole(0, 2 ** 31 - 1),
});

/** A part of the average seen, where there is room for it. */
const seen = fc.record({ seenCount: whole(1, 59), seenMean: number(1, 1e9) });

const isTooLong = ({ paths, seconds }: MonteCarloRequest) => paths * seconds > WORK_MAX;

Deno.test("whatever is asked, there is a probability or a reason", () => {
  const answers = { given: 0, refused: 0 };
  fc.assert(
    fc.property(request, fc.option(seen, { nil: {} }), fc.boolean(), (asked, part, near) => {
      const closer = near ? { strikes: asked.strikes.map((_, k) => asked.spot * (1 + (k - 2) * asked.sigma)) } : {};
      const whole: MonteCarloRequest = { ...asked, ...part, ...closer };
      if (isTooLong(whole)) return;
      const answer = simulate(whole);
      if ("error" in answer) {
        answers.refused++;
        assert.match(answer.error, /^[A-Z].* must be .*[^.]$/);
        return;
      }
      answers.given++;
      assert.equal(answer.probabilities.length, whole.strikes.length);
      for (const value of [...answer.probabilities, ...answer.standardErrors]) assert.ok(value >= 0 && value <= 1);
      const order = whole.strikes.map((_, k) => k).sort((a, b) => whole.strikes[a] - whole.strikes[b]);
      for (let k = 1; k < order.length; k++) {
        assert.ok(answer.probabilities[order[k]] <= answer.probabilities[order[k - 1]], "it rises with the strike");
      }
      assert.deepEqual(simulate(whole), answer, "it is not the same the second time");
    }),
    { seed: 20_261_120, numRuns: RUNS },
  );
  assert.ok(answers.given > RUNS / 10 && answers.refused > RUNS / 10, JSON.stringify(answers));
});
