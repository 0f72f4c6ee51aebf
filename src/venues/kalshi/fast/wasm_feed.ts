/**
 * A WebSocket's bytes into books that live in WASM memory (wasm/assembly/orderbook.ts): the network writes into that very
 * memory, and a plain book change is never seen by JavaScript. What the kernel leaves is read here in the ordinary way.
 *
 * There is one such memory in a process. The engine keeps its own books (src/core/book.ts); this is for whoever wants
 * books of thousands of markets at the full speed of a connection.
 * @module
 */

import * as kernel from "../../../../wasm/build/orderbook.wasm";
import type { BookDeltaInput, Level, SequencePoint } from "../../../core/input.ts";
import type { Count, Micros, Price } from "../../../core/units.ts";
import type { ParsedFrame } from "../frames.ts";
import { FrameBytes } from "./frame_bytes.ts";
import { type FrameHandler, FrameReader } from "./websocket_frames.ts";

export interface WasmFeedOptions {
  /** The longest message, bytes. */
  readonly payloadMax: number;
  /** Told of every frame that the kernel left, and what its number and its book say to it. */
  readonly onFrame: (parsed: ParsedFrame, outcome: FrameOutcome) => void;
  /** Pings are to be answered, and a close ends the connection. */
  readonly control: Omit<FrameHandler, "message">;
}

/**
 * | outcome | meaning |
 * | --- | --- |
 * | taken | its number was the next one (or it had none), and its book took it |
 * | repeated | its number was seen before: it was passed over |
 * | gap | frames before it were lost: all books of its subscription are to be marked stale |
 * | unsynced | a change to a book that waits for a snapshot |
 * | negative | a level would have gone below zero: the book is stale now |
 */
export type FrameOutcome = "taken" | "repeated" | "gap" | "unsynced" | "negative";

/** What the market's book may be trusted for; as in src/core/book.ts. */
export type WasmPhase = "empty" | "synced" | "stale";

const PHASES: readonly WasmPhase[] = ["empty", "synced", "stale"];
const SIDES: readonly ["yes", "no"] = ["yes", "no"];
/** A frame's time of arrival does not matter to the books. */
const NEVER = 0 as Micros;
const encoder = new TextEncoder();

export class WasmFeed {
  readonly #options: WasmFeedOptions;
  readonly #reader: FrameReader;
  readonly #frames = new FrameBytes();
  #input: Uint8Array = new Uint8Array(0);
  #from = 0;
  #to = 0;
  /** Bytes of a frame that the ordinary reader has the beginning of. */
  #owed = 0;

  constructor(options: WasmFeedOptions) {
    this.#options = options;
    kernel.reset();
    const message = (bytes: Uint8Array, isText: boolean) => {
      if (isText) this.#message(bytes);
    };
    this.#reader = new FrameReader({ ...options.control, message }, options.payloadMax);
  }

  /** Book changes applied so far by the kernel. */
  get changes(): number {
    return kernel.changes();
  }

