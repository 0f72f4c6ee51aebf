/**
 * From the text of a book change to the changed book.
 * @module
 */

import { Book } from "../../src/core/book.ts";
import type { BookDeltaInput } from "../../src/core/input.ts";
import { SequenceGuard } from "../../src/core/sequence.ts";
import type { Micros } from "../../src/core/units.ts";
import { FrameBytes } from "../../src/venues/kalshi/fast/frame_bytes.ts";
import { WasmFeed } from "../../src/venues/kalshi/fast/wasm_feed.ts";
import { type ParsedFrame, parseFrame } from "../../src/venues/kalshi/frames.ts";
import { type Contender, race } from "./measure.ts";
import { NaiveBook } from "./naive_book.ts";
import { type SampleFrames, sampleFrames } from "./sample_frames.ts";
import { joined, serverFrame } from "./socket_frames.ts";
import { duration, type Section, times } from "./table.ts";

const DELTAS = 20_000;
const AT = 1_790_000_000_000_000 as Micros;

/** One market's book and the sequence rule, as the engine has them. */
class Follower {
  readonly #book = new Book();
  #guard = new SequenceGuard();

  begin(snapshot: string): void {
    const parsed = parseFrame(snapshot, AT, 1);
    if (parsed.kind !== "input" || parsed.input.type !== "book_snapshot") throw new Error("The sample has no snapshot");
    const { ticker, sequence, yes, no } = parsed.input;
    this.#guard = new SequenceGuard();
    if (sequence !== null) this.#guard.observe(sequence, ticker);
    this.#book.replace(yes, no, AT);
  }

  apply({ sequence, ticker, side, price, delta, at }: BookDeltaInput): void {
    if (sequence !== null && this.#guard.observe(sequence, ticker) !== "next") throw new Error("A gap in the sample");
    if (this.#book.change(side, price, delta, at) !== "applied") throw new Error(this.#book.staleReason);
  }

  get levels(): number {
    return this.#book.yes.levels + this.#book.no.levels;
  }
}

function deltaOf(parsed: ParsedFrame): BookDeltaInput {
  if (parsed.kind !== "input" || parsed.input.type !== "book_delta") {
    throw new Error("A frame of the sample is no delta");
  }
  return parsed.input;
}

const parseDelta = (text: string): BookDeltaInput => deltaOf(parseFrame(text, AT, 1));

/** Bytes that the network hands over in one piece. */
const PIECE_BYTES = 64 * 1024;

/** The kernel with everything that a connection does but the network: bytes are copied in as a read would. */
function inKernel({ snapshot, deltas }: SampleFrames): Contender {
  const begin = serverFrame(snapshot);
  const bytes = joined(deltas.map(serverFrame));
  let feed: WasmFeed;
  const put = (all: Uint8Array): void => {
    for (let at = 0; at < all.length;) {
      const room = feed.room();
      const piece = all.subarray(at, at + Math.min(PIECE_BYTES, room.length));
      room.set(piece);
      feed.filled(piece.length);
      at += piece.length;
    }
  };
  return {
    name: "bytes, WASM",
    units: deltas.length,
    prepare: () => {
      const control = { ping() {}, pong() {}, close() {} };
      feed = new WasmFeed({ payloadMax: bytes.length, onFrame: () => {}, control });
      put(begin);
    },
    run: () => {
      put(bytes);
      if (feed.changes !== deltas.length) throw new Error(`The kernel applied ${feed.changes} of ${deltas.length}`);
    },
  };
}

function contenders(frames: SampleFrames): Contender[] {
  const { snapshot, deltas } = frames;
  const encoder = new TextEncoder();
  const bytes = deltas.map((text) => encoder.encode(text));
  const parser = new FrameBytes();
  const units = deltas.length;
  const follower = new Follower();
  const naive = new NaiveBook();
  const parsed = deltas.map(parseDelta);
  let objects = 0;
  return [
    {
      name: "parse, check, apply",
      units,
      prepare: () => follower.begin(snapshot),
      run: () => {
        for (const text of deltas) follower.apply(parseDelta(text));
      },
    },
    {
      name: "apply alone",
      units,
      prepare: () => follower.begin(snapshot),
      run: () => {
        for (const delta of parsed) follower.apply(delta);
      },
    },
    {
      name: "JSON.parse alone",
      units,
      run: () => {
        for (const text of deltas) if (JSON.parse(text) !== null) objects++;
      },
    },
    {
      name: "JSON.parse, zod, Map book",
      units,
      prepare: () => naive.replace(snapshot),
      run: () => {
        for (const text of deltas) naive.change(text);
        if (naive.levels !== follower.levels) throw new Error("The two books differ");
      },
    },
    {
      name: "bytes, TypeScript",
      units,
      prepare: () => follower.begin(snapshot),
      run: () => {
        for (const frame of bytes) follower.apply(deltaOf(parser.parse(frame, AT, 1)));
      },
    },
    inKernel(frames),
  ];
}

export async function feedPath(): Promise<Section> {
  const frames = await sampleFrames(DELTAS);
  const [whole, apply, plain, naive, bytes, kernel] = race(contenders(frames));
  const against = (figure: number): string => `${times(figure)} the time of parse, check, apply`;
  return {
    title: `Book change, per delta (${frames.deltas.length} ${frames.source} frames)`,
    rows: [
      {
        what: "frame text -> parsed, checked, applied",
        figure: duration(whole.nanoseconds),
        beside: `${times(naive.ratio)} faster than the naive reference`,
        budget: "",
      },
      {
        what: "frame bytes -> byte parser, applied",
        figure: duration(bytes.nanoseconds),
        beside: `${times(1 / bytes.ratio)} faster than from text`,
        budget: "",
      },
      {
        what: "socket bytes -> framing, parser, books in WASM",
        figure: duration(kernel.nanoseconds),
        beside: `${times(1 / kernel.ratio)} faster than from text`,
        budget: "8 x",
      },
      {
        what: "  apply alone, parsed before",
        figure: duration(apply.nanoseconds),
        beside: against(apply.ratio),
        budget: "",
      },
      {
        what: "  JSON.parse alone",
        figure: duration(plain.nanoseconds),
        beside: against(plain.ratio),
        budget: "",
      },
      {
        what: "  naive reference: JSON.parse, zod, Map",
        figure: duration(naive.nanoseconds),
        beside: against(naive.ratio),
        budget: "",
      },
    ],
  };
}
