/**
 * Signatures in memory that two threads share: a Worker writes them, the bot reads the newest at the moment it decides,
 * without a message, a promise or a lock in between.
 *
 * Every place holds two copies and a turn that says which one is whole. The writer fills the other copy and then moves
 * the turn; a reader whose turn moved while it read, reads again.
 * @module
 */

/** The fixed method and path pairs, and one for each order that a cancel is prepared for. */
export const PLACES = 40;

/** Base64 of an RSA signature of 8,192 bits. */
export const SIGNATURE_LENGTH_MAX = 1_368;

/** The writer comes by every few hundred milliseconds: two moves during one read are unlikely, three a bug. */
const READS_MAX = 3;

const COPIES = PLACES * 2;
const STAMPS_AT = 0;
const TURNS_AT = STAMPS_AT + COPIES * Float64Array.BYTES_PER_ELEMENT;
const PAIRS_AT = TURNS_AT + PLACES * Int32Array.BYTES_PER_ELEMENT;
const LENGTHS_AT = PAIRS_AT + COPIES * Int32Array.BYTES_PER_ELEMENT;
const TEXTS_AT = LENGTHS_AT + COPIES * Int32Array.BYTES_PER_ELEMENT;
const SIZE = TEXTS_AT + COPIES * SIGNATURE_LENGTH_MAX;

/** One signature with the time that it is for. */
export interface Signed {
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
  /** Base64. */
  readonly signature: string;
}

interface Remembered extends Signed {
  readonly turn: number;
  readonly pair: number;
}

export class SignatureBoard {
  readonly memory: SharedArrayBuffer;
  readonly #turns: Int32Array;
  readonly #pairs: Int32Array;
  readonly #lengths: Int32Array;
  readonly #stamps: Float64Array;
  readonly #texts: Uint8Array;
  /** What was read last from each place: most reads find the turn where it was. */
  readonly #remembered: (Remembered | null)[] = new Array(PLACES).fill(null);

  /** @param memory that of the other thread's board, where this one is the second */
  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(SIZE)) {
    if (memory.byteLength !== SIZE) throw new RangeError(`Signature board of ${memory.byteLength} bytes, not ${SIZE}`);
    this.memory = memory;
    this.#stamps = new Float64Array(memory, STAMPS_AT, COPIES);
    this.#turns = new Int32Array(memory, TURNS_AT, PLACES);
    this.#pairs = new Int32Array(memory, PAIRS_AT, COPIES);
    this.#lengths = new Int32Array(memory, LENGTHS_AT, COPIES);
    this.#texts = new Uint8Array(memory, TEXTS_AT, COPIES * SIGNATURE_LENGTH_MAX);
  }

  /**
   * Puts up a signature. One thread writes.
   * @param pair the number of what was signed: places are used again, and a reader must not take the wrong one
   * @param signature base64
   */
  write(place: number, pair: number, timestampMs: number, signature: string): void {
    if (!(place >= 0 && place < PLACES)) throw new RangeError(`Place ${place} is not on the board`);
    if (signature.length > SIGNATURE_LENGTH_MAX) {
      throw new RangeError(`Signature of ${signature.length} characters, at most ${SIGNATURE_LENGTH_MAX} are expected`);
    }
    const turn = Atomics.load(this.#turns, place) + 1 | 0;
    const copy = place * 2 + (turn & 1);
    this.#pairs[copy] = pair;
    this.#stamps[copy] = timestampMs;
    this.#lengths[copy] = signature.length;
    const start = copy * SIGNATURE_LENGTH_MAX;
    for (let at = 0; at < signature.length; at++) this.#texts[start + at] = signature.charCodeAt(at);
    Atomics.store(this.#turns, place, turn);
  }

  /** The newest signature of a pair at its place; `null` where none was put up yet. */
  read(place: number, pair: number): Signed | null {
    for (let tries = 0; tries < READS_MAX; tries++) {
      const turn = Atomics.load(this.#turns, place);
      if (turn === 0) return null;
      const known = this.#remembered[place];
      if (known !== null && known.turn === turn && known.pair === pair) return known;
      const copy = place * 2 + (turn & 1);
      const found = this.#pairs[copy];
      const timestampMs = this.#stamps[copy];
      const start = copy * SIGNATURE_LENGTH_MAX;
      const length = Math.min(Math.max(0, this.#lengths[copy]), SIGNATURE_LENGTH_MAX);
      const signature = String.fromCharCode(...this.#texts.subarray(start, start + length));
      if (Atomics.load(this.#turns, place) !== turn) continue;
      if (found !== pair) return null;
      const fresh: Remembered = { turn, pair, timestampMs, signature };
      this.#remembered[place] = fresh;
      return fresh;
    }
    return null;
  }
}
