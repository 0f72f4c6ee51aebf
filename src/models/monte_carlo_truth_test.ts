/** The simulation against probabilities that were computed independently, to within a millionth and less. */

import assert from "node:assert/strict";
import { answerTo, REQUEST } from "./monte_carlo_fixture.ts";
import { ESTIMATORS, MODES, type MonteCarloRequest } from "./monte_carlo_request.ts";

const TRUTH = new URL("../../../shared/reference/settlement_average_truth.csv", import.meta.url);

interface Cell {
  readonly seconds: number;
  readonly sigma: number;
  readonly strike: number;
  readonly truth: number;
  readonly error: number;
}

/** `null` where the file is absent. */
function readTruth(): readonly Cell[] | null {
  let text: string;
  try {
    text = Deno.readTextFileSync(TRUTH);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  return text.trim().split("\n").slice(1).map((line) => {
    const [seconds, sigma, d, truth, error] = line.split(",").map(Number);
    const n = Math.min(seconds, 60);
    const first = seconds - n + 1;
    let variance = 0;
    for (let k = 0; k < n; k++) variance += (2 * (n - k) - 1) * (first + k) / (n * n);
    return { seconds, sigma, strike: Math.exp(d * sigma * Math.sqrt(variance)), truth, error };
  });
}

const cells = readTruth();
if (cells === null) console.error("Skipped: ../shared/reference/settlement_average_truth.csv is not there");

/** Requests for the cells of one time and sigma: all their strikes from the same paths. */
function requests(all: readonly Cell[], given: Partial<MonteCarloRequest>): [MonteCarloRequest, readonly Cell[]][] {
  const groups = Map.groupBy(all, ({ seconds, sigma }) => `${seconds} ${sigma}`);
  return [...groups.values()].map((group, index) => {
    const { seconds, sigma } = group[0];
    const seenCount = Math.max(0, 60 - seconds);
    const n = 60 - seenCount;
    // What was seen lies at the spot: the mean of all sixty exceeds where that of the rest does.
    const strikes = group.map(({ strike }) => (n * strike + seenCount) / 60);
    const seen = seenCount > 0 ? { seenMean: 1, seenCount } : {};
    return [{ ...REQUEST, spot: 1, strikes, sigma, seconds, ...seen, seed: index, ...given }, group];
  });
}

Deno.test({
  name: "every estimator agrees with the independent truth within its standard error",
  ignore: cells === null,
  fn() {
    assert.ok(cells !== null && cells.length === 135, `${cells?.length} cells`);
    for (const estimator of ESTIMATORS) {
      for (const mode of MODES) {
        if (estimator === "sobol" && mode === "every_second") continue;
        const paths = estimator === "sobol" ? 2_048 : mode === "exact_jump" ? 200_000 : 20_000;
        let squares = 0;
        for (const [request, group] of requests(cells, { estimator, mode, paths })) {
          const { probabilities, standardErrors } = answerTo(request);
          group.forEach(({ truth, error }, k) => {
            const z = (probabilities[k] - truth) / Math.hypot(standardErrors[k], error);
            const name = `${estimator} ${mode} ${request.seconds} s, sigma ${request.sigma}, strike ${k}`;
            assert.ok(Math.abs(z) < 4.5, `${name}: ${z} standard errors from ${truth}`);
            squares += z * z;
          });
        }
        const rms = Math.sqrt(squares / cells.length);
        assert.ok(rms < 1.4 && rms > 0.3, `${estimator} ${mode}: ${rms}`);
      }
    }
  },
});

Deno.test({
  name: "two million paths with their control agree to a hundred-thousandth",
  ignore: cells === null,
  fn() {
    assert.ok(cells !== null);
    for (const [request, group] of requests(cells, { estimator: "control", paths: 2_000_000 })) {
      if (request.sigma !== 0.0002) continue;
      const { probabilities, standardErrors } = answerTo(request);
      group.forEach(({ truth }, k) => {
        const distance = Math.abs(probabilities[k] - truth);
        // The short logarithm of the kernel may move a probability by a part in 90,000 of it.
        assert.ok(distance < 4.5 * standardErrors[k] + truth / 90_000, `${request.seconds} s strike ${k}: ${distance}`);
      });
    }
  },
});
