/**
 * Book changes read straight from the bytes of their frames, without JSON.parse and without a text. Nine of ten frames
 * are book changes, and all look alike (KALSHI.md 5.6).
 *
 * It recognises nothing but a plain, compact, well-formed change whose every key is known; whatever else there is, from
 * an escape in a text to a key that appears twice, is left to the ordinary parser, which judges it. What is recognised
 * reads exactly as there.
 * @module
 */

import type { BookDeltaInput } from "../../../core/input.ts";
import type { Count, Micros, Price } from "../../../core/units.ts";
import type { ParsedFrame } from "../frames.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** A run of bytes to compare with, in words of four; the last word overlaps the one before it. */
interface Literal {
  readonly length: number;
  /** Little-endian. */
  readonly words: Int32Array;
}

function literal(text: string): Literal {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer);
  const words = Array.from({ length: Math.ceil(text.length / 4) }, (_, k) => {
    return view.getInt32(Math.min(k * 4, text.length - 4), true);
  });
  return { length: text.length, words: Int32Array.from(words) };
}

/** 1 for every byte that a text may hold as it is: ASCII without controls, quotes and escapes. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => {
  return byte >= 0x20 && byte <= 0x7e && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0;
});

/** What stands between the opening quote of a key and its value; texts with the quote that opens them. */
const TYPE = literal('type":"orderbook_delta"');
const SID = literal('sid":');
const SEQ = literal('seq":');
const MSG = literal('msg":{');
const SENDING = literal('sending_ts_ms":');
const TICKER = literal('market_ticker":"');
const MARKET_ID = literal('market_id":"');
const PRICE = literal('price_dollars":"');
const DELTA = literal('delta_fp":"');
const SIDE = literal('side":"');
const TIME = literal('ts":"');
const TIME_MS = literal('ts_ms":');
const CLIENT_ORDER = literal('client_order_id":"');
const SUBACCOUNT = literal('subaccount":');

/** Bits of the keys that were seen: none may appear twice. */
const SEEN_TYPE = 1;
const SEEN_SID = 2;
const SEEN_SEQ = 4;
const SEEN_MSG = 8;
const SEEN_SENDING = 16;
const ENVELOPE = SEEN_TYPE | SEEN_SID | SEEN_SEQ | SEEN_MSG;
const SEEN_TICKER = 1;
const SEEN_MARKET_ID = 2;
const SEEN_PRICE = 4;
const SEEN_DELTA = 8;
const SEEN_SIDE = 16;
const SEEN_TIME = 32;
const SEEN_TIME_MS = 64;
const SEEN_CLIENT_ORDER = 128;
const SEEN_SUBACCOUNT = 256;
const MESSAGE = SEEN_TICKER | SEEN_PRICE | SEEN_DELTA | SEEN_SIDE;

/** Whole numbers of so many digits are exact, and milliseconds of 13 digits are before the year 2287. */
const DIGITS_MAX = 15;
const MILLISECOND_DIGITS_MAX = 13;
const MILLISECONDS_MAX = 7_258_118_400_000;
const PRICE_DECIMALS = 4;
const COUNT_DECIMALS = 2;
const TICKERS_MAX = 16_384;
const TICKER_LENGTH_MAX = 200;

interface KnownTicker {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Reads frames one after the other; keeps the tickers it has seen, so that each is made a text only once. */
export class DeltaBytes {
  /** All of the buffer that the frame lies in: frames come one after the other out of the same one. */
  #bytes = new Uint8Array(0);
  #words = new DataView(this.#bytes.buffer);
  #at = 0;
  /** Where the frame ends. */
  #end = 0;
  readonly #tickers = new Map<number, KnownTicker>();
  #ticker = "";
  #side: "yes" | "no" = "yes";
  #price = 0;
  #delta = 0;
  #timeMs = -1;