  /** Where the next bytes are to be put. Valid until the next call of anything here. */
  room(): Uint8Array {
    const { buffer } = kernel.memory;
    // Memory that grew has another buffer.
    if (this.#input.buffer !== buffer) this.#input = new Uint8Array(buffer, kernel.room(), kernel.roomBytes());
    if (this.#from > 0) {
      this.#input.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
    }
    return this.#input.subarray(this.#to);
  }

  /**
   * So many bytes were put into {@link room}.
   * @throws ProtocolError where the server breaks the protocol
   */
  filled(length: number): void {
    this.#to += length;
    const start = kernel.room();
    while (this.#from < this.#to) {
      if (this.#owed === 0 && this.#reader.idle) {
        this.#from = kernel.consume(start + this.#from, start + this.#to) - start;
        if (!kernel.isBlocked()) return;
      }
      if (!this.#leave()) return;
    }
  }

  /** Hands one frame to the ordinary reader, or as much of it as there is; `false` where its length is not there yet. */
  #leave(): boolean {
    const available = this.#to - this.#from;
    if (this.#owed === 0) {
      const length = this.#nextLength();
      if (length === null) return false;
      this.#owed = length;
    }
    const taken = Math.min(available, this.#owed);
    // A copy: what comes of it may make the memory grow.
    const bytes = new Uint8Array(kernel.memory.buffer, kernel.room() + this.#from, taken).slice();
    this.#from += taken;
    this.#owed -= taken;
    this.#reader.put(bytes);
    return true;
  }

  /** Length of the frame that begins here, with its header; `null` where that is not there yet. */
  #nextLength(): number | null {
    const available = this.#to - this.#from;
    const view = new DataView(kernel.memory.buffer, kernel.room() + this.#from, Math.min(available, 10));
    if (available < 2) return null;
    const short = view.getUint8(1) & 0x7f;
    if (short < 126) return 2 + short;
    if (short === 126) return available < 4 ? null : 4 + view.getUint16(2);
    return available < 10 ? null : 10 + view.getUint32(2) * 0x100000000 + view.getUint32(6);
  }

  #message(bytes: Uint8Array): void {
    const parsed = this.#frames.parse(bytes, NEVER, 0);
    this.#options.onFrame(parsed, this.#take(parsed));
  }

  #take(parsed: ParsedFrame): FrameOutcome {
    const verdict = parsed.sequence === null ? "taken" : this.#number(parsed.sequence);
    if (verdict === "repeated" || parsed.kind !== "input") return verdict;
    const { input } = parsed;
    if (input.type === "book_snapshot") this.replace(input.ticker, input.yes, input.no);
    return input.type === "book_delta" && verdict === "taken" ? this.#change(input) : verdict;
  }

  /** Numbers beyond what the kernel keeps are nobody's: each of their frames comes here, and is believed. */
  #number({ sid, seq }: SequencePoint): "taken" | "repeated" | "gap" {
    const last = kernel.sequence(sid);
    if (last >= 0 && seq <= last) return "repeated";
    kernel.setSequence(sid, seq);
    return last >= 0 && seq !== last + 1 ? "gap" : "taken";
  }

  #change({ ticker, side, price, delta }: BookDeltaInput): FrameOutcome {
    if (this.phase(ticker) !== "synced") return "unsynced";
    const market = this.#market(ticker);
    if (kernel.changeLevel(market, SIDES.indexOf(side), price, delta)) return "taken";
    kernel.markStale(market);
    return "negative";
  }

  /** Fills a book. Throws where there is no room for another market. */
  replace(ticker: string, yes: readonly Level[], no: readonly Level[]): void {
    const market = this.#market(ticker);
    if (market < 0) throw new RangeError(`No room for the book of ${ticker}`);
    kernel.begin(market);
    [yes, no].forEach((levels, side) => {
      for (const [price, size] of levels) kernel.changeLevel(market, side, price, size);
    });
  }

  markStale(ticker: string): void {
    const market = this.#market(ticker);
    if (market >= 0) kernel.markStale(market);
  }

  phase(ticker: string): WasmPhase {
    const market = this.#market(ticker);
    return market < 0 ? "empty" : PHASES[kernel.phase(market)];
  }

  best(ticker: string, side: "yes" | "no"): Price | null {
    const market = this.#market(ticker);
    const best = market < 0 ? 0 : kernel.best(market, SIDES.indexOf(side));
    return best === 0 ? null : best as Price;
  }

  levels(ticker: string, side: "yes" | "no"): number {
    const market = this.#market(ticker);
    return market < 0 ? 0 : kernel.levels(market, SIDES.indexOf(side));
  }

  sizeAt(ticker: string, side: "yes" | "no", price: Price): Count {
    const market = this.#market(ticker);
    return (market < 0 ? 0 : kernel.sizeAt(market, SIDES.indexOf(side), price)) as Count;
  }

  #market(ticker: string): number {
    const bytes = encoder.encode(ticker);
    if (bytes.length === 0 || bytes.length > 200) return -1;
    new Uint8Array(kernel.memory.buffer, kernel.nameRoom(), bytes.length).set(bytes);
    return kernel.market(bytes.length);
  }
}
