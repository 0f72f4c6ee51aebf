/**
 * The kernel of wasm/assembly/monte_carlo.ts in plain TypeScript, lane after lane, for machines without SIMD. Every
 * operation is rounded to float32 as there, so that it gives the same bits as the strict kernel; some ten times slower.
 * What each step is for is said there and not again here.
 * @module
 */

import { BLOCK_PATHS, type Kernel, MODEL_NUMBER, RETURNS_MAX, SLOT, STRIKES_MAX } from "./monte_carlo_kernel.ts";
import { exponentialMinusOne, multiplyAdd, smallExponentialMinusOne } from "./monte_carlo_scalar_math.ts";
import { HestonPath, Jumps } from "./monte_carlo_scalar_paths.ts";
import { highDirection, LaneRandom, lowDirection, sine, squaredRadius } from "./monte_carlo_scalar_random.ts";

const ROWS = 60;
const LANES = 4;
const GROUP_PATHS = 8;
/** Steps whose draws are made at once. */
const CHUNK = 64;
const CHUNK_SECONDS = 256;
const KINDS = 3;
const SLOTS = 8;
const f32 = Math.fround;

export class ScalarKernel implements Kernel {
  #model = 0;
  #lead = 0;
  #averaged = 1;
  #paired = false;
  #twinned = false;
  #wide = true;
  readonly #slots = new Float64Array(SLOTS);
  readonly #returns = new Float32Array(RETURNS_MAX);
  #returnCount = 1;
  readonly #needed = new Float32Array(STRIKES_MAX);
  readonly #neededOfOther = new Float32Array(STRIKES_MAX);
  #strikes = 0;
  readonly #counts = new Int32Array(STRIKES_MAX * KINDS);
  readonly #random = new LaneRandom();
  // Row k of the paths A and B of one lane, at 2k and 2k + 1.
  readonly #even = new Float32Array(2 * ROWS);
  readonly #odd = new Float32Array(2 * ROWS);
  readonly #twin = new Float32Array(2 * ROWS);
  readonly #moves = new Float32Array(BLOCK_PATHS);
  readonly #others = new Float32Array(BLOCK_PATHS);

  begin(model: number, lead: number, averaged: number, paired: number, twinned: number, wide: number): void {
    this.#model = model;
    this.#lead = lead;
    this.#averaged = Math.min(averaged, ROWS);
    this.#paired = paired !== 0;
    this.#twinned = twinned !== 0;
    this.#wide = wide !== 0;
  }

  setParameter(slot: number, value: number): void {
    this.#slots[slot] = value;
  }

  setStrike(index: number, needed: number, neededOfOther: number): void {
    this.#needed[index] = needed;
    this.#neededOfOther[index] = neededOfOther;
    this.#strikes = Math.min(index + 1, STRIKES_MAX);
  }

  setReturn(index: number, count: number, value: number): void {
    this.#returns[index] = value;
    this.#returnCount = Math.max(1, Math.min(count, RETURNS_MAX));
  }

