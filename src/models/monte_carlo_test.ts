import assert from "node:assert/strict";
import { answerTo, closed, first, MODELS, naive, REQUEST, requestFor } from "./monte_carlo_fixture.ts";
import { answerOf, blockCount, fitsInPlace, noCounts, runBlocks, simulate } from "./monte_carlo.ts";
import { ESTIMATORS, MODES, type MonteCarloRequest } from "./monte_carlo_request.ts";
import { normalInverse } from "./normal.ts";

/** Every model with every mode and estimator that it has. */
function everyKind(given: Partial<MonteCarloRequest> = {}): MonteCarloRequest[] {
  const kinds: MonteCarloRequest[] = [];
  for (const model of MODELS) {
    for (const mode of MODES) {
      for (const estimator of ESTIMATORS) {
        const request = { ...requestFor(model, given), mode, estimator };
        if (!("error" in simulate({ ...request, paths: 32 }))) kinds.push(request);
      }
    }
  }
  return kinds;
}

const nameOf = ({ model, mode, estimator }: MonteCarloRequest) => `${model.name} ${mode} ${estimator}`;

Deno.test("every model has the modes and estimators that make sense for it", () => {
  // gbm: 2 modes x 3 estimators, and sobol; jump: 2 x 3; student and heston: 3 each; bootstrap: 2.
  assert.equal(everyKind().length, 7 + 6 + 3 + 3 + 2);
});

Deno.test("simulation and closed form agree within four standard errors", () => {
  let squares = 0;
  let cells = 0;
  for (const mode of MODES) {
    for (const seconds of [1, 2.5, 25, 60, 61.3, 300]) {
      for (const sigma of [0.0001, 0.0005, 0.003]) {
        const seenCount = Math.max(0, 60 - Math.ceil(seconds));
        const strikes = [-2, -0.5, 0, 1, 2].map((d) => {
          const move = d * sigma * Math.sqrt(Math.max(seconds / 3, seconds - 40));
          return (100 * Math.exp(move) * (60 - seenCount) + 100.02 * seenCount) / 60;
        });
        const seen = seenCount > 0 ? { seenMean: 100.02, seenCount } : {};
        const request = { ...REQUEST, spot: 100, strikes, sigma, seconds, ...seen, mode, seed: cells };
        const { probabilities, standardErrors } = answerTo(request);
        // One strike of each set counts: those of the same paths are not independent.
        const k = cells % strikes.length;
        const z = (probabilities[k] - closed(request, strikes[k])) / standardErrors[k];
        assert.ok(Math.abs(z) < 4, `${mode} ${seconds} s sigma ${sigma} strike ${k}: ${z} standard errors`);
        squares += z * z;
        cells++;
      }
    }
  }
  const rms = Math.sqrt(squares / cells);
  assert.ok(rms > 0.6 && rms < 1.4, `${rms} over ${cells} cells`);
});

Deno.test("every price model agrees with the obvious simulation of it", () => {
  const paths = 20_000;
  for (const model of MODELS) {
    const strikes = [83_850, 83_960, 84_040, 84_150];
    const request = requestFor(model, { strikes, seconds: 90, paths: 400_000, mode: "every_second" });
    const { probabilities, standardErrors } = answerTo(request);
    naive(request, paths).forEach((share, k) => {
      const error = Math.hypot(standardErrors[k], Math.sqrt(probabilities[k] * (1 - probabilities[k]) / paths));
      const z = (share - probabilities[k]) / error;
      assert.ok(Math.abs(z) < 4, `${model.name} strike ${strikes[k]}: ${z}, ${share} against ${probabilities[k]}`);
    });
  }
});

