/**
 * Book changes read from the bytes of their frames by the kernel, in its memory. It recognises what {@link DeltaBytes}
 * does, and reads it the same, in a third of the time.
 * @module
 */

import type { BookDeltaInput } from "../../../core/input.ts";
import type { Count, Micros, Price } from "../../../core/units.ts";
import type { ParsedFrame } from "../frames.ts";
import { type Kernel, openKernel } from "./kernel.ts";

/** Where each figure stands among those that the kernel leaves. */
const SID = 0;
const SEQ = 1;
const SIDE = 2;
const PRICE = 3;
const CONTRACTS = 4;
const TIME = 5;
const NAME = 6;
const FIGURES = 7;

export class WasmChanges {
  readonly #kernel: Kernel = openKernel();
  readonly #room: Uint8Array;
  readonly #found: Float64Array;
  /** The tickers that the kernel has numbered. */
  #tickers: string[] = [];
  /** The frame that was read and not asked for yet. */
  #read: Uint8Array | null = null;

  constructor() {
    const { memory, startReading, room, roomBytes, foundAt } = this.#kernel;
    startReading();
    this.#room = new Uint8Array(memory.buffer, room(), roomBytes());
    this.#found = new Float64Array(memory.buffer, foundAt(), FIGURES);
  }

  /** Reads the frame; where that succeeds, {@link parse} of the same bytes costs no second reading. */
  recognises(frame: Uint8Array): boolean {
    const { length } = frame;
    this.#read = null;
    if (length > this.#room.length) return false;
    this.#room.set(frame);
    if (!this.#kernel.read(length)) return false;
    this.#read = frame;
    return true;
  }

  /** The change, exactly as the ordinary parser gives it; `null` where that one has to look at the frame. */
  parse(frame: Uint8Array, at: Micros, connection: number): ParsedFrame | null {
    if (this.#read !== frame && !this.recognises(frame)) return null;
    this.#read = null;
    const found = this.#found;
    const timeMs = found[TIME];
    const sequence = { connection, sid: found[SID], seq: found[SEQ] };
    const input: BookDeltaInput = {
      type: "book_delta",
      at,
      ticker: found[NAME] < 0 ? this.#learn(frame) : this.#tickers[found[NAME]],
      sequence,
      side: found[SIDE] === 0 ? "yes" : "no",
      price: found[PRICE] as Price,
      delta: found[CONTRACTS] as Count,
      exchangeTime: timeMs < 0 ? null : timeMs * 1_000 as Micros,
    };
    return { kind: "input", input, sequence, id: null };
  }

  /** The text of a ticker that was not seen before. */
  #learn(frame: Uint8Array): string {
    const { tickerAt, tickerLength, learnTicker, forgetTickers } = this.#kernel;
    const text = String.fromCharCode(...frame.subarray(tickerAt(), tickerAt() + tickerLength()));
    let name = learnTicker();
    if (name < 0) {
      forgetTickers();
      this.#tickers = [];
      name = learnTicker();
    }
    this.#tickers[name] = text;
    return text;
  }
}
