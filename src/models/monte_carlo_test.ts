import assert from "node:assert/strict";
import { type MonteCarloInput, monteCarloProbability } from "./monte_carlo.ts";
import { settlementAverageAbove } from "./settlement_average.ts";

const base: MonteCarloInput = {
  spot: 84_000,
  strike: 84_050,
  sigma: 0.0002,
  seconds: 300,
  paths: 20_000,
  seed: 7,
  distribution: "gbm",
};

/** The closed form for the same question. */
function closed(input: MonteCarloInput): number {
  const { spot, strike, sigma, seconds, seenMean = 0, seenCount = 0 } = input;
  return settlementAverageAbove(spot, strike, sigma, seconds, seenMean * seenCount, seenCount);
}

Deno.test("simulation and closed form agree within four standard errors", () => {
  let squares = 0;
  let cells = 0;
  for (const stepping of ["jump", "every_second"] as const) {
    for (const seconds of [1, 2.5, 25, 60, 61.3, 300]) {
      for (const sigma of [0.0001, 0.0005, 0.003]) {
        for (const d of [-2, -0.5, 0, 1, 2]) {
          const seenCount = Math.max(0, 60 - Math.ceil(seconds));
          const move = d * sigma * Math.sqrt(Math.max(seconds / 3, seconds - 40));
          const strike = (100 * Math.exp(move) * (60 - seenCount) + 100.02 * seenCount) / 60;
          const paths = stepping === "jump" ? 40_000 : 10_000;
          const input = { ...base, spot: 100, strike, sigma, seconds, seenMean: 100.02, seenCount, paths, stepping };
          const { probability, standardError } = monteCarloProbability({ ...input, seed: cells });
          const z = (probability - closed(input)) / standardError;
          assert.ok(Math.abs(z) < 4, `${stepping} ${seconds} s sigma ${sigma} d ${d}: ${z} standard errors`);
          squares += z * z;
          cells++;
        }
      }
    }
  }
  // 180 cells: the root mean square of z is 1 within three of its own standard errors.
  const rms = Math.sqrt(squares / cells);
  assert.ok(rms > 0.84 && rms < 1.16, `${rms}`);
});

Deno.test("a million paths agree to half a thousandth", () => {
  const { probability, standardError } = monteCarloProbability({ ...base, paths: 1_000_000 });
  assert.ok(standardError < 0.0005);
  assert.ok(Math.abs(probability - closed(base)) < 4 * standardError);
});

Deno.test("the same seed gives the same bits, on every machine", () => {
  // Counted once; a difference means that results no longer reproduce, on this machine or since a change.
  const counts: readonly (readonly [MonteCarloInput, number])[] = [
    [base, 8611],
    [{ ...base, seed: 8 }, 8582],
    [{ ...base, seed: 2 ** 40 + 7 }, 8544],
    [{ ...base, stepping: "every_second" }, 8532],
    [{ ...base, seconds: 25.5, seenMean: 84_020, seenCount: 34, paths: 999 }, 32],
  ];
  for (const [input, hits] of counts) {
    assert.equal(Math.round(monteCarloProbability(input).probability * input.paths), hits);
    assert.deepEqual(monteCarloProbability(input), monteCarloProbability(input));
  }
});

Deno.test("a longer run begins with the paths of a shorter one", () => {
  // Hits only ever add up, path by path, whatever the number of paths is a multiple of.
  let before = 0;
  for (let paths = 1020; paths <= 1030; paths++) {
    const hits = Math.round(monteCarloProbability({ ...base, paths }).probability * paths);
    assert.ok(hits === before || hits === before + 1 || paths === 1020, `${paths} paths: ${before}, then ${hits}`);
    before = hits;
  }
});

Deno.test("the standard error falls with the square root of the paths, and is honest", () => {
  const error = (paths: number) => monteCarloProbability({ ...base, paths }).standardError;
  assert.ok(Math.abs(error(10_000) / error(1_000_000) - 10) < 0.2);
  let squares = 0;
  const runs = 400;
  const truth = closed(base);
  for (let seed = 0; seed < runs; seed++) {
    const { probability, standardError } = monteCarloProbability({ ...base, paths: 1000, seed });
    squares += ((probability - truth) / standardError) ** 2;
  }
  const spread = Math.sqrt(squares / runs);
  assert.ok(spread > 0.88 && spread < 1.12, `${spread}`);
});

Deno.test("no hit at all is not certainty", () => {
  const { probability, standardError } = monteCarloProbability({ ...base, strike: 90_000, paths: 1000 });
  assert.equal(probability, 0);
  assert.ok(standardError > 0);
});

Deno.test("the seen part is fixed", () => {
  const input = { ...base, seconds: 10, seenCount: 50, paths: 4000 };
  // 50 values at 84,200 leave the mean above the strike unless the rest falls by 0.9 %: 14 standard deviations.
  assert.equal(monteCarloProbability({ ...input, seenMean: 84_200 }).probability, 1);
  assert.equal(monteCarloProbability({ ...input, seenMean: 83_900 }).probability, 0);
  // Ten seconds without a value count at the spot, as if they had been seen there.
  const lost = monteCarloProbability({ ...input, seenMean: 84_060, seenCount: 40 });
  const filled = monteCarloProbability({ ...input, seenMean: (84_060 * 40 + 84_000 * 10) / 50 });
  assert.deepEqual(lost, filled);
});

Deno.test("where nothing is random the answer is exact", () => {
  for (const input of [{ ...base, sigma: 0 }, { ...base, seconds: 0, seenMean: 84_000, seenCount: 60 }]) {
    assert.deepEqual(monteCarloProbability(input), { probability: 0, standardError: 0, paths: base.paths });
    const lower = { ...input, strike: 83_999 };
    assert.deepEqual(monteCarloProbability(lower), { probability: 1, standardError: 0, paths: base.paths });
  }
});

Deno.test("what is not a state of the average gives NaN, settings out of range are refused", () => {
  assert.ok(Number.isNaN(monteCarloProbability({ ...base, spot: -1 }).probability));
  assert.ok(Number.isNaN(monteCarloProbability({ ...base, seenCount: 30 }).probability), "a count without a mean");
  for (const paths of [0, -1, 1.5, NaN, 1e9]) {
    assert.throws(() => monteCarloProbability({ ...base, paths }), /^RangeError: Paths must be a whole number/);
  }
  for (const seed of [-1, 0.5, 2 ** 53]) {
    assert.throws(() => monteCarloProbability({ ...base, seed }), /^RangeError: Seed must be a whole number/);
  }
  const endless: MonteCarloInput = { ...base, seconds: 2_000_000, stepping: "every_second" };
  assert.throws(() => monteCarloProbability(endless), /At most 1000000 seconds/);
});