  /** The change, exactly as the ordinary parser gives it; `null` where that one has to look at the frame. */
  parse(frame: Uint8Array, at: Micros, connection: number): ParsedFrame | null {
    const { buffer, byteOffset, length } = frame;
    if (buffer !== this.#bytes.buffer) {
      this.#bytes = new Uint8Array(buffer as ArrayBuffer);
      this.#words = new DataView(buffer as ArrayBuffer);
    }
    const bytes = this.#bytes;
    this.#at = byteOffset;
    this.#end = byteOffset + length;
    if (length === 0 || bytes[byteOffset] !== OPEN) return null;
    let seen = 0;
    let sid = 0;
    let seq = 0;
    do {
      // At the brace or at a comma: a key in quotes follows.
      if (bytes[this.#at + 1] !== QUOTE) return null;
      this.#at += 2;
      let bit = 0;
      switch (bytes[this.#at + 2]) {
        case 0x70: // "type"
          if (!this.#skip(TYPE)) return null;
          bit = SEEN_TYPE;
          break;
        case 0x64: // "sid"
          if (!this.#skip(SID)) return null;
          sid = this.#integer(DIGITS_MAX);
          if (sid < 0) return null;
          bit = SEEN_SID;
          break;
        case 0x71: // "seq"
          if (!this.#skip(SEQ)) return null;
          seq = this.#integer(DIGITS_MAX);
          if (seq < 0) return null;
          bit = SEEN_SEQ;
          break;
        case 0x67: // "msg"
          if (!this.#skip(MSG) || !this.#message()) return null;
          bit = SEEN_MSG;
          break;
        case 0x6e: // "sending_ts_ms"
          if (!this.#skip(SENDING) || this.#integer(DIGITS_MAX) < 0) return null;
          bit = SEEN_SENDING;
          break;
        default:
          return null;
      }
      if ((seen & bit) !== 0) return null;
      seen |= bit;
    } while (bytes[this.#at] === COMMA);
    const whole = bytes[this.#at] === CLOSE && this.#at + 1 === this.#end;
    return whole && (seen & ENVELOPE) === ENVELOPE ? this.#result(at, connection, sid, seq) : null;
  }

  #result(at: Micros, connection: number, sid: number, seq: number): ParsedFrame {
    const sequence = { connection, sid, seq };
    const input: BookDeltaInput = {
      type: "book_delta",
      at,
      ticker: this.#ticker,
      sequence,
      side: this.#side,
      price: this.#price as Price,
      delta: this.#delta as Count,
      exchangeTime: this.#timeMs < 0 ? null : this.#timeMs * 1_000 as Micros,
    };
    return { kind: "input", input, sequence, id: null };
  }

  /** The inner object, from behind its brace to behind its end. */
  #message(): boolean {
    const bytes = this.#bytes;
    let seen = 0;
    this.#timeMs = -1;
    // As if a comma stood before the first key.
    this.#at--;
    do {
      if (bytes[this.#at + 1] !== QUOTE) return false;
      this.#at += 2;
      const bit = this.#field();
      if (bit === 0 || (seen & bit) !== 0) return false;
      seen |= bit;
    } while (bytes[this.#at] === COMMA);
    if (bytes[this.#at] !== CLOSE || (seen & MESSAGE) !== MESSAGE) return false;
    this.#at++;
    return true;
  }

  /** One key and its value; the key's bit, 0 where it is not recognised. */
  #field(): number {
    const bytes = this.#bytes;
    switch (bytes[this.#at]) {
      case 0x6d: // "market_ticker", "market_id"
        if (bytes[this.#at + 7] === 0x74) return this.#skip(TICKER) && this.#readTicker() ? SEEN_TICKER : 0;
        return this.#skip(MARKET_ID) && this.#skipText() ? SEEN_MARKET_ID : 0;
      case 0x70: // "price_dollars"
        if (!this.#skip(PRICE)) return 0;
        this.#price = this.#decimal(PRICE_DECIMALS);
        return this.#price > 0 && this.#price < 10_000 ? SEEN_PRICE : 0;
      case 0x64: // "delta_fp"
        if (!this.#skip(DELTA)) return 0;
        this.#delta = this.#decimal(COUNT_DECIMALS);
        return Number.isNaN(this.#delta) ? 0 : SEEN_DELTA;
      case 0x73: // "side", "subaccount"
        if (bytes[this.#at + 1] === 0x69) return this.#skip(SIDE) && this.#readSide() ? SEEN_SIDE : 0;
        return this.#skip(SUBACCOUNT) && this.#integer(DIGITS_MAX) >= 0 ? SEEN_SUBACCOUNT : 0;
      case 0x74: // "ts", "ts_ms"
        if (bytes[this.#at + 2] === QUOTE) return this.#skip(TIME) && this.#skipText() ? SEEN_TIME : 0;
        if (!this.#skip(TIME_MS)) return 0;
        this.#timeMs = this.#integer(MILLISECOND_DIGITS_MAX);
        return this.#timeMs >= 0 && this.#timeMs <= MILLISECONDS_MAX ? SEEN_TIME_MS : 0;
      case 0x63: // "client_order_id"
        return this.#skip(CLIENT_ORDER) && this.#skipText() ? SEEN_CLIENT_ORDER : 0;
      default:
        return 0;
    }
  }

  /** Goes on behind these very bytes; `false` where others stand there. */
  #skip({ length, words }: Literal): boolean {
    const start = this.#at;
    const last = start + length - 4;
    if (last + 4 > this.#end) return false;
    const view = this.#words;
    for (let k = 0; k < words.length - 1; k++) if (view.getInt32(start + k * 4, true) !== words[k]) return false;
    if (view.getInt32(last, true) !== words[words.length - 1]) return false;
    this.#at = start + length;
    return true;
  }

  /** Goes on behind a text of plain characters and the quote that ends it. */
  #skipText(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    while (PLAIN[bytes[at]] === 1) at++;
    // What lies behind the frame may look like its end.
    if (at >= this.#end || bytes[at] !== QUOTE) return false;
    this.#at = at + 1;
    return true;
  }

  /** `yes"` or `no"`. */
  #readSide(): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    const yes = bytes[at] === 0x79 && bytes[at + 1] === 0x65 && bytes[at + 2] === 0x73 && bytes[at + 3] === QUOTE;
    const no = bytes[at] === 0x6e && bytes[at + 1] === 0x6f && bytes[at + 2] === QUOTE;
    this.#side = yes ? "yes" : "no";
    this.#at = at + (yes ? 4 : 3);
    return yes || no;
  }

  /** A ticker that was seen before costs one look at its bytes and makes no text. */
  #readTicker(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    let hash = 0x811c9dc5;
    let at = start;
    for (; PLAIN[bytes[at]] === 1; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
    if (at >= this.#end || bytes[at] !== QUOTE) return false;
    const length = at - start;
    if (length === 0 || length > TICKER_LENGTH_MAX) return false;
    this.#at = at + 1;
    const known = this.#tickers.get(hash);
    if (known !== undefined && isAt(bytes, start, length, known.bytes)) {
      this.#ticker = known.text;
      return true;
    }
    const own = bytes.slice(start, at);
    const text = String.fromCharCode(...own);
    if (this.#tickers.size >= TICKERS_MAX) this.#tickers.clear();
    this.#tickers.set(hash, { bytes: own, text });
    this.#ticker = text;
    return true;
  }

  /** A whole number that is not negative and ends where JSON lets one end; -1 otherwise. */
  #integer(digitsMax: number): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let value = 0;
    let at = start;
    for (;; at++) {
      const byte = bytes[at];
      if (byte < ZERO || byte > NINE || byte === undefined) break;
      value = value * 10 + (byte - ZERO);
    }
    const digits = at - start;
    if (digits === 0 || digits > digitsMax || (digits > 1 && bytes[start] === ZERO)) return -1;
    const next = bytes[at];
    if (next !== COMMA && next !== CLOSE) return -1;
    this.#at = at;
    return value;
  }

  /** A decimal text up to the quote that ends it, as an integer of 10^-decimals; NaN where it is none. */
  #decimal(decimals: number): number {
    const bytes = this.#bytes;
    let at = this.#at;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let value = 0;
    let digits = 0;
    let fraction = -1;
    for (;; at++) {
      const byte = bytes[at];
      if (byte >= ZERO && byte <= NINE) {
        digits++;
        if (fraction >= 0 && ++fraction > decimals) return NaN;
        value = value * 10 + (byte - ZERO);
      } else if (byte === POINT && fraction < 0) {
        fraction = 0;
      } else {
        break;
      }
    }
    if (bytes[at] !== QUOTE || digits === 0 || digits > DIGITS_MAX - decimals || fraction === 0) return NaN;
    for (let k = fraction < 0 ? 0 : fraction; k < decimals; k++) value *= 10;
    this.#at = at + 1;
    return negative && value !== 0 ? -value : value;
  }
}

function isAt(bytes: Uint8Array, start: number, length: number, expected: Uint8Array): boolean {
  if (expected.length !== length) return false;
  for (let k = 0; k < length; k++) if (bytes[start + k] !== expected[k]) return false;
  return true;
}
