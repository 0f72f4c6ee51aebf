/**
 * The running hash of everything the engine decided: two runs that took the same decisions in the same order have the
 * same one.
 *
 * Not cryptographic. It is MurmurHash3's 32-bit mixing (Austin Appleby, public domain) in two lanes with different
 * constants, which together make 64 bits: fast in JavaScript because it needs nothing but 32-bit integers, and the same
 * on every machine. Each `add` feeds a tag and its length first, so `"a"` then `"b"` differs from `"ab"`, and the text
 * `"1"` from the number 1.
 * @module
 */

const TEXT_TAG = 0x7e47;
const NUMBER_TAG = 0x9b3d;

function finish(lane: number): number {
  lane ^= lane >>> 16;
  lane = Math.imul(lane, 0x85ebca6b);
  lane ^= lane >>> 13;
  lane = Math.imul(lane, 0xc2b2ae35);
  return (lane ^ (lane >>> 16)) >>> 0;
}

function mixFirst(lane: number, word: number): number {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  lane ^= mixed;
  return (Math.imul((lane << 13) | (lane >>> 19), 5) + 0xe6546b64) | 0;
}

function mixSecond(lane: number, word: number): number {
  let mixed = Math.imul(word, 0x239b961b);
  mixed = Math.imul((mixed << 16) | (mixed >>> 16), 0x38b34ae5);
  lane ^= mixed;
  return (Math.imul((lane << 17) | (lane >>> 15), 5) + 0x561ccd1b) | 0;
}

const hex8 = (lane: number): string => lane.toString(16).padStart(8, "0");

export class DecisionHash {
  #first = 0x2f0b4a87 | 0;
  #second = 0x61c88647 | 0;
  #words = 0;
  readonly #bits = new DataView(new ArrayBuffer(8));

  #word(word: number): void {
    this.#first = mixFirst(this.#first, word);
    this.#second = mixSecond(this.#second, word);
    this.#words = (this.#words + 1) | 0;
  }

  /** Adds a text by its UTF-16 code units, two to a word. */
  add(text: string): void {
    const length = text.length;
    this.#word(TEXT_TAG);
    this.#word(length);
    // A record has hundreds of words: both lanes stay in registers until its end.
    let first = this.#first;
    let second = this.#second;
    let at = 0;
    for (; at + 1 < length; at += 2) {
      const word = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
      first = mixFirst(first, word);
      second = mixSecond(second, word);
    }
    this.#first = first;
    this.#second = second;
    this.#words = (this.#words + (length >>> 1)) | 0;
    if (at < length) this.#word(text.charCodeAt(at));
  }

  /** Adds a number by its float64 bits. Minus zero counts as zero, because the journal cannot tell them apart. */
  addNumber(value: number): void {
    this.#word(NUMBER_TAG);
    if (Number.isNaN(value)) {
      // A NaN has many bit patterns; which one an engine uses is its own affair.
      this.#word(0);
      this.#word(0x7ff80000);
      return;
    }
    this.#bits.setFloat64(0, value + 0, true);
    this.#word(this.#bits.getInt32(0, true));
    this.#word(this.#bits.getInt32(4, true));
  }

  /** The hash of what was added so far, 16 hex digits. More may be added afterwards. */
  digest(): string {
    return hex8(finish(this.#first ^ this.#words)) + hex8(finish(this.#second ^ Math.imul(this.#words, 0x9e3779b1)));
  }
}