  run(seedLow: number, seedHigh: number, firstBlock: number, paths: number): void {
    const seed = (BigInt(seedHigh >>> 0) << 32n) | BigInt(seedLow >>> 0);
    this.#counts.fill(0);
    for (let row = 0; row < this.#averaged; row++) this.#setEven(row, this.#driftAt(row), this.#driftAt(row));
    for (let done = 0; done < paths; done += BLOCK_PATHS) {
      const count = Math.min(BLOCK_PATHS, paths - done);
      for (let lane = 0; lane < LANES; lane++) {
        this.#random.seed(seed, firstBlock + done / BLOCK_PATHS, lane);
        for (let path = 0; path < count; path += GROUP_PATHS) {
          this.#walk();
          this.#average(0, path + lane);
          this.#average(1, path + lane + LANES);
        }
      }
      this.#count(count);
    }
  }

  count(strike: number, kind: number): number {
    return this.#counts[strike * KINDS + kind] ?? 0;
  }

  fingerprint(paths: number): number {
    const [moves, others] = [new Int32Array(this.#moves.buffer), new Int32Array(this.#others.buffer)];
    let hash = 0x811c9dc5;
    for (let path = 0; path < Math.min(paths, BLOCK_PATHS); path++) {
      hash = Math.imul(hash ^ moves[path], 0x01000193);
      hash = Math.imul(hash ^ others[path], 0x01000193);
    }
    return hash | 0;
  }

  #walk(): void {
    switch (this.#model) {
      case MODEL_NUMBER.gbm:
        return this.#walkGeometric();
      case MODEL_NUMBER.jump:
        return this.#walkJump();
      case MODEL_NUMBER.student:
        return this.#walkStudent();
      case MODEL_NUMBER.heston:
        return this.#walkHeston();
      case MODEL_NUMBER.bootstrap:
        return this.#walkBootstrap();
    }
  }

  #average(half: number, path: number): void {
    let sum = 0;
    let other = 0;
    for (let at = half; at < 2 * this.#averaged; at += 2) {
      const even = this.#even[at];
      const odd = this.#odd[at];
      sum = f32(sum + this.#move(f32(even + odd)));
      if (this.#paired) other = f32(other + this.#move(f32(even - odd)));
      else if (this.#twinned) other = f32(other + this.#twin[at]);
    }
    this.#moves[path] = sum;
    this.#others[path] = other;
  }

  #move(logarithm: number): number {
    return this.#wide ? exponentialMinusOne(logarithm) : smallExponentialMinusOne(logarithm);
  }

  #count(paths: number): void {
    for (let strike = 0; strike < this.#strikes; strike++) {
      const needed = this.#needed[strike];
      const neededOfOther = this.#neededOfOther[strike];
      for (let path = 0; path < paths; path++) {
        const above = this.#moves[path] > needed ? 1 : 0;
        const otherAbove = this.#others[path] > neededOfOther ? 1 : 0;
        this.#counts[strike * KINDS] += above;
        this.#counts[strike * KINDS + 1] += otherAbove;
        this.#counts[strike * KINDS + 2] += above & otherAbove;
      }
    }
  }

  #driftAt(row: number): number {
    return f32(this.#slots[SLOT.drift] * (this.#slots[SLOT.firstStep] + (this.#lead + row)));
  }

  #setEven(row: number, a: number, b: number): void {
    this.#even[2 * row] = a;
    this.#even[2 * row + 1] = b;
  }

  #setOdd(row: number, a: number, b: number): void {
    this.#odd[2 * row] = a;
    this.#odd[2 * row + 1] = b;
  }

