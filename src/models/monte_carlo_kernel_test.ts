import assert from "node:assert/strict";
import { MODELS, REQUEST, requestFor } from "./monte_carlo_fixture.ts";
import { runBlocks } from "./monte_carlo.ts";
import { BLOCK_PATHS, BOTH_ABOVE, type Kernel, OTHERS_ABOVE, PATHS_ABOVE } from "./monte_carlo_kernel.ts";
import { kernelIsVectorised, kernelOf } from "./monte_carlo_kernels.ts";
import { describe, diffusionOf, planOf, twinOf } from "./monte_carlo_plan.ts";
import { MODES, type MonteCarloRequest, requestError } from "./monte_carlo_request.ts";
import { ScalarKernel } from "./monte_carlo_scalar.ts";
import { splitMix } from "./monte_carlo_scalar_random.ts";

const STRIKES = [83_900, 83_990, 84_010, 84_120];
const KINDS = [PATHS_ABOVE, OTHERS_ABOVE, BOTH_ABOVE];

/** Everything that a kernel can be asked: models, modes, fractions of a second, mirrored paths and twins. */
function jobs(): MonteCarloRequest[] {
  const result: MonteCarloRequest[] = [];
  for (const model of MODELS) {
    for (const mode of MODES) {
      for (const estimator of ["plain", "antithetic", "control"] as const) {
        for (const seconds of [1, 12.25, 60, 61.5, 203.75]) {
          const seenCount = Math.max(0, 60 - Math.ceil(seconds));
          const seen = seenCount > 0 ? { seenMean: 84_000, seenCount } : {};
          const request = { ...requestFor(model), mode, estimator, seconds, strikes: STRIKES, ...seen };
          if (requestError(request) === null) result.push(request);
        }
      }
    }
  }
  return result;
}

const nameOf = ({ model, mode, estimator, seconds }: MonteCarloRequest) =>
  `${model.name} ${mode} ${estimator} ${seconds} s`;

/** What a kernel counts for a request from a block on, and at the end the hash of all bits of the last block. */
function counted(kernel: Kernel, request: MonteCarloRequest, block: number, paths: number): number[] {
  const plan = planOf(request);
  const twin = request.estimator === "control" ? twinOf(plan, diffusionOf(request.model, request.sigma)) : null;
  describe(kernel, request, plan, twin);
  kernel.run(0x9abcdef0 | 0, 0x1234, block, paths);
  const counts = STRIKES.flatMap((_, strike) => KINDS.map((kind) => kernel.count(strike, kind)));
  return [...counts, kernel.fingerprint((paths - 1) % BLOCK_PATHS + 1)];
}

Deno.test("the kernel with SIMD and the one without agree in every bit, whatever is asked", () => {
  assert.ok(kernelIsVectorised, "this machine has no SIMD: there is nothing to compare");
  const strict = kernelOf("strict");
  const scalar = new ScalarKernel();
  assert.ok(strict !== null && !(strict instanceof ScalarKernel));
  for (const request of jobs()) {
    for (const paths of [1, 7, 300, 1100]) {
      assert.deepEqual(counted(strict, request, 5, paths), counted(scalar, request, 5, paths), nameOf(request));
    }
  }
});

Deno.test("the relaxed kernel counts what the strict one counts but for rounding", () => {
  const relaxed = kernelOf("relaxed");
  if (relaxed === null) {
    console.error("Skipped: this machine has no relaxed SIMD");
    return;
  }
  const strict = kernelOf("strict");
  assert.ok(strict !== null);
  const paths = 20_000;
  for (const request of jobs()) {
    const [a, b] = [counted(strict, request, 0, paths), counted(relaxed, request, 0, paths)];
    // Their bits differ: that is what relaxed means.
    a.pop();
    a.forEach((count, k) => assert.ok(Math.abs(count - b[k]) <= 12, `${nameOf(request)}: ${count}, relaxed ${b[k]}`));
  }
});

/*
 * The plain model once more in float64, from the description alone: splitmix64 seeds four xoshiro128+ lanes per block of
 * 1,024 paths; eight paths at a time, A and B of each lane; three draws make two steps of both.
 */

const rotate = (x: number, by: number): number => ((x << by) | (x >>> (32 - by))) | 0;

/** One lane of one block: word w of its state is 32-bit number 4 w + lane of the block's eight outputs. */
class Lane {
  readonly #state: number[];
  #kept: [number, number][] = [];

  constructor(seed: bigint, block: bigint, lane: number) {
    this.#state = [0, 1, 2, 3].map((word) => {
      const half = 4 * word + lane;
      const output = splitMix(seed, 8n * block + BigInt(half >> 1));
      return Number(BigInt.asIntN(32, half % 2 === 0 ? output : output >> 32n));
    });
  }

  #next(): number {
    const s = this.#state;
    const result = (s[0] + s[3]) | 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 11);
    return result;
  }

  /** The normals of A and B in one step. */
  step(): [number, number] {
    if (this.#kept.length === 0) {
      const [first, directions, second] = [this.#next(), this.#next(), this.#next()];
      const pair = (draw: number, half: number): [number, number] => {
        const radius = Math.sign(draw) * Math.sqrt(-2 * Math.log(Math.abs(draw | 1) / 2 ** 31));
        const angle = (Math.PI / 2) * (half | 1) / 2 ** 15;
        return [radius * Math.cos(angle), radius * Math.sin(angle)];
      };
      this.#kept = [pair(first, (directions << 16) >> 16), pair(second, directions >> 16)];
    }
    const step = this.#kept.shift();
    assert.ok(step !== undefined);
    return step;
  }

  /** What is left of an odd number of steps is lost. */
  endPart(): void {
    this.#kept = [];
  }
}

