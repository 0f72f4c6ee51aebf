import assert from "node:assert/strict";
import { monteCarloProbability } from "./monte_carlo.ts";

/*
 * The kernel once more, path by path in float64, from its description alone: splitmix64 seeds four xoshiro128++ lanes
 * per block of 1,024 paths, pairs of outputs become pairs of normals, pair after pair goes along the path.
 */

const MASK_64 = (1n << 64n) - 1n;

function splitMix(seed: bigint, index: bigint): bigint {
  let z = (seed + (index + 1n) * 0x9e3779b97f4a7c15n) & MASK_64;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return z ^ (z >> 31n);
}

const rotate = (x: number, by: number): number => ((x << by) | (x >>> (32 - by))) >>> 0;

/** One lane of one block: word w of its state is 32-bit number 4 w + lane of the block's eight outputs. */
class Lane {
  readonly #state: number[];

  constructor(seed: bigint, block: bigint, lane: number) {
    this.#state = [0, 1, 2, 3].map((word) => {
      const half = 4 * word + lane;
      const output = splitMix(seed, 8n * block + BigInt(half >> 1));
      return Number(half % 2 === 0 ? output & 0xffffffffn : output >> 32n);
    });
  }

  next(): number {
    const s = this.#state;
    const result = (rotate((s[0] + s[3]) >>> 0, 7) + s[0]) >>> 0;
    const shifted = (s[1] << 9) >>> 0;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3] >>> 0, 11);
    for (let k = 0; k < 4; k++) s[k] >>>= 0;
    return result;
  }

  pair(): [number, number] {
    const length = Math.sqrt(-2 * Math.log(((this.next() >>> 1) + 0.5) / 2 ** 31));
    const direction = this.next();
    const angle = (Math.PI / 4) * ((direction << 2) / 2 ** 31);
    const sine = length * Math.sin(angle);
    const cosine = length * Math.cos(angle) * ((direction & 0x4000_0000) === 0 ? 1 : -1);
    return direction >>> 31 === 1 ? [sine, cosine] : [cosine, sine];
  }
}

/** Mean over the averaged prices of price / spot - 1, for each path. */
function means(
  seed: bigint,
  paths: number,
  lead: number,
  averaged: number,
  firstStep: number,
  sigma: number,
): number[] {
  const result: number[] = [];
  let lanes: Lane[] = [];
  for (let path = 0; path < paths; path++) {
    if (path % 1024 === 0) lanes = [0, 1, 2, 3].map((lane) => new Lane(seed, BigInt(path / 1024), lane));
    let brownian = 0;
    let sum = 0;
    let pair: [number, number] = [0, 0];
    for (let step = 0; step < lead + averaged; step++) {
      if (step % 2 === 0) pair = lanes[path % 4].pair();
      brownian += pair[step % 2] * (step === 0 ? Math.sqrt(firstStep) : 1);
      if (step >= lead) sum += Math.expm1(sigma * brownian - 0.5 * sigma * sigma * (firstStep + step));
    }
    result.push(sum / averaged);
  }
  return result;
}

Deno.test("the kernel counts the paths that its description in float64 counts", () => {
  const paths = 2100;
  const cases = [
    { seed: 1, seconds: 25, sigma: 0.0002, lead: 0, stepping: "jump" },
    { seed: 2 ** 33 + 5, seconds: 12.25, sigma: 0.002, lead: 0, stepping: "jump" },
    { seed: 3, seconds: 300.5, sigma: 0.0005, lead: 0, stepping: "jump" },
    { seed: 4, seconds: 61.5, sigma: 0.0005, lead: 2, stepping: "every_second" },
    { seed: 5, seconds: 350, sigma: 0.0003, lead: 290, stepping: "every_second" },
  ] as const;
  for (const { seed, seconds, sigma, lead, stepping } of cases) {
    const averaged = Math.min(60, Math.ceil(seconds));
    const firstStep = seconds - (lead + averaged - 1);
    const moves = means(BigInt(seed), paths, lead, averaged, firstStep, sigma);
    const spread = sigma * Math.sqrt(Math.max(seconds / 3, seconds - 40));
    for (const d of [-1.5, -0.5, 0, 0.3, 1, 2]) {
      const move = d * spread;
      const seenCount = 60 - averaged;
      const strike = 100 * (1 + move * averaged / 60);
      const { probability } = monteCarloProbability({
        spot: 100,
        strike,
        sigma,
        seconds,
        seenMean: 100,
        seenCount,
        paths,
        seed,
        distribution: "gbm",
        stepping,
      });
      const hits = moves.filter((mean) => mean > move).length;
      // Float32 may put a path on the other side only where it ends within a millionth of the spread or so.
      const near = moves.filter((mean) => Math.abs(mean - move) < 1e-4 * spread).length;
      const difference = Math.abs(probability * paths - hits);
      assert.ok(difference <= near + 1e-6, `${stepping} ${seconds} s, d ${d}: ${probability * paths}, wanted ${hits}`);
    }
  }
});