Deno.test("in its limit every price model is the closed form", () => {
  const normal = Array.from({ length: 4096 }, (_, k) => 1e-4 * normalInverse((k + 0.5) / 4096));
  const limits: readonly MonteCarloRequest["model"][] = [
    { name: "jump", intensity: 0, mean: 0.1, deviation: 0.1 },
    { name: "jump", intensity: 1e-9, mean: 0.01, deviation: 0.01 },
    { name: "jump", intensity: 0.5, mean: 0, deviation: 1e-8 },
    { name: "student", degrees: 1_000_000 },
    { name: "heston", reversion: 0.1, volatility: 0, correlation: 0.5 },
    { name: "bootstrap", returns: normal },
  ];
  const strikes = [83_900, 84_000, 84_060];
  for (const model of limits) {
    for (const mode of MODES) {
      const request = requestFor(model, { mode, strikes, paths: 400_000 });
      const answer = simulate(request);
      if ("error" in answer) {
        assert.match(answer.error, /has no exact jump/);
        continue;
      }
      answer.probabilities.forEach((probability, k) => {
        const z = (probability - closed(request, strikes[k])) / answer.standardErrors[k];
        assert.ok(Math.abs(z) < 4, `${JSON.stringify(model).slice(0, 60)} ${mode} ${strikes[k]}: ${z}`);
      });
    }
  }
});

Deno.test("the expected average is the spot, and its variance that of sigma, in every price model", () => {
  const seconds = 200;
  // Sum over the sixty: the variance of the mean of W at 141 to 200.
  const times = Array.from({ length: 60 }, (_, k) => seconds - 59 + k);
  const variance = times.reduce((sum, time, k) => sum + (2 * (60 - k) - 1) * time, 0) / 3600;
  const deviation = REQUEST.sigma * REQUEST.spot * Math.sqrt(variance);
  const step = 16 * deviation / 255;
  const strikes = Array.from({ length: 256 }, (_, k) => REQUEST.spot - 8 * deviation + k * step);
  for (const request of everyKind({ seconds, strikes, paths: 60_000 })) {
    const { probabilities } = answerTo(request);
    // E[X - low] and E[(X - spot)^2] from the tail probabilities, by the trapezoid rule.
    const mean = strikes[0] + step * (probabilities.reduce((sum, p) => sum + p, 0) - 0.5 * (1 + probabilities[255]));
    let second = (8 * deviation) ** 2;
    probabilities.forEach((p, k) => {
      const weight = k === 0 || k === 255 ? 0.5 : 1;
      second += weight * step * 2 * (strikes[k] - REQUEST.spot) * p;
    });
    const paths = 60_000;
    const name = nameOf(request);
    // The drift of Student's t is that of gbm; what it is too little lies far below the error.
    assert.ok(Math.abs(mean - REQUEST.spot) < 4.5 * deviation / Math.sqrt(paths), `${name}: mean ${mean}`);
    assert.ok(Math.abs(second / deviation ** 2 - 1) < 0.06, `${name}: variance ratio ${second / deviation ** 2}`);
  }
});

Deno.test("no estimator is biased, and every standard error is honest", () => {
  const runs = 250;
  const strikes = [83_920, 84_050];
  for (const kind of everyKind({ strikes, seconds: 70, paths: 512 })) {
    const gbm = kind.model.name === "gbm";
    const truth = gbm
      ? strikes.map((strike) => closed(kind, strike))
      : answerTo({ ...kind, estimator: "plain", paths: 1_000_000, seed: 99 }).probabilities;
    const errors = strikes.map(() => ({ sum: 0, squares: 0, distance: 0 }));
    for (let seed = 0; seed < runs; seed++) {
      const { probabilities, standardErrors } = answerTo({ ...kind, seed });
      errors.forEach((error, k) => {
        const z = (probabilities[k] - truth[k]) / standardErrors[k];
        error.sum += z;
        error.squares += z * z;
      });
    }
    errors.forEach(({ sum, squares }, k) => {
      const [bias, spread] = [sum / runs * Math.sqrt(runs), Math.sqrt(squares / runs)];
      const name = `${nameOf(kind)} strike ${strikes[k]}`;
      // The truth of the others has an error of its own.
      assert.ok(Math.abs(bias) < (gbm ? 4 : 5), `${name}: mean error ${bias} of its own errors`);
      // Under the control of gbm hardly a path of so few disagrees with its twin; half a case more is the safe side.
      const least = kind.estimator === "control" ? (gbm ? 0 : 0.75) : 0.85;
      assert.ok(spread > least && spread < 1.2, `${name}: spread ${spread}`);
    });
  }
});