  #setTwin(row: number, a: number, b: number): void {
    this.#twin[2 * row] = a;
    this.#twin[2 * row + 1] = b;
  }

  #walkGeometric(): void {
    const silent = this.#lead & ~1;
    const unaveraged = this.#lead - silent;
    const count = unaveraged + this.#averaged;
    this.#random.sumNormals(silent);
    let [a, b] = this.#random.sums;
    this.#random.fillNormals((count + 1) & ~1);
    const normals = this.#random.normals;
    const root = f32(Math.sqrt(this.#slots[SLOT.firstStep]));
    normals[0] *= root;
    normals[1] *= root;
    const sigma = f32(this.#slots[SLOT.sigma]);
    for (let step = 0; step < count; step++) {
      a = f32(a + normals[2 * step]);
      b = f32(b + normals[2 * step + 1]);
      const row = step - unaveraged;
      if (row < 0) continue;
      this.#setOdd(row, f32(a * sigma), f32(b * sigma));
      if (this.#twinned) this.#setTwin(row, f32(a * sigma), f32(b * sigma));
    }
  }

  #walkJump(): void {
    this.#walkGeometric();
    const jumps = new Jumps(this.#random, this.#slots);
    const before = this.#slots[SLOT.firstStep] + this.#lead;
    for (let done = 0; done < before; done += CHUNK_SECONDS) jumps.pass(Math.min(CHUNK_SECONDS, before - done));
    for (let row = 0; row < this.#averaged; row++) {
      if (row > 0) jumps.pass(1);
      const drift = this.#driftAt(row);
      this.#setEven(row, f32(drift + jumps.even[0]), f32(drift + jumps.even[1]));
      this.#setOdd(row, f32(this.#odd[2 * row] + jumps.odd[0]), f32(this.#odd[2 * row + 1] + jumps.odd[1]));
    }
  }

  #walkStudent(): void {
    const steps = this.#lead + this.#averaged;
    const degrees = this.#slots[SLOT.degrees];
    const inverse = f32(1 / degrees);
    const lanes = f32(degrees);
    const sigma = this.#slots[SLOT.sigma];
    const scale = f32(sigma * Math.sqrt(1 - 2 / degrees));
    const plainScale = f32(sigma);
    const root = f32(Math.sqrt(this.#slots[SLOT.firstStep]));
    const { draws } = this.#random;
    const sums = new Float32Array(2);
    const twins = new Float32Array(2);
    for (let start = 0; start < steps; start += CHUNK) {
      const count = Math.min(CHUNK, steps - start);
      this.#random.fillDraws(3 * count);
      for (let index = 0; index < count; index++) {
        const row = start + index - this.#lead;
        for (let half = 0; half < 2; half++) {
          const square = squaredRadius(draws[3 * index + 2 * half]);
          const h = half === 0 ? lowDirection(draws[3 * index + 1]) : highDirection(draws[3 * index + 1]);
          const turned = sine(h, f32(h * h));
          const wider = f32(exponentialMinusOne(f32(square * inverse)) * lanes);
          const increment = f32(f32(Math.sqrt(wider)) * turned);
          const twin = f32(f32(Math.sqrt(square)) * turned);
          const isFirst = start + index === 0;
          sums[half] += isFirst ? f32(increment * root) : increment;
          twins[half] += isFirst ? f32(twin * root) : twin;
          if (row < 0) continue;
          this.#odd[2 * row + half] = sums[half] * scale;
          this.#twin[2 * row + half] = twins[half] * plainScale;
        }
      }
    }
  }

  #walkHeston(): void {
    const steps = this.#lead + this.#averaged;
    const walkers = [new HestonPath(this.#slots), new HestonPath(this.#slots)];
    const { normals } = this.#random;
    for (let start = 0; start < steps; start += CHUNK) {
      const count = Math.min(CHUNK, steps - start);
      this.#random.fillNormals(2 * count);
      if (start === 0) {
        const root = f32(Math.sqrt(this.#slots[SLOT.firstStep]));
        for (let k = 0; k < 4; k++) normals[k] *= root;
      }
      for (let index = 0; index < count; index++) {
        const length = start + index === 0 ? this.#slots[SLOT.firstStep] : 1;
        const row = start + index - this.#lead;
        for (let half = 0; half < 2; half++) {
          const path = walkers[half];
          path.step(normals[4 * index + 2 * half], normals[4 * index + 2 * half + 1], length);
          if (row < 0) continue;
          this.#even[2 * row + half] = path.even;
          this.#odd[2 * row + half] = path.odd;
          this.#twin[2 * row + half] = path.twin;
        }
      }
    }
  }

  #walkBootstrap(): void {
    const steps = this.#lead + this.#averaged;
    const { draws } = this.#random;
    const last = this.#returnCount - 1;
    const sums = new Float32Array(2);
    const mirrored = new Float32Array(2);
    for (let start = 0; start < steps; start += CHUNK) {
      const count = Math.min(CHUNK, steps - start);
      this.#random.fillDraws(2 * count);
      for (let index = 0; index < count; index++) {
        const row = start + index - this.#lead;
        for (let half = 0; half < 2; half++) {
          const chosen = Math.floor((draws[2 * index + half] >>> 0) * this.#returnCount / 2 ** 32);
          sums[half] += this.#returns[chosen];
          mirrored[half] += this.#returns[last - chosen];
          if (start + index === 0) {
            const root = f32(Math.sqrt(this.#slots[SLOT.firstStep]));
            sums[half] *= root;
            mirrored[half] *= root;
          }
          if (row < 0) continue;
          const at = 2 * row + half;
          if (this.#paired) {
            this.#even[at] = multiplyAdd(f32(sums[half] + mirrored[half]), 0.5, this.#driftAt(row));
            this.#odd[at] = f32(f32(sums[half] - mirrored[half]) * 0.5);
          } else {
            this.#odd[at] = sums[half];
          }
        }
      }
    }
  }
}
