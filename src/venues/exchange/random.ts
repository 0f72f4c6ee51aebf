/**
 * The exchange's own random numbers: seeded, so that a seed names one exact course of events.
 *
 * The generator is sfc32 (PractRand, public domain): 128 bits of state, passes the usual batteries, a few ns a number.
 * Every actor gets a stream of its own through {@link Random.named}, so that what one draws never shifts another.
 * @module
 */

/** 2^32, the number of values one step of the generator can give. */
const RANGE = 4_294_967_296;

/** Spreads a text over 32 bits (FNV-1a with a final mix), to name a stream. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | null = null;

  private constructor(a: number, b: number, c: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    for (let round = 0; round < 12; round++) this.#step();
  }

  /** The stream of this name under this seed. */
  static named(seed: number, name: string): Random {
    return new Random(hash32(`${seed}/${name}/a`), hash32(`${seed}/${name}/b`), hash32(`${seed}/${name}/c`));
  }

  #step(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum | 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.#step() / RANGE;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number, each of `low` to `high` (both included) equally likely up to 2^-32. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Standard normal (polar method; every second number is kept for the next call). */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const x = this.between(-1, 1);
      const y = this.between(-1, 1);
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt(-2 * Math.log(square) / square);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  /** Waiting time with this mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** A version 4 UUID from this stream. */
  uuid(): string {
    const hex = (digits: number, low = 0, high = 15) => {
      let text = "";
      for (let k = 0; k < digits; k++) text += this.integer(low, high).toString(16);
      return text;
    };
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${hex(1, 8, 11)}${hex(3)}-${hex(12)}`;
  }
}