Deno.test("with many paths the control's standard error is honest too", () => {
  const request: MonteCarloRequest = { ...REQUEST, estimator: "control", paths: 200_000 };
  const truth = closed(request, request.strikes[0]);
  let squares = 0;
  for (let seed = 0; seed < 80; seed++) {
    const { probability, standardError } = first({ ...request, seed });
    assert.ok(standardError < 2e-5, `${standardError}`);
    squares += ((probability - truth) / standardError) ** 2;
  }
  const spread = Math.sqrt(squares / 80);
  assert.ok(spread > 0.75 && spread < 1.3, `${spread}`);
});

Deno.test("what reduces variance does", () => {
  const error = (given: Partial<MonteCarloRequest>) => first({ ...REQUEST, ...given }).standardError;
  assert.ok(error({ estimator: "antithetic" }) < 0.75 * error({}));
  assert.ok(error({ estimator: "sobol" }) < 0.5 * error({}));
  assert.ok(error({ estimator: "control" }) < 0.05 * error({}));
  const heston = requestFor(MODELS[3]);
  assert.ok(first({ ...heston, estimator: "control" }).standardError < 0.7 * first(heston).standardError);
});

Deno.test("probabilities never rise with the strike, and lie in [0, 1]", () => {
  const strikes = Array.from({ length: 256 }, (_, k) => 83_700 + ((k * 101) % 256) * 2.4);
  for (const request of everyKind({ strikes, paths: 2_000 })) {
    const { probabilities, standardErrors } = answerTo(request);
    const sorted = strikes.map((strike, k) => ({ strike, p: probabilities[k] })).sort((a, b) => a.strike - b.strike);
    sorted.forEach(({ strike, p }, k) => {
      assert.ok(p >= 0 && p <= 1, `${nameOf(request)}: ${p}`);
      assert.ok(k === 0 || p <= sorted[k - 1].p, `${nameOf(request)} at ${strike}`);
    });
    assert.ok(standardErrors.every((error) => error > 0 && error < 0.02), nameOf(request));
  }
});

Deno.test("strikes of one request get what each gets alone", () => {
  const strikes = [83_950, 84_000, 84_070];
  for (const request of everyKind({ strikes, paths: 3_000 })) {
    const { probabilities } = answerTo(request);
    strikes.forEach((strike, k) => {
      assert.equal(first({ ...request, strikes: [strike] }).probability, probabilities[k], nameOf(request));
    });
  }
});

Deno.test("blocks may run in any order and in any parts", () => {
  for (const request of everyKind({ paths: 9_500, strikes: [83_990, 84_020] })) {
    const whole = answerTo(request);
    const counts = noCounts(request);
    const blocks = blockCount(request);
    const add = (first: number, count: number) =>
      runBlocks(request, first, count).forEach((value, k) => counts[k] += value);
    const split = Math.ceil(blocks / 3);
    add(split, blocks - split);
    for (let block = split - 1; block >= 0; block--) add(block, 1);
    assert.deepEqual(answerOf(request, counts), whole, nameOf(request));
  }
});

Deno.test("a longer run begins with the paths of a shorter one", () => {
  let before = 0;
  for (let paths = 1020; paths <= 1030; paths++) {
    const hits = Math.round(first({ ...REQUEST, paths }).probability * paths);
    assert.ok(hits === before || hits === before + 1 || paths === 1020, `${paths} paths: ${before}, then ${hits}`);
    before = hits;
  }
});

Deno.test("the standard error falls with the square root of the paths", () => {
  const error = (paths: number) => first({ ...REQUEST, paths }).standardError;
  assert.ok(Math.abs(error(10_000) / error(1_000_000) - 10) < 0.2);
});