/** Mean over the averaged prices of price / spot - 1, of every path. */
function means(seed: bigint, paths: number, lead: number, averaged: number, firstStep: number, sigma: number) {
  const result: number[] = [];
  const lanes = [0, 1, 2, 3].map((lane) => new Lane(seed, 0n, lane));
  for (let group = 0; group < paths; group += 8) {
    lanes.forEach((lane, at) => {
      const brownian = [0, 0];
      const sums = [0, 0];
      const silent = lead - lead % 2;
      for (let step = 0; step < lead + averaged; step++) {
        const length = step === silent ? firstStep : 1;
        lane.step().forEach((normal, half) => {
          brownian[half] += normal * Math.sqrt(length);
          if (step < lead) return;
          sums[half] += Math.expm1(sigma * brownian[half] - 0.5 * sigma * sigma * (firstStep + step));
        });
      }
      lane.endPart();
      sums.forEach((sum, half) => result[group + 4 * half + at] = sum / averaged);
    });
  }
  return result.slice(0, paths);
}

Deno.test("the kernel counts the paths that its description in float64 counts", () => {
  const paths = 1_000;
  const cases = [
    { seed: 1, seconds: 25, sigma: 0.0002, lead: 0, mode: "exact_jump" },
    { seed: 2 ** 33 + 5, seconds: 12.25, sigma: 0.002, lead: 0, mode: "exact_jump" },
    { seed: 3, seconds: 300.5, sigma: 0.0005, lead: 0, mode: "exact_jump" },
    { seed: 4, seconds: 300.5, sigma: 0.03, lead: 0, mode: "exact_jump" },
    { seed: 5, seconds: 61.5, sigma: 0.0005, lead: 2, mode: "every_second" },
    { seed: 6, seconds: 63, sigma: 0.0005, lead: 3, mode: "every_second" },
    { seed: 7, seconds: 350, sigma: 0.0003, lead: 290, mode: "every_second" },
  ] as const;
  for (const { seed, seconds, sigma, lead, mode } of cases) {
    const averaged = Math.min(60, Math.ceil(seconds));
    const moves = means(BigInt(seed), paths, lead, averaged, seconds - (lead + averaged - 1), sigma);
    const spread = sigma * Math.sqrt(Math.max(seconds / 3, seconds - 40));
    const seenCount = 60 - averaged;
    const needed = [-1.5, -0.5, 0, 0.3, 1, 2].map((d) => d * spread);
    const strikes = needed.map((move) => 100 * (1 + move * averaged / 60));
    const seen = seenCount > 0 ? { seenMean: 100, seenCount } : {};
    const request = { ...REQUEST, spot: 100, strikes, sigma, seconds, ...seen, paths, seed, mode };
    const counts = runBlocks(request, 0, 1);
    needed.forEach((move, k) => {
      const hits = moves.filter((mean) => mean > move).length;
      // Float32 and the short polynomials may put a path on the other side only where it ends this close.
      const near = moves.filter((mean) => Math.abs(mean - move) < 2e-4 * spread).length;
      assert.ok(Math.abs(counts[3 * k] - hits) <= near, `${mode} ${seconds} s: ${counts[3 * k]}, wanted ${hits}`);
    });
  }
});

/** One number for what a kernel makes of all requests, to the last bit. */
function digest(kernel: Kernel, requests: readonly MonteCarloRequest[]): string {
  const all = requests.flatMap((request) => counted(kernel, request, 0, 2_600));
  const hash = all.reduce((hash, value) => Math.imul(hash ^ value, 0x01000193), 0x811c9dc5);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

Deno.test("the same seed gives the same bits, on every machine and in every version", () => {
  // Computed once; a difference means that results no longer reproduce, on this machine or since a change.
  const expected: Readonly<Record<string, string>> = {
    gbm: "152c6bcf",
    jump: "001329f6",
    student: "699e933e",
    heston: "32b729e1",
    bootstrap: "71996346",
  };
  const strict = kernelOf("strict");
  assert.ok(strict !== null);
  for (const kernel of [strict, new ScalarKernel()]) {
    const found = MODELS.map(({ name }) => [name, digest(kernel, jobs().filter(({ model }) => model.name === name))]);
    assert.deepEqual(Object.fromEntries(found), expected);
  }
});

Deno.test("Sobol points and their bridge give the same counts everywhere", () => {
  const strikes = Array.from({ length: 40 }, (_, k) => 83_900 + 5 * k);
  const counts = runBlocks({ ...REQUEST, strikes, estimator: "sobol" }, 0, 2);
  const hash = counts.reduce((hash, value) => Math.imul(hash ^ value, 0x01000193), 0x811c9dc5);
  assert.equal((hash >>> 0).toString(16), "faf148e0");
});