Deno.test("no hit at all is not certainty", () => {
  for (const request of everyKind({ strikes: [95_000], paths: 1_000 })) {
    const { probability, standardError } = first(request);
    assert.ok(probability < 1e-3, `${nameOf(request)}: ${probability}`);
    assert.ok(standardError > 0, nameOf(request));
  }
});

Deno.test("the seen part is fixed", () => {
  const late = { ...REQUEST, seconds: 10, seenCount: 50, paths: 4_000 };
  // 50 values at 84,200 leave the mean above the strike unless the rest falls by 0.9 %: 14 standard deviations.
  assert.equal(first({ ...late, seenMean: 84_200 }).probability, 1);
  assert.equal(first({ ...late, seenMean: 83_900 }).probability, 0);
  // Ten seconds without a value count at the spot, as if they had been seen there.
  const lost = answerTo({ ...late, seenMean: 84_060, seenCount: 40 });
  const filled = answerTo({ ...late, seenMean: (84_060 * 40 + 84_000 * 10) / 50 });
  assert.deepEqual(lost, filled);
  // So much was seen that no price above 0 brings the mean below the strike.
  const decided = answerTo({ ...late, seenMean: 110_000 });
  assert.deepEqual([decided.probabilities, decided.standardErrors], [[1], [0]]);
});

Deno.test("whatever is wrong with a request is said in words, and there is no answer", () => {
  const jump = { name: "jump", intensity: 0.01, mean: 0, deviation: 0.0005 } as const;
  const student = { name: "student", degrees: 3 } as const;
  const heston = { name: "heston", reversion: 0.1, volatility: 0.1, correlation: 0 } as const;
  const bootstrap = { name: "bootstrap", returns: [1e-4, -1e-4] } as const;
  const cases: readonly [Partial<MonteCarloRequest>, RegExp][] = [
    ...[0, -1, NaN, Infinity].map((spot): [Partial<MonteCarloRequest>, RegExp] => [{ spot }, /^Spot must be above 0/]),
    ...[0, -1, NaN, Infinity].map((strike): [Partial<MonteCarloRequest>, RegExp] => [
      { strikes: [84_000, strike] },
      /^Strike must be above 0/,
    ]),
    [{ strikes: [] }, /^Number of strikes must be from 1 to 256, found 0$/],
    [{ strikes: Array.from({ length: 257 }, () => 1) }, /^Number of strikes must be from 1 to 256, found 257$/],
    ...[0, -1, NaN, Infinity, 1.01].map((sigma): [Partial<MonteCarloRequest>, RegExp] => [
      { sigma },
      /^Sigma must be above 0 and at most 1 for Monte Carlo, found/,
    ]),
    ...[0, -1, NaN, Infinity, 86_401].map((seconds): [Partial<MonteCarloRequest>, RegExp] => [
      { seconds },
      /^Seconds must be above 0 and at most 86400 \(a day\) for Monte Carlo, found/,
    ]),
    ...[-1, 60, 61, 1.5, NaN].map((seenCount): [Partial<MonteCarloRequest>, RegExp] => [
      { seenCount, seenMean: 84_000 },
      /^Seen-count must be a whole number from 0 to 59 for Monte Carlo, found/,
    ]),
    [{ seenCount: 30, seconds: 30 }, /^Seen-mean must be above 0 where seen-count is given, found none$/],
    [{ seenMean: 84_000 }, /^Seen-count must be above 0 where seen-mean is given, found 0$/],
    [{ seenCount: 30, seenMean: 84_000, seconds: 31 }, /^Seconds and seen-count must be at most 60 together/],
    ...[0, -1, 1.5, NaN, 1e12].map((paths): [Partial<MonteCarloRequest>, RegExp] => [
      { paths },
      /^Paths must be a whole number from 1 to 100000000, found/,
    ]),
    ...[-1, 0.5, 2 ** 53].map((seed): [Partial<MonteCarloRequest>, RegExp] => [{ seed }, /^Seed must be a whole/]),
    [{ mode: "every_second", seconds: 86_400, paths: 1e8 }, /^Paths times steps must be at most 200000000000/],
    [{ model: student }, /^Mode must be every_second for student, which has no exact jump, found exact_jump$/],
    [{ model: { ...student, degrees: 2 }, mode: "every_second" }, /^Degrees of freedom must be from 2.1/],
    [{ model: { ...student, degrees: NaN }, mode: "every_second" }, /^Degrees of freedom must be/],
    [{ model: { ...jump, intensity: -1 } }, /^Jump intensity must be from 0 to 1 per second, found -1$/],
    [{ model: { ...jump, mean: NaN } }, /^Jump mean must be/],
    [{ model: { ...jump, deviation: Infinity } }, /^Jump deviation must be/],
    [{ model: { ...jump, deviation: 0.01 } }, /^Sigma must be above 0.001000 a second, which the jumps alone make/],
    [{ model: { ...heston, reversion: 2 }, mode: "every_second" }, /^Reversion must be/],
    [{ model: { ...heston, volatility: -1 }, mode: "every_second" }, /^Volatility of variance must be/],
    [{ model: { ...heston, correlation: 1.1 }, mode: "every_second" }, /^Correlation must be from -1 to 1/],
    [{ model: { ...bootstrap, returns: [0.1] }, mode: "every_second" }, /^Number of returns must be from 2 to 4096/],
    [{ model: { ...bootstrap, returns: [0.1, NaN] }, mode: "every_second" }, /^Return must be a log return/],
    [{ model: { ...bootstrap, returns: [0.1, 0.1] }, mode: "every_second" }, /^Returns must be of more than one/],
    [{ estimator: "antithetic", paths: 5 }, /^Paths must be an even number for antithetic/],
    [{ estimator: "sobol", paths: 31 }, /^Paths must be at least 32 for sobol/],
    [{ estimator: "sobol", mode: "every_second" }, /^Estimator must be another than sobol for gbm in mode every/],
    [{ estimator: "sobol", model: jump }, /^Estimator must be another than sobol for jump/],
    [{ estimator: "control", model: bootstrap, mode: "every_second" }, /^Estimator must be plain or antithetic/],
  ];
  for (const [given, expected] of cases) {
    const answer = simulate({ ...REQUEST, ...given });
    assert.ok("error" in answer, JSON.stringify(given));
    assert.match(answer.error, expected);
  }
});

Deno.test("extreme requests that are allowed give probabilities", () => {
  const extremes: readonly Partial<MonteCarloRequest>[] = [
    { sigma: 1, seconds: 86_400 },
    { sigma: 1e-12 },
    { spot: 1e-9, strikes: [1e-9] },
    { spot: 1e12, strikes: [1e12] },
    { strikes: [1e-300, 1e300] },
    { seconds: 1e-9, seenCount: 59, seenMean: 84_000 },
    { seed: 2 ** 53 - 1, paths: 1 },
  ];
  for (const request of everyKind()) {
    for (const given of extremes) {
      const paths = request.estimator === "plain" || request.estimator === "control" ? 40 : 32;
      const asked = { ...request, paths, ...given };
      if (asked.paths === 1 && (request.estimator === "antithetic" || request.estimator === "sobol")) continue;
      // The jumps' own deviation is more than so small a sigma.
      if (request.model.name === "jump" && asked.sigma < 1e-6) continue;
      if (request.mode === "every_second" && asked.seconds > 10_000) continue;
      const { probabilities, standardErrors } = answerTo(asked);
      for (const value of [...probabilities, ...standardErrors]) {
        assert.ok(value >= 0 && value <= 1, `${nameOf(request)} ${JSON.stringify(given)}: ${value}`);
      }
    }
  }
});

Deno.test("only what is short may run on the thread that trades", () => {
  const fits = (given: Partial<MonteCarloRequest>) => fitsInPlace({ ...REQUEST, ...given });
  assert.ok(fits({ paths: 100 }));
  assert.ok(!fits({ paths: 10_000 }));
  assert.ok(!fits({ paths: 1_000, mode: "every_second", seconds: 900 }));
  assert.ok(!fits({ paths: 1_000, estimator: "sobol" }));
});
